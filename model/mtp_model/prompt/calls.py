"""The JSON of a tool call -> a `ToolCall`, or the reason why it is none."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from mtp_model.prompt.messages import ToolCall

__all__ = ["CallSyntaxError", "InvalidToolCall", "inside_string", "parse_arguments", "parse_call"]

_NAME = re.compile(r'"name"\s*:\s*"((?:[^"\\]|\\.)*)"')


class CallSyntaxError(ValueError):
    """The text between a call's tags is no tool call. The parser makes an `InvalidToolCall` of it."""


@dataclass(frozen=True)
class InvalidToolCall:
    """What the model wrote where a tool call was expected.

    Attributes:
        text: The call as it was written, its tags included.
        error: What is wrong with it, and what a right call looks like.
        name: Name of the tool, as far as it can be made out.
    """

    text: str
    error: str
    name: str = ""

    @classmethod
    def of(cls, text: str, error: object, name: str = "") -> InvalidToolCall:
        """Describe `text`, with the tool's name if it is known or can be found in it."""
        found = _NAME.search(text)
        return cls(text, str(error), name or (found[1] if found else ""))


def parse_call(text: str, *, arguments_key: str = "arguments") -> ToolCall:
    """Read one JSON tool call.

    Args:
        text: A JSON object with `name` and the arguments; white space around it is ignored.
        arguments_key: Where the arguments are: "arguments" in Hermes, "parameters" in Llama 3.

    Raises:
        CallSyntaxError: It is something else.
    """
    example = f'{{"name": "tool", "{arguments_key}": {{…}}}}'
    value = _loads(text, example)
    if not isinstance(value, dict):
        raise CallSyntaxError(f"the tool call is a JSON {type(value).__name__}; it must read {example}")
    name = value.get("name")
    if not isinstance(name, str) or not name:
        raise CallSyntaxError(f"the tool call has no name; it must read {example}")
    return ToolCall(name, _arguments(value.get(arguments_key), name, example))


def parse_arguments(text: str, name: str) -> ToolCall:
    """Read the arguments of a call whose name stands outside the JSON, as newer Mistral models write it.

    Args:
        text: A JSON object; white space around it is ignored.
        name: The tool.

    Raises:
        CallSyntaxError: It is something else, or the name is empty.
    """
    example = "[TOOL_CALLS]tool[ARGS]{…}"
    if not name:
        raise CallSyntaxError(f"the tool call has no name; it must read {example}")
    return ToolCall(name, _arguments(_loads(text, example), name, example))


def inside_string(text: str) -> bool:
    """Whether JSON `text` ends within a string, so that what follows is a value and no markup."""
    inside = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif inside and character == "\\":
            escaped = True
        elif character == '"':
            inside = not inside
    return inside


def _loads(text: str, example: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, strict=False)
    except ValueError as error:
        reason = f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else error
        raise CallSyntaxError(f"the tool call is no valid JSON ({reason}); it must read {example}") from error
    except RecursionError as error:
        raise CallSyntaxError(f"the tool call is nested too deeply; it must read {example}") from error


def _arguments(value: Any, name: str, example: str) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, str):  # some models write the object as a string, as OpenAI's API does
        try:
            value = json.loads(value or "{}", parse_constant=_refuse_constant, strict=False)
        except (ValueError, RecursionError) as error:
            raise CallSyntaxError(
                f"the arguments of the call to {name!r} are a string; it must read {example}"
            ) from error
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise CallSyntaxError(f"the arguments of the call to {name!r} are a {kind}; it must read {example}")
    return value


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")
