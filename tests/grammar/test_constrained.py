"""Whatever a random model wants to say, under a grammar it says a valid call, and lossless stays lossless."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder, Generation
from mtp_model.errors import SchemaError
from mtp_model.grammar import GrammarFactory
from mtp_model.prompt.parse import parse_assistant

WEATHER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "maxLength": 8},
        "days": {"type": "integer", "minimum": 0, "maximum": 9},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "where": {"type": "array", "items": {"type": "boolean"}, "maxItems": 2},
    },
    "required": ["city", "days", "unit"],
}
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}},
    {"type": "function", "function": {"name": "now"}},
]
POLICIES = [Static(1), Static(4), ConfAdapt(0.5, 8), ConfAdapt(0.05, 8), Verified(8, 0.05)]


def write(
    checkpoint: Checkpoint, policy: DecodingPolicy, grammar: Any, fixed_width: bool = False, **options: Any
) -> Generation:
    decoder = Decoder(checkpoint)
    decoder._model.fixed_width = fixed_width
    prompt = checkpoint.tokenizer("hi", add_special_tokens=False)["input_ids"]
    stream = decoder.stream(prompt, policy, GenerationOptions(max_new_tokens=120, **options), grammar=grammar)
    list(stream)
    return stream.generation()


def text_of(checkpoint: Checkpoint, generation: Generation) -> str:
    return str(checkpoint.tokenizer.decode(generation.token_ids))


@pytest.mark.parametrize("fixed_width", [False, True])
@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.0, "seed": 3}], ids=["greedy", "sampled"])
def test_a_required_call_is_valid_whatever_the_model_wants(
    tiny_checkpoint: Checkpoint,
    factory: GrammarFactory,
    policy: DecodingPolicy,
    sampling: Any,
    fixed_width: bool,
) -> None:
    grammar = factory.calls(TOOLS, required=True, parallel=False, reasoning=False)
    for seed in range(3):
        options = {**sampling, **({"seed": seed} if sampling else {})}
        generation = write(tiny_checkpoint, policy, grammar, fixed_width, **options)
        turn = parse_assistant(text_of(tiny_checkpoint, generation))
        assert generation.stop == tiny_checkpoint.stop_token_ids[0]
        assert not turn.invalid_tool_calls
        (call,) = turn.tool_calls
        if call.name == "get_weather":
            jsonschema.validate(call.arguments, {**WEATHER, "additionalProperties": False})
        else:
            assert (call.name, call.arguments) == ("now", {})


@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.0, "seed": 5}], ids=["greedy", "sampled"])
def test_verified_writes_what_single_tokens_write(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory, sampling: Any
) -> None:
    for grammar in (
        factory.calls(TOOLS, required=True, reasoning=False),
        factory.json(WEATHER, reasoning=False),
    ):
        plain = write(tiny_checkpoint, Static(1), grammar, **sampling)
        lossless = write(tiny_checkpoint, Verified(8, 0.05), grammar, **sampling)
        assert lossless.token_ids == plain.token_ids
        assert lossless.finish_reason == plain.finish_reason


def test_forced_tokens_cost_no_passes(tiny_checkpoint: Checkpoint, factory: GrammarFactory) -> None:
    only_now = factory.calls(TOOLS[1:], required=True, parallel=False, reasoning=False)
    generation = write(tiny_checkpoint, Verified(8), only_now)
    assert text_of(tiny_checkpoint, generation) == (
        '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
    )
    assert generation.stats.passes == 1
    assert generation.stats.tokens > 8
    assert 0 < generation.stats.grammar_seconds < generation.stats.prefill_seconds
    plain = write(tiny_checkpoint, Static(1), only_now)
    assert plain.token_ids == generation.token_ids
    assert plain.stats.passes == plain.stats.tokens, "the baseline asks the model for every token"


def test_an_answer_in_json_has_the_shape_of_its_schema(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory
) -> None:
    generation = write(tiny_checkpoint, ConfAdapt(0.3), factory.json(WEATHER, reasoning=False))
    assert generation.finish_reason == "stop"
    jsonschema.validate(json.loads(text_of(tiny_checkpoint, generation)), WEATHER)


def test_reasoning_is_free_but_must_end_in_a_call(
    factory: GrammarFactory, tiny_checkpoint: Checkpoint
) -> None:
    def ids(text: str) -> list[int]:
        return list(tiny_checkpoint.tokenizer(text, add_special_tokens=False)["input_ids"])

    grammar, end = factory.calls(TOOLS, required=True), tiny_checkpoint.stop_token_ids[0]
    assert grammar is not None
    call = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
    right = [call, f"<think>\nhm <tool_call>\n</think>\n\n{call}", f"<think></think>\n\n{call}\n{call}"]
    for text in right:
        assert grammar.start().valid([*ids(text), end]) == len(ids(text)) + 1, text
    for start, rest in (("", "hello"), ("<think>\nhm\n</think>\n\n", "hello"), (call, "\nhello")):
        assert grammar.start().valid([*ids(start), *ids(rest)]) <= len(ids(start)) + 1
    for start in ("", "<think>\nhm", "<think>\nhm\n</think>\n\n"):
        assert grammar.start().valid([*ids(start), end]) == len(ids(start)), "it may not end here"


def test_calls_that_are_not_required_are_held_to_their_schemas_when_they_come(
    factory: GrammarFactory, tiny_checkpoint: Checkpoint
) -> None:
    def ids(text: str) -> list[int]:
        return list(tiny_checkpoint.tokenizer(text, add_special_tokens=False)["input_ids"])

    grammar, end = factory.calls(TOOLS, required=False), tiny_checkpoint.stop_token_ids[0]
    assert grammar is not None
    call = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
    for text in ("hello", call, f"well\n{call}\n{call} and so on"):
        assert grammar.start().valid([*ids(text), end]) == len(ids(text)) + 1
    wrong = ids('<tool_call>\n{"name": "never')
    assert grammar.start().valid(wrong) < len(wrong)
    assert grammar.start().valid([*ids("<tool_call>\n"), end]) == len(ids("<tool_call>\n"))


def test_rows_with_and_without_a_grammar_share_a_batch(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory
) -> None:
    decoder, options = Decoder(tiny_checkpoint), GenerationOptions(max_new_tokens=40)
    prompt = tiny_checkpoint.tokenizer("hi", add_special_tokens=False)["input_ids"]
    grammars = [factory.calls(TOOLS, required=True, reasoning=False), None, factory.json(WEATHER), None]
    policies = [ConfAdapt(0.3), ConfAdapt(0.3), Verified(8, 0.05), Static(1)]
    pairs = list(zip(policies, grammars, strict=True))
    alone = []
    for policy, grammar in pairs:
        stream = Decoder(tiny_checkpoint).stream(prompt, policy, options, grammar=grammar)
        list(stream)
        alone.append(stream.generation().token_ids)
    session = decoder.session()
    rows = [session.add(decoder.request(prompt, p, options, g), i)[0] for i, (p, g) in enumerate(pairs)]
    while session.rows:
        session.step()
    assert [row.generation().token_ids for row in rows] == alone


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"type": "array", "items": {"$ref": "#/$defs/missing"}}, r"\$\.properties\.a\.items"),
        ({"type": "string", "format": "zzz"}, r"zzz.*\$\.properties\.a\)"),
        ({"not": {"type": "string"}}, r"not.*\$\.properties\.a\)"),
        ({"type": "nothing"}, r"nothing.*\$\.properties\.a\)"),
    ],
)
def test_a_schema_that_cannot_be_enforced_says_where(
    factory: GrammarFactory, part: dict[str, Any], place: str
) -> None:
    schema = {"type": "object", "properties": {"b": {"type": "string"}, "a": part}}
    tool = {"type": "function", "function": {"name": "wrong", "parameters": schema}}
    with pytest.raises(SchemaError, match=rf"tool 'wrong'.*{place}"):
        factory.calls([TOOLS[0], tool], required=True)


@pytest.mark.parametrize("fixed_width", [False, True])
@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.0, "seed": 3}], ids=["greedy", "sampled"])
def test_log_probabilities_stay_the_models_own(
    tiny_checkpoint: Checkpoint,
    factory: GrammarFactory,
    policy: DecodingPolicy,
    sampling: Any,
    fixed_width: bool,
) -> None:
    grammar = factory.calls(TOOLS, required=True, parallel=False, reasoning=False)
    made = write(tiny_checkpoint, policy, grammar, fixed_width, logprobs=2, **sampling)
    entries = made.logprobs or ()
    assert [entry.token_id for entry in entries] == made.token_ids
    forced = [entry for entry in entries if entry.forced]
    assert bool(forced) == (not isinstance(policy, Static)), "Static asks the model for every token"
    assert all(entry.logprob == 0.0 and not entry.top for entry in forced)
    assert all(len(entry.top) == 2 and entry.logprob < 0 for entry in entries if not entry.forced)
    if policy == Static(1) or isinstance(policy, Verified):
        expected = _log_softmax(tiny_checkpoint, made.token_ids)
        for entry, row in zip(entries, expected, strict=True):
            assert entry.forced or entry.logprob == pytest.approx(float(row[entry.token_id]), abs=1e-3)


@torch.no_grad()
def _log_softmax(checkpoint: Checkpoint, tokens: list[int]) -> torch.Tensor:
    """The model's, by one plain pass and without its mask token, at each token of the answer to "hi"."""
    prompt = checkpoint.tokenizer("hi", add_special_tokens=False)["input_ids"]
    logits = checkpoint.model(input_ids=torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1 : -1]
    logits[:, list(checkpoint.mask_token_ids)] = -torch.inf
    return logits.float().log_softmax(-1)
