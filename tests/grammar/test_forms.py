"""A random model with Llama 3's or Mistral's chat template: forced calls are valid, free ones too."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from mtp_model.chat_model import MTPChatModel
from mtp_model.checkpoint import load_checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, Static, Verified
from mtp_model.errors import SchemaError
from mtp_model.grammar import Grammar
from mtp_model.prompt.parse import parse_assistant
from mtp_model.serve.engine import Engine
from tests.chat.tiny import write_checkpoint
from tests.grammar.test_constrained import TOOLS, WEATHER
from tests.templates import TEMPLATES

CALLS = {
    "llama3": ['{"name": "now", "parameters": {}}', '{"name": "now", "parameters": {}}; ' * 2],
    "mistral": [
        '[TOOL_CALLS][{"name": "now", "arguments": {}, "id": "abcDEF123"}]',
        '[TOOL_CALLS][{"name": "now", "arguments": {}, "id": "abcDEF123"}, '
        '{"name": "now", "arguments": {}, "id": "abcDEF124"}]',
    ],
    "mistral named": ["[TOOL_CALLS]now[ARGS]{}", "[TOOL_CALLS]now[ARGS]{}" * 2],
}


@pytest.fixture(scope="module", params=TEMPLATES)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MTPChatModel:
    folder = tmp_path_factory.mktemp("forms")
    write_checkpoint(folder, template=request.param, thinks=False)  # it would never stop
    return MTPChatModel(model=str(folder), max_tokens=200, metadata={"template": request.param})


def name_of(model: MTPChatModel) -> str:
    return str((model.metadata or {})["template"])


def check(call: Any) -> None:
    if call["name"] == "get_weather":
        jsonschema.validate(call["args"], {**WEATHER, "additionalProperties": False})
    else:
        assert (call["name"], call["args"]) == ("now", {})


@pytest.mark.parametrize("policy", [Static(1), ConfAdapt(0.05, 8), Verified(8, 0.05)], ids=str)
def test_forced_calls_are_valid(model: MTPChatModel, policy: DecodingPolicy) -> None:
    forced = model.bind_tools(TOOLS, tool_choice="any", parallel_tool_calls=False, temperature=1.0)
    for seed in range(6):
        answer = forced.invoke("hi", seed=seed, decoding=policy)
        assert answer.response_metadata["finish_reason"] == "stop"
        assert (answer.content, answer.invalid_tool_calls) == ("", [])
        (call,) = answer.tool_calls
        check(call)


def test_forced_calls_may_be_several(model: MTPChatModel) -> None:
    forced = model.bind_tools(TOOLS[1:], tool_choice="any", temperature=1.0)
    most = 0
    for seed in range(6):
        answer = forced.invoke("hi", seed=seed)
        most = max(most, len(answer.tool_calls))
        # an answer that is cut off at its last token may leave a broken call
        assert answer.response_metadata["finish_reason"] == "length" or not answer.invalid_tool_calls
        for call in answer.tool_calls:
            check(call)
    assert most > 1


def test_the_stream_of_a_forced_call_sums_up_to_it(model: MTPChatModel) -> None:
    forced = model.bind_tools(
        TOOLS[:1], tool_choice="any", parallel_tool_calls=False, temperature=1.0, seed=1
    )
    whole, *more = forced.stream("hi", decoding=Static(1))
    for chunk in more:
        whole += chunk  # type: ignore[assignment, operator]
    invoked = forced.invoke("hi", decoding=Static(1))
    assert isinstance(whole, AIMessage)
    assert [(c["name"], c["args"]) for c in whole.tool_calls] == [
        (c["name"], c["args"]) for c in invoked.tool_calls
    ]


def test_an_answer_in_json_fits_its_schema_and_is_no_call(model: MTPChatModel) -> None:
    schema = {
        "title": "tool",
        "type": "object",
        "properties": {"name": {"enum": ["f", "g"]}, "parameters": {"type": "object", "properties": {}}},
        "required": ["name", "parameters"],
    }
    answer = model.invoke("hi", response_format=schema, temperature=1.0, seed=2)
    assert answer.tool_calls == []
    jsonschema.validate(json.loads(str(answer.content)), schema)


def test_the_next_turn_reads_the_call_and_its_result(model: MTPChatModel) -> None:
    forced = model.bind_tools(TOOLS, tool_choice="now", parallel_tool_calls=False)
    answer = forced.invoke("hi")
    (call,) = answer.tool_calls
    result = ToolMessage("noon", tool_call_id=call["id"])
    assert forced.invoke([HumanMessage("hi"), answer, result]).tool_calls


def _ids(engine: Engine, text: str) -> list[int]:
    return list(engine.checkpoint.tokenizer(text, add_special_tokens=False)["input_ids"])


def _grammar(engine: Engine, required: bool, parallel: bool = True) -> Grammar:
    grammar = engine.grammars().calls(TOOLS, required=required, parallel=parallel, strict=True)
    assert grammar is not None
    return grammar


@pytest.mark.parametrize("required", [True, False])
def test_calls_are_bound_from_their_first_token_on(model: MTPChatModel, required: bool) -> None:
    engine, (one, two) = model._engine(), CALLS[name_of(model)]
    end = engine.checkpoint.stop_token_ids[0]
    two = two.removesuffix("; ")
    for text in (one, two):
        ids = _ids(engine, text)
        assert len(parse_assistant(text, form=engine.form).tool_calls) == 1 + (text == two)
        assert _grammar(engine, required).start().valid([*ids, end]) == len(ids) + 1, text
    single = _grammar(engine, required, parallel=False).start()
    assert single.valid([*_ids(engine, one), end]) == len(_ids(engine, one)) + 1
    assert single.valid([*_ids(engine, two), end]) < len(_ids(engine, two))
    wrong = _ids(engine, one.replace("now", "never"))
    assert _grammar(engine, required).start().valid(wrong) < len(wrong)
    start = _ids(engine, one)[:-1]
    assert _grammar(engine, required).start().valid([*start, end]) == len(start), "it may not end in a call"
    text = [*_ids(engine, "the sum is 5"), end]
    assert (_grammar(engine, required).start().valid(text) == len(text)) is not required


def test_a_template_without_reasoning_leaves_no_choice(model: MTPChatModel) -> None:
    think = {"llama3": "<think>"}.get(name_of(model), "[THINK]")
    thought = _grammar(model._engine(), required=True).start().valid(_ids(model._engine(), think))
    assert thought == 0


def test_llama_may_also_begin_with_its_tag(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tagged")
    write_checkpoint(folder, template="llama3")
    engine = MTPChatModel(model=str(folder))._engine()
    grammar, end = _grammar(engine, required=False), engine.checkpoint.stop_token_ids[0]
    good = _ids(engine, "<|python_tag|>" + CALLS["llama3"][0])
    assert grammar.start().valid([*good, end]) == len(good) + 1
    bad = _ids(engine, "<|python_tag|>print(1)")
    assert grammar.start().valid(bad) == 1
    start = grammar.start()
    assert start.allowed() is None and start.forced() == [], "nothing is forced before the first token"
    start.take(good[:1])
    assert start.forced(), "behind the tag only a call may follow"


def test_thinking_comes_before_a_forced_call_of_mistral(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("thinking")
    write_checkpoint(folder, template="mistral named")
    engine = MTPChatModel(model=str(folder))._engine()
    ids = _ids(engine, f"[THINK]the sum[/THINK]{CALLS['mistral named'][0]}")
    assert _grammar(engine, required=True).start().valid(ids) == len(ids)


def test_a_form_that_is_not_known_cannot_be_forced(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("unknown")
    write_checkpoint(folder)
    engine = Engine(load_checkpoint(folder))
    engine.checkpoint.tokenizer.chat_template = "{{ messages[0].content }}"
    with pytest.raises(SchemaError, match="form that is not known"):
        engine.grammars().calls(TOOLS, required=True, parallel=True, strict=True)
    assert engine.parser().mode == "text"
    engine.close()
