"""Who runs: requests get the free slots in order of arrival, whoever asks. Nothing here computes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

__all__ = ["Scheduler"]

Job = TypeVar("Job")


class Scheduler(Generic[Job]):
    """A queue in front of a number of slots.

    All that run advance together, a pass each, and a slot that becomes free goes to the one that has waited
    longest. So nobody waits for more than the requests before it.

    Args:
        slots: How many run at the same time.

    Attributes:
        running: The jobs in the slots.
    """

    def __init__(self, slots: int) -> None:
        if slots < 1:
            raise ValueError(f"Scheduler(slots={slots}): at least one slot is needed.")
        self.slots = slots
        self.running: list[Job] = []
        self._waiting: deque[Job] = deque()

    def __bool__(self) -> bool:
        """Whether anything runs or waits."""
        return bool(self.running or self._waiting)

    def submit(self, job: Job) -> None:
        """Put a job at the end of the queue."""
        self._waiting.append(job)

    def admit(self, fits: Callable[[Job], bool] = lambda job: True) -> Iterator[Job]:
        """Move jobs from the queue into the free slots, one by one.

        A job that ends at once (`release`) leaves its slot to the next. One that does not fit beside those
        that run waits, and the others behind it too: so a large one gets its turn.

        Args:
            fits: Whether a job may run beside those that do.
        """
        while self._waiting and len(self.running) < self.slots and fits(self._waiting[0]):
            job = self._waiting.popleft()
            self.running.append(job)
            yield job

    def release(self, job: Job) -> None:
        """Free the slot of a job."""
        self.running.remove(job)

    def drain(self) -> list[Job]:
        """Take out all jobs, the running ones first."""
        jobs = [*self.running, *self._waiting]
        self.running.clear()
        self._waiting.clear()
        return jobs
