"""How models mark the parts of a turn: reasoning and tool calls.

One table for all who must agree about it: the parser, the grammars, the renderer and the detokenizer. A
model's format is told from its chat template, which writes the turns of the past in the same form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["HERMES", "LLAMA3", "MISTRAL", "MISTRAL_NAMED", "TurnFormat", "format_of"]


@dataclass(frozen=True, slots=True)
class TurnFormat:
    """How a model writes a turn.

    Attributes:
        style: Form of the calls. "tagged": JSON objects between tags; "bare": JSON objects that are the whole
            answer; "list": a JSON list behind a tag; "named": tag, name, tag, arguments.
        think: Opening and closing tag of the reasoning.
        opening: What begins a call; in "bare" a token that may stand before the first one.
        closing: What ends a call; empty where the JSON ends it.
        arguments_key: Key of a call's arguments.
        gap: In "tagged", text between the reasoning and the answer; in "list", between the tag and the list.
        call_ids: Whether calls carry ids; they have nine letters and digits.
    """

    style: Literal["tagged", "bare", "list", "named"]
    think: tuple[str, str]
    opening: str
    closing: str = ""
    arguments_key: str = "arguments"
    gap: str = ""
    call_ids: bool = False

    @property
    def tags(self) -> frozenset[str]:
        """All tags: strings that the parser needs to see even where they are special tokens."""
        inner = (BEFORE_ID, BEFORE_ARGUMENTS) if self.style == "named" else ()
        return frozenset(tag for tag in (*self.think, self.opening, self.closing, *inner) if tag)


BEFORE_ID, BEFORE_ARGUMENTS = "[CALL_ID]", "[ARGS]"
"""Tags inside a "named" call; the first is left out where calls carry no ids."""

HERMES = TurnFormat("tagged", ("<think>", "</think>"), "<tool_call>", "</tool_call>", gap="\n\n")
"""Qwen3, Hermes and the embedded student: `<tool_call>{"name": ..., "arguments": {...}}</tool_call>`."""

LLAMA3 = TurnFormat("bare", ("<think>", "</think>"), "<|python_tag|>", arguments_key="parameters")
"""Llama 3.1 to 3.3: `{"name": ..., "parameters": {...}}`, several of them separated by `; `."""

MISTRAL = TurnFormat("list", ("[THINK]", "[/THINK]"), "[TOOL_CALLS]", call_ids=True)
"""Mistral: `[TOOL_CALLS][{"name": ..., "arguments": {...}, "id": ...}]`."""

MISTRAL_NAMED = TurnFormat("named", ("[THINK]", "[/THINK]"), "[TOOL_CALLS]")
"""Newer Mistral models: `[TOOL_CALLS]name[ARGS]{...}`, repeated for several calls."""

# What a format's chat templates contain; the first row that fits wholly counts.
_SIGNS: tuple[tuple[tuple[str, ...], TurnFormat], ...] = (
    (("<tool_call>",), HERMES),
    (("[TOOL_CALLS]", BEFORE_ARGUMENTS, BEFORE_ID), replace(MISTRAL_NAMED, call_ids=True)),
    (("[TOOL_CALLS]", BEFORE_ARGUMENTS), MISTRAL_NAMED),
    (("[TOOL_CALLS] [",), replace(MISTRAL, gap=" ")),
    (("[TOOL_CALLS]",), MISTRAL),
    (("<|start_header_id|>", '"parameters"'), LLAMA3),
)


def format_of(chat_template: object) -> TurnFormat | None:
    """The format of models with this chat template; None if it is none that is known.

    Args:
        chat_template: Jinja source; anything else has no format.
    """
    if not isinstance(chat_template, str):
        return None
    fits = (form for signs, form in _SIGNS if all(sign in chat_template for sign in signs))
    return next(fits, None)
