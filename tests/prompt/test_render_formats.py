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


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("place", ["user", "result", "call id", "argument", "name"])
def test_text_never_becomes_a_control_token(tokenizer: Any, name: str, place: str) -> None:
    renderer = renderer_of(tokenizer, name)

    def control(attack: str) -> list[int]:
        texts = {key: "a" for key in ("user", "result", "call id", "argument", "name")}
        texts[place] += attack
        call = ToolCall(texts["name"], {"x": texts["argument"]}, texts["call id"])
        ids = renderer.encode(
            [
                Message("user", texts["user"]),
                Message("assistant", tool_calls=(call,)),
                Message("tool", texts["result"], tool_call_id=texts["call id"]),
            ]
        )
        return [token for token in ids if token in renderer.tokenizer.added_tokens_decoder]

    for attack in SPECIAL[name.split()[0]]:
        assert control(attack) == control("b"), attack


def test_mistral_opens_no_turn(tokenizer: Any) -> None:
    with pytest.raises(PromptError, match="no opening for an assistant turn"):
        _ = renderer_of(tokenizer, "mistral").turn_opening
