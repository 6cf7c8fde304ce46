"""What this installation has: versions, processors, the embedded student and its recorded scores."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["examine"]

PACKAGES = ("mtp-agents", "torch", "transformers", "langchain-core", "langgraph", "langchain", "accelerate")
OPTIONAL = frozenset({"langchain"})
SCORES = ("success", "success_unseen_tools", "tokens_per_pass", "identical")


def examine(console: Console, student: Path | None = None) -> bool:
    """Prints the findings.

    Args:
        console: Where to.
        student: Folder to look for the student in; None for the embedded one.

    Returns:
        Whether everything is there that `mtp-agents demo` needs.
    """
    from mtp_model.checkpoint.locate import EMBEDDED

    folder = student or EMBEDDED
    missing = _versions(console)
    _processors(console)
    found = _student(console, folder)
    for name in missing:
        console.print(f"{name} is not installed: `pip install {name}`.", style="red")
    if not found:
        console.print(
            f"The embedded student is missing: {folder} has no model.safetensors. Install the released "
            "package again, or make the student with `make train-student`.",
            style="red",
        )
    return found and not missing


def _versions(console: Console) -> list[str]:
    table = _table("versions")
    table.add_row("python", platform.python_version())
    missing = []
    for name in PACKAGES:
        try:
            table.add_row(name, version(name))
        except PackageNotFoundError:
            table.add_row(name, "not installed" + " (optional)" * (name in OPTIONAL))
            missing += [name] * (name not in OPTIONAL)
    console.print(table)
    return missing


def _processors(console: Console) -> None:
    import torch

    table = _table("processors")
    threads, instructions = torch.get_num_threads(), torch.backends.cpu.get_cpu_capability()
    table.add_row("CPU", f"{os.cpu_count()} cores, {threads} threads for torch, {instructions}")
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            device = torch.cuda.get_device_properties(index)
            table.add_row(f"GPU {index}", f"{device.name}, {device.total_memory / 2**30:.0f} GiB")
    else:
        built = torch.version.cuda
        reason = (
            f"torch is built for CUDA {built}, but finds no device" if built else "this torch is a CPU build"
        )
        table.add_row("GPU", f"none ({reason})")
    console.print(table)


def _student(console: Console, folder: Path) -> bool:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        return False
    table = _table("embedded student")
    table.add_row("folder", str(folder))
    table.add_row("weights", f"{weights.stat().st_size / 2**20:.1f} MiB")
    config = _read(folder / "config.json")
    table.add_row("architecture", ", ".join(config.get("architectures") or ["unknown"]))
    table.add_row("block sizes", "{} to {}".format(*(config.get("mtp") or {}).get("k_range", ("?", "?"))))
    table.add_row("positions", str(config.get("max_position_embeddings", "unknown")))
    console.print(table)
    scores = _read(folder / "scores.json")
    if scores.get("policies"):
        console.print(_scores(scores))
    else:
        console.print("No scores are recorded beside the weights: `mtp-train eval` makes them.", style="dim")
    return True


def _scores(scores: Mapping[str, Any]) -> Table:
    """The evaluation that is recorded beside the weights."""
    table = Table(title=f"recorded scores ({scores.get('tasks', '?')} held-out tasks)", title_justify="left")
    table.add_column("policy")
    for name in SCORES:
        table.add_column(name.replace("_", " "), justify="right")
    for policy, row in scores["policies"].items():
        table.add_row(policy, *(_score(name, row.get(name)) for name in SCORES))
    return table


def _score(name: str, value: Any) -> str:
    if not isinstance(value, (int, float)):
        return "-"
    return f"{value:.2f}" if name == "tokens_per_pass" else f"{value:.1%}"


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty if the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    return table
