"""Where a text ends: stop tokens and stop strings, also in the middle of a block or across blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["StopScanner", "Taken"]

_UNFINISHED = "\ufffd"
_LONGEST_CHARACTER = 6
"""Tokens after which an unfinished character counts as broken (UTF-8 needs at most 4 bytes)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of the tokens of a pass.

    Attributes:
        released: How many tokens may be shown by now, counted from the beginning of the text.
        consumed: How many of the pass's tokens belong to the text, those of a stop included.
        stop: The stop token id or stop string that ended it, else None.
        trailing_text: Characters before the stop string in a token that also begins it.
    """

    released: int
    consumed: int
    stop: int | str | None = None
    trailing_text: str = ""


class StopScanner:
    """Follows one row's tokens and says what may be shown and where the text ends.

    Only tokens whose text lies wholly before a stop string are shown. A token that holds both wanted
    characters and the beginning of the stop string is left out, and its wanted characters are reported as
    `trailing_text`. Tokens that could begin a stop string, and tokens of an unfinished character, are held
    back while stop strings are given.

    Args:
        decode: Token ids -> text, special tokens included.
        stop_token_ids: Ids that end the text.
        stop_strings: Strings that end it.
    """

    def __init__(
        self,
        decode: Callable[[list[int]], str],
        stop_token_ids: frozenset[int],
        stop_strings: tuple[str, ...],
    ) -> None:
        self._decode = decode
        self._stop_ids = stop_token_ids
        self._strings = stop_strings
        self._longest = max(map(len, stop_strings), default=0)
        self._ids: list[int] = []
        self._text = ""
        self._ends: list[int] = []  # end of each token whose characters are complete, in characters
        self._searchable = 0  # where stop strings may begin, in characters
        self._prefix = 0  # tokens before it no longer influence how later ones decode

    def feed(self, tokens: Sequence[int], bound: Sequence[bool] | None = None) -> Taken:
        """Take the tokens of a pass, in order, until one ends the text.

        Args:
            tokens: Of the pass.
            bound: For each token whether it is of a call or an answer with a schema, which a stop string does
                not cut; None: none of them.
        """
        for place, token in enumerate(tokens):
            if token in self._stop_ids:
                return Taken(len(self._ids), place + 1, token)
            self._ids.append(token)
            match = self._advance() if self._strings else None
            if bound and bound[place]:
                self._searchable = len(self._text)
            elif match:
                begin, string = match
                kept = sum(end <= begin for end in self._ends)
                written = self._ends[kept - 1] if kept else 0
                return Taken(kept, place + 1, string, self._text[written:begin])
        return Taken(self._safe() if self._strings else len(self._ids), len(tokens))

    def all_released(self) -> int:
        """Tokens to show when the text ends without a stop string."""
        return len(self._ids)

    def _advance(self) -> tuple[int, str] | None:
        """Decode the newest token; return where the earliest stop string begins, and which it is."""
        done = len(self._ends)
        before = self._decode(self._ids[self._prefix : done])
        after = self._decode(self._ids[self._prefix :])
        unfinished = after.endswith(_UNFINISHED) and len(self._ids) - done < _LONGEST_CHARACTER
        if unfinished:
            return None
        searched = max(self._searchable, len(self._text) - self._longest + 1)
        self._text += after[len(before) :]
        self._ends += [len(self._text)] * (len(self._ids) - done)
        self._prefix = done
        found = [(at, string) for string in self._strings if (at := self._text.find(string, searched)) >= 0]
        return min(found, default=None, key=lambda match: (match[0], -len(match[1])))

    def _safe(self) -> int:
        """Tokens whose text can no longer become part of a stop string."""
        hold = 0
        for string in self._strings:
            for size in range(min(len(string) - 1, len(self._text) - self._searchable), hold, -1):
                if self._text.endswith(string[:size]):
                    hold = size
                    break
        limit = len(self._text) - hold
        kept = len(self._ends)
        while kept and self._ends[kept - 1] > limit:
            kept -= 1
        return kept
