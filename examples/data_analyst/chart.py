"""A bar chart as SVG: plain text, no dependency."""

from collections.abc import Sequence
from html import escape

WIDTH, BAR, GAP, LEFT, RIGHT, TOP = 640, 28, 12, 140, 90, 56
COLOUR = "#2f6f8f"


def bar_chart(title: str, labels: Sequence[str], values: Sequence[float]) -> str:
    """Horizontal bars from zero, each with its label and its value; negative ones go to the left of zero."""
    low, high = min(0.0, *values), max(0.0, *values)
    scale = (WIDTH - LEFT - RIGHT) / ((high - low) or 1.0)
    zero = LEFT - low * scale
    height = TOP + len(values) * (BAR + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="30" font-size="18">{escape(title)}</text>',
    ]
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        top = TOP + place * (BAR + GAP)
        start, width, middle = zero + min(0.0, value * scale), abs(value * scale), top + BAR * 0.68
        parts += [
            f'<text x="{LEFT - 10}" y="{middle:.1f}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="{start:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{COLOUR}"/>',
            f'<text x="{start + width + 8:.1f}" y="{middle:.1f}">{value:g}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
