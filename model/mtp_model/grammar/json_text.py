"""JSON as it is written, byte by byte: where it stands, and whether a part of it grows too long."""

from __future__ import annotations

from mtp_model.config import JSONBounds

__all__ = ["JSONText"]

_NUMBER = frozenset(b"0123456789+-.eE")
_KEPT = 128
"""Bytes of the newest string that are kept: enough for the name of a property."""


class JSONText:
    """Follows the text of a bound phase. The tags around a call do it no harm.

    Args:
        bounds: What may not be exceeded.

    Attributes:
        inside: Whether the next byte belongs to a string.
        string: The newest string, without its quotes and as far as it goes (at most 128 bytes).
    """

    __slots__ = ("_bounds", "_escaped", "_items", "_length", "inside", "string")

    def __init__(self, bounds: JSONBounds) -> None:
        self._bounds = bounds
        self.inside = False
        self.string = b""
        self._escaped = False
        self._length = 0  # of the string or the number under way, in characters
        self._items: list[int] = []  # commas in each array or object that is open

    def copy(self) -> JSONText:
        """A text that goes on apart from this one."""
        other = JSONText(self._bounds)
        other.inside, other.string = self.inside, self.string
        other._escaped, other._length, other._items = self._escaped, self._length, self._items.copy()
        return other

    @property
    def closable(self) -> bool:
        """Whether a quote here ends a string."""
        return self.inside and not self._escaped

    def feed(self, piece: bytes) -> bool:
        """Go on behind these bytes; whether all bounds hold."""
        return all([self._inside(byte) if self.inside else self._outside(byte) for byte in piece])

    def _inside(self, byte: int) -> bool:
        if byte == 0x22 and not self._escaped:
            self.inside, self._length = False, 0
            return True
        self._escaped = byte == 0x5C and not self._escaped
        self._length += byte & 0xC0 != 0x80  # not the later bytes of a character
        if len(self.string) < _KEPT:
            self.string += bytes([byte])
        return self._length <= self._bounds.string

    def _outside(self, byte: int) -> bool:
        if byte in _NUMBER:
            self._length += 1
            return self._length <= self._bounds.number
        self._length = 0
        if byte == 0x22:
            self.inside, self.string = True, b""
        elif byte in b"[{":
            self._items.append(0)
            return len(self._items) <= self._bounds.depth
        elif byte in b"]}" and self._items:
            self._items.pop()
        elif byte == 0x2C and self._items:
            self._items[-1] += 1
            return self._items[-1] < self._bounds.items
        return True
