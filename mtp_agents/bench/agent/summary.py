"""The main figures of a document: what the picture and the Markdown table show, in their order and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from textwrap import shorten
from typing import Any

from mtp_agents.bench.agent.runners import BASELINE, ENGINE
from mtp_agents.bench.huggingface import HUGGINGFACE
from mtp_agents.bench.llamacpp import LLAMACPP

__all__ = ["Entry", "Level", "agents", "levels_of", "machine_of", "student_of"]

PEERS = {HUGGINGFACE: "transformers generate", LLAMACPP: "llama.cpp server"}


@dataclass(frozen=True)
class Entry:
    """A configuration at one concurrency.

    Attributes:
        label: Its name.
        group: 0 for peers, 1 for this project's policies, 2 for those that do without something.
        seconds: Median wall-clock seconds of a task.
        ratio: The reference's seconds / its own; None without a reference.
        tasks: Tasks that were run.
        judged: Those of them whose answer was judged.
        solved: Those of them that were solved.
        tokens_per_pass: None where nobody tells.
        same_text: Share of the tasks whose text is that of `Static(1)`; None where that is not compared.
    """

    label: str
    group: int
    seconds: float
    ratio: float | None
    tasks: int
    judged: int
    solved: int
    tokens_per_pass: float | None
    same_text: float | None


@dataclass(frozen=True)
class Level:
    """All configurations at one concurrency; `reference` names the one that ratios refer to."""

    concurrency: int
    entries: tuple[Entry, ...]
    reference: str | None


def levels_of(document: dict[str, Any]) -> list[Level]:
    """A document's rows by concurrency: peers, then this project's policies, then those without something.

    Ratios refer to transformers' `generate`, and where that was not measured to this project's `Static(1)`.

    Args:
        document: See `report.to_json`.
    """
    pairs = list(zip(document["results"], document["details"], strict=True))
    pairs.sort(key=lambda pair: (pair[0]["concurrency"], _group(pair[0])))
    found = []
    for concurrency, group in groupby(pairs, key=lambda pair: pair[0]["concurrency"]):
        rows = list(group)
        reference = next(iter(_references([row for row, _ in rows])), None)
        entries = tuple(_entry(row, detail, reference) for row, detail in rows)
        found.append(Level(int(concurrency), entries, _label(reference) if reference else None))
    return found


def agents(concurrency: int) -> str:
    """`one agent`, `4 agents`."""
    return "one agent" if concurrency == 1 else f"{concurrency} agents"


def student_of(document: dict[str, Any]) -> str:
    """What decoded: name, parameters, dtype."""
    model = document["model"]
    if model is None:
        return "a model of the endpoint"
    name = "embedded student" if model["name"] == "embedded" else shorten(model["name"], 60)
    millions = model["parameters"] / 1e6
    size = f"{millions / 1000:.1f} B" if millions >= 1000 else f"{millions:.1f} M"
    return f"{name} ({size} parameters, {model['dtype']})"


def machine_of(document: dict[str, Any]) -> str:
    """Processor, date and commit."""
    machine, model = document["machine"], document["model"]
    on_gpu = machine["gpu"] and model and not model["device"].startswith("cpu")
    processor = ", ".join(machine["gpu"]) if on_gpu else f"{machine['cpu']}, {machine['threads']} threads"
    dirty = " with changes" if document["dirty"] else ""
    commit = f", commit {document['commit'][:7]}{dirty}" if document["commit"] else ""
    return f"{processor}, {document['date'][:10]}{commit}"


def _entry(row: dict[str, Any], detail: dict[str, Any], reference: dict[str, Any] | None) -> Entry:
    judged = [run[2] for run in detail["runs"] if run[2] is not None]
    seconds = row["task_seconds_p50"]
    return Entry(
        label=_label(row),
        group=_group(row),
        seconds=seconds,
        ratio=reference["task_seconds_p50"] / seconds if reference and seconds else None,
        tasks=row["tasks"],
        judged=len(judged),
        solved=sum(judged),
        tokens_per_pass=row["tokens_per_pass"],
        same_text=detail["same_text"],
    )


def _references(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What ratios may refer to, best first."""
    yield from (row for row in rows if row["runner"] == HUGGINGFACE)
    yield from (row for row in rows if row["policy"] == BASELINE and _group(row) == 1)


def _group(row: dict[str, Any]) -> int:
    if row["runner"] == ENGINE:
        return 1 if row["reuse"] else 2
    return 2 if row["runner"].startswith(f"{ENGINE},") else 0


def _label(row: dict[str, Any]) -> str:
    runner = row["runner"]
    if runner in PEERS:
        return PEERS[runner]
    engine, _, less = runner.partition(", ")
    if engine != ENGINE:
        return f"{shorten(row['policy'], 32, placeholder=' …')} ({engine})"
    return ", ".join([row["policy"], *filter(None, [less, "" if row["reuse"] else "no reuse"])])
