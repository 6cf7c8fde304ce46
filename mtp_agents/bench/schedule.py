"""All cases in turn, round after round, so that every one meets the same disturbances of the machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from time import perf_counter
from typing import Literal

from mtp_agents.bench.models import Subject
from mtp_agents.bench.runners import Runner, Sample, Unavailable
from mtp_model.errors import MTPError

__all__ = ["WARM_UP_TOKENS", "Case", "Ending", "Measured", "in_turn", "run_cases"]

WARM_UP_TOKENS = 32


@dataclass(frozen=True, eq=False)
class Case:
    """One engine with one way of decoding, so many rows of so many tokens (prompt and answer together)."""

    subject: Subject
    runner: Runner
    batch: int
    context: int


@dataclass(eq=False)
class Measured:
    """A case and its timed runs; `failure` says why there are no more of them."""

    case: Case
    samples: list[Sample] = field(default_factory=list)
    failure: str | None = None


Ending = Literal["complete", "time", "interrupted"]
"""How the rounds ended: with all runs made, because they took too long, or by Ctrl-C."""


def in_turn(cases: Sequence[Measured], turn: int, seed: int = 0) -> list[Measured]:
    """The order of a round: shapes in random order, and within each the engines in random order.

    What is compared with each other runs within one shape, so it runs close together.
    """
    rng = random.Random(f"{seed}/{turn}")

    def shape(measured: Measured) -> tuple[int, int]:
        return measured.case.batch, measured.case.context

    groups = [list(group) for _, group in groupby(sorted(cases, key=shape), key=shape)]
    rng.shuffle(groups)
    for group in groups:
        rng.shuffle(group)
    return [measured for group in groups for measured in group]


def run_cases(
    cases: Sequence[Measured],
    *,
    tokens: int,
    rounds: int,
    deadline: float | None = None,
    on_run: Callable[[], None] = lambda: None,
) -> Ending:
    """Warm every case up, then run all of them once per round.

    Args:
        cases: Their samples and failures are filled in.
        tokens: Most new tokens of each row.
        rounds: Timed runs of each case.
        deadline: In seconds of `perf_counter`: no run begins later, but each case's first.
        on_run: Called after each run, the warm-up's too.
    """
    try:
        for turn in range(rounds + 1):
            for measured in in_turn(cases, turn):
                if turn > 1 and deadline is not None and perf_counter() > deadline:
                    return "time"
                if measured.failure is None:
                    _run(measured, tokens, timed=turn > 0)
                on_run()
    except KeyboardInterrupt:
        return "interrupted"
    return "complete"


def _run(measured: Measured, tokens: int, *, timed: bool) -> None:
    """One run of a case. One that fails does not end the others."""
    case = measured.case
    try:
        prompts = case.subject.prompts(case.batch, case.context - tokens)
        sample = case.runner.run(prompts, tokens if timed else min(tokens, WARM_UP_TOKENS))
    except (Unavailable, MTPError, RuntimeError, MemoryError) as error:  # RuntimeError: also no GPU memory
        measured.failure = " ".join(str(error).split())[:300] or type(error).__name__
        return
    if timed:
        measured.samples.append(sample)
