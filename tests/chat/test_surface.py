"""What LangChain builds around a chat model works around this one."""

import asyncio
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import SummarizationMiddleware
from langchain_core._api import LangChainBetaWarning
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler, get_usage_metadata_callback
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    trim_messages,
)
from langchain_core.outputs import LLMResult
from langchain_core.rate_limiters import BaseRateLimiter, InMemoryRateLimiter
from langchain_core.runnables import ConfigurableField

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import ConfAdapt, JSONBounds, Static, Verified
from mtp_model.errors import MessageError
from mtp_model.langchain.messages import to_plain_messages
from tests.chat.device import Device
from tests.chat.test_chat_model import TOOL, said, whole
from tests.chat.tiny import FIXED, write_checkpoint


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    return Device(monkeypatch)


# --- copies and settings -----------------------------------------------------------------------------


def test_a_pickled_model_answers_alike_bound_or_not(tiny: MTPChatModel) -> None:
    sampled = tiny.model_copy(update={"decoding": Verified(4), "temperature": 1.0, "seed": 3})
    bound = sampled.bind_tools([TOOL], tool_choice="any", max_tokens=60, logprobs=True)
    for model in (tiny, sampled, tiny.bind(stop=["e"], decoding=Static(2)), bound, tiny.with_retry()):
        model.invoke("hi")  # the weights are loaded, and stay where they are
        data = pickle.dumps(model)
        assert len(data) < 10_000
        copy = pickle.loads(data)
        assert copy == model
        assert written(copy.invoke("hi")) == written(model.invoke("hi"))


def test_fields_and_alternatives_are_chosen_per_call(tiny: MTPChatModel, tiny_folder: Path) -> None:
    other = MTPChatModel(model=str(tiny_folder), decoding=Static(3), max_tokens=5)
    model = tiny.configurable_alternatives(ConfigurableField(id="which"), default_key="usual", short=other)
    fields = tiny.configurable_fields(
        decoding=ConfigurableField(id="decoding", name="Decoding", description="How to decode."),
        max_tokens=ConfigurableField(id="max_tokens"),
    )
    short: Any = {"configurable": {"which": "short"}}
    chosen: Any = {"configurable": {"decoding": Static(3), "max_tokens": 5}}
    expected = said(other.invoke("hi"))
    assert said(model.invoke("hi", short)) == said(fields.invoke("hi", chosen)) == expected
    assert said(model.invoke("hi")) == said(fields.invoke("hi")) == said(tiny.invoke("hi"))
    assert said(whole(list(fields.stream("hi", chosen)))) == expected
    assert said(whole(list(model.stream("hi", short)))) == expected
    by_name: Any = {"configurable": {"decoding": "static"}}
    assert fields.invoke("hi", by_name).response_metadata["decoding"]["policy"] == "static"
    assert "decoding" in fields.config_schema().model_json_schema()["$defs"]["Configurable"]["properties"]


def test_who_streams_can_be_set(tiny: MTPChatModel) -> None:
    many = len(tiny.invoke("hi").additional_kwargs["passes"])
    for streaming, chunks, heard in ((None, many, 0), (True, many, many), (False, 1, 0)):
        model = MTPChatModel(model=tiny.model, decoding=FIXED, max_tokens=24, streaming=streaming)
        assert len(list(model.stream("hi"))) == chunks
        listening = Listening()
        model.invoke("hi", {"callbacks": [listening]})
        assert len(listening.tokens) == heard


def test_bound_options_hold_and_a_call_overrides_them(tiny: MTPChatModel) -> None:
    bound = tiny.bind(max_tokens=7, decoding=Static(1)).bind(stop=["never"])
    assert bound.invoke("hi").usage_metadata["output_tokens"] == 7
    assert bound.invoke("hi", max_tokens=3).usage_metadata["output_tokens"] == 3
    assert tiny.invoke("hi").usage_metadata["output_tokens"] == 24  # type: ignore[index]


# --- caches, limits, callbacks -----------------------------------------------------------------------


def test_a_cache_answers_the_same_call_and_no_other(
    tiny: MTPChatModel, device: Device, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write_checkpoint(other)
    cached = tiny.model_copy(update={"cache": InMemoryCache()})
    calls: list[Any] = [
        cached,
        cached.bind(decoding=Static(1)),
        cached.bind(decoding=ConfAdapt(0.5)),
        cached.bind(decoding=ConfAdapt(0.5, 4)),
        cached.bind(seed=1, temperature=1.0),
        cached.bind(seed=2, temperature=1.0),
        cached.bind(stop=["x"]),
        cached.bind(logprobs=True),
        cached.bind(logprobs=True, top_logprobs=2),
        cached.bind(json_bounds=JSONBounds(string=9)),
        cached.bind(model=str(other)),
        cached.bind_tools([TOOL]),
        cached.bind_tools([TOOL], tool_choice="any"),
        cached.model_copy(update={"decoding": Static(2)}),
        cached.model_copy(update={"max_tokens": 9}),
        cached.model_copy(update={"logprobs": True, "max_tokens": 9}),
    ]
    first = [passes_of(device, call) for call in calls]
    assert all(passes > 0 for passes, _ in first), "each is a call of its own"
    again = [passes_of(device, call) for call in calls]
    assert [passes for passes, _ in again] == [0] * len(calls)
    assert [written(answer) for _, answer in again] == [written(answer) for _, answer in first]
    twin = tiny.model_copy(update={"cache": cached.cache, "timeout": 60.0, "prefix_cache_bytes": 10**6})
    assert passes_of(device, twin)[0] == 0, "what does not change the answer does not count"


def passes_of(device: Device, model: Any) -> tuple[int, Any]:
    """How many passes an answer takes, and the answer."""
    before = device.passes
    return (answer := model.invoke("hi")) and (device.passes - before, answer)


def written(answer: Any) -> tuple[Any, ...]:
    return answer.content, answer.additional_kwargs["passes"], answer.response_metadata["finish_reason"]


class Counting(BaseRateLimiter):
    """Lets everybody in, and counts."""

    taken = 0

    def acquire(self, *, blocking: bool = True) -> bool:
        self.taken += 1
        return True

    async def aacquire(self, *, blocking: bool = True) -> bool:
        return self.acquire()


def test_a_rate_limiter_is_asked_once_for_each_call(tiny: MTPChatModel) -> None:
    limiter = Counting()
    model = tiny.model_copy(update={"rate_limiter": limiter})
    model.invoke("hi")
    list(model.stream("hi"))

    async def ask() -> None:
        await model.ainvoke("hi")
        assert [chunk async for chunk in model.astream("hi")]
        await model.abatch(["hi"] * 3)

    asyncio.run(ask())
    assert limiter.taken == 7
    real = InMemoryRateLimiter(requests_per_second=1000, check_every_n_seconds=0.001, max_bucket_size=2)
    answers = tiny.model_copy(update={"rate_limiter": real}).batch(["hi"] * 4)
    assert [said(answer) for answer in answers] == [said(tiny.invoke("hi"))] * 4


def test_usage_is_added_up_per_model(tiny: MTPChatModel) -> None:
    with get_usage_metadata_callback() as counter:
        answers = [tiny.invoke("hi"), whole(list(tiny.stream("ho"))), *asyncio.run(tiny.abatch(["he", "ha"]))]
    (usage,) = counter.usage_metadata.values()
    assert list(counter.usage_metadata) == [tiny.model_name]
    usages: list[Any] = [answer.usage_metadata for answer in answers]
    for name in ("input_tokens", "output_tokens", "total_tokens"):
        assert usage[name] == sum(one[name] for one in usages)  # type: ignore[literal-required]
    details: Any = usage["output_token_details"]
    assert details["forward_passes"] == sum(len(a.additional_kwargs["passes"]) for a in answers)


class Listening(BaseCallbackHandler):
    """Notes what it hears."""

    def __init__(self) -> None:
        self.starts: list[dict[str, Any]] = []
        self.tokens: list[Any] = []
        self.ends: list[Any] = []
        self.errors: list[BaseException] = []

    def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
        self.starts.append(kwargs)

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, **kwargs: Any) -> None:
        self.tokens.append(chunk.message)

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        self.ends.append(response.generations[0][0].message)  # type: ignore[union-attr]

    def on_llm_error(self, error: BaseException, **kwargs: Any) -> None:
        self.errors.append(error)


def test_callbacks_hear_each_pass_and_the_end(tiny: MTPChatModel) -> None:
    async def astream(model: Any, config: Any) -> Any:
        return whole([chunk async for chunk in model.astream("hi", config)])

    streaming = tiny.model_copy(update={"streaming": True})
    ways: list[Any] = [
        lambda config: whole(list(tiny.stream("hi", config))),
        lambda config: asyncio.run(astream(tiny, config)),
        lambda config: streaming.invoke("hi", config),
        lambda config: asyncio.run(streaming.ainvoke("hi", config)),
    ]
    for way in ways:
        heard = Listening()
        answer = way({"callbacks": [heard], "tags": ["t"], "metadata": {"m": 1}})
        assert len(heard.tokens) == len(answer.additional_kwargs["passes"])
        assert said(whole(heard.tokens)) == said(answer)
        (end,) = heard.ends
        assert said(end) == said(answer)
        (start,) = heard.starts
        assert start["tags"] == ["t"] and start["metadata"]["m"] == 1
        assert start["metadata"]["ls_model_name"] == tiny.model_name
        assert start["invocation_params"]["max_tokens"] == 24
    heard = Listening()
    tiny.invoke("hi", {"callbacks": [heard]})
    assert (len(heard.tokens), len(heard.ends)) == (0, 1)


def test_callbacks_hear_of_errors(tiny: MTPChatModel) -> None:
    heard = Listening()
    with pytest.raises(ValueError, match="512 positions"):
        tiny.invoke("word " * 600, {"callbacks": [heard]})
    assert len(heard.errors) == 1 and not heard.ends


# --- events ------------------------------------------------------------------------------------------


def test_events_of_version_2_hold_each_pass(tiny: MTPChatModel) -> None:
    async def ask() -> list[Any]:
        return [event async for event in tiny.astream_events("hi", version="v2")]

    events = asyncio.run(ask())
    kinds = [event["event"] for event in events]
    assert kinds == ["on_chat_model_start", *["on_chat_model_stream"] * (len(kinds) - 2), "on_chat_model_end"]
    answer = tiny.invoke("hi")
    assert len(kinds) - 2 == len(answer.additional_kwargs["passes"])
    assert said(whole([event["data"]["chunk"] for event in events[1:-1]])) == said(answer)
    assert said(events[-1]["data"]["output"]) == said(answer)


@pytest.fixture
def third_version() -> Iterator[None]:
    """Skips where the installed langchain-core has no events of version 3; they are in beta."""
    if not hasattr(MTPChatModel, "stream_events"):
        pytest.skip("this langchain-core has no events of version 3")
    with pytest.warns(LangChainBetaWarning):
        yield


@pytest.mark.usefixtures("third_version")
def test_events_of_version_3_make_the_same_message(tiny: MTPChatModel) -> None:
    model = tiny.bind_tools([TOOL], tool_choice="any", max_tokens=60)
    for asked in (tiny, model):
        answer = asked.invoke("hi")
        stream: Any = asked.stream_events("hi", version="v3")
        deltas = [event for event in stream if event["event"] == "content-block-delta"]
        assert deltas or not answer.content
        check_third_version(stream.output, answer)

        async def ask(asked: Any = asked) -> Any:
            stream = await asked.astream_events("hi", version="v3")
            assert [event async for event in stream]
            return await stream.output

        check_third_version(asyncio.run(ask()), answer)


def check_third_version(output: Any, answer: AIMessage) -> None:
    assert output.text == answer.text
    assert [(call["name"], call["args"]) for call in output.tool_calls] == [
        (call["name"], call["args"]) for call in answer.tool_calls
    ]
    assert output.additional_kwargs["passes"] == answer.additional_kwargs["passes"]
    assert output.usage_metadata["output_tokens"] == answer.usage_metadata["output_tokens"]  # type: ignore[index]
    assert output.response_metadata["finish_reason"] == answer.response_metadata["finish_reason"]
    reasoning = "".join(b["reasoning"] for b in output.content_blocks if b["type"] == "reasoning")
    assert reasoning == answer.additional_kwargs.get("reasoning_content", "")


# --- messages ----------------------------------------------------------------------------------------

CALL = {"name": "add", "args": {"a": 1}, "id": "c1"}


@pytest.mark.parametrize(
    "messages",
    [
        [HumanMessage("one"), HumanMessage("two"), HumanMessage("three")],
        [SystemMessage("be brief"), SystemMessage("be kind"), HumanMessage("hi")],
        [HumanMessage("hi"), AIMessage("ho"), AIMessage("hum"), HumanMessage("ha")],
        [HumanMessage("hi"), AIMessage("the beginning of an answer")],
        [SystemMessage("nothing else")],
        [HumanMessage("hi", name="ann", id="1"), AIMessage("ho", name="bob", id="2"), ("user", "ha")],
        [ChatMessage("hi", role="user"), ChatMessage("ho", role="assistant"), HumanMessage("ha")],
        [{"role": "developer", "content": "be brief"}, {"role": "user", "content": "hi"}],
        [
            HumanMessage(["one ", {"type": "text", "text": "two"}]),
            AIMessage([{"type": "text", "text": "ho"}]),
        ],
        [HumanMessage(""), AIMessage(""), HumanMessage([])],
        [
            HumanMessage("hi"),
            AIMessage("", tool_calls=[CALL, {**CALL, "id": "c2"}]),
            ToolMessage("3", tool_call_id="c2", name="add"),
            ToolMessage([{"type": "text", "text": "no such number"}], tool_call_id="c1", status="error"),
            HumanMessage("go on"),
        ],
    ],
)
def test_conversations_of_every_form_are_answered(tiny: MTPChatModel, messages: Sequence[Any]) -> None:
    answer = tiny.invoke(messages, max_tokens=4)
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["output_tokens"] == 4
    assert said(whole(list(tiny.stream(messages, max_tokens=4)))) == said(answer)


def test_ids_and_names_do_not_change_the_prompt_and_errors_of_tools_are_read(tiny: MTPChatModel) -> None:
    plain = [HumanMessage("hi"), AIMessage("ho"), HumanMessage("ha")]
    named = [HumanMessage("hi", id="1"), AIMessage("ho", id="2", name="bob"), HumanMessage("ha", name="ann")]
    assert said(tiny.invoke(named)) == said(tiny.invoke(plain))
    parts = [HumanMessage([{"type": "text", "text": "h"}, "i"]), AIMessage(["ho"]), HumanMessage("ha")]
    assert to_plain_messages(parts) == to_plain_messages(plain)
    failed = ToolMessage("no such number", tool_call_id="c1", status="error")
    *_, result = to_plain_messages([AIMessage("", tool_calls=[CALL]), failed])
    assert (result.role, result.content, result.name) == ("tool", "no such number", "add")


def test_a_result_without_its_call_is_refused_and_the_next_request_is_served(tiny: MTPChatModel) -> None:
    with pytest.raises(MessageError, match="lacks the key 'tool_call_id'"):
        tiny.invoke([{"role": "user", "content": "hi"}, {"role": "tool", "content": "3"}])
    assert tiny.invoke([{"role": "user", "content": "hi"}]).additional_kwargs["passes"]


def test_a_second_result_for_a_call_is_refused_but_ids_may_come_again(tiny: MTPChatModel) -> None:
    turn: list[BaseMessage] = [AIMessage("", tool_calls=[CALL]), ToolMessage("3", tool_call_id="c1")]
    twice = [HumanMessage("hi"), *turn, ToolMessage("4", tool_call_id="c1")]
    with pytest.raises(MessageError, match=r"messages\[3\] .*'c1', which messages\[2\] has answered"):
        tiny.invoke(twice)
    assert tiny.invoke([HumanMessage("hi"), *turn, *turn]).additional_kwargs["passes"]
    assert tiny.get_num_tokens_from_messages(twice) > 0  # parts of conversations are counted as they are


def test_a_conversation_is_trimmed_with_the_model_as_counter(tiny: MTPChatModel) -> None:
    turn = [
        HumanMessage("What is the sum?"),
        AIMessage("", tool_calls=[CALL]),
        ToolMessage("3", tool_call_id="c1"),
        AIMessage("It is three."),
    ]
    messages: list[BaseMessage] = [SystemMessage("Be brief."), *turn * 5, HumanMessage("And now?")]
    kept = trim_messages(
        messages,
        max_tokens=150,
        token_counter=tiny,
        strategy="last",
        start_on="human",
        include_system=True,
    )
    assert 2 < len(kept) < len(messages)
    assert isinstance(kept[0], SystemMessage) and isinstance(kept[1], HumanMessage)
    assert kept[-1] == messages[-1]
    assert tiny.get_num_tokens_from_messages(kept) <= 150
    for answer in (tiny.invoke(kept, max_tokens=2), asyncio.run(tiny.ainvoke(kept, max_tokens=2))):
        assert answer.usage_metadata is not None
        assert answer.usage_metadata["input_tokens"] == tiny.get_num_tokens_from_messages(kept)


@pytest.mark.parametrize("trigger", [("fraction", 0.5), ("tokens", 250)], ids=str)
def test_a_long_conversation_is_summed_up_by_the_model(tiny: MTPChatModel, trigger: Any) -> None:
    """The model counts, its profile says how long its context is, and it writes the summary itself."""
    asked: list[list[BaseMessage]] = []

    class Heard(BaseCallbackHandler):
        def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
            asked.append(messages[0])

    model = tiny.model_copy(update={"callbacks": [Heard()], "max_tokens": 8})
    count = model.get_num_tokens_from_messages
    summing = SummarizationMiddleware(
        model,
        trigger=trigger,
        keep=("messages", 2),
        token_counter=count,
        summary_prompt="Sum up: {messages}",  # LangChain's own is longer than this model's context
    )
    agent: Any = create_agent(model, [], middleware=[summing])
    limit = trigger[1] if trigger[0] == "tokens" else 512 * trigger[1]
    for ask in (agent.invoke, lambda state: asyncio.run(agent.ainvoke(state))):
        few = [HumanMessage("hi")]
        many = [HumanMessage("one more word " * 5) for _ in range(8)] + few
        assert count(few) < limit < count(many) < 512
        assert len(ask({"messages": few})["messages"]) == 2
        asked.clear()
        state = ask({"messages": many})
        assert len(asked) == 2, "a summary, and the answer"
        assert len(state["messages"]) == 4
        assert "summary" in str(state["messages"][0].content)
