"""Forced calls and structured output through the chat model: valid, whatever the model would rather say."""

import asyncio
import warnings
from typing import Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import ModelCallLimitMiddleware
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from langchain_core.messages import AIMessage
from pydantic import BaseModel, Field

from mtp_model.chat_model import MTPChatModel
from mtp_model.errors import ConfigError, SchemaError
from tests.chat.tiny import write_checkpoint

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydantic.v1 import BaseModel as BaseModelV1


class Point(BaseModel):
    """A point."""

    x: int = Field(ge=0, le=9)
    kind: str = Field(max_length=5)


class PointV1(BaseModelV1):
    """A point."""

    x: bool
    flag: bool


class PointDict(TypedDict):
    """A point."""

    x: bool
    y: bool


SCHEMA = {
    "title": "point",
    "description": "A point.",
    "type": "object",
    "properties": {"x": {"type": "boolean"}},
    "required": ["x"],
}


def now() -> str:
    """The time."""
    return "12:00"


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> MTPChatModel:
    """A random model, which says anything."""
    folder = tmp_path_factory.mktemp("speaker")
    write_checkpoint(folder, thinks=False)
    return MTPChatModel(model=str(folder), max_tokens=200)


@pytest.mark.parametrize("method", ["function_calling", "json_schema"])
@pytest.mark.parametrize("schema", [Point, PointDict, SCHEMA], ids=["pydantic", "typed dict", "json schema"])
def test_answers_fit_their_schema(speaker: MTPChatModel, schema: Any, method: Any) -> None:
    answer: Any = speaker.with_structured_output(schema, method=method, include_raw=True).invoke("a point")
    assert isinstance(answer["raw"], AIMessage)
    assert answer["raw"].response_metadata["finish_reason"] == "stop"
    assert answer["parsing_error"] is None
    point = answer["parsed"]
    if schema is Point:
        assert isinstance(point, Point)
    else:
        assert isinstance(point["x"], bool)


@pytest.mark.parametrize(
    "options", [{}, {"method": "json_schema"}, {"method": "json_mode"}, {"strict": True}], ids=str
)
def test_models_of_pydantic_1(speaker: MTPChatModel, options: Any) -> None:
    answer: Any = speaker.with_structured_output(PointV1, include_raw=True, **options).invoke("a point")
    assert answer["parsing_error"] is None
    assert isinstance(answer["parsed"], PointV1)


def test_json_mode_gives_an_object(speaker: MTPChatModel) -> None:
    raw = speaker.bind(response_format={"type": "json_object"}).invoke("an object")
    assert str(raw.content).startswith("{")


def test_a_forced_call_is_made_through_every_door(speaker: MTPChatModel) -> None:
    bound = speaker.bind_tools([now, Point], tool_choice="Point", parallel_tool_calls=False)
    messages: list[Any] = [bound.invoke("hi"), asyncio.run(bound.ainvoke("hi"))]
    streamed = None
    for chunk in bound.stream("hi"):
        streamed = chunk if streamed is None else streamed + chunk
    messages.append(streamed)
    for message in messages:
        assert message.response_metadata["finish_reason"] == "stop"
        (call,) = message.tool_calls
        assert call["name"] == "Point"
        Point(**call["args"])
        assert not message.invalid_tool_calls


def test_a_call_that_does_not_fit_says_so(speaker: MTPChatModel) -> None:
    bound = speaker.bind_tools([Point], tool_choice="any", max_tokens=6)
    message = bound.invoke("hi")
    assert message.response_metadata["finish_reason"] == "length"
    assert not message.tool_calls


def test_what_cannot_be_enforced_is_refused_and_the_next_request_is_served(tiny: MTPChatModel) -> None:
    properties = {"x": {"not": {"type": "string"}}}
    odd = {"title": "odd", "description": "Odd.", "type": "object", "properties": properties}
    with pytest.raises(SchemaError, match=r"tool 'odd'.*\$\.properties\.x"):
        tiny.bind_tools([odd], tool_choice="odd").invoke("hi")
    with pytest.raises(SchemaError, match="odd"):
        tiny.bind_tools([odd], strict=True).invoke("hi")
    assert tiny.bind_tools([odd]).invoke("hi").additional_kwargs["passes"]


def test_strict_structured_output_refuses_odd_tools_beside_it(speaker: MTPChatModel) -> None:
    """The answer's own schema is always enforced in full: `strict` matters to the tools that come with it."""
    properties = {"x": {"not": {"type": "string"}}}
    odd = {"title": "odd", "description": "Odd.", "type": "object", "properties": properties}
    for strict in (None, False):
        lax = speaker.with_structured_output(
            Point, method="json_schema", strict=strict, include_raw=True, tools=[odd]
        )
        assert lax.invoke("a point")["raw"].additional_kwargs["passes"]  # type: ignore[index]
    with pytest.raises(SchemaError, match=r"tool 'odd'.*\$\.properties\.x"):
        speaker.with_structured_output(Point, method="json_schema", strict=True, tools=[odd]).invoke(
            "a point"
        )


def test_a_reference_to_nothing_is_refused_however_the_call_comes(tiny: MTPChatModel) -> None:
    properties = {"x": {"$ref": "#/$defs/nothing"}}
    odd = {"title": "odd", "description": "Odd.", "type": "object", "properties": properties}
    for options in ({}, {"tool_choice": "any"}, {"strict": True}):
        with pytest.raises(SchemaError, match=r"tool 'odd'.*nothing.*\$\.properties\.x"):
            tiny.bind_tools([now, odd], **options).invoke("hi")
    with pytest.raises(SchemaError, match=r"response_format.*nothing.*\$\.properties\.x"):
        tiny.with_structured_output(odd, method="json_schema").invoke("hi")
    assert tiny.bind_tools([now]).invoke("hi").additional_kwargs["passes"]


def test_with_tools_an_answer_of_a_shape_may_be_a_call_instead(speaker: MTPChatModel) -> None:
    bound = speaker.bind_tools([now], response_format=Point, parallel_tool_calls=False, temperature=1.0)
    answers = [bound.invoke("hi", seed=seed) for seed in range(12)]
    assert {bool(answer.tool_calls) for answer in answers} == {True, False}
    for answer in answers:
        assert answer.response_metadata["finish_reason"] == "stop"
        if answer.tool_calls:
            assert answer.tool_calls[0]["name"] == "now"
            assert not answer.content
        else:
            Point.model_validate_json(str(answer.content))
    forced = bound.invoke("hi", tool_choice="any")
    assert [call["name"] for call in forced.tool_calls] == ["now"], "a call that is forced goes first"
    hidden = [bound.invoke("hi", seed=seed, tool_choice="none") for seed in range(12)]
    assert all(Point.model_validate_json(str(answer.content)) for answer in hidden)


@pytest.mark.parametrize("strategy", [Point, ProviderStrategy(Point), ToolStrategy(Point)], ids=str)
def test_an_agent_calls_its_tools_and_answers_in_a_shape(speaker: MTPChatModel, strategy: Any) -> None:
    """A random model calls or answers by chance: some seed does both, and no seed does anything else."""
    calls = []
    for seed in range(20):
        model = speaker.model_copy(update={"temperature": 1.0, "seed": seed})
        limit = ModelCallLimitMiddleware(run_limit=5, exit_behavior="end")
        agent: Any = create_agent(model, [now], response_format=strategy, middleware=[limit])
        state = agent.invoke({"messages": "hi"})
        if isinstance(state.get("structured_response"), Point):
            calls.append([message.name for message in state["messages"] if message.type == "tool"])
        if calls and "now" in calls[-1]:
            break
    assert calls
    assert "now" in calls[-1]


def test_stop_strings_do_not_cut_what_has_a_schema(speaker: MTPChatModel) -> None:
    stops = ["}", '"x"', "{"]
    forced = speaker.bind_tools([Point], tool_choice="any", parallel_tool_calls=False).invoke(
        "hi", stop=stops
    )
    Point(**forced.tool_calls[0]["args"])
    answer = speaker.bind(response_format=Point).invoke("hi", stop=stops)
    Point.model_validate_json(str(answer.content))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"schema": None}, "needs a schema"),
        ({"schema": Point, "method": "magic"}, "function_calling, json_schema, json_mode"),
        ({"schema": Point, "temprature": 1}, "temprature"),
        ({"schema": {"type": "object"}, "method": "json_schema"}, "response_format"),
    ],
)
def test_bad_arguments_are_refused(arguments: Any, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        MTPChatModel().with_structured_output(**arguments)
