"""One answer's way through its grammar, on the host.

An answer goes through phases. In a free phase anything may be written until a trigger token comes (the end of
the reasoning, the opening tag of a tool call); in a bound phase a matcher says what may follow. Blocks ask
three things: how many tokens of a proposed run are allowed, which tokens are allowed at one place, and which
tokens are the only ones possible, so that they need no forward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from llguidance import LLMatcher

from mtp_model.errors import MTPError

__all__ = ["Constraint", "Grammar", "Phase"]


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of an answer.

    Attributes:
        matcher: Makes the matcher of a bound phase; None for a free one.
        trigger: Token that ends a free phase.
        follows: Index of the phase behind it; None: nothing but the end of the answer.
        may_end: Whether the answer may end in a free phase.
        begins_with: Of a first phase: it holds only for answers whose first token is one of these; else
            `Grammar.direct` is the first phase. Empty: it holds for all.
    """

    matcher: Callable[[], LLMatcher] | None
    trigger: int | None = None
    follows: int | None = None
    may_end: bool = True
    begins_with: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grammar:
    """The phases of an answer; it begins with the first.

    Attributes:
        phases: In any order; they name each other by index.
        end_token_ids: Tokens that end an answer, the usual one first.
        vocabulary: Number of tokens V.
        direct: First phase of an answer that does not begin as the first phase says.
    """

    phases: tuple[Phase, ...]
    end_token_ids: tuple[int, ...]
    vocabulary: int
    direct: int | None = None

    def start(self) -> Constraint:
        """The state at the beginning of an answer."""
        return Constraint(self)


class Constraint:
    """State of one answer.

    Args:
        grammar: What holds for it.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._first = True
        self._over = False  # nothing but the end may follow
        self._ended = False
        self._matcher: LLMatcher | None = None
        self._enter(0)

    def valid(self, tokens: Sequence[int]) -> int:
        """How many tokens of a run are allowed, from its beginning. The state stays as it is."""
        trial = self._copy()
        return next((i for i, token in enumerate(tokens) if not trial._take(token)), len(tokens))

    def take(self, tokens: Sequence[int]) -> None:
        """Go on behind these tokens.

        Raises:
            MTPError: One of them is not allowed.
        """
        for token in tokens:
            if not self._take(token):
                raise MTPError(
                    f"token {token} is not what the grammar allows here; this is an error of ours."
                )

    def allowed_along(self, tokens: Sequence[int]) -> Iterator[torch.Tensor | None]:
        """What may stand in the place of each token of an allowed run; see `allowed`. The state stays."""
        trial = self._copy()
        for token in tokens:
            yield trial.allowed()
            trial.take([token])

    def allowed(self) -> torch.Tensor | None:
        """Which tokens may come next, bool [V] on the CPU; None: all of them."""
        if self._over:
            return self._only_ends()
        if self._undecided:
            other = self._copy()
            other._enter(self._grammar.direct)
            mask = other.allowed()
            if mask is not None:
                mask[list(self._phase.begins_with)] = True
            return mask
        if self._matcher is None:
            return None if self._phase.may_end else ~self._only_ends()
        if forced := self.forced():
            mask = torch.zeros(self._grammar.vocabulary, dtype=torch.bool)
            mask[forced[0]] = True
            return mask
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        flags = np.unpackbits(bits, bitorder="little")[: self._grammar.vocabulary]
        mask = torch.from_numpy(flags).bool()
        if not self._matcher.is_accepting():
            return mask
        return mask | self._behind()

    def forced(self) -> list[int]:
        """Tokens that must come next, as far as they are the only ones possible."""
        if self._ended:
            return []
        if self._over:
            return [self._grammar.end_token_ids[0]]
        if self._matcher is None or self._undecided:
            return []
        return list(self._matcher.compute_ff_tokens())

    @property
    def _undecided(self) -> bool:
        """Whether the next token says which phase is the first."""
        return self._first and bool(self._phase.begins_with)

    def _copy(self) -> Constraint:
        other = object.__new__(Constraint)
        other._grammar, other._phase = self._grammar, self._phase
        other._first, other._over, other._ended = self._first, self._over, self._ended
        other._matcher = None if self._matcher is None else self._matcher.deep_copy()
        return other

    def _enter(self, index: int | None) -> None:
        """Begin a phase; None ends the answer."""
        if index is None:
            self._over, self._matcher = True, None
            return
        self._phase = self._grammar.phases[index]
        self._matcher = None if self._phase.matcher is None else self._phase.matcher()

    def _take(self, token: int) -> bool:
        if self._undecided and token not in self._phase.begins_with:
            self._enter(self._grammar.direct)
        self._first = False
        if token in self._grammar.end_token_ids:
            self._ended = self._may_end()
            return self._ended
        if self._over:
            return False
        if self._matcher is None:
            if token == self._phase.trigger:
                self._enter(self._phase.follows)
            return True
        forced = self._matcher.compute_ff_tokens()
        if forced and token != forced[0]:
            return False  # the same bytes in other pieces: a text has one spelling, whoever writes it
        if self._matcher.try_consume_tokens([token]) == 1:
            if self._matcher.is_stopped():
                self._enter(self._phase.follows)
            return True
        if self._matcher.is_accepting() and self._phase.follows is not None:
            self._enter(self._phase.follows)
            return self._take(token)
        return False

    def _may_end(self) -> bool:
        if self._over:
            return True
        return self._phase.may_end if self._matcher is None else self._matcher.is_accepting()

    def _behind(self) -> torch.Tensor:
        """What may follow a bound phase that may end here: all of a free phase, or the end."""
        if self._phase.follows is None:
            return self._only_ends()
        return torch.ones(self._grammar.vocabulary, dtype=torch.bool)

    def _only_ends(self) -> torch.Tensor:
        mask = torch.zeros(self._grammar.vocabulary, dtype=torch.bool)
        mask[[token for token in self._grammar.end_token_ids if token < len(mask)]] = True
        return mask
