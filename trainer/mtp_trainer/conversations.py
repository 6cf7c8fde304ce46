"""Rows of conversation datasets, in the shapes that are common, as plain messages.

    {"messages": [{"role": "user", "content": "…"}, …], "tools": […]}    OpenAI, with tool calls
    {"conversations": [{"from": "human", "value": "…"}, …]}              ShareGPT
    {"prompt": "…", "response": "…"}                                     or instruction/output, …
    {"prompt": [{"role": …}], "completion": [{"role": …}]}               TRL

Reasoning is read from ``reasoning_content``, ``reasoning`` or ``thinking``, or from ``<think>`` in the text;
calls from ``tool_calls``, or from ``<tool_call>`` in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mtp_model.prompt.messages import Message, Role, ToolCall
from mtp_model.prompt.parse import parse_assistant

_LISTS = ("messages", "conversations", "conversation")
_PROMPTS = ("prompt", "instruction", "question", "query", "problem", "input")
_RESPONSES = ("response", "completion", "output", "answer", "solution")
_REASONING = ("reasoning_content", "reasoning", "thinking")
_ROLES: dict[str, Role] = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human"), "user"),
    **dict.fromkeys(("assistant", "gpt", "model", "bot", "chatgpt", "function_call"), "assistant"),
    **dict.fromkeys(("tool", "function", "function_response", "observation", "ipython"), "tool"),
}
_TOOL_RESPONSE = re.compile(r"<tool_response>\s*(.*?)\s*</tool_response>", re.DOTALL)


class RowError(ValueError):
    """A row that cannot be trained on.

    Attributes:
        reason: Why, in words that are the same for all such rows.
        detail: What is special about this one.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Conversation:
    """Messages up to the last assistant turn, and the tools in OpenAI format."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...] = ()

    @property
    def question(self) -> str:
        """The first user message, by which training and validation data are told apart."""
        return next((message.content for message in self.messages if message.role == "user"), "")


def conversation_of(row: Mapping[str, Any]) -> Conversation:
    """Read one row of a dataset.

    Raises:
        RowError: It has no shape that is known, an unknown role, a broken call, or no assistant turn.
    """
    messages = _linked([message for raw in _raw_messages(row) for message in _messages(raw)])
    while messages and messages[-1].role != "assistant":
        messages.pop()
    if not messages:
        raise RowError("no assistant turn")
    if not any(m.content or m.reasoning or m.tool_calls for m in messages if m.role == "assistant"):
        raise RowError("empty assistant turns")
    return Conversation(tuple(messages), tuple(_tools(row)))


def _raw_messages(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    raw: list[Any] = []
    for key in _LISTS:
        value = _json(row.get(key))
        if isinstance(value, Sequence) and not isinstance(value, str):
            raw = list(value)
            break
    else:
        raw = _prompt_and_response(row)
    if not all(isinstance(message, Mapping) for message in raw):
        raise RowError("messages that are no objects", f"{raw[0]!r:.80}")
    system = row.get("system") or row.get("system_prompt")
    if isinstance(system, str) and system and raw and _role(raw[0]) != "system":
        raw.insert(0, {"role": "system", "content": system})
    return raw


def _prompt_and_response(row: Mapping[str, Any]) -> list[Any]:
    prompt = next((key for key in _PROMPTS if row.get(key)), None)
    response = next((key for key in _RESPONSES if row.get(key)), None)
    if prompt is None:
        keys = ", ".join(map(str, row))
        known = "messages, conversations, or a pair such as prompt and response"
        raise RowError("no conversation", f"the row has the keys {keys}; needed are {known}")
    asked, told = row[prompt], row.get(response) if response else None
    if prompt == "instruction" and isinstance(asked, str) and isinstance(row.get("input"), str):
        asked = "\n\n".join(part for part in (asked, row["input"]) if part)
    opening = [{"role": "user", "content": asked}] if isinstance(asked, str) else list(asked)
    if told is None:
        return opening
    return [*opening, *([{"role": "assistant", "content": told}] if isinstance(told, str) else list(told))]


def _role(raw: Mapping[str, Any]) -> Role:
    name = raw.get("role", raw.get("from"))
    if not isinstance(name, str) or name.lower() not in _ROLES:
        raise RowError("unknown role", f"{name!r}; known are {', '.join(_ROLES)}")
    return _ROLES[name.lower()]


def _messages(raw: Mapping[str, Any]) -> list[Message]:
    """The messages of one entry: one, or several tool results that stand in one text."""
    role, text = _role(raw), _text(raw.get("content", raw.get("value")))
    if raw.get("role", raw.get("from")) == "function_call":
        return [Message("assistant", tool_calls=tuple(_calls(_json(text))))]
    if role == "assistant":
        return [_assistant(raw, text)]
    if role == "tool":
        results = _TOOL_RESPONSE.findall(text) or [text]
        name, call = str(raw.get("name") or ""), str(raw.get("tool_call_id") or "")
        return [Message("tool", result, name=name, tool_call_id=call) for result in results]
    return [Message(role, text)]


def _assistant(raw: Mapping[str, Any], text: str) -> Message:
    reasoning = next((str(raw[key]) for key in _REASONING if raw.get(key)), "")
    function_call = raw.get("function_call")
    calls = tuple(_calls(_json(raw.get("tool_calls") or ([function_call] if function_call else []))))
    if "<tool_call>" in text or text.lstrip().startswith("<think>"):
        turn = parse_assistant(text)
        if turn.invalid_tool_calls:
            raise RowError("a broken tool call", str(turn.invalid_tool_calls[0].error))
        text, reasoning, calls = turn.content, reasoning or turn.reasoning, calls or turn.tool_calls
    return Message("assistant", text, reasoning.strip("\n"), calls)


def _calls(raw: Any) -> list[ToolCall]:
    calls = []
    for part in [raw] if isinstance(raw, Mapping) else raw if isinstance(raw, list) else [None]:
        call: Mapping[str, Any] = part if isinstance(part, Mapping) else {}
        function = call.get("function", call)
        name = function.get("name") if isinstance(function, Mapping) else None
        arguments = _json(function.get("arguments") or {}) if isinstance(function, Mapping) else None
        if not isinstance(name, str) or not name or not isinstance(arguments, Mapping):
            raise RowError("a broken tool call", f"{part!r:.120}; needed are a name and a JSON object")
        calls.append(ToolCall(name, dict(arguments), str(call.get("id") or "")))
    return calls


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        parts: list[Any] = [part.get("text") if isinstance(part, Mapping) else part for part in content]
        if all(isinstance(part, str) for part in parts):
            return "".join(parts)
    raise RowError("content that is no text", f"{content!r:.80}")


def _tools(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    raw = _json(row.get("tools") or row.get("functions") or [])
    tools = []
    for tool in raw if isinstance(raw, list) else [raw]:
        function = tool.get("function", tool) if isinstance(tool, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
            raise RowError("a broken tool definition", f"{tool!r:.120}; needed is a function with a name")
        tools.append({"type": "function", "function": dict(function)})
    return tools


def _linked(messages: list[Message]) -> list[Message]:
    """Calls and results with the ids and names that join them, where the dataset leaves them out."""
    linked: list[Message] = []
    open_calls: list[ToolCall] = []
    for number, message in enumerate(messages):
        if message.role == "assistant":
            calls = [
                replace(call, id=call.id or f"call_{number}_{i}") for i, call in enumerate(message.tool_calls)
            ]
            open_calls = list(calls)
            message = replace(message, tool_calls=tuple(calls))
        elif message.role == "tool":
            own = [call for call in open_calls if call.id == message.tool_call_id] or open_calls[:1]
            if own:
                open_calls.remove(own[0])
                message = replace(message, name=message.name or own[0].name, tool_call_id=own[0].id)
        linked.append(message)
    return linked


def _json(value: Any) -> Any:
    """What a JSON text stands for; anything else, and what is no JSON, as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
