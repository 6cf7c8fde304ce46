"""The tokenizer keeps every text, and spells a word the same wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from mtp_model.prompt.messages import Message, ToolCall
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.tokenizer import CONTROL, MARKUP, train_tokenizer

TEXTS = [f"please add the number {i} to the list of names, then read the list again." for i in range(60)]
TEXTS += ['{"type": "function", "function": {"name": "add_name", "description": "Add a name."'] * 20


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return train_tokenizer(TEXTS, words=20, spelled={"names"})


@given(st.text(max_size=60))
def test_every_text_comes_back(text: str) -> None:
    tokenizer = _shared()
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text


def test_digits_stand_alone(tokenizer: PreTrainedTokenizerBase) -> None:
    assert tokenizer.tokenize("1205") == ["1", "2", "0", "5"]


@pytest.mark.parametrize("word", ["Koru", "zelvo", "KX-482", "小明", "Zoë", "Борис", "12.75"])
def test_a_rare_word_is_spelled_the_same_in_a_request_and_in_a_call(
    tokenizer: PreTrainedTokenizerBase, word: str
) -> None:
    alone = tokenizer.tokenize(word)
    for text in (f"please add {word} to the list", f'{{"name": "{word}"}}', f"({word})"):
        tokens = tokenizer.tokenize(text)
        assert any(tokens[i : i + len(alone)] == alone for i in range(len(tokens))), text


def test_frequent_words_are_one_token_with_their_space(tokenizer: PreTrainedTokenizerBase) -> None:
    assert tokenizer.tokenize("read the list") == ["read", "Ġthe", "Ġlist"]
    assert tokenizer.tokenize("read_the_lists") == ["read", "_", "the", "_", "li", "st", "s"]


@pytest.mark.parametrize(
    ("word", "tokens"),
    [
        ("hamster", ["ha", "ms", "te", "r"]),
        ("theory", ["th", "eo", "ry"]),  # begins like a frequent word, and is not spelled with it
        ("names", ["na", "me", "s"]),  # frequent, but copied
        ("addMcKay", ["add", "Mc", "Ka", "y"]),
        ("KX-482", ["K", "X", "-", "4", "8", "2"]),
    ],
)
def test_other_words_are_spelled_in_pairs_of_letters(
    tokenizer: PreTrainedTokenizerBase, word: str, tokens: list[str]
) -> None:
    assert tokenizer.tokenize(word) == tokens


def test_control_and_markup_tokens(tokenizer: PreTrainedTokenizerBase) -> None:
    for token in (*CONTROL, *MARKUP):
        assert len(tokenizer(token, add_special_tokens=False)["input_ids"]) == 1
    assert tokenizer.eos_token == "<|im_end|>"
    kept = tokenizer.decode(tokenizer("<think>a</think><|im_end|>")["input_ids"], skip_special_tokens=True)
    assert kept == "<think>a</think>"


def test_template_renders_a_tool_loop(tokenizer: PreTrainedTokenizerBase) -> None:
    tool = {
        "type": "function",
        "function": {"name": "f", "description": "F.", "parameters": {"type": "object"}},
    }
    messages = [
        Message("system", "S"),
        Message("user", "old"),
        Message("assistant", "old answer", "old thought"),
        Message("user", "U"),
        Message("assistant", "", "T", (ToolCall("f", {"a": 1}), ToolCall("f", {"a": "é"}))),
        Message("tool", "r1"),
        Message("tool", "r2"),
        Message("assistant", "A", "T2"),
    ]
    renderer = PromptRenderer(tokenizer)
    ids, mask = renderer.encode_training(messages, [tool])
    assert tokenizer.decode(ids) == (
        "<|im_start|>system\nS\n\n<tools>\n"
        '{"type": "function", "function": {"name": "f", "description": "F.", "parameters": '
        '{"type": "object"}}}\n</tools><|im_end|>\n'
        "<|im_start|>user\nold<|im_end|>\n<|im_start|>assistant\nold answer<|im_end|>\n"
        "<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n<think>\nT\n</think>\n\n"
        '<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>\n'
        '<tool_call>\n{"name": "f", "arguments": {"a": "é"}}\n</tool_call><|im_end|>\n'
        "<|im_start|>user\n<tool_response>\nr1\n</tool_response>\n<tool_response>\nr2\n</tool_response><|im_end|>\n"
        "<|im_start|>assistant\n<think>\nT2\n</think>\n\nA<|im_end|>\n"
    )
    learned = tokenizer.decode([token for token, chosen in zip(ids, mask, strict=True) if chosen])
    assert learned.startswith("<think>\nT\n") and learned.endswith("A<|im_end|>")
    assert "old answer" not in learned and "r1" not in learned
    prompt = renderer.encode(messages[:-1], [tool])
    assert ids[: len(prompt)] == prompt


_cache: list[PreTrainedTokenizerBase] = []


def _shared() -> PreTrainedTokenizerBase:
    if not _cache:
        _cache.append(train_tokenizer(TEXTS, words=20, spelled={"names"}))
    return _cache[0]
