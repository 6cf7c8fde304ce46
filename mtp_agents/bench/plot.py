"""Tokens per second over the batch size, a panel per model and context, as PNG and SVG."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtp_agents.bench.report import label_of
from mtp_model.errors import ConfigError

__all__ = ["plot"]


def plot(document: dict[str, Any], stem: Path) -> list[Path]:
    """Draw a document's rows.

    Args:
        document: See `report.to_json`.
        stem: Path of the files, without the suffix.

    Returns:
        The files.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise ConfigError("The plot needs matplotlib: pip install 'mtp-agents[bench]'.")
    # Not pyplot: it keeps state, and may want a display.
    figures: Any = import_module("matplotlib.figure")
    rows = document["results"]
    panels = sorted({(row["model"], row["context"]) for row in rows})
    lines = list(dict.fromkeys(map(label_of, rows)))
    figure = figures.Figure(figsize=(4.2 * len(panels), 4.4), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for (model, context), axis in zip(panels, axes, strict=True):
        for number, name in enumerate(lines):
            points = sorted(
                (row["batch"], row["tokens_per_s"])
                for row in rows
                if (row["model"], row["context"], label_of(row)) == (model, context, name)
            )
            if points:
                batches, speeds = zip(*points, strict=True)
                style = "--" if name.endswith("auto") else ":" if name.endswith("device") else "-"
                axis.plot(batches, speeds, style, marker="o", color=f"C{number}", label=name)
        ticks = sorted({row["batch"] for row in rows})
        axis.set(title=f"{model}, context {context}", xlabel="rows in the batch", ylabel="tokens per second")
        axis.set_xscale("log", base=2)
        axis.set_xticks(ticks, [str(tick) for tick in ticks])
        axis.set_ylim(bottom=0)
        axis.legend(fontsize="small")
    machine = document["machine"]
    processor = (
        ", ".join(machine["gpu"]) if machine["gpu"] else f"{machine['cpu']}, {machine['threads']} threads"
    )
    commit = f", commit {document['commit'][:10]}" if document["commit"] else ""
    figure.suptitle(f"{processor}; {document['date'][:10]}{commit}", fontsize="small")
    files = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    for file in files:
        figure.savefig(file, dpi=150)
    return files
