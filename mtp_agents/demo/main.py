"""The demo from beginning to end: load, watch, compare, report."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Any

from rich.console import Console

from mtp_agents.demo.agent import load_example
from mtp_agents.demo.compare import Measured, compare, measure, warm_up
from mtp_agents.demo.problem import DEFAULT, Problem
from mtp_agents.demo.report import speedup, to_json, to_table
from mtp_agents.demo.view import LiveView
from mtp_model.config import policy_from_name
from mtp_model.errors import ConfigError

__all__ = ["EXAMPLE", "run_demo"]

EXAMPLE = "reasoning_agent"


def run_demo(
    console: Console,
    *,
    question: str | None = None,
    model: str | None = None,
    decoding: str = "verified",
    k: int | None = None,
    threshold: float | None = None,
    runs: int | None = None,
    example: Any = None,
) -> dict[str, Any]:
    """Shows the agent at work, and what it costs with `decoding` and with `Static(1)`.

    Args:
        console: Where the view and the table go.
        question: Another question than the demo's own.
        model: Folder or hub id; None for the embedded student.
        decoding: Name of a policy, with its `k` and `threshold`.
        k: Most tokens per pass.
        threshold: Confidence that a token needs.
        runs: With a number, so many runs of each policy, without the live view; None for one of each.
        example: Module with `build_graph` and `Context`; None for the example agent.

    Returns:
        The JSON document of `mtp-agents demo --json`.

    Raises:
        MTPError: An option makes no sense, or the model cannot be used.
    """
    if runs is not None and runs < 1:
        raise ConfigError(
            f"--compare {runs}: give the number of runs of each policy, at least 1, for example 5."
        )
    if question is not None and not question.strip():
        raise ConfigError('--question "": the question is empty. Ask something, or leave the option out.')
    policy = policy_from_name(decoding, k=k, threshold=threshold)
    module = example or load_example(EXAMPLE)
    problem = DEFAULT if question is None else Problem(question)
    settings = {"model": model, "decoding": type(policy).__name__.lower(), "k": k, "threshold": threshold}
    contexts = (module.Context(**settings), module.Context(model=model, decoding="static", k=1))
    graph = module.build_graph()
    with _status(console, "loading the model"):
        start = perf_counter()
        warm_up(graph, contexts)
    console.print(
        f"The model is loaded and warm ({perf_counter() - start:.1f} s, not counted below).", style="dim"
    )
    if runs is None:
        measured, baseline = _watch(console, graph, problem, contexts)
    else:
        measured, baseline = _repeat(console, graph, problem, contexts, runs)
    console.print()
    console.print(to_table(measured, baseline))
    _conclude(console, measured, baseline)
    return to_json(problem, measured, baseline)


def _watch(
    console: Console, graph: Any, problem: Problem, contexts: tuple[Any, Any]
) -> tuple[Measured, Measured]:
    """One run of each; the first one live."""
    first, second = contexts
    view = LiveView(console)
    view.open(problem.question, repr(first.policy))
    measured = measure(graph, problem, first, view)
    with _status(console, f"the same again with {second.policy}"):
        return measured, measure(graph, problem, second)


def _repeat(
    console: Console, graph: Any, problem: Problem, contexts: tuple[Any, Any], runs: int
) -> tuple[Measured, Measured]:
    """Several runs of each, in turn, with a progress bar that moves between runs only."""
    from rich.progress import Progress

    with Progress(
        console=console, transient=True, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("runs", total=2 * runs)

        def on_run() -> None:
            bar.update(task, advance=1, refresh=True)

        return compare(graph, problem, contexts, runs, on_run)


def _conclude(console: Console, measured: Measured, baseline: Measured) -> None:
    if measured.policy != baseline.policy:
        factor = f"{speedup(measured, baseline):.2f}"
        console.print(
            f"{measured.policy} is {factor} times as fast as {baseline.policy}.",
            style="bold",
            highlight=False,
        )
        written = measured.last.figures.tokens, baseline.last.figures.tokens
        if written[0] != written[1]:
            console.print(
                f"They wrote {written[0]} and {written[1]} tokens: a comparison of runs, not of decoding.",
                highlight=False,
            )
    if measured.correct is False:
        console.print(
            f"The answer is wrong: {json.dumps(measured.last.answer, ensure_ascii=False)}", style="red"
        )


def _status(console: Console, text: str) -> AbstractContextManager[Any]:
    return console.status(text + " …") if console.is_terminal else nullcontext()
