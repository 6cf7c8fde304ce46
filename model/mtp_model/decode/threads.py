"""Threads of a forward pass on the CPU: all that torch has, or one.

Threads share a pass in hundreds of parts, and wait for each other behind each of them. Mostly they spin
meanwhile, and it takes no time. But where other programs use the processors, a part lasts until its last
thread has had its turn; and where several threads of the process have computed something, each with helpers
of its own, there are more of them than processors, and OpenMP lets them sleep instead. A small pass is faster
on one thread then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter

import torch
from torch import nn

__all__ = ["PassThreads"]

_PARTS = 9  # of a layer: seven products, attention, and what lies between
_READ, _MULTIPLY = 1e10, 5e10  # bytes and operations per second of a thread; the order of magnitude counts
_ROUNDS, _GAP = 10, 1e-4  # of a look: between two parts there is nothing to do for so many seconds
_SOON, _LATER = 0.05, 1.0  # seconds between looks
_EARLY_LOOKS = 3  # come soon after each other: a loader's helpers may still spin at the first


class PassThreads:
    """Chooses how many threads a pass uses.

    Args:
        model: Whose passes they are.
        layers: How many layers it has.

    Attributes:
        wait: Seconds that threads last waited for each other behind a part of a pass; see `look`.
    """

    def __init__(self, model: nn.Module, layers: int) -> None:
        weights = list(model.parameters())
        self.wait = 0.0
        self._parts = _PARTS * layers
        self._numbers = sum(weight.numel() for weight in weights)
        self._bytes = sum(weight.numel() * weight.element_size() for weight in weights)
        self._looks = 0
        self._due = 0.0

    @contextmanager
    def used(self, tokens: int) -> Iterator[None]:
        """Within it, passes use as many threads as pays.

        torch keeps the number for each thread, but one that begins to compute meanwhile takes it over.

        Args:
            tokens: Tokens of the pass, of all rows together.
        """
        if torch.get_num_threads() > 1 and monotonic() >= self._due:
            self.look()
        if torch.get_num_threads() == 1 or self._parts * self.wait <= self._saved(tokens):
            yield
        else:
            with _threads(1):
                yield

    def look(self) -> None:
        """Measure how long threads wait for each other, which takes two milliseconds."""
        probe = torch.zeros(1 << 16)  # two parts of the least size that torch shares
        with _threads(1):
            alone = _seconds(probe)
        self.wait = max(0.0, _seconds(probe) - alone)
        self._looks += 1
        self._due = monotonic() + (_SOON if self._looks < _EARLY_LOOKS else _LATER)

    def _saved(self, tokens: int) -> float:
        """Seconds that a second thread saves: half of what one alone needs."""
        return (self._bytes / _READ + 2 * tokens * self._numbers / _MULTIPLY) / 2


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _seconds(probe: torch.Tensor) -> float:
    """Mean time of an operation that threads share, when they had nothing to do just before."""
    total = 0.0
    for _ in range(_ROUNDS):
        begin = perf_counter()
        while perf_counter() < begin + _GAP:  # as between the parts of a pass: not asleep
            pass
        begin = perf_counter()
        probe.fill_(1.0)
        total += perf_counter() - begin
    return total / _ROUNDS
