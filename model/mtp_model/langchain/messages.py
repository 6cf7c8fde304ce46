"""LangChain messages -> plain messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from mtp_model.errors import EmptyPromptError, MessageError
from mtp_model.prompt.messages import Message, Role, ToolCall

__all__ = ["reasoning_of", "text_of", "to_plain_messages"]

_ROLES: dict[str, Role] = {
    "user": "user",
    "human": "user",
    "system": "system",
    "developer": "system",
    "assistant": "assistant",
    "ai": "assistant",
}
# Blocks of an assistant's content that repeat what its attributes say, or that nobody reads again.
_REPEATED = frozenset({"tool_call", "tool_call_chunk", "tool_use", "function_call", "invalid_tool_call"})
_REASONING = frozenset({"reasoning", "thinking"})


def to_plain_messages(messages: Sequence[BaseMessage], *, complete: bool = True) -> list[Message]:
    """Convert a conversation.

    Args:
        messages: LangChain messages.
        complete: Whether this is a whole conversation; then it may not be empty, and every tool result must
            follow its call. False for parts of one, whose tokens are counted.

    Raises:
        EmptyPromptError: There is no message.
        MessageError: A message of an unknown kind, content that is no text, a tool result without its
            call, or a second one for the same call.
    """
    if complete and not messages:
        raise EmptyPromptError(
            "The list of messages is empty; a prompt needs at least one message. "
            "Pass a string or a list such as [('user', 'Hello')]."
        )
    calls: dict[str, str] = {}  # id -> name of the tool
    answered: dict[str, int] = {}  # id -> place of the result; a later turn may use an id again
    plain = []
    for place, message in enumerate(messages):
        where = f"messages[{place}] ({type(message).__name__})"
        if isinstance(message, ToolMessage):
            plain.append(_tool_result(message, calls, where, complete=complete))
            if complete and (earlier := answered.setdefault(message.tool_call_id, place)) != place:
                raise MessageError(
                    f"{where} answers the tool call {message.tool_call_id!r}, which messages[{earlier}] has "
                    "answered already. Give each call one result; leave out or join the others."
                )
        elif isinstance(message, AIMessage):
            made = _calls_of(message)
            calls |= made
            answered = {call_id: earlier for call_id, earlier in answered.items() if call_id not in made}
            plain.append(_assistant(message, where))
        else:
            plain.append(Message(_role(message, where), text_of(message.content, where)))
    return plain


def text_of(content: str | Sequence[Any], where: str, *, skip: frozenset[str] = frozenset()) -> str:
    """The text of a message's content.

    Args:
        content: A string, or a list of strings and content blocks.
        where: How to call the message in an error.
        skip: Types of blocks to leave out.

    Raises:
        MessageError: A block is no text.
    """
    if isinstance(content, str):
        return content
    return "".join(_text_blocks(content, where, skip))


def reasoning_of(message: AIMessage) -> str:
    """What the assistant thought: `reasoning_content`, or the reasoning blocks of its content."""
    kept = message.additional_kwargs.get("reasoning_content")
    if isinstance(kept, str) and kept:
        return kept
    blocks = message.content if isinstance(message.content, list) else []
    return "".join(
        str(block.get("reasoning") or block.get("thinking") or "")
        for block in blocks
        if isinstance(block, dict) and block.get("type") in _REASONING
    )


def _text_blocks(content: Iterable[Any], where: str, skip: frozenset[str]) -> Iterable[str]:
    for block in content:
        if isinstance(block, str):
            yield block
            continue
        kind = block.get("type") if isinstance(block, Mapping) else type(block).__name__
        if kind in skip:
            continue
        text = block.get("text") if isinstance(block, Mapping) else None
        if kind not in ("text", "text-plain", None) or not isinstance(text, str):
            raise MessageError(
                f"{where} holds a content block of type {kind!r}, but this model reads text only. "
                "Describe it in words, or pass its text as {'type': 'text', 'text': '…'}."
            )
        yield text


def _role(message: BaseMessage, where: str) -> Role:
    if isinstance(message, HumanMessage):
        return "user"
    if isinstance(message, SystemMessage):
        return "system"
    role = _ROLES.get(message.role.lower()) if isinstance(message, ChatMessage) else None
    if role is None:
        given = f"role {message.role!r}" if isinstance(message, ChatMessage) else f"type {message.type!r}"
        raise MessageError(
            f"{where} has the {given}, which this model does not know. Use a SystemMessage, HumanMessage, "
            "AIMessage or ToolMessage."
        )
    return role


def _assistant(message: AIMessage, where: str) -> Message:
    content = text_of(message.content, where, skip=_REPEATED | _REASONING)
    # What the model got wrong stays readable, as plain text, so that it can do better.
    broken = _broken_calls(message)
    return Message(
        "assistant",
        content="\n".join(part for part in (content, *broken) if part),
        reasoning=reasoning_of(message),
        tool_calls=tuple(
            ToolCall(call["name"], dict(call["args"]), call["id"] or "") for call in message.tool_calls
        ),
    )


def _broken_calls(message: AIMessage) -> list[str]:
    """What was written in place of calls; our own messages keep it whole beside the error."""
    kept = message.additional_kwargs.get("invalid_tool_calls")
    kept = [part for part in kept if isinstance(part, Mapping)] if isinstance(kept, list) else []
    whole = {part.get("id"): part.get("text") for part in kept}
    return [str(whole.get(call["id"]) or call.get("args") or "") for call in message.invalid_tool_calls]


def _calls_of(message: AIMessage) -> dict[str, str]:
    every = [*message.tool_calls, *message.invalid_tool_calls]
    return {call["id"]: call["name"] or "" for call in every if call["id"]}


def _tool_result(message: ToolMessage, calls: dict[str, str], where: str, *, complete: bool) -> Message:
    call_id = message.tool_call_id
    if complete and call_id not in calls:
        known = ", ".join(map(repr, calls)) or "none"
        raise MessageError(
            f"{where} answers the tool call {call_id!r}, but no AIMessage before it makes that call (calls "
            f"so far: {known}). Keep the AIMessage with the call in front of its result; when trimming, cut "
            "before it."
        )
    text = text_of(message.content, where)
    return Message("tool", text, name=message.name or calls.get(call_id, ""), tool_call_id=call_id)
