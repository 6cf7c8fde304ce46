"""All configurations in turn, task after task, so that every one meets the same disturbances of the machine.

A *unit* is a group of tasks that run at once, as many as the concurrency says. Every runner runs a unit
before the next one begins. So when the time is up, all runners have run the same tasks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from langchain_core.messages import BaseMessage
from langgraph.errors import GraphRecursionError

from mtp_agents.bench.agent.recorder import Limit, OutOfTime, Recorder, Turn
from mtp_agents.bench.agent.runners import ENGINE, MakeModel, Runner
from mtp_agents.bench.agent.tasks import AgentTask, NotAGraphError
from mtp_agents.bench.schedule import Ending
from mtp_model.errors import ContextLengthError

__all__ = ["Measured", "TaskRun", "Unit", "make_units", "run_units", "warm_up"]

WARM_UP_TOKENS = 24


@dataclass(frozen=True)
class TaskRun:
    """One agent at work.

    Attributes:
        task: Name of the task.
        seconds: Wall-clock time of the whole graph.
        success: Whether the task was solved; None where nobody knows.
        turns: The model's calls, in the order in which they began.
        tools: Begin and end of each tool.
        messages: The conversation at the end.
    """

    task: str
    seconds: float
    success: bool | None
    turns: tuple[Turn, ...]
    tools: tuple[tuple[float, float], ...]
    messages: tuple[BaseMessage, ...] = field(default=(), repr=False)


@dataclass(frozen=True, eq=False)
class Unit:
    """Tasks that run at once."""

    concurrency: int
    tasks: tuple[AgentTask, ...]


@dataclass(eq=False)
class Measured:
    """A runner at one concurrency; `failure` says why there are no more runs of it."""

    runner: Runner
    concurrency: int
    runs: dict[Unit, list[TaskRun]] = field(default_factory=dict)
    failure: str | None = None


def make_units(
    tasks: Sequence[AgentTask], concurrencies: Sequence[int], rounds: int, seed: int = 0
) -> list[Unit]:
    """All tasks once per concurrency and round, in an order in which each concurrency comes early.

    The last group of a round is filled up from the beginning.
    """
    rng = random.Random(seed)
    queues: list[list[Unit]] = []
    for concurrency in concurrencies:
        queue = []
        for _ in range(rounds):
            order = rng.sample(list(tasks), len(tasks))
            for start in range(0, len(order), concurrency):
                group = [order[place % len(order)] for place in range(start, start + concurrency)]
                queue.append(Unit(concurrency, tuple(group)))
        queues.append(queue)
    # Spread evenly: a place in the whole for each unit of a queue.
    placed = [
        ((number + 0.5 if number else 0.0) / len(queue), position, unit)
        for position, queue in enumerate(queues)
        for number, unit in enumerate(queue)
    ]
    return [unit for _, _, unit in sorted(placed, key=lambda one: one[:2])]


def warm_up(cases: Sequence[Measured], task: AgentTask, limit: Limit) -> None:
    """Let each runner write a little, so that none pays for what comes first."""
    tried: list[Runner] = []
    for one in cases:
        if one.runner not in tried and one.failure is None:
            tried.append(one.runner)
            failure = _attempted(one.runner, Unit(1, (task,)), WARM_UP_TOKENS, limit)[1]
            for other in cases:
                if other.runner is one.runner:
                    other.failure = failure


def run_units(
    cases: Sequence[Measured],
    units: Sequence[Unit],
    *,
    max_tokens: int,
    limit: Limit,
    deadline: float | None = None,
    on_run: Callable[[], None] = lambda: None,
    seed: int = 0,
) -> Ending:
    """Run unit after unit, each with all runners of its concurrency in random order.

    Args:
        cases: Their runs and failures are filled in.
        units: What to run.
        max_tokens: Most tokens of a reply.
        limit: Breaks a run off; that run does not count.
        deadline: In seconds of `perf_counter`: no unit but the first begins that would probably end later.
        on_run: Called after each runner's unit.
        seed: Of the order.
    """
    took: dict[int, float] = {}
    try:
        for number, unit in enumerate(units):
            begin = perf_counter()
            expected = _expected(took, unit.concurrency)
            if number and deadline is not None and begin + expected > deadline:
                return "time"
            order = [one for one in cases if one.concurrency == unit.concurrency]
            random.Random(f"{seed}/{number}").shuffle(order)
            for one in order:
                if one.failure is None:
                    runs, one.failure = _attempted(one.runner, unit, max_tokens, limit)
                    if one.failure is None:
                        one.runs[unit] = runs
                on_run()
            took[unit.concurrency] = perf_counter() - begin
    except OutOfTime:
        return "interrupted" if limit.stopped else "time"
    except KeyboardInterrupt:
        return "interrupted"
    return "complete"


def _expected(took: dict[int, float], concurrency: int) -> float:
    """Seconds that a unit will probably take: what the last one of its kind took."""
    if concurrency in took:
        return took[concurrency]
    return max((seconds / known for known, seconds in took.items()), default=0.0) * concurrency


def _attempted(runner: Runner, unit: Unit, max_tokens: int, limit: Limit) -> tuple[list[TaskRun], str | None]:
    """A runner's run of a unit, or why it failed. A failure does not end the others."""
    try:
        with runner.open(unit.concurrency) as make_model:
            return _run_together(make_model, unit, max_tokens, limit), None
    except OutOfTime:
        raise
    except Exception as error:  # a peer, a server or a graph of the user's may raise anything
        if isinstance(error, NotAGraphError) and runner.name == ENGINE:
            raise  # it is no graph for anybody; one that fails with a peer alone is the peer's
        return [], " ".join(str(error).split())[:300] or type(error).__name__


def _run_together(make_model: MakeModel, unit: Unit, max_tokens: int, limit: Limit) -> list[TaskRun]:
    """The tasks of a unit, each in a thread of its own. Ctrl-C stops them all."""
    jobs = []
    for task in unit.tasks:
        recorder = Recorder()
        model = make_model(max_tokens, limit)
        jobs.append((task, recorder, task.prepare(model, recorder)))
    with ThreadPoolExecutor(len(jobs)) as pool:
        try:
            futures = [pool.submit(_run, *job) for job in jobs]
            wait(futures)
        except KeyboardInterrupt:
            limit.stopped = True  # the threads notice it at their next chunk
            raise
    return [future.result() for future in futures]


def _run(task: AgentTask, recorder: Recorder, attempt: Any) -> TaskRun:
    begin = perf_counter()
    try:
        state = attempt.run({"callbacks": [recorder]})
        seconds = perf_counter() - begin
        success = attempt.judge(state)
    except (ContextLengthError, GraphRecursionError):  # the agent's own fault: it went astray
        state, seconds, success = {}, perf_counter() - begin, False
    return TaskRun(
        task=task.name,
        seconds=seconds,
        success=success,
        turns=tuple(sorted(recorder.turns, key=lambda turn: turn.begin)),
        tools=tuple(recorder.tools),
        messages=tuple(state.get("messages", ())),
    )
