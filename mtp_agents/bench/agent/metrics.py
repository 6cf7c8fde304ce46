"""Runs to rows.

task_seconds_p50, _p95   wall-clock time of a task, from request to answer
success                  share of the tasks that were solved; None where nobody knows
ttft_ms_p50              time to first token of a turn (median over all turns)
tokens_per_pass          tokens written / forward passes; 1 for plain decoding; None if it is not told
cache_read_share         tokens of prompts that were read from a cache / tokens of prompts
tpot_ms_p50              (turn - TTFT) / (tokens - those of the first chunk)
inter_chunk_ms_p50, _p95 time between two chunks
turn_ms                  where the time of a turn goes (mean): prefill, decode, grammar, tools, framework (all
                         the rest: LangGraph, LangChain, templates, parsing, waiting for other agents)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Any

import numpy as np

from mtp_agents.bench.agent.recorder import Turn
from mtp_agents.bench.agent.runners import BASELINE, ENGINE
from mtp_agents.bench.agent.schedule import Measured, TaskRun

__all__ = ["KEYS", "PARTS", "comparable", "details_of", "rows_of"]

KEYS = (
    *("runner", "policy", "reuse", "concurrency", "tasks", "success", "task_seconds_p50"),
    *("task_seconds_p95", "ttft_ms_p50", "tokens_per_pass", "cache_read_share"),
)
PARTS = ("prefill", "decode", "grammar", "tools", "framework")


def comparable(cases: Sequence[Measured]) -> dict[Measured, list[TaskRun]]:
    """The runs that count: those of units that every runner of the concurrency has run.

    A runner that failed is left aside, and counts with what it has. Where no unit is complete, all runs
    count.
    """
    counted: dict[Measured, list[TaskRun]] = {}
    for one in cases:
        others = [other for other in cases if other.concurrency == one.concurrency and other.failure is None]
        complete = [unit for unit in one.runs if all(unit in other.runs for other in others)]
        if one.runs:
            counted[one] = [run for unit in complete or one.runs for run in one.runs[unit]]
    return counted


def rows_of(counted: dict[Measured, list[TaskRun]]) -> list[dict[str, Any]]:
    """A row for each runner at each concurrency."""
    return [_row(one, runs) for one, runs in counted.items()]


def details_of(counted: dict[Measured, list[TaskRun]]) -> list[dict[str, Any]]:
    """What stands behind each row, in the same order."""
    return [_detail(one, runs, counted) for one, runs in counted.items()]


def _row(one: Measured, runs: Sequence[TaskRun]) -> dict[str, Any]:
    turns = [turn for run in runs for turn in run.turns]
    known = [run.success for run in runs if run.success is not None]
    told = [turn for turn in turns if turn.passes]
    prompts = sum(turn.prompt_tokens for turn in turns)
    seconds = [run.seconds for run in runs]
    values = (
        one.runner.name,
        one.runner.policy,
        one.runner.reuse,
        one.concurrency,
        len(runs),
        _rounded(fmean(known) if known else None),
        _percentile(seconds, 50),
        _percentile(seconds, 95),
        _percentile([1000 * turn.ttft for turn in turns], 50),
        _rounded(sum(t.tokens for t in told) / sum(t.passes or 0 for t in told) if told else None),
        _rounded(sum(turn.cache_read for turn in turns) / prompts if prompts else None),
    )
    return dict(zip(KEYS, values, strict=True))


def _detail(one: Measured, runs: Sequence[TaskRun], counted: dict[Measured, list[TaskRun]]) -> dict[str, Any]:
    turns = [turn for run in runs for turn in run.turns]
    gaps = [1000 * gap for turn in turns for gap in turn.gaps]
    sizes: Counter[int] = Counter()
    for turn in turns:
        sizes.update(turn.block_sizes)
    return {
        "grammar": one.runner.grammar,
        "turns": _rounded(fmean([len(run.turns) for run in runs])),
        "tokens": _rounded(fmean([sum(turn.tokens for turn in run.turns) for run in runs])),
        "tpot_ms_p50": _percentile(_tpot(turns), 50),
        "inter_chunk_ms_p50": _percentile(gaps, 50),
        "inter_chunk_ms_p95": _percentile(gaps, 95),
        "turn_ms": _split(runs),
        "ttft_by_turn": _by_turn(runs),
        "block_sizes": {str(size): sizes[size] for size in sorted(sizes)},
        "same_text": _same_text(one, runs, counted),
        "runs": [[run.task, round(run.seconds, 5), run.success] for run in runs],
    }


def _tpot(turns: Iterable[Turn]) -> list[float]:
    return [
        1000 * (turn.seconds - turn.ttft) / (turn.tokens - turn.first_tokens)
        for turn in turns
        if turn.tokens > turn.first_tokens
    ]


def _split(runs: Sequence[TaskRun]) -> dict[str, float] | None:
    """Milliseconds of a turn by part (mean), of runs in which nothing ran side by side."""
    alone = [run for run in runs if run.turns and not _overlapping(run)]
    count = sum(len(run.turns) for run in alone)
    if not count:
        return None
    turns = [turn for run in alone for turn in run.turns]
    parts = {
        "prefill": sum(turn.prefill for turn in turns),
        "decode": sum(turn.decode for turn in turns),
        "grammar": sum(turn.grammar for turn in turns),
        "tools": sum(end - begin for run in alone for begin, end in run.tools),
    }
    parts["framework"] = max(0.0, sum(run.seconds for run in alone) - sum(parts.values()))
    return {name: round(1000 * parts[name] / count, 4) for name in PARTS}


def _overlapping(run: TaskRun) -> bool:
    spans = sorted([(t.begin, t.begin + t.seconds) for t in run.turns] + list(run.tools))
    return any(after[0] < before[1] for before, after in pairwise(spans))


def _by_turn(runs: Sequence[TaskRun]) -> list[dict[str, float]]:
    """TTFT over the length of the history: a point for the first turns, for the second ones, and so on."""
    places: dict[int, list[Turn]] = {}
    for run in runs:
        if not _overlapping(run):
            for place, turn in enumerate(run.turns, 1):
                places.setdefault(place, []).append(turn)
    return [
        {
            "turn": place,
            "turns": len(turns),
            "prompt_tokens_p50": median(turn.prompt_tokens for turn in turns),
            "ttft_ms_p50": round(1000 * median(turn.ttft for turn in turns), 4),
        }
        for place, turns in sorted(places.items())
    ]


def _same_text(
    one: Measured, runs: Sequence[TaskRun], counted: dict[Measured, list[TaskRun]]
) -> float | None:
    """Share of the tasks whose turns read as with this project's `Static(1)`, grammar or not alike."""
    grammar = bool(one.runner.grammar)
    plain = [
        other
        for other in counted
        if other.concurrency == one.concurrency
        and other.runner.policy == BASELINE
        and other.runner.name.startswith(ENGINE)
        and other.runner.grammar == grammar
        and other.runner.reuse
    ]
    if not plain or one.runner.grammar is None:
        return None
    # Greedy text is the same in every run of a task.
    expected = {run.task: [turn.text for turn in run.turns] for run in counted[plain[0]]}
    equal = [
        sorted(turn.text for turn in run.turns) == sorted(expected[run.task])
        for run in runs
        if run.task in expected
    ]
    return _rounded(fmean(equal) if equal else None)


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return round(float(np.percentile(values, percent)), 5) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
