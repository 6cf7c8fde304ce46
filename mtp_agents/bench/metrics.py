"""Runs to rows: medians over the rounds, and what is compared with what.

tokens_per_s     median over the runs of tokens / seconds, all rows of the batch together
tokens_per_pass  tokens / forward passes, each row's own
conversion       tokens_per_s over that of the plain decoding of the same engine and loop, divided by
                 tokens_per_pass: 1 if every token that a pass saves is saved time
idle_share       median over the runs of the time outside the model (or outside captured graphs) over all of
                 the time
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from mtp_agents.bench.huggingface import GREEDY
from mtp_agents.bench.runners import BASELINE, ENGINE, Sample
from mtp_agents.bench.schedule import Measured

__all__ = ["conversion", "detail_of", "rows_of"]


def conversion(tokens_per_s: float, baseline_tokens_per_s: float, tokens_per_pass: float) -> float:
    """Wall-clock speed-up over the engine's own plain decoding, per token that a pass writes."""
    return tokens_per_s / baseline_tokens_per_s / tokens_per_pass


def rows_of(cases: Sequence[Measured]) -> list[dict[str, Any]]:
    """A row for each case that has runs, in the order of the cases."""
    rows = [_row(measured) for measured in cases if measured.samples]
    plain = {_place(row): row for row in rows if row["policy"] in (BASELINE, GREEDY)}
    for row in rows:
        baseline = plain.get(_place(row))
        if baseline and baseline["tokens_per_s"] and row["tokens_per_pass"]:
            factor = conversion(row["tokens_per_s"], baseline["tokens_per_s"], row["tokens_per_pass"])
            row["conversion"] = round(factor, 4)
    return rows


def detail_of(measured: Measured, cases: Sequence[Measured]) -> dict[str, Any]:
    """What stands behind a row: each run's seconds, tokens and passes, and whether the text is the plain one.

    `ms_per_pass` is the median time of a pass over the whole batch; None where the engine does not tell its
    passes. `same_text` is the share of rows whose text is that of this project's `Static(1)`; None for
    scripted acceptance, whose text means nothing, and where `Static(1)` was not measured.
    """
    case, samples = measured.case, measured.samples
    return {
        "tokens": samples[-1].tokens,
        "passes": samples[-1].passes,
        "seconds": [round(sample.seconds, 6) for sample in samples],
        "ms_per_pass": _ms_per_pass(samples, case.batch),
        "same_text": _same_text(measured, cases),
        "scripted_tokens_per_pass": case.subject.acceptance,
    }


def _row(measured: Measured) -> dict[str, Any]:
    case, samples = measured.case, measured.samples
    passes = sum(sample.passes or 0 for sample in samples)
    idle = [
        1 - sample.model_seconds / sample.seconds
        for sample in samples
        if sample.model_seconds is not None and sample.seconds
    ]
    return {
        "model": case.subject.name,
        "engine": case.runner.engine,
        "policy": case.runner.policy,
        "loop": case.runner.loop,
        "batch": case.batch,
        "context": case.context,
        "tokens_per_s": round(median(s.tokens / s.seconds if s.seconds else 0.0 for s in samples), 3),
        "tokens_per_pass": round(sum(s.tokens for s in samples) / passes, 4) if passes else None,
        "conversion": None,
        "idle_share": round(median(idle), 4) if idle else None,
    }


def _ms_per_pass(samples: Sequence[Sample], batch: int) -> float | None:
    times = [1000 * sample.seconds * batch / sample.passes for sample in samples if sample.passes]
    return round(median(times), 4) if times else None


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["model"], row["engine"], row["loop"], row["batch"], row["context"]


def _same_text(measured: Measured, cases: Sequence[Measured]) -> float | None:
    case = measured.case
    if case.subject.acceptance is not None:
        return None
    reference: Sample | None = None
    for other in cases:
        same = other.case.subject is case.subject and (other.case.batch, other.case.context) == (
            case.batch,
            case.context,
        )
        if (
            reference is None
            and same
            and other.samples
            and (other.case.runner.engine, other.case.runner.policy) == (ENGINE, BASELINE)
        ):
            reference = other.samples[-1]
    if reference is None:
        return None
    pairs = zip(measured.samples[-1].written, reference.written, strict=True)
    equal = [mine == plain for mine, plain in pairs]
    return round(sum(equal) / len(equal), 4)
