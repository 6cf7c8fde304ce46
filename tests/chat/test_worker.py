"""The worker with batches that do what a test wants."""

import threading
import time
from queue import SimpleQueue
from typing import Any

import pytest

from mtp_model.decode import DecodeStats, Generation, PassEvent
from mtp_model.errors import CheckpointError, MTPError
from mtp_model.serve import EngineKey, Job, Step, Worker, engine_for, registry, unload


class Script:
    """A request of so many passes, and its row as well. A negative number raises, 0 is an error."""

    def __init__(self, name: str, passes: int) -> None:
        self.name, self.passes, self.done, self.removed = name, passes, 0, False

    def advance(self) -> tuple[Any, PassEvent | MTPError]:
        if self.passes == 0:
            return self, CheckpointError(self.name)
        self.done += 1
        last = self.done == self.passes
        return self, PassEvent(0, self.done - 1, (self.done,), (1.0,), "stop" if last else None, 0.0, 1)

    def generation(self) -> Generation:
        return Generation([], "stop", DecodeStats(passes=self.done))


class ScriptedBatch:
    """Logs each pass as the names of the rows in it; every pass needs a permission if there is a gate."""

    def __init__(self, log: list[str], gate: threading.Semaphore | None = None) -> None:
        self.log, self.gate, self.rows, self.reading, self.broken = log, gate, [], [], False

    def fits(self, request: Any) -> bool:
        return True

    def begin(self, request: Any, index: int = 0) -> Any:
        if request.passes < 0:
            raise ArithmeticError(request.name)
        self.reading.append(request)
        return request

    def read(self) -> list[tuple[Any, PassEvent | Exception]]:
        outcomes = []
        while self.reading:
            self._enter(self.reading[0].name)
            outcomes += self._keep([self.reading.pop(0).advance()])
        return outcomes

    def step(self) -> list[tuple[Any, PassEvent | Exception]]:
        if not self.rows:
            return []
        self._enter("+".join(row.name for row in self.rows))
        rows, self.rows = self.rows, []
        return self._keep([row.advance() for row in rows])

    def remove(self, row: Any) -> None:
        row.removed = True
        (self.rows if row in self.rows else self.reading).remove(row)

    def _enter(self, name: str) -> None:
        if self.gate:
            assert self.gate.acquire(timeout=30)
        if self.broken:
            raise MemoryError("no room")
        self.log.append(name)

    def _keep(self, outcomes: Any) -> Any:
        self.rows += [r for r, e in outcomes if isinstance(e, PassEvent) and e.finish_reason is None]
        return outcomes


def worker_of(log: list[str], gate: threading.Semaphore | None = None, slots: int = 8) -> Worker:
    return Worker("w", lambda: ScriptedBatch(log, gate), slots=slots)


def drain(steps: "SimpleQueue[Step | BaseException]") -> list[Step | BaseException]:
    """All steps of one request."""
    taken: list[Step | BaseException] = []
    while not taken or (isinstance(taken[-1], Step) and taken[-1].generation is None):
        taken.append(steps.get(timeout=30))
    return taken


def submit(worker: Worker, script: Any) -> tuple[Job, "SimpleQueue[Step | BaseException]"]:
    steps: SimpleQueue[Step | BaseException] = SimpleQueue()
    return worker.submit(script, steps.put), steps


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert condition()


def test_requests_share_passes_and_slots_go_in_order_of_arrival() -> None:
    log, gate = [], threading.Semaphore(0)
    worker = worker_of(log, gate, slots=2)
    queues = [submit(worker, Script(name, passes))[1] for name, passes in (("a", 4), ("b", 2), ("c", 3))]
    wait_for(lambda: worker._inbox.qsize() <= 2)  # the worker waits in a's first pass
    gate.release(99)
    assert [len(drain(steps)) for steps in queues] == [4, 2, 3]
    worker.close()
    assert log[0] == "a"
    assert "a+b" in log and "c" in log
    assert not any("b" in entry and "c" in entry for entry in log), "c has b's slot"
    assert log.index("c") == log.index("a+b") + 1, "and gets it at once"


def test_a_cancelled_request_ends_after_the_running_pass() -> None:
    log, gate = [], threading.Semaphore(1)
    worker, script = worker_of(log, gate), Script("a", 1000)
    job, steps = submit(worker, script)
    steps.get(timeout=30)  # the first pass is over, the second waits at the gate
    job.cancel()
    gate.release(1000)
    assert len(drain(submit(worker, Script("b", 1))[1])) == 1
    wait_for(lambda: script.removed)
    assert script.done <= 2
    worker.close()


def test_a_request_that_is_cancelled_while_it_waits_never_runs() -> None:
    log, gate = [], threading.Semaphore(0)
    worker = worker_of(log, gate, slots=1)
    _, first = submit(worker, Script("a", 1))
    job, _ = submit(worker, Script("b", 1))
    job.cancel()
    _, third = submit(worker, Script("c", 1))
    gate.release(9)
    assert len(drain(first)) == len(drain(third)) == 1
    assert log == ["a", "c"]
    worker.close()


@pytest.mark.parametrize(("passes", "kind"), [(-1, ArithmeticError), (0, CheckpointError)])
def test_an_error_ends_one_request_and_the_others_go_on(passes: int, kind: type[Exception]) -> None:
    log, gate = [], threading.Semaphore(0)
    worker = worker_of(log, gate)
    _, good = submit(worker, Script("good", 3))
    _, bad = submit(worker, Script("bad", passes))
    gate.release(99)
    (error,) = drain(bad)
    assert isinstance(error, kind)
    assert len(drain(good)) == 3
    assert len(drain(submit(worker, Script("next", 1))[1])) == 1
    worker.close()


def test_a_pass_that_fails_ends_those_in_it_and_the_next_begin_afresh() -> None:
    log, batches, gate = [], [], threading.Semaphore(2)

    def new_batch() -> ScriptedBatch:
        batches.append(ScriptedBatch(log, gate))
        return batches[-1]

    worker = Worker("w", new_batch)
    queues = [submit(worker, Script(name, 9))[1] for name in "ab"]
    wait_for(lambda: len(log) == 2)
    batches[0].broken = True
    gate.release(99)
    for steps in queues:
        assert isinstance(drain(steps)[-1], MemoryError)
    assert len(drain(submit(worker, Script("c", 2))[1])) == 2
    assert len(batches) == 2
    worker.close()


@pytest.mark.parametrize("problem", [RuntimeError("Event loop is closed"), KeyError("x"), SystemExit(1)])
def test_a_receiver_that_raises_costs_one_pass_and_the_others_nothing(problem: BaseException) -> None:
    def gone(step: Step | BaseException) -> None:
        raise problem

    log, gate = [], threading.Semaphore(0)
    worker, script = worker_of(log, gate), Script("a", 1000)
    _, good = submit(worker, Script("good", 5))
    worker.submit(script, gone)  # type: ignore[arg-type]
    worker.submit(Script("short", 1), gone)  # type: ignore[arg-type]
    gate.release(1000)
    assert len(drain(good)) == 5
    assert len(drain(submit(worker, Script("b", 2))[1])) == 2
    wait_for(lambda: script.removed)
    assert script.done == 1
    worker.close()


@pytest.mark.parametrize("broken", ["remove", "generation"])
def test_a_failure_beside_the_passes_costs_the_batch_and_not_the_thread(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropping a cancelled row, or putting a finished one's answer together, fails."""
    log, batches, gate = [], [], threading.Semaphore(2)

    def new_batch() -> ScriptedBatch:
        batches.append(ScriptedBatch(log, gate))
        return batches[-1]

    def fail(*args: Any) -> None:
        raise MemoryError("no room")

    worker, bad = Worker("w", new_batch), Script("bad", 1000 if broken == "remove" else 3)
    job, steps = submit(worker, bad)
    _, good = submit(worker, Script("good", 1000))
    wait_for(lambda: len(log) == 2)  # both have begun, the third pass waits at the gate
    if broken == "remove":
        monkeypatch.setattr(ScriptedBatch, "remove", fail)
        job.cancel()
    else:
        monkeypatch.setattr(bad, "generation", fail)
    gate.release(1000)
    assert isinstance(drain(good)[-1], MemoryError)
    if broken == "generation":
        assert isinstance(drain(steps)[-1], MemoryError)
    assert len(drain(submit(worker, Script("next", 2))[1])) == 2
    assert len(batches) == 2
    worker.close()


def test_what_is_done_between_requests_waits_for_those_that_run_and_others_wait_for_it() -> None:
    log, batches, gate = [], [], threading.Semaphore(1)

    def new_batch() -> ScriptedBatch:
        batches.append(ScriptedBatch(log, gate))
        return batches[-1]

    worker = Worker("w", new_batch)
    _, first = submit(worker, Script("a", 3))
    wait_for(lambda: log == ["a"])  # its second pass waits at the gate
    task = threading.Thread(target=lambda: worker.between(lambda: log.append("task")))
    task.start()
    wait_for(lambda: worker._inbox.qsize() == 1)
    _, second = submit(worker, Script("b", 2))
    gate.release(99)
    assert len(drain(first)) == 3 and len(drain(second)) == 2
    task.join(30)
    assert log == ["a", "a", "a", "task", "b", "b"] and len(batches) == 2

    with pytest.raises(ZeroDivisionError):
        worker.between(lambda: print(1 / 0))
    assert len(drain(submit(worker, Script("c", 2))[1])) == 2
    worker.close()
    with pytest.raises(MTPError, match="unloaded"):
        worker.between(lambda: None)


def test_closing_tells_those_who_wait() -> None:
    log, gate = [], threading.Semaphore(0)
    worker = worker_of(log, gate, slots=1)
    _, running = submit(worker, Script("a", 1000))
    _, waiting = submit(worker, Script("b", 1))
    closer = threading.Thread(target=worker.close)
    closer.start()
    gate.release(1000)
    closer.join(30)
    for steps in (running, waiting):
        last = drain(steps)[-1]
        assert isinstance(last, MTPError)
        assert "unloaded" in str(last)
    with pytest.raises(MTPError, match="unloaded"):
        submit(worker, Script("c", 1))


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
