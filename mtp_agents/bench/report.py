"""The rows as tables and as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from mtp_agents.bench.machine import describe_code, describe_machine
from mtp_agents.bench.metrics import detail_of, rows_of
from mtp_agents.bench.models import Subject
from mtp_agents.bench.runners import POLICIES
from mtp_agents.bench.schedule import Ending, Measured

__all__ = ["Skipped", "label_of", "to_json", "to_tables"]


@dataclass(frozen=True)
class Skipped:
    """What was not measured, and why. None stands for all of them."""

    model: str
    engine: str | None = None
    policy: str | None = None
    batch: int | None = None
    context: int | None = None
    reason: str = ""
    loop: str | None = None


def to_json(
    cases: Sequence[Measured], skipped: Sequence[Skipped], ending: Ending, settings: dict[str, Any]
) -> dict[str, Any]:
    """One document; `details` has an entry for each row of `results`, in the same order."""
    measured = [one for one in cases if one.samples]
    subjects: list[Subject] = []
    for one in cases:
        if one.case.subject not in subjects:
            subjects.append(one.case.subject)
    return {
        "benchmark": "decode",
        **describe_code(),
        "machine": describe_machine(),
        "settings": {**settings, "policies": {name: repr(policy) for name, policy in POLICIES.items()}},
        "models": [_model(subject) for subject in subjects],
        "ending": ending,
        "results": rows_of(measured),
        "details": [detail_of(one, cases) for one in measured],
        "skipped": [asdict(one) for one in [*skipped, *_failures(cases, ending)]],
    }


def to_tables(document: dict[str, Any]) -> Iterator[Table]:
    """A table for each model, a shape under the other."""
    pairs = list(zip(document["results"], document["details"], strict=True))
    for model in dict.fromkeys(row["model"] for row, _ in pairs):
        table = Table(
            title=f"{model}: decoding behind prompts that are read",
            title_justify="left",
            box=SIMPLE,
            pad_edge=False,
        )
        for name in ("con-\ntext", "batch"):
            table.add_column(name, justify="right")
        table.add_column("engine, policy", no_wrap=True)
        for name in ("tokens\nper s", "tokens/\npass", "conver-\nsion", "idle\nshare", "same\ntext"):
            table.add_column(name, justify="right")
        mine = sorted((pair for pair in pairs if pair[0]["model"] == model), key=_shape)
        for _, shape in groupby(mine, key=_shape):
            for row, detail in shape:
                table.add_row(*_cells(row, detail))
            table.add_section()
        yield table


def label_of(row: dict[str, Any]) -> str:
    """Engine and policy, and the loop where it is not the usual one."""
    loop = ", device" if row.get("loop") == "device" else ""
    return f"{row['engine']} {row['policy']}{loop}"


def _cells(row: dict[str, Any], detail: dict[str, Any]) -> list[str]:
    return [
        str(row["context"]),
        str(row["batch"]),
        label_of(row),
        f"{row['tokens_per_s']:.1f}",
        _number(row["tokens_per_pass"], ".2f"),
        _number(row["conversion"], ".2f"),
        _number(row["idle_share"], ".1%"),
        _number(detail["same_text"], ".0%"),
    ]


def _shape(pair: tuple[dict[str, Any], dict[str, Any]]) -> tuple[int, int]:
    return pair[0]["context"], pair[0]["batch"]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _model(subject: Subject) -> dict[str, Any]:
    checkpoint = subject.checkpoint
    return {
        "name": subject.name,
        "parameters": sum(parameter.numel() for parameter in checkpoint.model.parameters()),
        "dtype": str(checkpoint.dtype).removeprefix("torch."),
        "device": str(checkpoint.device),
        "scripted_tokens_per_pass": subject.acceptance,
    }


def _failures(cases: Sequence[Measured], ending: Ending) -> list[Skipped]:
    """The cases that failed, and those that were not reached."""
    found = []
    for one in cases:
        reason = one.failure or (None if one.samples else f"not reached: {ending}")
        if reason:
            case = one.case
            runner = case.runner
            found.append(
                Skipped(
                    case.subject.name,
                    runner.engine,
                    runner.policy,
                    case.batch,
                    case.context,
                    reason,
                    runner.loop,
                )
            )
    return found
