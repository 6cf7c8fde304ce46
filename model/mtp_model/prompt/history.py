"""Conversations in the shape that some chat templates insist on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from mtp_model.prompt.messages import Message

__all__ = ["one_call_each", "short_id"]

_SHORT = re.compile("[a-zA-Z0-9]{9}")


def short_id(call_id: str) -> str:
    """A call's id in nine letters and digits, as Mistral's templates demand; the same for the same id."""
    if _SHORT.fullmatch(call_id):
        return call_id
    return hashlib.sha256(call_id.encode("utf-8", "surrogatepass")).hexdigest()[:9]


def one_call_each(messages: Sequence[Message]) -> list[Message]:
    """The conversation with turns of several calls as turns of one call each, each before its result.

    For templates such as Llama 3's, which refuse a turn with more.
    """
    split: list[Message] = []
    place = 0
    while place < len(messages):
        message = messages[place]
        place += 1
        if len(message.tool_calls) < 2:
            split.append(message)
            continue
        results = []
        while place < len(messages) and messages[place].role == "tool":
            results.append(messages[place])
            place += 1
        for index, call in enumerate(message.tool_calls):
            own = [result for result in results if result.tool_call_id == call.id]
            results = [result for result in results if result not in own]
            first = message if index == 0 else Message("assistant")
            split += [replace(first, tool_calls=(call,)), *own]
        split += results
    return split
