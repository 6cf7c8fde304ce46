"""Tools as LangChain knows them -> OpenAI format, which the chat templates read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from mtp_model.errors import ConfigError

__all__ = ["ToolChoice", "ToolLike", "check_tool_choice", "to_openai_tools"]

ToolLike = Mapping[str, Any] | type | Callable[..., Any] | BaseTool
"""What `bind_tools` takes: a function, a tool, a Pydantic model, a TypedDict, or a schema."""


def to_openai_tools(tools: Sequence[ToolLike]) -> list[dict[str, Any]]:
    """Convert tools.

    Raises:
        ConfigError: Something is no tool, or two different tools have one name.
    """
    if isinstance(tools, (str, Mapping)) or not isinstance(tools, Sequence):
        raise ConfigError(f"tools={tools!r}: give a list of tools, even for one tool.")
    converted = [_convert(tool, place) for place, tool in enumerate(tools)]
    shapes = [_untitled(tool) for tool in converted]  # the same tool in several forms counts once
    converted = [tool for place, tool in enumerate(converted) if shapes[place] not in shapes[:place]]
    names = [tool["function"]["name"] for tool in converted]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(
            f"{len(names)} tools were given, but several are called {twice[0]!r}. Rename all but one."
        )
    return converted


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether and what must be called.

    Attributes:
        mode: "auto" leaves it to the model, "none" hides the tools, "required" forces a call.
        names: Tools that a forced call may use.
    """

    mode: Literal["auto", "none", "required"]
    names: tuple[str, ...] = ()


def check_tool_choice(choice: Any, names: Sequence[str]) -> ToolChoice:
    """What may be decoded by this choice of tool.

    Args:
        choice: As in `bind_tools`: None, "auto", "none", "any", "required", a name, True, or OpenAI's dict.
        names: Names of the bound tools.

    Raises:
        ConfigError: The tool is not bound, or a call is forced without any tool.
    """
    if choice in (None, False, "auto"):
        return ToolChoice("auto")
    if choice == "none":
        return ToolChoice("none")
    wanted = choice
    if isinstance(choice, Mapping):
        wanted = (choice.get("function") or choice).get("name")
    if names and (wanted is True or wanted in ("any", "required")):
        return ToolChoice("required", tuple(names))
    if wanted in names:
        return ToolChoice("required", (wanted,))
    near = get_close_matches(str(wanted), [*names, "auto", "none", "any", "required"], n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ConfigError(
        f"tool_choice={choice!r}: the bound tools are {', '.join(names) or 'none'}; also possible: 'auto', "
        f"'none', and with tools 'any' and 'required'.{hint}"
    )


def _untitled(schema: Any) -> Any:
    """A tool without the titles that Pydantic gives to every part of its JSON schema."""
    if isinstance(schema, list):
        return [_untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(part) for key, part in schema.items() if key != "title" or not isinstance(part, str)
    }


def _convert(tool: Any, place: int) -> dict[str, Any]:
    try:
        converted = convert_to_openai_tool(tool)
        name = converted["function"]["name"]
    except Exception as error:  # langchain_core raises many types for what it cannot convert
        raise ConfigError(
            f"tools[{place}] = {tool!r} cannot be bound: {type(error).__name__}: {error}. Give a function "
            "with a docstring, a @tool, a Pydantic model, or {'type': 'function', 'function': {'name': …}}."
        ) from error
    if not isinstance(name, str) or not name:
        raise ConfigError(f"tools[{place}] has the name {name!r}: a tool needs a non-empty name.")
    return converted
