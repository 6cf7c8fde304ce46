"""How many tokens per pass pay: k by expected tokens over cost, for policies with `k_max="auto"`.

A wide block costs little more than a narrow one where weights are read from memory, and in proportion to its
width where arithmetic is the limit (many rows on few cores, say). So k is chosen as

    argmax over k of  sum over rows of E[tokens of a pass | k]  /  seconds(rows, columns)

Acceptance is learned while rows are decoded, costs are measured once and corrected by the passes themselves.
Where blocks do not pay, k is 1, and now and then a few wider passes ask whether that is still so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mtp_model.decode.costs import PassCosts

if TYPE_CHECKING:
    from mtp_model.decode.rows import Request, Row

__all__ = ["Acceptance", "Pace"]

PERIOD = 8
"""Passes for which a choice holds, unless rows come or go."""

LEAST_GAIN = 1.05
"""Blocks must promise this much more than single tokens: estimates are not exact."""

PROBE = 4
"""k of the passes that ask whether blocks pay again."""

PROBE_SHARE = 0.02
"""Share of the time that they may cost."""

_FAST, _SLOW = 0.1, 0.02  # weight of a pass in its row's estimate, and of that in the one of all rows
_HOPE = 0.7  # before anything is known, each further token stands with this probability


class Acceptance:
    """Running estimate of what a row's passes write.

    Args:
        survival: Probability that a pass writes at least 1, 2, ... tokens beyond its first.
    """

    def __init__(self, survival: Sequence[float]) -> None:
        self.survival = list(survival)

    def expected(self, k: int) -> float:
        """Tokens that a pass with this k writes."""
        return 1 + sum(self.survival[: k - 1])

    def observe(self, extra: int, asked: int, weight: float) -> None:
        """Take in a pass.

        Args:
            extra: Tokens beyond the first that it wrote.
            asked: Tokens beyond the first that were proposed. Those behind them are thought of as going on
                at the same rate, so that k can grow again.
            weight: Of this pass, against all before it.
        """
        if not asked:
            return
        values = self.survival
        for depth in range(min(asked, len(values))):
            values[depth] += weight * ((extra > depth) - values[depth])
        rate = values[min(asked, len(values)) - 1] ** (1 / asked)
        for depth in range(asked, len(values)):
            values[depth] += weight * (values[depth - 1] * rate - values[depth])

    def follow(self, other: Acceptance, weight: float) -> None:
        """Move towards another estimate, also while it asks for nothing: a row that gave blocks up counts."""
        for depth, (mine, theirs) in enumerate(zip(self.survival, other.survival, strict=False)):
            self.survival[depth] = mine + weight * (theirs - mine)


class Pace:
    """Chooses k for one model. What it learned serves all its batches.

    Args:
        costs: What passes of the model cost.
    """

    def __init__(self, costs: PassCosts) -> None:
        self.costs = costs
        self._learned: dict[tuple[bool, float, int], Acceptance] = {}
        self._single = 0  # passes since blocks were last tried

    def enter(self, row: Row) -> None:
        """Give a row that leaves k open what earlier rows of its policy and about its length taught."""
        row.acceptance = Acceptance(self._lesson(row.request).survival)
        row.k = min(self.choose([row], len(row.request.prompt), 1), row.request.k)

    def observe(self, row: Row, extra: int) -> None:
        """Take in what a pass wrote beyond its first token. `Verified` counts drafts of the pass before."""
        if row.acceptance is None:
            return
        asked, row.asked = (row.asked if row.request.lossless else row.k - 1), row.k - 1
        row.acceptance.observe(extra, asked, _FAST)
        self._lesson(row.request).follow(row.acceptance, _SLOW)

    def _lesson(self, request: Request) -> Acceptance:
        """What rows of this policy and a prompt of about this length write.

        Students write fewer tokens per pass behind prompts that are longer than those of their training, so
        lengths are kept apart by powers of two. The first row of a length starts from the nearest one.
        """
        policy, length = (request.lossless, request.threshold), len(request.prompt).bit_length()
        if (known := self._learned.get((*policy, length))) is None:
            others = [key for key in self._learned if key[:2] == policy]
            nearest = min(others, key=lambda key: abs(key[2] - length), default=None)
            hope = [_HOPE ** (depth + 1) for depth in range(request.k - 1)]
            known = Acceptance(self._learned[nearest].survival if nearest else hope)
            self._learned[(*policy, length)] = known
        return known

    def choose(self, rows: Sequence[Row], context: int, passes: int = PERIOD) -> int:
        """The k of the next passes, for the rows that leave it open.

        Args:
            rows: All rows of the batch.
            context: Columns of the longest.
            passes: For how many passes the choice holds.
        """
        largest = max(row.request.k for row in rows if row.acceptance is not None)
        others = [row for row in rows if row.acceptance is None]
        beside = sum(max(1.0, row.stats.tokens_per_pass) for row in others)
        least = max((row.k for row in others), default=1)

        def seconds(k: int) -> float:
            expected = max(row.acceptance.expected(k) for row in rows if row.acceptance is not None)
            return self.costs.seconds(len(rows), max(least, math.ceil(expected) + k - 1), context)

        def rate(k: int) -> float:
            written = sum(row.acceptance.expected(k) for row in rows if row.acceptance is not None)
            return (written + beside) / seconds(k)

        best = max(_candidates(largest), key=rate)
        if best > 1 and rate(best) > LEAST_GAIN * rate(1):
            self._single = 0
            return best
        self._single += passes
        probe = min(PROBE, largest)
        dearer = max(0.0, seconds(probe) / seconds(1) - 1)
        if self._single * PROBE_SHARE < passes * dearer or self._single < 8 * PERIOD or passes < PERIOD:
            return 1
        self._single = 0
        return probe


def _candidates(largest: int) -> list[int]:
    """Values of k to compare: all small ones, then steps of about a third."""
    values = [1]
    while values[-1] < largest:
        values.append(min(largest, values[-1] + max(1, values[-1] // 3)))
    return values
