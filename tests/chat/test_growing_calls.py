"""Tool calls in a stream: they grow, and the sum of the chunks is the message."""

import json
from functools import reduce
from operator import add
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.utils import message_chunk_to_message
from transformers import PreTrainedTokenizerFast

from mtp_model.formats import HERMES, LLAMA3, MISTRAL, MISTRAL_NAMED, TurnFormat
from mtp_model.langchain.messages import to_plain_messages
from mtp_trainer.tokenizer import train_tokenizer
from tests.chat.scripted import reader, steps
from tests.chat.tiny import TEXTS

TOKENIZER = train_tokenizer(TEXTS)
TOKENIZER.add_tokens(["[TOOL_CALLS]", "[ARGS]", "<|python_tag|>"])

ARGUMENTS = '{"a": 12,  "city": "Köln [TOOL_CALLS] </tool_call>"}'
TURNS: dict[str, tuple[TurnFormat, str]] = {
    "hermes": (
        HERMES,
        f'Wait.\n<tool_call>\n{{"name": "add", "arguments": {ARGUMENTS}}}\n</tool_call>\n'
        '<tool_call>\n{"name": "bad", "arguments": {"a": 1\n</tool_call>\n'
        '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>',
    ),
    "llama3": (
        LLAMA3,
        f'Wait.<|python_tag|>{{"name": "add", "parameters": {ARGUMENTS}}}; '
        '{"name": "bad", "parameters": {"a": 1,}}; {"name": "now", "parameters": {}}',
    ),
    "mistral": (
        MISTRAL,
        f'Wait.[TOOL_CALLS][{{"name": "add", "arguments": {ARGUMENTS}, "id": "abcdefgh1"}}, '
        '{"name": "bad", "arguments": {"a": 1,}}, {"name": "now", "arguments": {}}]',
    ),
    "mistral named": (
        MISTRAL_NAMED,
        f'Wait.[TOOL_CALLS]add[ARGS]{ARGUMENTS}[TOOL_CALLS]bad[ARGS]{{"a": 1[TOOL_CALLS]now[ARGS]{{}}',
    ),
}


def streamed_and_invoked(
    tokenizer: PreTrainedTokenizerFast, form: TurnFormat, text: str, sizes: list[int]
) -> tuple[list[AIMessageChunk], AIMessage, AIMessage]:
    turn = reader(tokenizer, form)
    chunks: Any = [turn.chunk(step).message for step in steps(tokenizer, text, [*sizes, *[1] * 900])]
    streamed = message_chunk_to_message(reduce(add, chunks))
    invoked = turn.result().generations[0].message
    assert isinstance(streamed, AIMessage) and isinstance(invoked, AIMessage)
    return chunks, streamed, invoked


def check_same(streamed: AIMessage, invoked: AIMessage) -> None:
    def without_errors(message: AIMessage) -> Any:
        return [{**call, "error": None} for call in message.invalid_tool_calls]

    assert streamed.content == invoked.content
    assert streamed.tool_calls == invoked.tool_calls
    assert without_errors(streamed) == without_errors(invoked)
    assert streamed.additional_kwargs == invoked.additional_kwargs
    ids = [call["id"] for call in [*invoked.tool_calls, *invoked.invalid_tool_calls]]
    assert len(set(ids)) == len(ids) and all(ids)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 500])
@pytest.mark.parametrize("name", TURNS)
def test_the_sum_of_the_chunks_is_the_message(name: str, size: int) -> None:
    form, text = TURNS[name]
    chunks, streamed, invoked = streamed_and_invoked(TOKENIZER, form, text, [size] * 500)
    check_same(streamed, invoked)
    assert invoked.content == "Wait."
    assert [(call["name"], call["args"]) for call in invoked.tool_calls] == [
        ("add", json.loads(ARGUMENTS)),
        ("now", {}),
    ]
    (broken,) = invoked.invalid_tool_calls
    assert broken["name"] == "bad"
    assert (broken["args"] or "").startswith('{"a": 1')
    assert "no valid JSON" in (broken["error"] or "")
    for chunk in chunks:
        indices = [call["index"] for call in chunk.tool_call_chunks]
        assert len(set(indices)) == len(indices), "LangChain merges no calls within a chunk"


@pytest.mark.parametrize("name", TURNS)
def test_a_call_begins_with_its_name_and_grows(name: str) -> None:
    form, text = TURNS[name]
    chunks, _, invoked = streamed_and_invoked(TOKENIZER, form, text, [1] * 900)
    first, *more = [call for chunk in chunks for call in chunk.tool_call_chunks if call["index"] == 0]
    assert (first["name"], first["id"]) == ("add", invoked.tool_calls[0]["id"])
    assert len(first["args"] or "") < 5, "the name comes before the arguments"
    assert len(more) > 10
    assert all(call["name"] is None and call["id"] is None and call["args"] for call in more)
    assert "".join(call["args"] or "" for call in [first, *more]) == ARGUMENTS, "as the model wrote it"


def test_a_broken_call_goes_back_to_the_model_as_it_was_written() -> None:
    form, text = TURNS["hermes"]
    for message in streamed_and_invoked(TOKENIZER, form, text, [4] * 500)[1:]:
        (plain,) = to_plain_messages([message], complete=False)
        assert plain.content == 'Wait.\n<tool_call>\n{"name": "bad", "arguments": {"a": 1\n</tool_call>'


BROKEN = st.sampled_from(
    [
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        "a",
        ": ",
        ", ",
        "1",
        "\n",
        "NaN",
        '"b"',
        " ",
        "null",
        "</tool_call>",
        "'",
    ]
)


@settings(deadline=None, max_examples=150, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("name", TURNS)
@given(
    pieces=st.lists(BROKEN, max_size=8),
    closed=st.booleans(),
    begun=st.sampled_from(['{"a": ', "{", '"x', "", '{"a": 1}']),
    sizes=st.lists(st.integers(1, 6), max_size=30),
)
def test_what_is_broken_stays_broken(
    name: str, pieces: list[str], closed: bool, begun: str, sizes: list[int]
) -> None:
    written = begun + "".join(pieces)
    form = TURNS[name][0]
    text = {
        "hermes": f'<tool_call>{{"name": "f", "arguments": {written}' + "}</tool_call>" * closed,
        "llama3": f'{{"name": "f", "parameters": {written}' + "}" * closed,
        "mistral": f'[TOOL_CALLS][{{"name": "f", "arguments": {written}' + "}]" * closed,
        "mistral named": f"[TOOL_CALLS]f[ARGS]{written}",
    }[name]
    _, streamed, invoked = streamed_and_invoked(TOKENIZER, form, text, sizes)
    check_same(streamed, invoked)
    assert invoked.tool_calls or invoked.invalid_tool_calls
