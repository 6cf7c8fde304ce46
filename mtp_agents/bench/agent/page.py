"""The report as one HTML file that needs nothing else: figures, charts, a transcript."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, select_autoescape
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from markupsafe import Markup

from mtp_agents.bench.agent.charts import Bar, Line, bars, columns, lines, scatter
from mtp_agents.bench.agent.metrics import KEYS, PARTS
from mtp_agents.bench.agent.report import label_of
from mtp_agents.bench.agent.runners import BASELINE, ENGINE
from mtp_agents.bench.agent.schedule import Measured, TaskRun
from mtp_agents.passes import figures_of, passes_of

__all__ = ["render_page", "write_page"]

Pair = tuple[dict[str, Any], dict[str, Any]]
"""A row of `results` and its `details`."""

_SIZES = ((1, "1"), (3, "2-3"), (7, "4-7"), (11, "8-11"), (10**9, "12+"))
_FAMILIES = {"hf": "hf", "llama.cpp": "llama", "endpoint": "endpoint"}
_SHOWN_TURNS = 8


def write_page(file: Path, document: dict[str, Any], counted: Mapping[Measured, Sequence[TaskRun]]) -> None:
    """Write the report of a document.

    Args:
        file: Where to.
        document: See `report.to_json`.
        counted: The runs behind it, among which a transcript is chosen.
    """
    file.write_text(render_page(document, counted), encoding="utf-8")


def render_page(document: dict[str, Any], counted: Mapping[Measured, Sequence[TaskRun]]) -> str:
    """The report as HTML."""
    environment = Environment(
        autoescape=select_autoescape(["html.jinja"], default=True), trim_blocks=True, lstrip_blocks=True
    )
    source = files(__package__).joinpath("page.html.jinja").read_text(encoding="utf-8")
    pairs: list[Pair] = list(zip(document["results"], document["details"], strict=True))
    pairs.sort(key=lambda pair: pair[0]["concurrency"])
    levels = [
        (number, list(group)) for number, group in groupby(pairs, key=lambda pair: pair[0]["concurrency"])
    ]
    alone = levels[0][1] if levels else []
    return environment.from_string(source).render(
        document=document,
        keys=KEYS,
        headline=_headline(alone),
        levels=[(number, group, _seconds(group)) for number, group in levels],
        against=_against(alone),
        split=_split(alone),
        parts=PARTS,
        history=_history(alone),
        sizes=_sizes(alone),
        transcript=_transcript(counted),
        legend=[(f"s{place}", name) for place, (_, name) in enumerate(_SIZES)],
        label_of=label_of,
        style_of=_style,
        data=Markup(json.dumps(document).replace("<", "\\u003c")),
    )


def _headline(pairs: Sequence[Pair]) -> list[tuple[str, str, str]]:
    """(how many times as fast, than what, with which success) for the adaptive policy."""
    whole = [pair for pair in pairs if pair[0]["reuse"] is not False or pair[0]["runner"] != ENGINE]
    mine = next((row for row, _ in whole if _is_adaptive(row) and row["runner"] == ENGINE), None)
    if mine is None:
        return []
    found = []
    for row, _ in whole:
        other = row["runner"] if row["runner"] != ENGINE else row["policy"]
        if row is mine or row["runner"].startswith(f"{ENGINE},") or row["policy"] == "Verified":
            continue
        factor = row["task_seconds_p50"] / mine["task_seconds_p50"] if mine["task_seconds_p50"] else 0.0
        success = "; ".join(
            f"{name} {one['success']:.0%}"
            for name, one in ((mine["policy"], mine), (other, row))
            if one["success"] is not None
        )
        found.append((f"{factor:.2f}×", f"the speed of {label_of(row)}", f"solved: {success}"))
    return found


def _seconds(pairs: Sequence[Pair]) -> Markup:
    """Median task seconds by configuration, with the 95th percentile."""
    return bars(
        [
            Bar(
                label_of(row),
                ((_style(row), row["task_seconds_p50"]),),
                f"{row['task_seconds_p50']:.3f} s",
                row["task_seconds_p95"],
                f"{label_of(row)}: median {row['task_seconds_p50']:.3f} s, 95th percentile "
                f"{row['task_seconds_p95']:.3f} s, {row['tasks']} tasks",
            )
            for row, _ in pairs
        ],
        "seconds per task: median, and 95th percentile as a line",
    )


def _against(pairs: Sequence[Pair]) -> Markup | None:
    """Success over tasks per minute."""
    series = [
        Line(
            label_of(row),
            _style(row),
            (
                (
                    60 / row["task_seconds_p50"],
                    100 * row["success"],
                    f"{label_of(row)}: {row['success']:.0%} solved, {row['task_seconds_p50']:.3f} s",
                ),
            ),
        )
        for row, _ in pairs
        if row["success"] is not None and row["task_seconds_p50"]
    ]
    return (
        scatter(series, "tasks per minute, by the median task", "tasks solved, %", 100.0) if series else None
    )


def _split(pairs: Sequence[Pair]) -> Markup | None:
    """Where the time of a turn goes."""
    rows = []
    for row, detail in pairs:
        if parts := detail["turn_ms"]:
            told = ", ".join(f"{name} {parts[name]:.2f} ms" for name in PARTS)
            whole = f"{sum(parts.values()):.1f} ms"
            styled = tuple((f"part-{name}", parts[name]) for name in PARTS)
            rows.append(Bar(label_of(row), styled, whole, title=f"{label_of(row)}: {told}"))
    return bars(rows, "milliseconds per turn, mean") if rows else None


def _history(pairs: Sequence[Pair]) -> Markup | None:
    """TTFT over the length of the history, for configurations that differ in what they read anew."""
    series = []
    for row, detail in pairs:
        if (row["runner"] == ENGINE and not _is_adaptive(row)) or row["runner"].startswith(f"{ENGINE},"):
            continue
        points = tuple(
            (
                point["prompt_tokens_p50"],
                point["ttft_ms_p50"],
                f"{label_of(row)}, turn {point['turn']} ({point['turns']} times): "
                f"{point['prompt_tokens_p50']:.0f} tokens of prompt, {point['ttft_ms_p50']:.1f} ms",
            )
            for point in detail["ttft_by_turn"]
            if point["turns"] >= 2 or point["turn"] == 1
        )
        if points:
            series.append(Line(label_of(row), _style(row), points))
    across = "tokens of the prompt: a point for each turn of a task"
    return lines(series, across, "time to first token, ms") if series else None


def _sizes(pairs: Sequence[Pair]) -> Markup | None:
    """Share of the forward passes that write so many tokens."""
    mine = [
        (row, {int(size): count for size, count in detail["block_sizes"].items()})
        for row, detail in pairs
        if row["runner"] == ENGINE and row["reuse"] and row["policy"] != BASELINE and detail["block_sizes"]
    ]
    if not mine:
        return None
    largest = min(24, max(size for _, counts in mine for size in counts))
    groups = []
    for size in range(1, largest + 1):
        group = []
        for row, counts in mine:
            # Tokens that a schema forces come on top of a block, so some are very large.
            number = sum(n for s, n in counts.items() if s == size or (size == largest and s > size))
            share = 100 * number / sum(counts.values())
            group.append((_style(row), share, f"{row['policy']}: {share:.1f} % of the passes"))
        more = any(s > largest for _, counts in mine for s in counts)
        groups.append((f"{size}{'+' if more and size == largest else ''}", group))
    return columns(groups, "tokens written by a forward pass; share of the passes in %")


def _transcript(counted: Mapping[Measured, Sequence[TaskRun]]) -> dict[str, Any] | None:
    """A run to show: of the adaptive policy, solved, and neither trivial nor endless."""
    for one in sorted(counted, key=lambda one: one.concurrency):
        if one.runner.name != ENGINE or not one.runner.policy.startswith("ConfAdapt") or not one.runner.reuse:
            continue
        runs = [run for run in counted[one] if any(list(passes_of(turn.message)) for turn in run.turns)]
        if not runs:
            continue
        chosen = max(runs, key=lambda run: (bool(run.success), min(len(run.turns), 4), -len(run.turns)))
        messages = [_message(message) for message in chosen.messages]
        return {
            "task": chosen.task,
            "policy": one.runner.policy,
            "success": chosen.success,
            "seconds": chosen.seconds,
            "messages": messages[: 3 * _SHOWN_TURNS],
            "left": max(0, len(messages) - 3 * _SHOWN_TURNS),
        }
    return None


def _message(message: BaseMessage) -> dict[str, Any]:
    if isinstance(message, AIMessage):
        blocks = [(_size_class(one.tokens), one.text, one.tokens) for one in passes_of(message)]
        figures = figures_of(message)
        cost = (
            f"{figures.tokens} tokens, {figures.passes} passes: {figures.tokens_per_pass:.1f} per pass"
            if figures.passes
            else ""
        )
        return {"who": "model", "blocks": blocks, "text": str(message.text), "cost": cost}
    kinds = ((SystemMessage, "system"), (HumanMessage, "user"), (ToolMessage, "tool"))
    who = next((name for kind, name in kinds if isinstance(message, kind)), message.type)
    if isinstance(message, ToolMessage) and message.name:
        who = f"tool {message.name}"
    return {"who": who, "blocks": [], "text": str(message.text), "cost": ""}


def _size_class(tokens: int) -> str:
    return next(f"s{place}" for place, (largest, _) in enumerate(_SIZES) if tokens <= largest)


def _style(row: dict[str, Any]) -> str:
    """CSS classes of a configuration: its colour, paler where something is left away."""
    if row["runner"] in _FAMILIES:
        return _FAMILIES[row["runner"]]
    colour = (
        "adaptive" if _is_adaptive(row) else "verified" if row["policy"].startswith("Verified") else "plain"
    )
    less = row["reuse"] is False or row["runner"] != ENGINE
    return f"{colour} less" if less else colour


def _is_adaptive(row: dict[str, Any]) -> bool:
    return bool(row["policy"].startswith("ConfAdapt"))
