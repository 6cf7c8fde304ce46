"""Charts as SVG, to stand inside an HTML page, whose colours they take (`page.html.jinja`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup, escape

__all__ = ["Bar", "Line", "bars", "columns", "lines", "scatter"]

WIDTH = 900
_LABELS = 230  # width of the names on the left
_ROW = 26


@dataclass(frozen=True)
class Bar:
    """One bar of several parts.

    Attributes:
        label: Its name.
        parts: (CSS class, length), from left to right.
        reach: End of a thin line beyond it, such as a 95th percentile.
        value: What is written behind it.
        title: What is shown when the mouse rests on it.
    """

    label: str
    parts: tuple[tuple[str, float], ...]
    value: str
    reach: float | None = None
    title: str = ""


@dataclass(frozen=True)
class Line:
    """Points that belong together: (x, y, title)."""

    label: str
    style: str
    points: tuple[tuple[float, float, str], ...]


def bars(rows: Sequence[Bar], unit: str) -> Markup:
    """Horizontal bars, one below the other."""
    most = max([max(sum(length for _, length in row.parts), row.reach or 0.0) for row in rows], default=0.0)
    right = WIDTH - 90
    ticks = _ticks(most)
    scale = (right - _LABELS) / (ticks[-1] or 1.0)
    height = _ROW * len(rows) + 50
    drawn = [_grid(_LABELS + tick * scale, 4, height - 44, _number(tick)) for tick in ticks]
    for place, row in enumerate(rows):
        top, left = 6 + place * _ROW, float(_LABELS)
        pieces = [_text(_LABELS - 8, top + 14, row.label, "end")]
        for style, length in row.parts:
            pieces.append(_rect(left, top + 2, length * scale, _ROW - 9, style))
            left += length * scale
        end = left
        if row.reach is not None:
            end = max(left, _LABELS + row.reach * scale)
            middle = top + 2 + (_ROW - 9) / 2
            pieces.append(f'<path class="reach" d="M{left:.1f} {middle:.1f}H{end:.1f}m0 -4v8" fill="none"/>')
        pieces.append(_text(end + 6, top + 14, row.value, "start", "value"))
        drawn.append(_group(pieces, row.title))
    drawn.append(_text(right, height - 6, unit, "end", "axis"))
    return _svg(drawn, height)


def columns(groups: Sequence[tuple[str, Sequence[tuple[str, float, str]]]], unit: str) -> Markup:
    """Upright bars in groups: (name of the group, (CSS class, height, title) for each bar)."""
    height, bottom, left = 240, 196, 52
    ticks = _ticks(max((value for _, group in groups for _, value, _ in group), default=0.0))
    scale = (bottom - 12) / (ticks[-1] or 1.0)
    drawn = [_level(left, WIDTH - 10, bottom - tick * scale, _number(tick)) for tick in ticks]
    step = (WIDTH - 10 - left) / max(1, len(groups))
    for place, (name, group) in enumerate(groups):
        start = left + place * step + step * 0.12
        each = step * 0.76 / max(1, len(group))
        for number, (style, value, title) in enumerate(group):
            bar = _rect(start + number * each, bottom - value * scale, each - 1, value * scale, style)
            drawn.append(_group([bar], title))
        drawn.append(_text(left + (place + 0.5) * step, bottom + 16, name, "middle"))
    drawn.append(_text(WIDTH - 10, height - 8, unit, "end", "axis"))
    return _svg(drawn, height)


def lines(series: Sequence[Line], across: str, upward: str) -> Markup:
    """Lines through points, from zero on both axes, with their names on the right."""
    points = [point for line in series for point in line.points]
    return _plane(series, across, upward, max((y for _, y, _ in points), default=1.0), joined=True)


def scatter(series: Sequence[Line], across: str, upward: str, top: float) -> Markup:
    """Points with their names on the right."""
    return _plane(series, across, upward, top, joined=False)


def _plane(series: Sequence[Line], across: str, upward: str, top: float, *, joined: bool) -> Markup:
    left, right, bottom = 52, WIDTH - 255, 262
    high = max(bottom + 44, 18 * len(series) + 20)
    xs, ys = _ticks(max((x for line in series for x, _, _ in line.points), default=1.0)), _ticks(top)
    scale_x, scale_y = (right - left) / (xs[-1] or 1.0), (bottom - 20) / (ys[-1] or 1.0)
    drawn = [_grid(left + x * scale_x, 14, bottom, _number(x)) for x in xs]
    drawn += [_level(left, right, bottom - y * scale_y, _number(y)) for y in ys]
    placed = [[(left + x * scale_x, bottom - y * scale_y, title) for x, y, title in s.points] for s in series]
    names = _apart([points[-1][1] for points in placed], 17, 22, high - 8)
    for line, points, name in zip(series, placed, names, strict=True):
        pieces = []
        if joined:
            way = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
            pieces.append(f'<polyline class="line {line.style}" points="{way}"/>')
        for x, y, title in points:
            dot = f'<circle class="dot {line.style}" cx="{x:.1f}" cy="{y:.1f}" r="5.5"/>'
            pieces.append(_group([dot], title))
        x, y, _ = points[-1]
        pieces.append(f'<path class="leader" d="M{x + 6:.1f} {y:.1f}L{right + 14} {name:.1f}" fill="none"/>')
        pieces.append(f'<circle class="dot {line.style}" cx="{right + 20}" cy="{name:.1f}" r="4"/>')
        pieces.append(_text(right + 29, name + 4, line.label, "start"))
        drawn.append(_group(pieces, ""))
    drawn.append(_text(right, bottom + 34, across, "end", "axis"))
    drawn.append(_text(4, 9, upward, "start", "axis"))
    return _svg(drawn, high)


def _apart(wanted: Sequence[float], least: float, top: float, bottom: float) -> list[float]:
    """Places near the wanted ones, so far apart that texts do not touch."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    found = [0.0] * len(wanted)
    at = top - least
    for place in order:
        at = found[place] = max(wanted[place], at + least)
    over = max(0.0, at - bottom)
    limit = bottom + least
    for place in reversed(order):
        limit = found[place] = min(found[place], limit - least) if over else found[place]
    return found


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0.0, 1.0]
    step = 10.0 ** floor(log10(most / 4))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if step * factor * 4 >= most * 0.999)
    count = 0
    while count * step < most * 0.999:
        count += 1
    return [number * step for number in range(count + 1)]


def _number(value: float) -> str:
    return f"{value:.6g}"


def _svg(drawn: Iterable[str], height: float) -> Markup:
    return Markup(f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{"".join(drawn)}</svg>')


def _group(pieces: Iterable[str], title: str) -> str:
    told = f"<title>{escape(title)}</title>" if title else ""
    return f"<g>{told}{''.join(pieces)}</g>"


def _rect(x: float, y: float, width: float, height: float, style: str) -> str:
    size = f'width="{max(width, 0.0):.1f}" height="{max(height, 0.0):.1f}"'
    return f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" {size}/>'


def _text(x: float, y: float, text: str, anchor: str, style: str = "") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _grid(x: float, top: float, bottom: float, text: str) -> str:
    line = f'<path class="grid" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>'
    return line + _text(x, bottom + 16, text, "middle", "axis")


def _level(left: float, right: float, y: float, text: str) -> str:
    return f'<path class="grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/>' + _text(
        left - 6, y + 4, text, "end", "axis"
    )
