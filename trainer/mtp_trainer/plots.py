"""The paper's two plots, as PNG and SVG: accuracy against acceleration, confidence against quality."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtp_model.errors import ConfigError

_JUDGES = {
    "same_weights": "the same weights, token by token",
    "teacher": "the teacher",
    "unquantized": "the full weights",
}


def check_plots() -> None:
    """Refuse what cannot be drawn, before anything is measured.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise ConfigError("--plots needs matplotlib: pip install 'mtp-agents[plots]', or leave it out.")


def draw(report: dict[str, Any], folder: Path) -> list[Path]:
    """Draw a report's plots, as far as it has their figures.

    Args:
        report: what `eval_command.evaluate` returned.
        folder: where `accuracy.png`, `accuracy.svg`, `confidence.png` and `confidence.svg` go.

    Returns:
        The files.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    check_plots()
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    if panels := _panels(report):
        files += _save(_accuracy(panels), folder / "accuracy")
    if judges := report.get("agreement", {}).get("judges"):
        files += _save(_confidence(judges), folder / "confidence")
    return files


Panel = tuple[str, str, list[dict[str, Any]]]
"""Title, label of the y axis, and points {k, threshold, tokens_per_pass, quality}."""


def _panels(report: dict[str, Any]) -> list[Panel]:
    panels: list[Panel] = []
    grid = report.get("grid")
    if grid and report["tasks"]:
        seen = [_point(row, row["success"]) for row in grid]
        panels.append(("tasks of seen domains", "success", seen))
        panels.append(("unseen tools", "success", [_point(row, row["success_unseen_tools"]) for row in grid]))
    if grid and "natural_text" in grid[0]:
        text = [row["natural_text"] | {"k": row["k"], "threshold": row["threshold"]} for row in grid]
        panels.append(("GSM8K", "success", [_point(row, row["success"]) for row in text]))
    agreement = report.get("agreement", {})
    for judge in agreement.get("judges", {}):
        points = [_point(row, row["agreement"][judge]) for row in agreement["confadapt"]]
        panels.append(("held-out text", f"agreement with {_JUDGES[judge]}", points))
    return panels


def _point(row: dict[str, Any], quality: float) -> dict[str, Any]:
    return {name: row[name] for name in ("k", "threshold", "tokens_per_pass")} | {"quality": quality}


def _accuracy(panels: Sequence[Panel]) -> Any:
    figure, axes = _figure(len(panels))
    for (title, label, points), axis in zip(panels, axes, strict=True):
        for number, k in enumerate(sorted({point["k"] for point in points})):
            mine = sorted((p for p in points if p["k"] == k), key=lambda point: point["threshold"] or 0)
            x, y = ([point[name] for point in mine] for name in ("tokens_per_pass", "quality"))
            plain = mine[0]["threshold"] is None
            if plain:
                axis.axhline(y[0], color="grey", linewidth=0.8, linestyle=":")
            axis.plot(x, y, marker="o", color=f"C{number}", label="single tokens" if plain else f"k = {k}")
            for point in mine if k == max(p["k"] for p in points) and not plain else ():
                place = point["tokens_per_pass"], point["quality"]
                axis.annotate(f"{point['threshold']:g}", place, xytext=(4, 4), textcoords="offset points")
        axis.set(title=title, xlabel="tokens per pass", ylabel=label)
        axis.legend(fontsize="small")
    return figure


def _confidence(judges: dict[str, Any]) -> Any:
    figure, axes = _figure(2)
    for number, (judge, found) in enumerate(judges.items()):
        bins, depth = found["calibration"], found["by_depth"]
        x, y = ([row[name] for row in bins] for name in ("confidence", "agreement"))
        error = f"{_JUDGES[judge]} (calibration error {found['calibration_error']:.3f})"
        axes[0].plot(x, y, marker="o", color=f"C{number}", label=error)
        axes[1].plot(range(1, len(depth) + 1), depth, marker="o", color=f"C{number}", label=_JUDGES[judge])
    axes[0].plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":")
    axes[0].set(title="confidence against quality", xlabel="confidence (max-softmax)", ylabel="agreement")
    axes[1].set(title="agreement by depth", xlabel="place in the block", ylabel="agreement", ylim=(0, 1.02))
    for axis in axes:
        axis.legend(fontsize="small")
    return figure


def _figure(panels: int) -> tuple[Any, Any]:
    # Not pyplot: it keeps state, and may want a display.
    figures: Any = import_module("matplotlib.figure")
    figure = figures.Figure(figsize=(4.6 * panels, 4.2), layout="constrained")
    return figure, figure.subplots(1, panels, squeeze=False)[0]


def _save(figure: Any, stem: Path) -> list[Path]:
    files = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    for file in files:
        figure.savefig(file, dpi=150)
    return files
