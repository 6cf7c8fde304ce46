"""Time inside the model: host time on the CPU, the device's own time on a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import torch

__all__ = ["ModelClock"]


class ModelClock:
    """Adds up the forward passes since `restart`.

    On a GPU the host only queues a pass, so events on the stream are read, once, at the end.

    Args:
        device: Where the model is.
    """

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self.restart()

    def restart(self) -> None:
        """Forget what was measured."""
        self.passes = 0
        self._seconds = 0.0
        self._events: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []
        self._begin = 0.0

    def start(self) -> None:
        """A pass begins."""
        self.passes += 1
        if self._cuda:
            pair = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            pair[0].record()
            self._events.append(pair)
        self._begin = perf_counter()

    def stop(self) -> None:
        """It is over."""
        if self._cuda:
            self._events[-1][1].record()
        else:
            self._seconds += perf_counter() - self._begin

    @contextmanager
    def running(self) -> Iterator[None]:
        """One pass."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def seconds(self) -> float:
        """Time of all passes."""
        if not self._cuda:
            return self._seconds
        torch.cuda.synchronize()
        milliseconds: float = sum(begin.elapsed_time(end) for begin, end in self._events)
        return milliseconds / 1000
