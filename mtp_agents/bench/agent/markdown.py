"""The main figures as Markdown: the picture, one table, and the command that made them.

A file that shows them holds the block between two comments, so that one command replaces it:

    <!-- bench report docs/benchmarks/agent-cpu-2026-11-28.json -->
    <!-- end of bench report -->
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from mtp_agents.bench.agent.options import command_of
from mtp_agents.bench.agent.summary import Entry, Level, agents, levels_of, machine_of, student_of
from mtp_model.errors import ConfigError

__all__ = ["insert", "to_markdown"]

BLOCK = re.compile(r"<!-- bench report [^\n]*-->\n.*?<!-- end of bench report -->\n", flags=re.DOTALL)


def to_markdown(document: dict[str, Any], stem: str) -> str:
    """The block of a document.

    Args:
        document: See `report.to_json`; it has results.
        stem: Where its JSON file and picture are, seen from the Markdown file, without the suffix.
    """
    levels = levels_of(document)
    reference = next((level.reference for level in levels if level.reference), None)
    meaning = (
        f" (in brackets: how many times as fast as {reference} with as many agents)" if reference else ""
    )
    picture = f"![Seconds per agent task by configuration: the figures of the table]({stem}.png)"
    below = (
        f"Seconds: median of the tasks{meaning}. `{command_of(document['settings'])}`; "
        f"{student_of(document)}; {machine_of(document)}; [all figures]({stem}.json)."
    )
    lines = wrap(below, 110, break_long_words=False, break_on_hyphens=False)
    return "\n".join([picture, "", *_table(levels), "", *lines]) + "\n"


def insert(page: Path, document: dict[str, Any], file: Path) -> None:
    """Put a document's block into a Markdown file, in the place of the one that is there.

    Args:
        page: The Markdown file.
        document: See `report.to_json`.
        file: The document's JSON file; its picture is beside it.

    Raises:
        ConfigError: The file cannot be read or written, or has not one place for a block.
    """
    stem = Path(os.path.relpath(file.resolve(), page.resolve().parent)).with_suffix("").as_posix()
    begin, end = f"<!-- bench report {stem}.json -->\n", "<!-- end of bench report -->\n"
    try:
        text = page.read_text(encoding="utf-8")
        changed, count = BLOCK.subn(lambda _: begin + to_markdown(document, stem) + end, text)
        if count != 1:
            raise ConfigError(
                f"--into {page}: it has {count} places for a report, but must have one, which begins with a "
                "line <!-- bench report --> and ends with a line <!-- end of bench report -->."
            )
        page.write_text(changed, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--into {page}: cannot be read or written ({error}).") from error


def _table(levels: Sequence[Level]) -> list[str]:
    """A row for each configuration; the first concurrency in full, of the others time and success."""
    first, *others = levels
    head = ["", *_heads(first), "tokens per pass", "text of `Static(1)`"]
    for level in others:
        head += _heads(level)
    rows = [head, ["---", *["--:"] * (len(head) - 1)]]
    labels = dict.fromkeys(entry.label for level in levels for entry in level.entries)
    for label in labels:
        entry = _find(first, label)
        row = [label.replace("|", r"\|"), *_cells(entry)]
        row.append("–" if entry is None or entry.tokens_per_pass is None else f"{entry.tokens_per_pass:.2f}")
        row.append("–" if entry is None or entry.same_text is None else f"{100 * entry.same_text:.0f} %")
        for level in others:
            row += _cells(_find(level, label))
        rows.append(row)
    return [f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows]


def _heads(level: Level) -> list[str]:
    return [f"{agents(level.concurrency)}: seconds", "solved"]


def _find(level: Level, label: str) -> Entry | None:
    return next((entry for entry in level.entries if entry.label == label), None)


def _cells(entry: Entry | None) -> list[str]:
    if entry is None:
        return ["–", "–"]
    ratio = "" if entry.ratio is None else f" ({entry.ratio:.1f}×)"
    solved = f"{entry.solved} of {entry.judged}" if entry.judged else "–"
    return [f"{entry.seconds:.2f}{ratio}", solved]
