"""The document of an ablation: JSON, and the same as a Markdown table."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from .ablation_config import AblationConfig

Row = tuple[str, dict[str, Any], dict[str, Any] | None]

_HEADINGS = (
    *("variant", "changes", "steps", "agreement", "expected tokens per pass", "success, `Static(1)`"),
    *("success, `ConfAdapt`", "tokens per pass", "success, `Verified`", "tokens per pass"),
)


def write_report(config: AblationConfig, rows: Sequence[Row]) -> dict[str, Any]:
    """Write ``out.json`` and ``out.md``.

    Args:
        config: the ablation.
        rows: name, changed settings and scores of each variant; without scores it was not run yet.

    Returns:
        What the JSON file holds.
    """
    results = [{"variant": name, "changes": changes, **scores} for name, changes, scores in rows if scores]
    document: dict[str, Any] = {
        "kind": "ablation",
        **_environment(),
        "settings": config.model_dump(mode="json", exclude={"run_dir", "out", "variants", "workers"}),
        "results": results,
        "not_run": [name for name, _, scores in rows if not scores],
    }
    config.out.parent.mkdir(parents=True, exist_ok=True)
    for suffix, text in ((".json", json.dumps(document, indent=1) + "\n"), (".md", markdown(document))):
        target = config.out.with_name(config.out.name + suffix)
        partial = target.with_name(target.name + ".partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, target)
    return document


def markdown(document: dict[str, Any]) -> str:
    """The document as a page with one table."""
    settings, machine = document["settings"], document["machine"]
    lines = [
        "# Ablation of the distillation objective",
        "",
        f"Each variant had {_budget(settings)}, from the same start (`{settings['distill'].get('model')}`). "
        f"Agreement with the teacher and expected tokens per pass: blocks of {settings['k']} tokens in "
        f"{settings['conversations']} held-out conversations, threshold {settings['threshold']:g}. Success "
        f"and tokens per pass: {settings['tasks']} held-out tasks (in brackets: success with unseen tools).",
        "",
        f"{machine['cores']} cores ({machine['system']}), {document['date'][:10]}, commit "
        f"{(document['commit'] or 'unknown')[:10]}. One run each: a difference that another seed makes as "
        "well tells nothing.",
        "",
        _line(_HEADINGS),
        _line(["---"] * len(_HEADINGS)),
    ]
    lines += [_line(_cells(result)) for result in document["results"]]
    if document["not_run"]:
        lines += ["", f"Not run yet: {', '.join(document['not_run'])}."]
    return "\n".join(lines) + "\n"


def _budget(settings: dict[str, Any]) -> str:
    minutes = settings["minutes"] or settings["distill"].get("max_minutes")
    if settings["steps"] is None and minutes is not None:
        return f"{minutes:g} minutes of training"
    return f"{settings['steps'] or settings['distill'].get('steps', 'as many')} steps"


def _cells(result: dict[str, Any]) -> list[str]:
    plain, adapted, verified = (result["policies"][name] for name in ("static1", "confadapt", "verified"))
    return [
        result["variant"],
        ", ".join(f"`{name}: {value}`" for name, value in result["changes"].items()) or "none",
        str(result["steps"]),
        f"{result['agreement']:.1%}",
        f"{result['expected_tokens_per_pass']:.2f}",
        _success(plain),
        _success(adapted),
        f"{adapted['tokens_per_pass']:.2f}",
        _success(verified),
        f"{verified['tokens_per_pass']:.2f}",
    ]


def _success(row: dict[str, Any]) -> str:
    return f"{row['success']:.0%} ({row['success_unseen_tools']:.0%})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _environment() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "torch": str(torch.__version__),
        },
    }


def _commit() -> str | None:
    """The commit of this checkout; None if it is none."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
