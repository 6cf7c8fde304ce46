"""The model card of an exported student: what it is, what it scores, how it was made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml
from huggingface_hub import ModelCardData

from mtp_model.checkpoint import Checkpoint

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def model_card(
    checkpoint: Checkpoint,
    name: str,
    dtype: str,
    recipe: dict[str, Any] | None = None,
    scores: dict[str, Any] | None = None,
    license: str | None = None,
) -> str:
    """The text of README.md, with the metadata that the hub reads.

    Args:
        checkpoint: the student.
        name: title.
        dtype: of the written weights.
        recipe: all settings that made it, by command.
        scores: report of `mtp-train eval`.
        license: the hub's name of the weights' licence, such as "apache-2.0".
    """
    mtp = getattr(checkpoint.model.config, "mtp", None) or {}
    base = str(mtp.get("base_model", "unknown"))
    data = ModelCardData(
        license=license,
        base_model=base if _HUB_ID.fullmatch(base) else None,  # a path means nothing there
        library_name="transformers",
        pipeline_tag="text-generation",
        tags=["multi-token-prediction", "mtp", "confadapt"],
    )
    revision = f", revision `{mtp['base_revision']}`" if mtp.get("base_revision") else ""
    parts = [
        f"""---
{data.to_yaml(original_order=["license", "library_name", "pipeline_tag", "base_model", "tags"])}
---
# {name}

A multi-token-prediction student: it writes several tokens per forward pass. Weights in {dtype}, an ordinary
`{type(checkpoint.model).__name__}` without extra layers; no remote code.

* mask token: {", ".join(map(str, checkpoint.mask_token_ids))} (`mtp` and `pard_token` in config.json)
* block sizes in training: {mtp.get("k_range", "unknown")}
* trained from: `{base}`{revision}

```python
from mtp_agents import ConfAdapt, MTPChatModel

model = MTPChatModel(model="path/to/this/folder")  # the text of one token per pass
model = MTPChatModel(model="path/to/this/folder", decoding=ConfAdapt(threshold=0.9, k_max={checkpoint.k_max}))
```
""",
        _scores(scores) if scores else "",
        _recipe(recipe) if recipe else "",
    ]
    return "\n".join(part for part in parts if part)


def _scores(report: dict[str, Any]) -> str:
    """Tables of what the report has; all of it is in scores.json."""
    parts = []
    if policies := report.get("policies"):
        rows = [
            [f"`{name}`", *_shares(row), f"{row['identical']:.1%}", f"{row['tokens_per_pass']:.2f}"]
            for name, row in policies.items()
        ]
        headings = "policy", "success", "success, unseen tools", "identical to `static1`", "tokens per pass"
        parts.append(f"{report['tasks']} held-out tasks of the toolworld:\n\n{_table(headings, rows)}")
    if grid := report.get("grid"):
        rows = [
            [str(row["k"]), str(row["threshold"] or "-"), *_shares(row), f"{row['tokens_per_pass']:.2f}"]
            for row in grid
        ]
        headings = "k", "threshold", "success", "success, unseen tools", "tokens per pass"
        parts.append(f"ConfAdapt by k and threshold:\n\n{_table(headings, rows)}")
    agreement = report.get("agreement", {})
    if judges := agreement.get("judges"):
        rows = [
            [str(place + 1), *(f"{judge['by_depth'][place]:.1%}" for judge in judges.values())]
            for place in range(agreement["k"])
        ]
        text = f"Agreement by place in the block, {agreement['blocks']} blocks of held-out text"
        parts.append(f"{text}:\n\n{_table(('place', *judges), rows)}")
    return "## Scores\n\n" + "\n".join(
        [*parts, "The whole report of `mtp-train eval` is in `scores.json`.\n"]
    )


def _shares(row: dict[str, Any]) -> list[str]:
    return [f"{row[key]:.1%}" for key in ("success", "success_unseen_tools")]


def _recipe(recipe: dict[str, Any]) -> str:
    text = yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True)
    return f"## Training\n\nThe exact settings, by command (also in `recipe.yaml`):\n\n```yaml\n{text}```\n"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
