"""The chat model on a tiny random checkpoint: every way to ask gives the same answer."""

import asyncio
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import pytest
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage, trim_messages
from langchain_core.messages.utils import message_chunk_to_message

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import Static
from mtp_model.errors import ContextLengthError, EmptyPromptError, MessageError, RequestTimeoutError
from mtp_model.serve import engine_for

TOOL = {
    "type": "function",
    "function": {"name": "add", "description": "Add.", "parameters": {"type": "object", "properties": {}}},
}


def said(message: Any) -> tuple[Any, ...]:
    """What two equal answers share: not ids, not seconds, not what the cache saved."""
    kept = {**message.additional_kwargs}
    usage = {key: message.usage_metadata[key] for key in ("input_tokens", "output_tokens", "total_tokens")}
    return message.content, kept, usage, message.response_metadata["finish_reason"]


def whole(chunks: list[Any]) -> AIMessage:
    assert all(isinstance(chunk, AIMessageChunk) for chunk in chunks)
    message = message_chunk_to_message(reduce(add, chunks))
    assert isinstance(message, AIMessage)
    return message


def test_every_way_to_ask_gives_the_same_answer(tiny: MTPChatModel) -> None:
    alone = tiny.invoke("hi there")
    chunks = list(tiny.stream("hi there"))
    assert len(chunks) == alone.response_metadata["decoding"]["forward_passes"] < 24
    assert said(whole(chunks)) == said(alone)
    assert [said(each) for each in tiny.batch(["hi there"] * 3)] == [said(alone)] * 3

    async def ask() -> list[AIMessage]:
        streamed = [chunk async for chunk in tiny.astream("hi there")]
        return [await tiny.ainvoke("hi there"), whole(streamed), *await tiny.abatch(["hi there"] * 2)]

    assert [said(each) for each in asyncio.run(ask())] == [said(alone)] * 4


def test_usage_and_statistics_add_up(tiny: MTPChatModel) -> None:
    answer = tiny.invoke("a question of its own")
    usage, decoding = answer.usage_metadata, answer.response_metadata["decoding"]
    assert usage is not None
    assert usage["input_tokens"] == tiny.get_num_tokens_from_messages([HumanMessage("a question of its own")])
    assert usage["output_tokens"] == 24
    assert usage["total_tokens"] == usage["input_tokens"] + 24
    passes = answer.additional_kwargs["passes"]
    assert sum(each["tokens"] for each in passes) == 24
    assert len(passes) == decoding["forward_passes"] == usage["output_token_details"]["forward_passes"]
    assert decoding["block_sizes"] == {
        str(size): count
        for size in sorted({each["tokens"] for each in passes})
        if (count := sum(each["tokens"] == size for each in passes))
    }
    assert answer.response_metadata["finish_reason"] == "length"


def test_the_next_turn_reads_the_conversation_from_the_cache(tiny: MTPChatModel) -> None:
    model = tiny.bind_tools([TOOL])
    question = HumanMessage("Begin a conversation.")
    first = model.invoke([question])
    second = model.invoke([question, first, HumanMessage("Go on.")])
    assert second.usage_metadata is not None
    prompt = tiny.get_num_tokens_from_messages([question], [TOOL])
    assert second.usage_metadata["input_token_details"]["cache_read"] >= prompt - 4


def test_the_seed_decides_what_is_sampled(tiny: MTPChatModel) -> None:
    drawn = [tiny.invoke("hi", temperature=1.0, seed=seed).content for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert tiny.invoke("hi", temperature=0).content == tiny.invoke("hi").content


def test_stop_strings_and_limits(tiny: MTPChatModel) -> None:
    text = "".join(each["text"] for each in tiny.invoke("hi").additional_kwargs["passes"])
    stop = text[3:5]
    cut = tiny.invoke("hi", stop=[stop])
    assert cut.response_metadata["finish_reason"] == "stop"
    assert "".join(each["text"] for each in cut.additional_kwargs["passes"]) == text[: text.index(stop)]
    assert tiny.invoke("hi", max_tokens=3).usage_metadata["output_tokens"] == 3  # type: ignore[index]


def tiny_answers(model: MTPChatModel) -> bool:
    """Whether the engine serves the next request."""
    return bool(model.invoke("hi", max_tokens=2).additional_kwargs["passes"])


@pytest.mark.parametrize(
    ("messages", "error", "complaint"),
    [
        ([], EmptyPromptError, "at least one message"),
        ([("user", "word " * 600)], ContextLengthError, "512 positions"),
        ([ToolMessage("3", tool_call_id="c1")], MessageError, "no AIMessage before it"),
        ([HumanMessage([{"type": "image", "url": "x"}])], MessageError, "text only"),
    ],
)
def test_bad_prompts_are_refused_and_the_next_is_answered(
    tiny: MTPChatModel, messages: Any, error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        tiny.invoke(messages)
    with pytest.raises(error, match=complaint):
        list(tiny.stream(messages))
    with pytest.raises(error, match=complaint):
        asyncio.run(tiny.ainvoke(messages))
    assert tiny_answers(tiny)


def test_a_prompt_that_is_too_long_is_langchains_error_too(tiny: MTPChatModel) -> None:
    with pytest.raises(ContextOverflowError) as caught:
        tiny.invoke("word " * 600)
    assert isinstance(caught.value, ContextLengthError)
    assert caught.value.max_positions == 512
    assert (caught.value.prompt_tokens or 0) > 512


def test_tokens_are_counted_with_the_models_own_tokenizer(tiny: MTPChatModel) -> None:
    tokenizer = engine_for_model(tiny).checkpoint.tokenizer
    assert tokenizer.decode(tiny.get_token_ids("Köln <|im_end|>")) == "Köln <|im_end|>"
    assert tokenizer.eos_token_id not in tiny.get_token_ids("Köln <|im_end|>")
    assert tiny.get_num_tokens_from_messages([]) == 0
    question = [HumanMessage("hi")]
    for bound, tools in ((tiny, None), (tiny.bind_tools([TOOL]), [TOOL])):
        usage = bound.invoke(question, max_tokens=1).usage_metadata
        assert usage is not None
        assert tiny.get_num_tokens_from_messages(question, tools) == usage["input_tokens"]
    long = [HumanMessage(f"message {number}") for number in range(20)]
    trimmed = trim_messages(long, max_tokens=100, token_counter=tiny, strategy="last")
    assert 0 < len(trimmed) < 20
    assert tiny.get_num_tokens_from_messages(trimmed) <= 100


def engine_for_model(model: MTPChatModel) -> Any:
    return model._engine()


def test_models_with_the_same_weights_share_them(tiny: MTPChatModel, tiny_folder: Path) -> None:
    other = MTPChatModel(model=str(tiny_folder), decoding=Static(1))
    assert engine_for_model(other) is engine_for_model(tiny)
    assert engine_for(other._key()) is engine_for_model(tiny)


def test_a_call_that_takes_too_long_is_stopped(tiny: MTPChatModel) -> None:
    hasty = tiny.model_copy(update={"timeout": 1e-4, "max_tokens": None})
    doors: list[Any] = [hasty.invoke, lambda text: list(hasty.stream(text))]
    for ask in (*doors, lambda text: asyncio.run(hasty.ainvoke(text))):
        with pytest.raises(RequestTimeoutError, match=r"timeout=0\.0001 seconds"):
            ask("hi")
    assert tiny_answers(tiny)
    assert tiny.model_copy(update={"timeout": 60.0}).invoke("hi").content == tiny.invoke("hi").content
