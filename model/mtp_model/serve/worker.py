"""The thread that owns a device: it advances all requests together, one forward pass after the other.

    submit(request, sink)   from any thread; sink(step) is called on the worker's thread after each pass
    job.cancel()            from any thread; at most the pass or the chunk that is running is still computed
                            (with the device loop, the passes that are on their way)
    between(task)           from any thread; runs something when no request does, and waits for it

The loop reads: take in what arrived, admit to the free slots what finds room, drop what was cancelled, read
a chunk of the prompts that wait, one pass for all that write. So a long prompt holds up the others by a
chunk per pass. A request that fails gets its error as its last step, and the others go on; if a pass itself
fails (out of memory, say), or anything else around it, all that run get its error, and the next requests
begin with a fresh batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from mtp_model.errors import MTPError
from mtp_model.serve.scheduler import Scheduler

if TYPE_CHECKING:
    from mtp_model.decode import Generation, PassEvent
    from mtp_model.decode.rows import Request, Row

    Outcomes = Sequence[tuple[Row, PassEvent | Exception]]

__all__ = ["Batch", "Job", "Step", "Worker"]

SLOTS = 8
"""Requests that are decoded together; each holds a cache, so the others wait."""


@dataclass(frozen=True, slots=True)
class Step:
    """A pass of one request.

    Attributes:
        event: Its outcome.
        generation: With the last pass, the whole of it; else None.
    """

    event: PassEvent
    generation: Generation | None = None


class Batch(Protocol):
    """What the worker runs; `mtp_model.decode.session.Session` is one."""

    def fits(self, request: Request) -> bool:
        """Whether it has room for a request beside those that run; true if none runs."""

    def begin(self, request: Request, index: int = 0) -> Row:
        """Take in a request; nothing is computed. Raises if it could never run."""

    def read(self) -> Outcomes:
        """Read a chunk of the prompts; the outcome for those that were read to their end, or failed."""

    def step(self) -> Outcomes:
        """One pass for all whose prompt has been read."""

    def remove(self, row: Row) -> None:
        """Drop a row that is not over."""


Sink = Callable[[Step | BaseException], object]


class Job:
    """A submitted request."""

    def __init__(self, request: Request, sink: Sink) -> None:
        self.request = request
        self.row: Row | None = None
        self.cancelled = False
        self._sink = sink

    def cancel(self) -> None:
        """Stop before the next pass. Harmless when the request has ended."""
        self.cancelled = True

    def hand_over(self, step: Step | BaseException) -> None:
        """Give the caller a pass, or the error that ended the request. Never raises."""
        if self.cancelled:
            return
        try:
            self._sink(step)
        except BaseException:  # the receiving event loop was closed, say: nobody is left to read
            self.cancelled = True


class _Errand:
    """Something to do when no request runs."""

    def __init__(self, task: Callable[[], None]) -> None:
        self._task = task
        self.done: Future[None] = Future()

    def run(self) -> None:
        """Do it; an error goes to who waits for it."""
        try:
            self._task()
        except BaseException as error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)


class Worker:
    """Owns a device.

    Args:
        name: Of the thread.
        new_batch: Makes an empty batch; called on the worker's thread.
        slots: Requests that are decoded together.

    Attributes:
        slots: As given.
    """

    def __init__(self, name: str, new_batch: Callable[[], Batch], *, slots: int = SLOTS) -> None:
        self.slots = slots
        self._name = name
        self._new_batch = new_batch
        self._batch: Batch | None = None
        self._scheduler: Scheduler[Job] = Scheduler(slots)
        self._inbox: SimpleQueue[Job | _Errand | None] = SimpleQueue()  # None: close
        self._errands: list[_Errand] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, request: Request, sink: Sink) -> Job:
        """Queue a request.

        Args:
            request: What to decode.
            sink: Called on the worker's thread with each step, or with the error that ended it.

        Raises:
            MTPError: The worker was closed.
        """
        job = Job(request, sink)
        self._put(job)
        return job

    def between(self, task: Callable[[], None]) -> None:
        """Run something on the worker's thread when no request runs, and wait for its end.

        Those that run come to their end first; those that wait, wait for it. What they computed together is
        given up, so that the next begin with a fresh batch.

        Raises:
            MTPError: The worker was closed.
            BaseException: What the task raised.
        """
        errand = _Errand(task)
        self._put(errand)
        errand.done.result()

    def _put(self, item: Job | _Errand) -> None:
        with self._lock:
            if self._closed:
                raise MTPError(
                    f"{self._name} was unloaded while it was in use. Call the model again to load it."
                )
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._inbox.put(item)

    def close(self) -> None:
        """End the thread; requests that are still running get an error."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._inbox.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _work(self) -> None:
        while self._receive():
            try:
                if not self._scheduler.running:
                    self._run_errands()
                for job in self._scheduler.admit(self._fits):
                    self._start(job)
                self._advance(lambda batch: batch.read())
                self._advance(lambda batch: batch.step())
            except BaseException as error:  # whatever it is, the thread goes on: others wait for it
                self._lose_batch(error)
        unloaded = MTPError(f"{self._name} was unloaded before the answer was complete. Ask again.")
        while not self._inbox.empty():
            if (late := self._inbox.get()) is not None:
                self._accept(late)
        for job in self._scheduler.drain():
            job.hand_over(unloaded)
        for errand in self._errands:
            errand.done.set_exception(unloaded)

    def _receive(self) -> bool:
        """Take in what arrived, waiting for it if there is nothing to do; False when closed."""
        while not (self._scheduler or self._errands) or not self._inbox.empty():
            item = self._inbox.get()
            if item is None:
                return False
            self._accept(item)
        return not self._closed

    def _accept(self, item: Job | _Errand) -> None:
        if isinstance(item, _Errand):
            self._errands.append(item)
        else:
            self._scheduler.submit(item)

    def _run_errands(self) -> None:
        if self._errands:
            self._batch = None
        while self._errands:
            self._errands.pop(0).run()

    def _drop_cancelled(self) -> None:
        for job in [job for job in self._scheduler.running if job.cancelled]:
            self._scheduler.release(job)
            if self._batch is not None and job.row is not None:
                self._batch.remove(job.row)

    def _fits(self, job: Job) -> bool:
        if self._errands:
            return False  # one waits for those that run
        return job.cancelled or self._batch is None or self._batch.fits(job.request)

    def _start(self, job: Job) -> None:
        """Give a job its row, whose prompt is read from now on."""
        if job.cancelled:
            self._scheduler.release(job)
            return
        try:
            if self._batch is None:
                self._batch = self._new_batch()
            job.row = self._batch.begin(job.request)
        except BaseException as error:  # whatever it is, it belongs to this request alone
            self._scheduler.release(job)
            job.hand_over(error)

    def _advance(self, compute: Callable[[Batch], Outcomes]) -> None:
        """Drop what was cancelled, compute for those that are left, and hand over what comes of it."""
        self._drop_cancelled()
        if self._batch is None or not self._scheduler.running:
            return
        jobs = {id(job.row): job for job in self._scheduler.running}
        for row, event in compute(self._batch):
            self._deliver(jobs[id(row)], event)

    def _lose_batch(self, error: BaseException) -> None:
        """End all that run with an error; the next begin with a fresh batch."""
        self._batch = None  # its cache may be half written
        for job in list(self._scheduler.running):
            self._scheduler.release(job)
            job.hand_over(error)

    def _deliver(self, job: Job, event: PassEvent | Exception) -> None:
        if isinstance(event, Exception):
            self._scheduler.release(job)
            job.hand_over(event)
        elif event.finish_reason is None:
            job.hand_over(Step(event))
        else:
            assert job.row is not None
            last = Step(event, job.row.generation())
            self._scheduler.release(job)
            job.hand_over(last)
