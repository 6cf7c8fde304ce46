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

LEAST_GAIN = 1.1
"""Blocks must promise this much more than single tokens: estimates are not exact."""

PROBE = 4
"""k of the passes that ask whether blocks pay again."""

FIRST = 8
"""k of the block behind a prompt, at least."""

PROBE_SHARE = 0.02
"""Share of the time that they may cost."""

_FAST, _SLOW = 0.1, 0.02  # weight of a pass in its row's estimate, and of that in the one of all rows
_BEHIND = 3  # times that weight, for tokens that were not asked for: they lag behind each other
_TRUST = 3  # what a row's first estimate, from other rows, counts, in passes of its own
_HOPE = 0.7  # before anything is known, each further token stands with this probability


class Acceptance:
    """Running estimate of what a row's passes write.

    Args:
        survival: Probability that a pass writes at least 1, 2, ... tokens beyond its first.
        seen: Passes that it comes from. The fewer, the more the next one counts.
    """

    def __init__(self, survival: Sequence[float], seen: int = 0) -> None:
        self.survival = list(survival)
        self.seen = seen

    def expected(self, k: int) -> float:
        """Tokens that a pass with this k writes."""
        return 1 + sum(self.survival[: k - 1])

    def observe(self, extra: int, asked: int, weight: float) -> None:
        """Take in a pass.

        Args:
            extra: Tokens beyond the first that it wrote.
            asked: Tokens beyond the first that were proposed. Those behind them are thought of as going on
                at the same rate, so that k can grow again.
            weight: Of this pass, against all before it, once there are enough of them.
        """
        if not asked:
            return
        self.seen += 1
        weight = max(weight, 1 / (self.seen + 1))
        values = self.survival
        for depth in range(min(asked, len(values))):
            values[depth] += weight * ((extra > depth) - values[depth])
        rate = values[min(asked, len(values)) - 1] ** (1 / asked)
        for depth in range(asked, len(values)):
            values[depth] += min(1.0, _BEHIND * weight) * (values[depth - 1] * rate - values[depth])

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
        # Of the k - 1 columns for tokens of the pass before, or drafts, the share that the row with the most
        # of them fills: `Verified` feeds drafts that do not stand, and the more rows, the more one has.
        self._fill: dict[tuple[bool, int], float] = {}

    def fed(self, rows: Sequence[Row], width: int, context: int, seconds: float) -> None:
        """Take in what a pass over some rows fed, and how long it took.

        Args:
            rows: All rows of the batch.
            width: W, the columns fed.
            context: Columns of the longest row.
            seconds: Of the pass.
        """
        self.costs.observe(len(rows), width, context, seconds)
        k = max(row.k for row in rows)
        if k > 1:
            crowd, seen = _crowd(rows), min(1.0, (width - k) / (k - 1))
            known = self._fill.get(crowd, seen)
            self._fill[crowd] = known + _FAST * (seen - known)

    def enter(self, row: Row) -> None:
        """Give a row that leaves k open what earlier rows of its policy and about its length taught."""
        lesson = self._lesson(row.request)
        row.acceptance = Acceptance(lesson.survival, min(lesson.seen, _TRUST))
        # The prompt's pass costs what it costs, so that its block asks how easy this text is.
        row.k = min(max(FIRST, self.choose([row], len(row.request.prompt), 1)), row.request.k)

    def observe(self, row: Row, extra: int) -> None:
        """Take in what a pass wrote beyond its first token. `Verified` counts drafts of the pass before."""
        if row.acceptance is None:
            return
        asked, row.asked = (row.asked if row.request.lossless else row.k - 1), row.k - 1
        row.acceptance.observe(extra, asked, _FAST)
        if asked:
            self._lesson(row.request).observe(extra, asked, _SLOW)
        else:
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

        fill = self._fill.get(_crowd(rows))

        def seconds(k: int) -> float:
            if fill is None:
                before = max(row.acceptance.expected(k) for row in rows if row.acceptance is not None)
            else:
                before = 1 + fill * (k - 1)
            return self.costs.seconds(len(rows), max(least, math.ceil(before) + k - 1), context)

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


def _crowd(rows: Sequence[Row]) -> tuple[bool, int]:
    """Batches alike in how many columns they feed: whether a row is lossless, and about how many rows."""
    return any(row.request.lossless for row in rows), (len(rows) - 1).bit_length()


def _candidates(largest: int) -> list[int]:
    """Values of k to compare: all small ones, then steps of about a third."""
    values = [1]
    while values[-1] < largest:
        values.append(min(largest, values[-1] + max(1, values[-1] // 3)))
    return values
