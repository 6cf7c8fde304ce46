"""Plain messages: what prompts are rendered from, in serving and in training alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for.

    Attributes:
        name: Tool name.
        arguments: JSON object of arguments.
        id: Identifier that the tool's result refers to.
    """

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True)
class Message:
    """One message of a conversation.

    Attributes:
        role: Who speaks; `tool` is the result of a tool call.
        content: Text.
        reasoning: What the assistant thought before `content` and `tool_calls`.
        tool_calls: Calls that the assistant asks for.
        name: Name of the tool whose result this is.
        tool_call_id: The call whose result this is.
    """

    role: Role
    content: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    name: str = ""
    tool_call_id: str = ""
