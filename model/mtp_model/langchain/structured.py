"""Answers of a given shape: response formats, and the parsers of `with_structured_output`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, TypeGuard

from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.output_parsers.openai_tools import JsonOutputKeyToolsParser, PydanticToolsParser
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from langchain_core.utils.pydantic import is_basemodel_subclass

from mtp_model.errors import ConfigError
from mtp_model.prompt.messages import Message

__all__ = ["METHODS", "answer_parser", "call_parser", "parsed", "read_response_format", "show_schema"]

METHODS = ("function_calling", "json_schema", "json_mode")
"""Ways to get structured output; the first is the default."""

Schema = dict[str, Any] | type


def read_response_format(value: Any) -> dict[str, Any] | None:
    """The JSON schema that a response format asks for.

    Args:
        value: None, {"type": "text"}, {"type": "json_object"}, OpenAI's {"type": "json_schema",
            "json_schema": {"schema": ...}}, or a schema as it is: a dict, a Pydantic model or a TypedDict.

    Raises:
        ConfigError: It is none of these.
    """
    if value is None or (isinstance(value, Mapping) and value.get("type") == "text"):
        return None
    try:
        if isinstance(value, Mapping) and value.get("type") == "json_object":
            return {"type": "object"}
        if isinstance(value, Mapping) and value.get("type") == "json_schema":
            return dict(value["json_schema"]["schema"])
        return dict(convert_to_json_schema(value))
    except Exception as error:  # langchain_core raises many types for what it cannot convert
        raise ConfigError(
            f"response_format={value!r} cannot be read: {type(error).__name__}: {error}. Give a Pydantic "
            "model, a TypedDict, a JSON schema with a title, or {'type': 'json_schema', 'json_schema': …}."
        ) from error


def show_schema(messages: Sequence[Message], schema: Mapping[str, Any]) -> list[Message]:
    """Tell the model the shape of its answer, at the end of the system prompt; not if any object will do."""
    if not schema.get("properties"):
        return list(messages)
    text = f"Answer with JSON of this schema:\n{json.dumps(schema, ensure_ascii=False)}"
    if messages and messages[0].role == "system":
        first = messages[0]
        return [replace(first, content=f"{first.content}\n\n{text}"), *messages[1:]]
    return [Message("system", text), *messages]


def call_parser(schema: Schema) -> Runnable[Any, Any]:
    """The arguments of the one forced call: an instance of a Pydantic model, else a dict."""
    if _is_model(schema):
        return PydanticToolsParser(tools=[schema], first_tool_only=True)
    name = convert_to_openai_tool(schema)["function"]["name"]
    return JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)


def answer_parser(schema: Schema | None) -> Runnable[Any, Any]:
    """The answer's JSON: an instance of a Pydantic model, else a dict."""
    if _is_model(schema):
        return PydanticOutputParser(pydantic_object=schema)
    return JsonOutputParser()


def parsed(model: Runnable[Any, Any], parser: Runnable[Any, Any], include_raw: bool) -> Runnable[Any, Any]:
    """The model with its parser; with the message and the parser's error beside the result if asked for."""
    if not include_raw:
        return model | parser
    good = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
    bad = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=model) | good.with_fallbacks([bad], exception_key="parsing_error")


def _is_model(schema: Any) -> TypeGuard[type[Any]]:
    return isinstance(schema, type) and is_basemodel_subclass(schema)
