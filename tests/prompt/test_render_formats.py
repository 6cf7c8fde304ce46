"""Conversations through chat templates in the manner of Llama 3's and Mistral's."""

import copy
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from mtp_model.errors import PromptError
from mtp_model.formats import format_of
from mtp_model.prompt.history import one_call_each, short_id
from mtp_model.prompt.messages import Message, ToolCall
from mtp_model.prompt.parse import parse_assistant
from mtp_model.prompt.render import PromptRenderer
from tests.templates import SPECIAL, TEMPLATES

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "add", "description": "Add.", "parameters": {"type": "object", "properties": {}}},
}
USER = Message("user", "What is 2 + 3?")
ONE = Message("assistant", tool_calls=(ToolCall("add", {"a": 2, "b": "Köln"}, "call_1"),))
TWO = Message("assistant", tool_calls=(ToolCall("add", {"a": 1}, "x1"), ToolCall("now", {}, "x2")))
RESULT = Message("tool", "5", name="add", tool_call_id="call_1")
RESULTS = [Message("tool", "b", tool_call_id="x2"), Message("tool", "a", tool_call_id="x1")]


def renderer_of(tokenizer: PreTrainedTokenizerFast, name: str) -> PromptRenderer:
    other: Any = PreTrainedTokenizerFast(tokenizer_object=copy.deepcopy(tokenizer.backend_tokenizer))
    special = SPECIAL[name.split()[0]]
    end = "<|eot_id|>" if name == "llama3" else "</s>"
    begin = "<|begin_of_text|>" if name == "llama3" else "<s>"
    other.add_special_tokens({"bos_token": begin, "eos_token": end, "additional_special_tokens": special})
    other.chat_template = TEMPLATES[name]
    return PromptRenderer(other)


def text_of(renderer: PromptRenderer, messages: list[Message], **options: Any) -> str:
    return str(renderer.tokenizer.decode(renderer.encode(messages, [TOOL], **options)))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_turn_of_one_call_is_rendered_as_it_is_parsed(tokenizer: Any, name: str) -> None:
    renderer = renderer_of(tokenizer, name)
    text = text_of(renderer, [USER, ONE, RESULT], add_generation_prompt=False)
    end = renderer.tokenizer.eos_token
    opening = "<|end_header_id|>\n\n" if name == "llama3" else "[/INST]"
    (turn,) = [part for part in text.split(end) if '"Köln"' in part]
    form = format_of(renderer.tokenizer.chat_template)
    assert form is not None
    (call,) = parse_assistant(turn.rsplit(opening, 1)[1], form=form).tool_calls
    assert (call.name, call.arguments) == ("add", {"a": 2, "b": "Köln"})
    if name == "mistral":
        assert call.id == short_id("call_1")
        assert f'[TOOL_RESULTS]{{"content": "5", "call_id": "{call.id}"}}' in text
    elif name == "llama3":
        assert "<|start_header_id|>ipython<|end_header_id|>" in text


def test_ids_for_mistral_have_nine_letters_and_digits() -> None:
    assert short_id("a1B2c3D4e") == "a1B2c3D4e"
    for other in ("", "call_1", "call_0123456789", "ünïcödé12", "\ud800"):
        assert len(short_id(other)) == 9 and short_id(other).isalnum()
    assert short_id("call_1") == short_id("call_1") != short_id("call_2")


def test_llama_turns_of_several_calls_become_turns_of_one(tokenizer: Any) -> None:
    renderer = renderer_of(tokenizer, "llama3")
    text = text_of(renderer, [USER, TWO, *RESULTS, Message("assistant", "Done.")])
    places = [text.index(part) for part in ('"name": "add", "p', '"a"<', '{"name": "now"', '"b"<', "Done.")]
    assert places == sorted(places), "each call stands before its own result"


def test_only_turns_of_several_calls_are_split() -> None:
    stray = Message("tool", "?", tool_call_id="other")
    split = one_call_each([USER, ONE, RESULT, TWO, *RESULTS, stray, USER])
    assert [message.role for message in split] == (
        ["user", "assistant", "tool", "assistant", "tool", "assistant", "tool", "tool", "user"]
    )
    assert [message.content for message in split if message.role == "tool"] == ["5", "a", "b", "?"]
    assert [call.name for message in split for call in message.tool_calls] == ["add", "add", "now"]


@pytest.mark.parametrize("name", ["mistral", "mistral named"])
def test_mistral_keeps_several_calls_together(tokenizer: Any, name: str) -> None:
    text = text_of(renderer_of(tokenizer, name), [USER, TWO, *RESULTS])
    form = format_of(TEMPLATES[name])
    assert form is not None
    written = text.split("[/INST]")[1].split("</s>")[0]
    assert [call.name for call in parse_assistant(written, form=form).tool_calls] == ["add", "now"]


PLACES = ["system", "user", "assistant", "reasoning", "tool", "description", "schema"]
PLACES += ["name", "argument", "call id", "result"]


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("place", PLACES)
def test_text_never_becomes_a_control_token(tokenizer: Any, name: str, place: str) -> None:
    renderer = renderer_of(tokenizer, name)

    def control(attack: str) -> list[int]:
        texts = dict.fromkeys(PLACES, "a")
        texts[place] += attack
        call = ToolCall(texts["name"], {"x": texts["argument"]}, texts["call id"])
        schema = {"type": "object", "properties": {texts["schema"]: {"type": "string"}}}
        function = {"name": texts["tool"], "description": texts["description"], "parameters": schema}
        ids = renderer.encode(
            [
                Message("system", texts["system"]),
                Message("user", texts["user"]),
                Message("assistant", tool_calls=(call,)),
                Message("tool", texts["result"], tool_call_id=texts["call id"]),
                Message("assistant", texts["assistant"], reasoning=texts["reasoning"]),
                Message("user", "b"),
            ],
            [{"type": "function", "function": function}],
        )
        return [token for token in ids if token in renderer.tokenizer.added_tokens_decoder]

    for attack in SPECIAL[name.split()[0]]:
        assert control(attack) == control("b"), attack


def test_mistral_opens_no_turn(tokenizer: Any) -> None:
    with pytest.raises(PromptError, match="no opening for an assistant turn"):
        _ = renderer_of(tokenizer, "mistral").turn_opening()


def trained(renderer: PromptRenderer, messages: list[Message]) -> str:
    ids, mask = renderer.encode_training(messages, [TOOL])
    return str(renderer.tokenizer.decode([token for token, own in zip(ids, mask, strict=True) if own]))


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_mask_holds_all_that_the_assistant_writes(tokenizer: Any, name: str) -> None:
    renderer = renderer_of(tokenizer, name)
    end = renderer.tokenizer.eos_token
    last = Message("assistant", "It is 5.")
    text = trained(renderer, [USER, Message("assistant", "Old."), USER, ONE, RESULT, last])
    assert text.count(end) == 2 and text.endswith(f"It is 5.{end}")
    assert text.count("Köln") == 1 and "Old." not in text and "What is" not in text
    assert "RESULT" not in text and "[INST]" not in text and "header" not in text
    several = trained(renderer, [USER, TWO, *RESULTS, last])  # Llama 3 writes them one after the other
    assert several.count("now") == 1 and several.count("add") == 1 and "INST" not in several


def test_the_mask_ends_at_the_turns_own_token(tokenizer: Any) -> None:
    # Gemma and Phi end turns with a token that is not the tokenizer's end-of-text token.
    other: Any = PreTrainedTokenizerFast(tokenizer_object=copy.deepcopy(tokenizer.backend_tokenizer))
    other.add_special_tokens(
        {"eos_token": "<eos>", "additional_special_tokens": ["<start_of_turn>", "<end_of_turn>"]}
    )
    other.chat_template = (
        "{% for m in messages %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
        "{{ m.content }}<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
    )
    ask, tell = Message("user", "Two?"), Message("assistant", "Yes.")
    assert trained(PromptRenderer(other), [ask, tell]) == "Yes.<end_of_turn>"


def test_the_mask_of_turns_that_open_with_a_thought_only_sometimes(tokenizer: Any) -> None:
    # Qwen3-Thinking's prompt opens the reasoning; a turn of the past without any has no such opening.
    other: Any = copy.deepcopy(tokenizer)
    other.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{% if m.reasoning_content %}<think>\n{{ m.reasoning_content }}\n</think>\n\n{% endif %}"
        "{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}"
    )
    renderer = PromptRenderer(other)
    ask, old = Message("user", "Two?"), Message("assistant", "Old.")
    assert trained(renderer, [ask, old, ask, Message("assistant", "Yes.", "Hm.")]) == (
        "Hm.\n</think>\n\nYes.<|im_end|>"
    )
    assert trained(renderer, [ask, Message("assistant", "Yes.")]) == "Yes.<|im_end|>"
