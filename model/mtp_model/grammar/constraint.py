"""One answer's way through its grammar, on the host.

An answer goes through phases. In a free phase anything may be written until a trigger token comes (the end of
the reasoning, the opening tag of a tool call); in a bound phase a matcher says what may follow. Blocks ask
three things: how many tokens of a proposed run are allowed, which tokens are allowed at one place, and which
tokens are the only ones possible, so that they need no forward pass.

An answer also has to end. A token that exceeds the bounds of JSON is refused, and so is one behind which the
tokens that are left do not suffice for the rest: then the next token of the way to the end takes its place.
Both depend on nothing but the tokens before, so that all decoding policies decide alike.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from llguidance import LLMatcher

from mtp_model.config import JSONBounds
from mtp_model.errors import MTPError
from mtp_model.grammar.closing import Closing
from mtp_model.grammar.json_text import JSONText

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
        closing: How an answer comes to its end.
        direct: First phase of an answer that does not begin as the first phase says.
    """

    phases: tuple[Phase, ...]
    end_token_ids: tuple[int, ...]
    vocabulary: int
    closing: Closing
    direct: int | None = None

    def start(self, budget: int | None = None, bounds: JSONBounds | None = None) -> Constraint:
        """The state at the beginning of an answer.

        Args:
            budget: Most tokens of the answer, its end token included; None for any number.
            bounds: Of its JSON; None for the usual ones.
        """
        return Constraint(self, budget, bounds or JSONBounds())


class Constraint:
    """State of one answer.

    Args:
        grammar: What holds for it.
        budget: Most tokens, the end token included; None for any number.
        bounds: Of its JSON.

    Attributes:
        text: The text of the bound phase.
        ended: Whether its end token was taken.
    """

    def __init__(self, grammar: Grammar, budget: int | None, bounds: JSONBounds) -> None:
        self._grammar = grammar
        self._bounds = bounds
        self._first = True
        self._over = False  # nothing but the end may follow
        self.ended = False
        self._matcher: LLMatcher | None = None
        self._within = True  # whether the newest token kept the bounds
        self._bound = False  # whether it belongs to a bound phase
        self._left = budget
        self._way: list[int] | None = None  # to the end, if it is watched
        self._hopeless = False  # no way is short enough
        self._enter(0)
        self._keeps_a_way(None)

    def valid(self, tokens: Sequence[int]) -> int:
        """How many tokens of a run are allowed, from its beginning. The state stays as it is."""
        trial = self._copy()
        return next((i for i, token in enumerate(tokens) if not trial._take(token)), len(tokens))

    def take(self, tokens: Sequence[int], *, steered: bool = False) -> list[bool]:
        """Go on behind these tokens.

        Args:
            tokens: Allowed ones.
            steered: Whether they are the best that there is, whatever bounds and budget say.

        Returns:
            For each token whether it belongs to a bound phase.

        Raises:
            MTPError: One of them is not allowed.
        """
        bound = []
        for token in tokens:
            if not self._take(token, steered):
                raise MTPError(
                    f"token {token} is not what the grammar allows here; this is an error of ours."
                )
            bound.append(self._bound)
        return bound

    def allowed_along(self, tokens: Sequence[int]) -> Iterator[torch.Tensor | None]:
        """What may stand in the place of each token of an allowed run; see `allowed`. The state stays."""
        trial = self._copy()
        for token in tokens:
            yield trial.allowed()
            trial.take([token])

    def way_out(self) -> list[int]:
        """Tokens that lead to the end by a short way, the end token included; empty if none was found."""
        most = 2**31 if self._left is None else self._left
        return self._way or self._grammar.closing.way_out(self, most) or []

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
        mask = torch.from_numpy(self.flags())
        if not self._matcher.is_accepting():
            return mask
        return mask | self._behind()

    def forced(self) -> list[int]:
        """Tokens that must come next, as far as they are the only ones possible."""
        if self.ended:
            return []
        if self._over:
            return [self._grammar.end_token_ids[0]]
        if self._matcher is None or self._undecided:
            return []
        return list(self._matcher.compute_ff_tokens())

    @property
    def free(self) -> bool:
        """Whether anything may follow, the end included, until `trigger` comes."""
        bound = self._over or self._undecided or self._matcher is not None
        return not bound and self._phase.may_end

    @property
    def trigger(self) -> int | None:
        """The token that ends a free phase; None if it lasts."""
        return self._phase.trigger

    @property
    def _undecided(self) -> bool:
        """Whether the next token says which phase is the first."""
        return self._first and bool(self._phase.begins_with)

    # --- for searching a way to the end --------------------------------------------------------

    def apart(self) -> Constraint:
        """A copy with neither bounds nor budget."""
        other = self._copy()
        other._left, other._way = None, None
        return other

    def flags(self) -> npt.NDArray[np.bool_]:
        """Which tokens may come next in a bound phase, bool [V]."""
        assert self._matcher is not None
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        return np.unpackbits(bits, bitorder="little")[: self._grammar.vocabulary].astype(bool)

    def run_on(self) -> list[int]:
        """Go on as far as there is no choice, or the end is allowed; the tokens of that."""
        tokens: list[int] = []
        if self._undecided:
            self._enter(self._grammar.direct)
            self._first = False
        while not self.ended:
            if self._may_end():
                following = [self._grammar.end_token_ids[0]]
            elif self._matcher is None:
                following = [] if self._phase.trigger is None else [self._phase.trigger]
            elif following := self._matcher.compute_ff_tokens():
                self._consume(following)
                tokens += following
                continue
            if not (following and self.step(following[0])):
                break
            tokens += following
        return tokens

    def step(self, token: int) -> bool:
        """Go on behind a token, if the grammar allows it; bounds and budget do not count."""
        self._bound = False
        if self._undecided and token not in self._phase.begins_with:
            self._enter(self._grammar.direct)
        self._first = False
        if token in self._grammar.end_token_ids:
            self.ended = self._may_end()
            return self.ended
        if self._over:
            return False
        if self._matcher is None:
            if token == self._phase.trigger:
                self._enter(self._phase.follows)
            return True
        forced = self._matcher.compute_ff_tokens()
        if forced and token != forced[0]:
            return False  # the same bytes in other pieces: a text has one spelling, whoever writes it
        if self._consume([token]):
            self._within = self._within or bool(forced)
            return True
        if self._matcher.is_accepting() and self._phase.follows is not None:
            self._enter(self._phase.follows)
            return self.step(token)
        return False

    def _consume(self, tokens: list[int]) -> bool:
        """Go on behind tokens of a bound phase, if they fit together."""
        assert self._matcher is not None
        if self._matcher.try_consume_tokens(tokens) < len(tokens):
            return False
        self._bound = True
        pieces = self._grammar.closing.pieces
        self._within = self.text.feed(b"".join(pieces[token] for token in tokens))
        if self._matcher.is_stopped():
            self._enter(self._phase.follows)
        return True

    # --- the state -----------------------------------------------------------------------------

    def _copy(self) -> Constraint:
        other = copy.copy(self)
        other.text = self.text.copy()
        other._matcher = None if self._matcher is None else self._matcher.deep_copy()
        return other

    def _enter(self, index: int | None) -> None:
        """Begin a phase; None ends the answer."""
        self.text = JSONText(self._bounds)
        if index is None:
            self._over, self._matcher = True, None
            return
        self._phase = self._grammar.phases[index]
        self._matcher = None if self._phase.matcher is None else self._phase.matcher()

    def _take(self, token: int, steered: bool = False) -> bool:
        self._within = True
        if not self.step(token):
            return False
        if self._left is not None:
            self._left -= 1
        if not self._keeps_a_way(token):
            self._hopeless = steered
            return steered
        return self._within or steered

    def _keeps_a_way(self, token: int | None) -> bool:
        """Whether the tokens that are left suffice for some way to the end, behind this token.

        It is also true where the answer need not come to an end, and where they did not suffice before.
        """
        if self._left is None or self.ended or not self._must_close():
            self._way, self._hopeless = None, False
            return True
        if self._hopeless or self._left >= self._grammar.closing.reserve:
            return True
        before, way = self._way, self._way
        if way and token == way[0]:
            way = way[1:]
        elif way is None or len(way) > self._left or not self._leads_out(way):
            way = self._grammar.closing.way_out(self, self._left)
        if way is not None and len(way) <= self._left:
            self._way = way
            return True
        self._hopeless = before is None
        return self._hopeless

    def _leads_out(self, way: list[int]) -> bool:
        other = self.apart()
        return all(other.step(token) for token in way) and other.ended

    def _must_close(self) -> bool:
        """Whether the answer would be broken if it were cut here."""
        if self._over or self._undecided:
            direct = None if self._grammar.direct is None else self._grammar.phases[self._grammar.direct]
            return self._over or direct is None or direct.matcher is not None or not direct.may_end
        return self._matcher is not None or not self._phase.may_end

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
