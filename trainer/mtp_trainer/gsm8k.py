"""GSM8K word problems as calculator loops: natural reasoning between calls of a real calculator.

Each annotation `<<48/2=24>>` of a solution becomes a call; the text before it is the reasoning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtp_model.prompt.messages import Message, ToolCall
from mtp_trainer.batching import DataError
from mtp_trainer.toolworld.words import Split

CALCULATOR: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "calculator",
        "description": "Compute an arithmetic expression.",
        "parameters": {
            "type": "object",
            "properties": {"expression": {"type": "string", "description": "Such as (3+4)*2"}},
            "required": ["expression"],
        },
    },
}
SYSTEM = "Solve the problem. Use the calculator for every step."
_ANNOTATION = re.compile(r"<<([^=<>]+)=([^<>]*)>>")
_HELD_OUT_EVERY = 20  # every 20th row is never trained on


@dataclass(frozen=True)
class WordProblem:
    """One problem: the opening messages, the gold turns and the answer."""

    messages: tuple[Message, ...]
    gold: tuple[Message, ...]
    answer: str


def read_gsm8k(path: str | Path, split: Split) -> Iterator[WordProblem]:
    """Problems of a GSM8K JSON-lines file.

    Args:
        path: `train.jsonl` with the keys `question` and `answer`.
        split: `train`, or `heldout` for every 20th row.

    Raises:
        DataError: The file is missing or a row lacks its keys.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataError(
            f"GSM8K cannot be read from {path}: {error}. Give the path of train.jsonl."
        ) from error
    for number, line in enumerate(lines):
        if (number % _HELD_OUT_EVERY == 0) == (split == "heldout") and line.strip():
            try:
                row = json.loads(line)
                yield _problem(row["question"], row["answer"])
            except (ValueError, KeyError) as error:
                raise DataError(
                    f"Row {number} of {path} is no GSM8K row ({error!r}): an object with the keys question "
                    "and answer is needed."
                ) from error


def _problem(question: str, solution: str) -> WordProblem:
    text, _, answer = solution.partition("####")
    gold: list[Message] = []
    position = 0
    for count, found in enumerate(_ANNOTATION.finditer(text), 1):
        expression, result = found.group(1).strip(), found.group(2).strip()
        call = ToolCall("calculator", {"expression": expression}, f"call_{count}")
        gold.append(
            Message("assistant", reasoning=text[position : found.start()].strip(), tool_calls=(call,))
        )
        gold.append(Message("tool", result, name="calculator", tool_call_id=call.id))
        position = found.end()
    answer = answer.strip()
    gold.append(Message("assistant", f"The answer is {answer}.", text[position:].strip()))
    return WordProblem((Message("system", SYSTEM), Message("user", question.strip())), tuple(gold), answer)
