"""The figures of a comparison, as a table and as JSON."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from mtp_agents.demo.compare import Measured
from mtp_agents.demo.problem import Problem

__all__ = ["speedup", "to_json", "to_table"]

_VERDICTS = {True: "yes", False: "no", None: "-"}


def speedup(measured: Measured, baseline: Measured) -> float:
    """How many times faster the agent is than with the baseline, in wall-clock time."""
    return baseline.seconds / measured.seconds if measured.seconds else 0.0


def to_table(measured: Measured, baseline: Measured) -> Table:
    """Both policies side by side."""
    runs = len(measured.runs)
    table = Table(title="the same agent, weights and task" + f"; median of {runs} runs" * (runs > 1))
    if runs == 1:
        table.caption = "Drawing counts as time of the first. --compare 5 times both without it."
    table.add_column("decoding", overflow="fold")  # two lines in a narrow terminal, but all of it
    for name in ("tokens", "passes", "per pass", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("right", justify="center")
    for one in (measured, baseline):
        figures = one.last.figures
        table.add_row(
            one.policy,
            str(figures.tokens),
            str(figures.passes),
            f"{figures.tokens_per_pass:.2f}",
            f"{one.seconds:.2f}",
            _VERDICTS[one.correct],
        )
    return table


def to_json(problem: Problem, measured: Measured, baseline: Measured) -> dict[str, Any]:
    """One document; figures of several runs are medians (time) or those of the last run (the rest)."""
    return {
        "question": problem.question,
        **_row(measured),
        "baseline": _row(baseline),
        "speedup": round(speedup(measured, baseline), 3),
        "same_answer": measured.last.answer == baseline.last.answer,
        "runs": len(measured.runs),
    }


def _row(one: Measured) -> dict[str, Any]:
    figures = one.last.figures
    return {
        "answer": one.last.answer,
        "correct": one.correct,
        "policy": one.policy,
        "tokens": figures.tokens,
        "passes": figures.passes,
        "tokens_per_pass": round(figures.tokens_per_pass, 3),
        "seconds": round(one.seconds, 4),
        "seconds_of_runs": [round(run.seconds, 4) for run in one.runs],
        "block_sizes": {str(size): count for size, count in figures.block_sizes},
        "replies": one.last.replies,
        "tool_calls": one.last.tool_calls,
    }
