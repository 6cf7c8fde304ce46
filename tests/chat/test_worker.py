"""The worker with streams that do what a test wants."""

import threading
import time
from queue import SimpleQueue

import pytest

from mtp_model.decode import DecodeStats, Generation, PassEvent
from mtp_model.errors import MTPError
from mtp_model.serve import EngineKey, Job, Step, Worker, engine_for, registry, unload


class Script:
    """So many passes; each waits for its permission if there is a gate."""

    def __init__(
        self, name: str, passes: int, log: list[str], gate: threading.Semaphore | None = None
    ) -> None:
        self.name, self.passes, self.log, self.gate = name, passes, log, gate
        self.done, self.closed = 0, False

    def __next__(self) -> PassEvent:
        if self.gate:
            assert self.gate.acquire(timeout=30)
        if self.passes < 0:
            raise ArithmeticError(self.name)
        self.log.append(self.name)
        self.done += 1
        last = self.done == self.passes
        return PassEvent(0, self.done - 1, (self.done,), (1.0,), "stop" if last else None, 0.0, 1)

    def close(self) -> None:
        self.closed = True

    def generation(self) -> Generation:
        return Generation([], "stop", DecodeStats(passes=self.done))


def drain(steps: "SimpleQueue[Step | BaseException]") -> list[Step | BaseException]:
    """All steps of one request."""
    taken: list[Step | BaseException] = []
    while not taken or (isinstance(taken[-1], Step) and taken[-1].generation is None):
        taken.append(steps.get(timeout=30))
    return taken


def submit(worker: Worker, script: Script) -> tuple[Job, "SimpleQueue[Step | BaseException]"]:
    steps: SimpleQueue[Step | BaseException] = SimpleQueue()
    return worker.submit(script, steps.put), steps


def test_requests_take_turns_in_order_of_arrival() -> None:
    worker, log, gate = Worker("w", max_active=2), [], threading.Semaphore(0)
    scripts = [Script("a", 3, log, gate), Script("b", 2, log), Script("c", 2, log)]
    queues = [submit(worker, script)[1] for script in scripts]
    gate.release(9)  # all three are queued before the first pass ends
    assert [len(drain(steps)) for steps in queues] == [3, 2, 2]
    # c is admitted when b has ended: two take turns.
    assert log == ["a", "b", "a", "b", "a", "c", "c"] or log == ["a", "b", "a", "b", "c", "a", "c"]
    worker.close()


def test_a_cancelled_request_ends_after_the_running_pass() -> None:
    worker, log, gate = Worker("w"), [], threading.Semaphore(1)
    script = Script("a", 1000, log, gate)
    job, steps = submit(worker, script)
    steps.get(timeout=30)  # the first pass is over, the second waits at the gate
    job.cancel()
    gate.release(1000)
    other = drain(submit(worker, Script("b", 1, log))[1])
    assert len(other) == 1
    deadline = time.monotonic() + 30
    while not script.closed and time.monotonic() < deadline:
        time.sleep(0.001)
    assert script.closed
    assert script.done <= 2
    worker.close()


def test_a_request_that_is_cancelled_while_it_waits_never_runs() -> None:
    worker, log, gate = Worker("w", max_active=1), [], threading.Semaphore(0)
    _, first = submit(worker, Script("a", 1, log, gate))
    waiting = Script("b", 1, log)
    job, _ = submit(worker, waiting)
    job.cancel()
    _, third = submit(worker, Script("c", 1, log))
    gate.release()
    assert len(drain(first)) == len(drain(third)) == 1
    assert log == ["a", "c"]
    assert waiting.closed
    worker.close()


def test_an_error_ends_one_request_and_the_others_go_on() -> None:
    worker, log, gate = Worker("w"), [], threading.Semaphore(0)
    _, good = submit(worker, Script("good", 3, log, gate))
    _, bad = submit(worker, Script("bad", -1, log))
    gate.release(3)
    (error,) = drain(bad)
    assert isinstance(error, ArithmeticError)
    assert len(drain(good)) == 3
    assert len(drain(submit(worker, Script("next", 1, log))[1])) == 1
    worker.close()


def test_a_receiver_that_is_gone_costs_one_pass() -> None:
    def gone(step: Step | BaseException) -> None:
        raise RuntimeError("Event loop is closed")

    worker, log = Worker("w"), []
    script = Script("a", 1000, log)
    worker.submit(script, gone)
    assert len(drain(submit(worker, Script("b", 2, log))[1])) == 2
    assert script.closed
    assert script.done == 1
    worker.close()


def test_closing_tells_those_who_wait() -> None:
    worker, log, gate = Worker("w", max_active=1), [], threading.Semaphore(0)
    _, running = submit(worker, Script("a", 1000, log, gate))
    _, waiting = submit(worker, Script("b", 1, log))
    closer = threading.Thread(target=worker.close)
    closer.start()
    gate.release(1000)
    closer.join(30)
    for steps in (running, waiting):
        last = drain(steps)[-1]
        assert isinstance(last, MTPError)
        assert "unloaded" in str(last)
    with pytest.raises(MTPError, match="unloaded"):
        worker.submit(Script("c", 1, log), lambda step: None)


def test_weights_are_loaded_once_by_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[EngineKey] = []

    class Fake:
        def close(self) -> None:
            loads.clear()

    def load(key: EngineKey) -> Fake:
        loads.append(key)
        time.sleep(0.05)
        return Fake()

    monkeypatch.setattr(registry, "_load", load)
    key, found = EngineKey("registry-test"), []
    threads = [threading.Thread(target=lambda: found.append(engine_for(key))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert loads == [key]
    assert len(set(map(id, found))) == 1
    assert engine_for(EngineKey("registry-test", dtype="bfloat16")) is not found[0]
    unload(EngineKey("registry-test", dtype="bfloat16"))
    unload(key)
    assert loads == []


def test_a_failed_load_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(key: EngineKey) -> None:
        raise MTPError("no")

    monkeypatch.setattr(registry, "_load", fail)
    for _ in range(2):
        with pytest.raises(MTPError, match="no"):
            engine_for(EngineKey("registry-test"))
