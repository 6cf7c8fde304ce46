"""A device whose passes are counted, and that can be made to wait before each of them."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from mtp_model.decode.rows import Request
from mtp_model.decode.session import Session
from mtp_model.serve.worker import Worker


class Device:
    """Watches every session of the process.

    Attributes:
        passes: Passes that were begun, those that read a chunk of a prompt included.
        steps: Those of them that advance all rows together.
        widest: Most rows in one of them.
        submitted: Requests, in order of arrival.
        threads: Those that began passes.
        admitted: Identity of a request -> the steps before its own first pass.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passes = self.steps = self.widest = self.waiting = 0
        self.submitted: list[Request] = []
        self.admitted: dict[int, int] = {}
        self.threads: set[int] = set()
        self._gate: threading.Semaphore | None = None
        self._until = 0
        read_on, step, submit = Session._read_on, Session.step, Worker.submit
        arrival = threading.Lock()  # so that `submitted` has the order of the worker's queue

        def watched_read(session: Session, reading: Any) -> Any:
            self._enter()
            self.admitted.setdefault(id(reading.row.request), self.steps)
            return read_on(session, reading)

        def watched_step(session: Session) -> Any:
            if not session.rows:
                return []
            self._enter()
            self.steps += 1
            self.widest = max(self.widest, len(session.rows))
            return step(session)

        def watched_submit(worker: Worker, request: Request, sink: Any) -> Any:
            with arrival:
                job = submit(worker, request, sink)
                self.submitted.append(request)
            if len(self.submitted) == self._until:
                self.release()
            return job

        monkeypatch.setattr(Session, "_read_on", watched_read)
        monkeypatch.setattr(Session, "step", watched_step)
        monkeypatch.setattr(Worker, "submit", watched_submit)

    def hold(self, permissions: int = 0, *, until: int = 0) -> None:
        """From now on each pass needs a permission; here are some. All get it with so many requests."""
        self._gate, self._until = threading.Semaphore(permissions), until

    def release(self) -> None:
        """As many passes as they like."""
        if self._gate is not None:
            gate, self._gate = self._gate, None
            gate.release(10**6)

    def _enter(self) -> None:
        if (gate := self._gate) is not None:
            self.waiting += 1
            assert gate.acquire(timeout=60)
            self.waiting -= 1
        self.passes += 1
        self.threads.add(threading.get_ident())


def wait_for(condition: Callable[[], bool]) -> None:
    """Until another thread has done something."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert condition()
