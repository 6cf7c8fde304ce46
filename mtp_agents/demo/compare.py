"""Two decoding policies on the same weights and the same task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from mtp_agents.demo.agent import AgentEvent, AgentRun, Graph, run_agent
from mtp_agents.demo.problem import Problem
from mtp_model.serve import clear_prefixes

__all__ = ["Measured", "compare", "measure", "warm_up"]

Listener = Callable[[AgentEvent], None]


@dataclass(frozen=True)
class Measured:
    """One policy's runs of a problem.

    Attributes:
        policy: How it decodes, in words.
        runs: At least one.
        correct: Whether every run was right; None where nobody knows.
    """

    policy: str
    runs: tuple[AgentRun, ...]
    correct: bool | None

    @property
    def last(self) -> AgentRun:
        """The last run. Greedy decoding makes all of them alike, but for the time."""
        return self.runs[-1]

    @property
    def seconds(self) -> float:
        """Median of the runs' wall-clock time."""
        return median(run.seconds for run in self.runs)

    @classmethod
    def of(cls, problem: Problem, policy: str, runs: list[AgentRun]) -> Measured:
        """Judges the runs."""
        verdicts = [problem.judge(run.answer, run.state) for run in runs]
        return cls(policy, tuple(runs), None if None in verdicts else all(verdicts))


def measure(graph: Graph, problem: Problem, context: Any, listener: Listener | None = None) -> Measured:
    """Runs a problem once.

    Args:
        graph: The agent.
        problem: What it is asked.
        context: Its settings, with a `policy`.
        listener: Sees the events. What it does counts as time of the run.
    """
    clear_prefixes()  # a run must not read what another one computed
    run = run_agent(graph, problem.question, context, listener or (lambda event: None))
    return Measured.of(problem, repr(context.policy), [run])


def compare(
    graph: Graph,
    problem: Problem,
    contexts: tuple[Any, Any],
    runs: int,
    on_run: Callable[[], None] = lambda: None,
) -> tuple[Measured, Measured]:
    """Runs a problem with two settings in turn: a, b, a, b, … so that both meet the same disturbances.

    Args:
        graph: The agent.
        problem: What it is asked.
        contexts: The two settings; each has a `policy`.
        runs: Runs of each.
        on_run: Called after each run.
    """
    done: tuple[list[AgentRun], list[AgentRun]] = ([], [])
    for _ in range(runs):
        for context, results in zip(contexts, done, strict=True):
            clear_prefixes()
            results.append(run_agent(graph, problem.question, context))
            on_run()
    first, second = (
        Measured.of(problem, repr(context.policy), results)
        for context, results in zip(contexts, done, strict=True)
    )
    return first, second


def warm_up(graph: Graph, contexts: tuple[Any, Any]) -> None:
    """Loads the model, and lets each setting write a little, so that neither pays for what comes first."""
    for context in contexts:
        run_agent(graph, "Hello", context.model_copy(update={"max_tokens": 24, "max_model_calls": 1}))
