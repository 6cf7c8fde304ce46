"""The thread that owns a device: it runs the passes of all requests, in turns.

    submit(stream, sink)   from any thread; sink(step) is called on the worker's thread after each pass
    job.cancel()           from any thread; at most the pass that is running is still computed

Requests are admitted in order of arrival; those admitted take turns, one pass each. A failing request gets
its error as its last step, and the others go on.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from mtp_model.errors import MTPError

if TYPE_CHECKING:
    from mtp_model.decode import Generation, PassEvent

__all__ = ["Job", "PassStream", "Step", "Worker"]

MAX_ACTIVE = 8
"""Requests that take turns; each holds a cache, so the others wait."""


@dataclass(frozen=True, slots=True)
class Step:
    """A pass of one request.

    Attributes:
        event: Its outcome.
        generation: With the last pass, the whole of it; else None.
    """

    event: PassEvent
    generation: Generation | None = None


class PassStream(Protocol):
    """What the worker runs; `mtp_model.decode.TokenStream` is one."""

    def __next__(self) -> PassEvent:
        """Run one pass."""

    def close(self) -> None:
        """Stop; free what the stream holds."""

    def generation(self) -> Generation:
        """Everything so far."""


Sink = Callable[[Step | BaseException], object]


class Job:
    """A submitted request."""

    def __init__(self, stream: PassStream, sink: Sink) -> None:
        self._stream = stream
        self._sink = sink
        self._cancelled = False

    def cancel(self) -> None:
        """Stop before the next pass. Harmless when the request has ended."""
        self._cancelled = True

    def run_pass(self) -> bool:
        """Run one pass and hand it over; return whether more follow."""
        if self._cancelled:
            self._stream.close()
            return False
        try:
            event = next(self._stream)
            last = event.finish_reason is not None
            step = Step(event, self._stream.generation() if last else None)
        except BaseException as error:  # whatever it is, it belongs to this request alone
            self.fail(error)
            return False
        return self._hand_over(step) and not last

    def fail(self, error: BaseException) -> None:
        """End the request with an error."""
        self._stream.close()
        if not self._cancelled:
            self._hand_over(error)

    def _hand_over(self, step: Step | BaseException) -> bool:
        try:
            self._sink(step)
        except RuntimeError:  # the receiving event loop was closed: nobody is left to read
            self._cancelled = True
            self._stream.close()
            return False
        return True


class Worker:
    """Owns a device.

    Args:
        name: Of the thread.
        max_active: Requests that take turns at the same time.
    """

    def __init__(self, name: str, *, max_active: int = MAX_ACTIVE) -> None:
        self._name = name
        self._max_active = max_active
        self._inbox: SimpleQueue[Job | None] = SimpleQueue()  # None: close
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, stream: PassStream, sink: Sink) -> Job:
        """Queue a request.

        Args:
            stream: Its passes.
            sink: Called on the worker's thread with each step, or with the error that ended it.

        Raises:
            MTPError: The worker was closed.
        """
        job = Job(stream, sink)
        with self._lock:
            if self._closed:
                raise MTPError(
                    f"{self._name} was unloaded while it was in use. Call the model again to load it."
                )
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._inbox.put(job)
        return job

    def close(self) -> None:
        """End the thread; requests that are still running get an error."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._inbox.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _work(self) -> None:
        active: deque[Job] = deque()
        while self._admit(active):
            job = active.popleft()
            if job.run_pass():
                active.append(job)
        for job in [*active, *self._rest()]:
            job.fail(MTPError(f"{self._name} was unloaded before the answer was complete. Ask again."))

    def _admit(self, active: deque[Job]) -> bool:
        """Take in new requests, waiting for one if there is none; False when the worker is closed."""
        while len(active) < self._max_active and (not active or not self._inbox.empty()):
            job = self._inbox.get()
            if job is None:
                return False
            active.append(job)
        return not self._closed

    def _rest(self) -> list[Job]:
        jobs = []
        while not self._inbox.empty():
            if (job := self._inbox.get()) is not None:
                jobs.append(job)
        return jobs
