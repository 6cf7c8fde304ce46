"""The rows as a table and as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from mtp_agents.bench.agent.metrics import comparable, details_of, rows_of
from mtp_agents.bench.agent.runners import POLICIES
from mtp_agents.bench.agent.schedule import Measured
from mtp_agents.bench.machine import describe_code, describe_machine
from mtp_agents.bench.schedule import Ending
from mtp_model.checkpoint import Checkpoint

__all__ = ["Skipped", "label_of", "to_json", "to_tables"]


@dataclass(frozen=True)
class Skipped:
    """What was not measured, and why. None stands for all of them."""

    runner: str
    policy: str | None = None
    reuse: bool | None = None
    concurrency: int | None = None
    reason: str = ""


def to_json(
    cases: Sequence[Measured],
    skipped: Sequence[Skipped],
    ending: Ending,
    settings: dict[str, Any],
    checkpoint: Checkpoint | None,
) -> dict[str, Any]:
    """One document; `details` has an entry for each row of `results`, in the same order."""
    counted = comparable(cases)
    return {
        "benchmark": "agent",
        **describe_code(),
        "machine": describe_machine(),
        "settings": {**settings, "policies": {name: repr(policy) for name, policy in POLICIES.items()}},
        "model": None if checkpoint is None else _model(checkpoint),
        "ending": ending,
        "results": rows_of(counted),
        "details": details_of(counted),
        "skipped": [asdict(one) for one in [*skipped, *_failures(cases, ending)]],
    }


def to_tables(document: dict[str, Any]) -> Iterator[Table]:
    """A table for each concurrency."""
    pairs = list(zip(document["results"], document["details"], strict=True))
    pairs.sort(key=lambda pair: pair[0]["concurrency"])  # stable: the order of the runners stays
    for concurrency, group in groupby(pairs, key=lambda pair: pair[0]["concurrency"]):
        rows = list(group)
        agents = "one agent" if concurrency == 1 else f"{concurrency} agents"
        tasks = sorted({row["tasks"] for row, _ in rows})
        title = (
            f"{agents} at a time; {' to '.join(map(str, dict.fromkeys((tasks[0], tasks[-1]))))} tasks each"
        )
        table = Table(title=title, title_justify="left", box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0))
        table.add_column("", no_wrap=True)
        for name in (
            *("solved", "task s\np50", "task s\np95", "TTFT\nms"),
            *("tok/\npass", "cache\nread", "same\ntext"),
        ):
            table.add_column(name, justify="right", no_wrap=True)
        for row, detail in rows:
            table.add_row(
                label_of(row),
                _number(row["success"], ".0%"),
                _short(row["task_seconds_p50"], 3),
                _short(row["task_seconds_p95"], 3),
                _short(row["ttft_ms_p50"], 1),
                _number(row["tokens_per_pass"], ".2f"),
                _number(row["cache_read_share"], ".0%"),
                _number(detail["same_text"], ".0%"),
            )
        yield table


def label_of(row: dict[str, Any]) -> str:
    """A configuration in a few words."""
    name, _, less = row["runner"].partition(", ")
    words = [name, row["policy"], less, "no reuse" if row["reuse"] is False and name == "mtp" else ""]
    return " ".join(word for word in words if word)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _short(value: float | None, decimals: int) -> str:
    """A time in five characters, if it fits."""
    if value is None:
        return "-"
    return (
        f"{value:.{max(0, decimals + 1 - len(f'{value:.0f}'))}f}" if value >= 10 else f"{value:.{decimals}f}"
    )


def _model(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "name": checkpoint.name,
        "parameters": sum(parameter.numel() for parameter in checkpoint.model.parameters()),
        "dtype": str(checkpoint.dtype).removeprefix("torch."),
        "device": str(checkpoint.device),
    }


def _failures(cases: Sequence[Measured], ending: Ending) -> list[Skipped]:
    """The runners that failed, and those that were not reached."""
    found = []
    for one in cases:
        reason = one.failure or (None if one.runs else f"not reached: {ending}")
        if reason:
            runner = one.runner
            found.append(Skipped(runner.name, runner.policy, runner.reuse, one.concurrency, reason))
    return found
