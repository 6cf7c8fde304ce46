from functools import reduce
from operator import add

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.utils import message_chunk_to_message
from transformers import PreTrainedTokenizerFast

from mtp_trainer.tokenizer import train_tokenizer
from tests.chat.scripted import reader, steps
from tests.chat.tiny import TEXTS

TEXT = (
    "<think>\nAdd Zoë's 12 € and\nsay 東京.\n</think>\n\nOne moment.\n"
    '<tool_call>\n{"name": "add", "arguments": {"a": 12, "city": "Köln"}}\n</tool_call>\n'
    '<tool_call>\n{"name": "broken", "arguments": {"a": \n</tool_call>\n'
    '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
)


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return train_tokenizer(TEXTS)


def merged(chunks: list[AIMessageChunk]) -> AIMessage:
    message = message_chunk_to_message(reduce(add, chunks))
    assert isinstance(message, AIMessage)
    return message


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 500])
def test_merged_chunks_and_the_message_say_the_same(tokenizer: PreTrainedTokenizerFast, size: int) -> None:
    turn = reader(tokenizer)
    passes = steps(tokenizer, TEXT, [size] * 500)
    chunks = [turn.chunk(step).message for step in passes]
    streamed, invoked = merged(chunks), turn.result().generations[0].message
    assert isinstance(invoked, AIMessage)
    assert len(chunks) == len(passes)
    assert streamed.content == invoked.content == "One moment."
    assert streamed.additional_kwargs == invoked.additional_kwargs
    assert invoked.additional_kwargs["reasoning_content"] == "Add Zoë's 12 € and\nsay 東京."
    assert streamed.tool_calls == invoked.tool_calls
    assert [(call["name"], call["args"]) for call in invoked.tool_calls] == [
        ("add", {"a": 12, "city": "Köln"}),
        ("now", {}),
    ]
    ids = {call["id"] for call in [*invoked.tool_calls, *invoked.invalid_tool_calls]}
    assert len(ids) == 3
    assert streamed.usage_metadata == invoked.usage_metadata
    assert streamed.response_metadata == invoked.response_metadata


def test_a_broken_call_is_never_mended_by_merging(tokenizer: PreTrainedTokenizerFast) -> None:
    turn = reader(tokenizer)
    streamed = merged([turn.chunk(step).message for step in steps(tokenizer, TEXT, [4] * 500)])
    invoked = turn.result().generations[0].message
    assert isinstance(invoked, AIMessage)
    for message in (streamed, invoked):
        (broken,) = message.invalid_tool_calls
        assert broken["name"] == "broken"
        assert broken["args"] == '{"a": \n</tool_call>[}'
        (explained,) = message.additional_kwargs["invalid_tool_calls"]
        assert explained["text"] == '<tool_call>\n{"name": "broken", "arguments": {"a": \n</tool_call>'
        assert explained["id"] == broken["id"]
        assert "no valid JSON" in explained["error"]
    assert "no valid JSON" in (invoked.invalid_tool_calls[0]["error"] or "")


def test_each_pass_shows_its_own_text(tokenizer: PreTrainedTokenizerFast) -> None:
    turn = reader(tokenizer)
    chunks = [turn.chunk(step).message for step in steps(tokenizer, TEXT, [3, 1, 7] * 100)]
    assert all(len(chunk.additional_kwargs["passes"]) == 1 for chunk in chunks)
    passes = merged(chunks).additional_kwargs["passes"]
    assert "".join(each["text"] for each in passes) == TEXT
    assert [each["tokens"] for each in passes[:4]] == [3, 1, 7, 3]
    assert "\ufffd" not in str(chunks)


def test_usage_and_metadata_are_on_the_last_chunk_alone(tokenizer: PreTrainedTokenizerFast) -> None:
    turn = reader(tokenizer)
    *first, last = [turn.chunk(step).message for step in steps(tokenizer, TEXT, [4] * 500)]
    assert all(chunk.usage_metadata is None and not chunk.response_metadata for chunk in first)
    assert all(chunk.chunk_position is None for chunk in first)
    assert last.chunk_position == "last"
    usage = last.usage_metadata
    assert usage is not None
    assert usage["input_tokens"] == 10
    assert usage["input_token_details"] == {"cache_read": 4}
    assert usage["total_tokens"] == 10 + usage["output_tokens"]
    assert 0 < usage["output_token_details"]["reasoning"] < usage["output_tokens"]
    assert last.response_metadata["finish_reason"] == "stop"
    assert last.response_metadata["model_name"] == "scripted"
    decoding = last.response_metadata["decoding"]
    assert decoding["policy"] == "confadapt"
    assert decoding["threshold"] == 0.9
    assert decoding["forward_passes"] == len(first) + 1
    assert decoding["tokens_per_pass"] == pytest.approx(usage["output_tokens"] / (len(first) + 1))
    assert sum(decoding["block_sizes"].values()) == len(first) + 1
    assert decoding["decode_seconds"] > 0
