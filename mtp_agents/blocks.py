"""Forward passes as coloured blocks of text in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from mtp_agents.passes import Pass

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["BlockWriter", "legend"]

# Largest block -> background. Dark enough for light text, on dark and on light terminals.
_COLOURS = ((1, "color(238)"), (3, "color(24)"), (7, "color(30)"), (11, "color(28)"), (10**9, "color(94)"))
_LABELS = ("1", "2-3", "4-7", "8-11", "12+")
_PLAIN, _DIM = "color(255)", "color(249)"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class BlockWriter:
    """Writes the passes of one reply: each as a block, followed by its size; reasoning is dim.

    Args:
        console: Where to. Without colours the sizes alone part the blocks.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._unicode = "utf" in console.encoding.lower()
        self._thinking = False
        self._column = 0

    def write(self, one: Pass) -> None:
        """Writes a block."""
        block = Text()
        for text, thinking in self._split(one.text):
            foreground = _DIM if thinking else _PLAIN
            style = f"{'dim ' if thinking else ''}{foreground} on {_colour(one.tokens)}"
            block.append(text, style)
        block.append(self._size(one.tokens), "dim")
        self._console.print(block, end="", soft_wrap=True, highlight=False)
        self._column = len(block.plain.rpartition("\n")[2])

    def end(self) -> None:
        """Ends the reply: the next one begins on a line of its own, and not in the middle of a thought."""
        if self._column:
            self._console.print()
        self._column, self._thinking = 0, False

    def _split(self, text: str) -> list[tuple[str, bool]]:
        """Parts of a block's text, each with whether it is reasoning."""
        parts = []
        while text:
            tag = "</think>" if self._thinking else "<think>"
            before, found, rest = text.partition(tag)
            if self._thinking:
                parts.append((before + found, True))
            elif found:
                parts += [(before, False), (found, True)]
            else:
                parts.append((before, False))
            self._thinking ^= bool(found)
            text = rest
        return [part for part in parts if part[0]]

    def _size(self, tokens: int) -> str:
        return str(tokens).translate(_SUBSCRIPTS) if self._unicode else f"[{tokens}]"


def legend() -> Text:
    """What the colours mean."""
    line = Text("tokens per forward pass: ", "dim")
    for (_, colour), label in zip(_COLOURS, _LABELS, strict=True):
        line.append(f" {label} ", f"{_PLAIN} on {colour}").append(" ")
    return line


def _colour(tokens: int) -> str:
    return next(colour for largest, colour in _COLOURS if tokens <= largest)
