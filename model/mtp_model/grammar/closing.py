"""The way to the end: a short run of tokens that closes all that is open and fills what is required.

llguidance tells what may come next, not what ends soonest; so the way is searched with it, from any place of
an answer. Where there is a choice, a token that closes something is taken, or else a short value, or else
what leads on by the fewest tokens: the name of a required property, the shortest word of an enum. The way is
short, and seldom longer than the shortest one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from mtp_model.grammar.constraint import Constraint

__all__ = ["Closing", "Pieces"]

_Ids = npt.NDArray[np.int64]

_MOST_CHOICES = 1000
"""Choices after which a search is given up."""
_FEW = 64
"""So many tokens or fewer are compared by what follows them."""

# In the order in which they are tried, inside a string and outside; of one kind the longest first.
_ENDS_STRING = (rb'"[}\]\n]*', rb'"[}\]\n,: "]+')
_ENDS_VALUE = (rb"[}\]][}\]\n]*", rb'[,:][ "]*', rb'\{\}|\[\]|""|[0-9]|true|false|null', rb'["\[{]')


class Pieces:
    """The tokens of a tokenizer as bytes, and those that end things.

    Args:
        tokenizer: llguidance's.
    """

    def __init__(self, tokenizer: LLTokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[int, bytes] = {}

    def __getitem__(self, token: int) -> bytes:
        """The bytes of a token; none for a token that stands for no text."""
        piece = self._known.get(token)
        if piece is None:
            special = self._tokenizer.is_special_token(token)
            piece = self._known[token] = b"" if special else self._tokenizer.decode_bytes([token])
        return piece

    @cached_property
    def ends_string(self) -> _Ids:
        """Tokens that end a string, best first."""
        return self._matching(*_ENDS_STRING)

    @cached_property
    def ends_value(self) -> _Ids:
        """Tokens that end or give a value, best first."""
        return self._matching(*_ENDS_VALUE)

    @cached_property
    def content(self) -> _Ids:
        """Tokens for a place where nearly everything may stand: some long words, then all single bytes."""
        words = [self._matching(kind)[:16] for kind in (rb"[a-z]{2,}", rb"[A-Z]{2,}", rb"[0-9]{2,}")]
        return np.concatenate([*words, self._matching(rb"(?s:.)")])

    def _matching(self, *patterns: bytes) -> _Ids:
        """Tokens of each pattern, in this order, the longest of each first."""
        found: dict[int, None] = {}
        every = [(token, self[token]) for token in range(self._tokenizer.vocab_size)]
        for pattern in patterns:
            fits = re.compile(pattern).fullmatch
            some = [token for token, piece in every if fits(piece)]
            found.update(dict.fromkeys(sorted(some, key=lambda token: -len(self[token]))))
        return np.array(list(found), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Closing:
    """What a grammar knows about ways to its end.

    Attributes:
        pieces: Tokens as bytes.
        required: Names of required properties in UTF-8.
        reserve: When fewer tokens than these are left, the way to the end is watched. It is more than any
            part of the schema takes, unless that part repeats itself.
    """

    pieces: Pieces
    required: frozenset[bytes]
    reserve: int

    def way_out(self, start: Constraint, most: int) -> list[int] | None:
        """Tokens that lead to the end, the end token included.

        Args:
            start: State of the answer; it stays as it is.
            most: So many tokens at most.

        Returns:
            The way; None if none was found.
        """
        state = start.apart()
        way = state.run_on()
        tried: Counter[int] = Counter()  # since something was closed; a pattern may lead in a circle
        for _ in range(_MOST_CHOICES):
            if state.ended or len(way) > most:
                break
            state, tokens = next(self._choices(state, tried), (state, []))
            tried.update(tokens[:1])
            way += tokens
        return way if state.ended and len(way) <= most else None

    def _choices(self, state: Constraint, tried: Counter[int]) -> Iterator[tuple[Constraint, list[int]]]:
        """States behind a choice and what follows from it, with the tokens that lead there; best first."""
        flags, closable = state.flags(), state.text.closable
        ends = self.pieces.ends_string if closable else self.pieces.ends_value
        for found in _behind(state, ends[flags[ends]]):
            tried.clear()
            yield found
        tokens = np.flatnonzero(flags)
        if len(tokens) > _FEW:
            tokens = self.pieces.content[flags[self.pieces.content]]
            yield from _behind(state, np.array(sorted(tokens.tolist(), key=lambda token: tried[token])))

        def cost(choice: tuple[Constraint, list[int]]) -> tuple[bool, int, int]:
            after, path = choice
            return closable and after.text.string not in self.required, tried[path[0]], len(path)

        yield from sorted(_behind(state, tokens), key=cost)


def _behind(state: Constraint, tokens: _Ids) -> Iterator[tuple[Constraint, list[int]]]:
    for token in tokens.tolist():
        after = state.apart()
        if after.step(token):  # else it is allowed, but all others spell its bytes in another way
            yield after, [token, *after.run_on()]
