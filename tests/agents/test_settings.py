"""MTPSettings, the event per reply, and the middleware that brings both to create_agent."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from pydantic import Field, ValidationError

from mtp_agents import MTPChatModel, MTPMiddleware, MTPSettings, run_turn
from mtp_agents.turns import timed_turn, turn_event
from mtp_model.config import Static, Verified
from tests.agents.scripted import Scripted

QUESTION = {"messages": [HumanMessage("Go.")]}


def test_settings_make_a_model() -> None:
    settings = MTPSettings(
        decoding="verified", k=8, threshold=0.25, temperature=0.5, max_tokens=None, model="m", thinking=False
    )
    model = MTPChatModel(**settings.model_kwargs)
    assert (model.decoding, model.temperature, model.max_tokens, model.model, model.thinking) == (
        Verified(8, 0.25), 0.5, None, "m", False,
    )  # fmt: skip


def test_what_is_empty_leaves_the_model_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTP_MODEL", "from/the/environment")
    assert MTPSettings().model_kwargs == {"decoding": Verified(), "max_tokens": 1024}
    assert MTPSettings(model="").model_kwargs == MTPSettings().model_kwargs
    assert MTPChatModel(**MTPSettings().model_kwargs).model == "from/the/environment"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"decoding": "fast"}, "'verified', 'confadapt' or 'static'"),
        ({"threshold": 1.5}, "less than or equal to 1"),
        ({"decoding": "confadapt", "threshold": 0}, r"\(0, 1\]"),
        ({"decoding": "static", "threshold": 0.5}, "it has none"),
        ({"k": 0}, "greater than or equal to 1"),
        ({"k": 257}, "less than or equal to 256"),
        ({"temperature": -1}, "greater than or equal to 0"),
        ({"max_tokens": 0}, "greater than or equal to 1"),
        ({"treshold": 0.5}, "Extra inputs are not permitted"),
    ],
)
def test_bad_settings_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        MTPSettings(**values)


def test_the_schema_has_bounds_words_and_descriptions() -> None:
    fields = MTPSettings.model_json_schema()["properties"]
    assert fields["decoding"]["enum"] == ["verified", "confadapt", "static"]
    assert {"type": "number", "minimum": 0, "maximum": 1} in fields["threshold"]["anyOf"]
    assert {"type": "integer", "minimum": 1, "maximum": 256} in fields["k"]["anyOf"]
    assert {"type": "number", "minimum": 0, "maximum": 2} in fields["temperature"]["anyOf"]
    assert {"type": "boolean"} in fields["thinking"]["anyOf"]
    assert all(field["description"] for field in fields.values())


def test_a_reply_that_is_not_streamed_has_the_models_own_first_token_time() -> None:
    reply = AIMessage(
        "Hi.",
        id="m1",
        usage_metadata={
            "input_tokens": 30,
            "output_tokens": 9,
            "total_tokens": 39,
            "input_token_details": {"cache_read": 20},
            "output_token_details": {"forward_passes": 3},  # type: ignore[typeddict-unknown-key]
        },
        response_metadata={
            "decoding": {
                "policy": "static", "k": 3, "forward_passes": 3, "tokens_per_pass": 3.0,
                "block_sizes": {"3": 3}, "prefill_seconds": 0.5, "decode_seconds": 1.0,
            }
        },
    )  # fmt: skip
    assert turn_event(reply, seconds=2.0) == {
        "type": "mtp_turn",
        "message_id": "m1",
        "tokens": 9,
        "passes": 3,
        "tokens_per_pass": 3.0,
        "block_sizes": {"3": 3},
        "cache_read": 20,
        "ttft_seconds": 0.5,
        "seconds": 2.0,
        "decoding": {"policy": "static", "k": 3},
    }


def test_replies_of_models_without_figures_have_an_event_too() -> None:
    event = turn_event(AIMessage("Hi."), seconds=1.0)
    assert (event["tokens"], event["passes"], event["tokens_per_pass"]) == (0, 0, 0.0)
    assert (event["ttft_seconds"], event["decoding"]) == (None, {})


def test_the_first_chunk_of_a_stream_is_timed() -> None:
    events: list[dict[str, Any]] = []
    with timed_turn(events.append) as replied:
        chunks = list(Scripted(script=["one two three"]).stream("Go."))
        whole = chunks[0]
        for chunk in chunks[1:]:
            whole += chunk
        replied(whole)
    assert 0 < events[0]["ttft_seconds"] <= events[0]["seconds"]


def test_outside_a_graph_a_turn_is_just_a_reply() -> None:
    assert run_turn(Scripted(script=["Hello."]), [HumanMessage("Go.")]).text == "Hello."


# --- create_agent ----------------------------------------------------------------------------------------


@tool
def ping(name: str) -> str:
    """Ping a server."""
    return f"{name} is up"


class Recorder(MTPChatModel):
    """An MTPChatModel that computes nothing and notes the options of its calls."""

    seen: list[dict[str, Any]] = Field(default_factory=list)

    def _generate(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        self.seen.append(kwargs)
        return ChatResult(generations=[ChatGeneration(message=AIMessage("Done."))])

    async def _agenerate(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        return self._generate(messages, stop, run_manager, **kwargs)

    def _stream(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    async def _astream(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError
        yield


@pytest.mark.parametrize("tools", [[], [ping]])
@pytest.mark.parametrize("use_async", [False, True])
def test_the_middleware_carries_settings_to_the_model(tools: Any, use_async: bool) -> None:
    model = Recorder(disable_streaming=True)
    agent = create_agent(model, tools, middleware=[MTPMiddleware()], context_schema=MTPSettings)
    for context in (MTPSettings(decoding="static", k=1, model="other"), None):
        if use_async:
            asyncio.run(agent.ainvoke(QUESTION, context=context))
        else:
            agent.invoke(QUESTION, context=context)
    given, nothing = ({k: v for k, v in one.items() if k in MTPSettings.model_fields} for one in model.seen)
    assert given == {"decoding": Static(1), "max_tokens": 1024, "model": "other"}
    assert nothing == {}


def test_other_models_get_no_options_that_they_do_not_know() -> None:
    model = Scripted(script=["Done."])
    agent = create_agent(model, [ping], middleware=[MTPMiddleware()], context_schema=MTPSettings)
    agent.invoke(QUESTION, context=MTPSettings(decoding="static"))
    assert model.bound == [{"tools": ["ping"], "tool_choice": None}]


@pytest.mark.parametrize("use_async", [False, True])
def test_the_middleware_writes_an_event_per_reply(use_async: bool) -> None:
    model = Scripted(script=[[("ping", {"name": "db"})], "It is up."])
    agent = create_agent(model, [ping], middleware=[MTPMiddleware()], context_schema=MTPSettings)

    async def collect() -> list[dict[str, Any]]:
        return [event async for event in agent.astream(QUESTION, stream_mode="custom")]

    events = asyncio.run(collect()) if use_async else list(agent.stream(QUESTION, stream_mode="custom"))
    assert [event["type"] for event in events] == ["mtp_turn"] * 2
    assert all(event["tokens"] > event["passes"] > 0 for event in events)
    assert all(event["tokens_per_pass"] == event["tokens"] / event["passes"] for event in events)


def test_without_langchain_the_package_works_and_the_middleware_says_what_is_missing(root: Path) -> None:
    code = (
        "import sys; sys.modules['langchain'] = None; sys.modules['langchain.agents'] = None\n"
        "import mtp_agents; mtp_agents.MTPSettings; mtp_agents.run_turn\n"
        "try: mtp_agents.MTPMiddleware\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert "pip install 'langchain>=1.0'" in done.stdout
