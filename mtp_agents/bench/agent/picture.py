"""The main figures as one picture: median seconds per task as bars, a panel per concurrency, PNG and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtp_agents.bench.agent.runners import BASELINE
from mtp_agents.bench.agent.summary import Entry, Level, agents, levels_of, machine_of, student_of
from mtp_model.errors import ConfigError

__all__ = ["draw", "picture"]

# Blues for this project and grey for the others: told apart by lightness too, in any vision.
SEVERAL, LESS, PLAIN, PEER = "#08519c", "#5b93c7", "#a9cfe8", "#8c8c8c"
LEGEND = {
    SEVERAL: "several tokens per pass",
    LESS: "the same without a part",
    PLAIN: "one token per pass",
    PEER: "other engines, same agents",
}
TEXT, SOFT, LINE = "#1a1a1a", "#595959", "#bbbbbb"
FONT = 10
MIDDLE = "center_baseline"
AT: Any = {"textcoords": "offset points", "va": MIDDLE, "size": FONT}
# in inches
ROW, GAP, BAR = 0.27, 0.13, 0.19
HEAD, FOOT, BETWEEN, EDGE = 1.12, 0.42, 0.35, 0.15
PANEL, BARS = 3.1, 0.44  # a panel's width, and the share of it that the longest bar takes


@dataclass(frozen=True)
class _Row:
    """A configuration's place: its label, group, and height above the lowest one in inches."""

    label: str
    group: int
    y: float


def picture(document: dict[str, Any], stem: Path) -> list[Path]:
    """Draw a document's rows into two files.

    Args:
        document: See `report.to_json`; it has results.
        stem: Path of the files, without the suffix.

    Returns:
        The files.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise ConfigError("The picture needs matplotlib: pip install 'mtp-agents[bench]'.")
    matplotlib: Any = import_module("matplotlib")
    # The same document gives the same files.
    with matplotlib.rc_context({"svg.hashsalt": document["date"]}):
        figure = draw(document)
        about = {"Description": f"bench agent, {document['date']}"}
        figure.savefig(stem.with_suffix(".png"), dpi=160, metadata=about)
        figure.savefig(stem.with_suffix(".svg"), metadata=about | {"Date": None})
    return [stem.with_suffix(".png"), stem.with_suffix(".svg")]


def draw(document: dict[str, Any]) -> Any:
    """The picture as a matplotlib figure."""
    # Not pyplot: it keeps state, and may want a display.
    figures: Any = import_module("matplotlib.figure")
    agg: Any = import_module("matplotlib.backends.backend_agg")
    levels = levels_of(document)
    rows = _rows(levels)
    figure = figures.Figure(facecolor="white")
    renderer = agg.FigureCanvasAgg(figure).get_renderer()

    def wide(text: str, **style: Any) -> float:
        return _inches(figure, renderer, text, **style)

    title = {"size": FONT + 3, "weight": "bold"}
    head = [("Seconds per agent task, median (shorter is better)", title)]
    head += [(line, {"color": SOFT}) for line in _below(document, levels)]
    colours = {_colour(entry): None for level in levels for entry in level.entries}
    legend = [(colour, LEGEND[colour]) for colour in LEGEND if colour in colours]
    left = EDGE + 0.1 + max(wide(row.label) for row in rows)
    width = left + len(levels) * (PANEL + BETWEEN) - BETWEEN + EDGE
    width = max([width, *(2 * EDGE + wide(line, **style) for line, style in head)])
    width = max(width, 2 * EDGE + sum(0.45 + wide(words) for _, words in legend))
    inner = rows[0].y + ROW
    height = HEAD + inner + FOOT
    figure.set_size_inches(width, height)
    for (line, style), y in zip(head, (EDGE, EDGE + 0.29, EDGE + 0.48), strict=False):
        figure.text(EDGE / width, 1 - y / height, line, va="top", **({"size": FONT} | style))
    for place, level in enumerate(levels):
        x = left + place * (PANEL + BETWEEN)
        axis = figure.add_axes((x / width, FOOT / height, PANEL / width, inner / height))
        _panel(axis, level, rows, labels=not place)
    x = EDGE
    for colour, words in legend:
        figure.text(x / width, 0.14 / height, "■", color=colour, size=FONT)
        figure.text((x + 0.17) / width, 0.14 / height, words, color=SOFT, size=FONT)
        x += 0.45 + wide(words)
    return figure


def _below(document: dict[str, Any], levels: Sequence[Level]) -> list[str]:
    """The lines under the title: what was measured where, and what the figures mean."""
    reference = next((level.reference for level in levels if level.reference), None)
    words = [f"×: speed relative to {reference} with as many agents"] if reference else []
    words += ["each panel has its own scale"] if len(levels) > 1 else []
    return [f"{student_of(document)}; {machine_of(document)}", "; ".join(words)]


def _rows(levels: Sequence[Level]) -> list[_Row]:
    """From top to bottom; a gap between two groups."""
    found = dict.fromkeys((entry.group, entry.label) for level in levels for entry in level.entries)
    rows: list[_Row] = []
    y = 0.0
    for group, label in reversed(sorted(found, key=lambda one: one[0])):
        if rows and rows[-1].group != group:
            y += GAP
        rows.append(_Row(label, group, y))
        y += ROW
    return rows[::-1]


def _panel(axis: Any, level: Level, rows: Sequence[_Row], *, labels: bool) -> None:
    """The bars of one concurrency, what is written at them, and success in a column on the right."""
    entries = {entry.label: entry for entry in level.entries}
    longest = max(entry.seconds for entry in level.entries) or 1.0
    axis.set_xlim(0, longest / BARS)
    axis.set_ylim(-ROW / 2, rows[0].y + ROW / 2)
    for name in ("top", "right", "bottom"):
        axis.spines[name].set_visible(False)
    axis.spines["left"].set_color(LINE)
    axis.tick_params(length=0)
    axis.set_xticks([])
    axis.set_yticks([row.y for row in rows], [row.label if labels else "" for row in rows])
    axis.tick_params(labelsize=FONT, labelcolor=TEXT)
    counts = sorted({entry.tasks for entry in level.entries})
    tasks = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    heading = f"{agents(level.concurrency).capitalize()} at a time, {tasks} tasks"
    top = 1 + 0.07 / (rows[0].y + ROW)
    across = axis.get_yaxis_transform()
    axis.text(0, top, heading, transform=axis.transAxes, size=FONT, weight="bold", va="bottom")
    if any(entry.judged for entry in level.entries):
        axis.text(1, top, "solved", transform=axis.transAxes, size=FONT, color=SOFT, ha="right", va="bottom")
    for row in rows:
        entry = entries.get(row.label)
        if entry is None:
            axis.annotate("not measured", (0, row.y), (5, 0), color=SOFT, **AT)
            continue
        axis.barh(row.y, entry.seconds, height=BAR, color=_colour(entry))
        _write(axis, entry, row.y)
        if entry.judged:
            share = f"{100 * entry.solved / entry.judged:.0f} %"
            axis.text(1, row.y, share, transform=across, size=FONT, ha="right", va=MIDDLE, color=TEXT)


def _write(axis: Any, entry: Entry, y: float) -> None:
    """Seconds and ratio behind a bar, the ratio in bold."""
    seconds = f"{entry.seconds:.2f} s" if entry.seconds < 100 else f"{entry.seconds:.0f} s"
    if entry.ratio is None:
        axis.annotate(seconds, (entry.seconds, y), (5, 0), color=SOFT, **AT)
        return
    ratio = f"{entry.ratio:.1f}×" if entry.ratio < 100 else f"{entry.ratio:.0f}×"
    bold = axis.annotate(ratio, (entry.seconds, y), (5, 0), color=TEXT, weight="bold", **AT)
    axis.annotate(seconds, (1, 0), (6, 0), xycoords=bold, color=SOFT, **(AT | {"va": "bottom"}))


def _colour(entry: Entry) -> str:
    if entry.group == 0:
        return PEER
    if entry.label.startswith(BASELINE):
        return PLAIN
    return SEVERAL if entry.group == 1 else LESS


def _inches(figure: Any, renderer: Any, text: str, **style: Any) -> float:
    """Width of a text."""
    drawn = figure.text(0, 0, text, **({"size": FONT} | style))
    width = drawn.get_window_extent(renderer).width / figure.dpi
    drawn.remove()
    return float(width)
