"""A constrained answer ends: in its bounds, in its budget, and whole whenever the budget can hold it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mtp_model.chat_model import MTPChatModel
from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, JSONBounds, Static, Verified
from mtp_model.decode import Decoder, Generation
from mtp_model.errors import ConfigError
from mtp_model.grammar import Grammar, GrammarFactory
from mtp_model.grammar.json_text import JSONText
from mtp_model.prompt.parse import parse_assistant

NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 2}
ENDLESS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "note": {"type": "string"},
        "maybe": {
            "type": "object",
            "properties": {"x": NUMBERS, "y": {"type": "string"}},
            "required": ["x", "y"],
        },
        "text": {"type": "string"},
        "numbers": NUMBERS,
        "unit": {"enum": ["fahrenheit", "k", "celsius"]},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
        "loop": {"type": "string", "pattern": "^(a|b)+c$"},
        "day": {"type": "string", "format": "date"},
        "large": {"type": "integer", "minimum": 1000},
        "long": {"type": "string", "minLength": 12},
        "any": {},
    },
    "required": ["text", "numbers", "unit", "code", "loop", "day", "large", "long", "any"],
}
TOOL = {"type": "function", "function": {"name": "endless", "parameters": ENDLESS}}
POLICIES = [Static(1), Static(4), ConfAdapt(0.05, 8), Verified(8, 0.05)]


def write(
    checkpoint: Checkpoint, policy: DecodingPolicy, grammar: Any, budget: int, seed: int, **options: Any
) -> Generation:
    prompt = checkpoint.tokenizer("hi", add_special_tokens=False)["input_ids"]
    asked = GenerationOptions(max_new_tokens=budget, temperature=1.0, seed=seed, **options)
    stream = Decoder(checkpoint, prefix_bytes=0).stream(prompt, policy, asked, grammar=grammar)
    list(stream)
    return stream.generation()


def check(checkpoint: Checkpoint, generation: Generation) -> None:
    text = str(checkpoint.tokenizer.decode(generation.token_ids))
    assert generation.finish_reason == "stop", text
    turn = parse_assistant(text)
    assert turn.tool_calls and not turn.invalid_tool_calls, text
    for made in turn.tool_calls:
        jsonschema.validate(made.arguments, ENDLESS)


@pytest.fixture(scope="module")
def calls(factory: GrammarFactory) -> Grammar:
    grammar = factory.calls([TOOL], required=True, reasoning=False)
    assert grammar is not None
    return grammar


@pytest.fixture(scope="module")
def shortest(calls: Grammar) -> int:
    return len(calls.start().way_out())


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_call_is_whole_if_the_budget_can_hold_one(
    tiny_checkpoint: Checkpoint, calls: Grammar, shortest: int, policy: DecodingPolicy
) -> None:
    for seed, more in enumerate((0, 60)):
        generation = write(tiny_checkpoint, policy, calls, shortest + more, seed)
        assert generation.stats.steered > 0
        check(tiny_checkpoint, generation)


def test_a_budget_that_holds_no_call_is_told(
    tiny_checkpoint: Checkpoint, calls: Grammar, shortest: int
) -> None:
    generation = write(tiny_checkpoint, Static(1), calls, shortest // 2, seed=0)
    assert (generation.finish_reason, generation.stats.steered) == ("length", 0)


def test_lossless_stays_lossless_where_the_budget_ends(
    tiny_checkpoint: Checkpoint, calls: Grammar, shortest: int
) -> None:
    for seed in (1,):
        made = [write(tiny_checkpoint, p, calls, shortest + 50, seed) for p in (Static(1), Verified(8, 0.05))]
        assert made[0].token_ids == made[1].token_ids
        assert made[0].stats.steered == made[1].stats.steered


def test_reasoning_ends_in_time_for_the_call(tiny_checkpoint: Checkpoint, factory: GrammarFactory) -> None:
    grammar = factory.calls([TOOL], required=True, parallel=False)
    opening, closing = (tiny_checkpoint.tokenizer.convert_tokens_to_ids(t) for t in ("<think>", "</think>"))
    assert grammar is not None
    state, written = grammar.start(220), [opening]
    state.take(written)
    some = tiny_checkpoint.tokenizer("a", add_special_tokens=False)["input_ids"]
    while state.valid(some):
        state.take(some)
        written += some
    rest = state.way_out()
    assert rest[0] == closing and len(written) + len(rest) == 220
    assert state.valid(rest) == len(rest)


def test_an_answer_is_whole_in_the_rest_of_the_context(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory
) -> None:
    schema = {"type": "object", "properties": {"a": NUMBERS, "b": {}}, "required": ["a", "b"]}
    generation = write(tiny_checkpoint, ConfAdapt(0.3), factory.json(schema, reasoning=False), 10**6, seed=4)
    assert generation.finish_reason == "stop"
    jsonschema.validate(json.loads(str(tiny_checkpoint.tokenizer.decode(generation.token_ids))), schema)


def longest(value: Any) -> tuple[int, int]:
    """Characters of the longest string or number, and items of the largest array or object."""
    if isinstance(value, (list, dict)):
        inner = [longest(part) for part in (value.values() if isinstance(value, dict) else value)]
        return max((chars for chars, _ in inner), default=0), max(
            (len(value), *(items for _, items in inner))
        )
    return len(str(value)), 0


@pytest.mark.parametrize("policy", [Static(1), Verified(8, 0.05)], ids=str)
def test_bounds_end_what_the_schema_does_not(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory, policy: DecodingPolicy
) -> None:
    anything = {"type": "string"}, {"type": "integer"}, NUMBERS, {"type": "object"}
    schema = {"type": "object", "properties": {str(i): part for i, part in enumerate(anything)}}
    schema["required"] = list(schema["properties"])  # type: ignore[call-overload]
    grammar = factory.json(schema, reasoning=False)
    bounds = JSONBounds(string=12, number=6, items=4, depth=3)
    for seed in range(2):
        generation = write(tiny_checkpoint, policy, grammar, 450, seed, json_bounds=bounds)
        text = str(tiny_checkpoint.tokenizer.decode(generation.token_ids))
        assert generation.finish_reason == "stop", text
        value = json.loads(text)
        jsonschema.validate(value, schema)
        chars, items = longest(value)
        assert chars <= 14 and items <= 4


@pytest.mark.parametrize(
    ("bounds", "text", "holds"),
    [
        (JSONBounds(string=3), '{"a": "xyz', True),
        (JSONBounds(string=3), '{"a": "wxyz', False),
        (JSONBounds(string=3), '{"a": "äöü', True),
        (JSONBounds(string=3), '["\\"\\"', False),
        (JSONBounds(string=3), '["abc", "def"]', True),
        (JSONBounds(number=4), "[12.5, -1e9]", True),
        (JSONBounds(number=4), "[12.55", False),
        (JSONBounds(items=2), '[[1, 2], {"a": 1, "b": 2}]', True),
        (JSONBounds(items=2), "[[1, 2],", True),
        (JSONBounds(items=2), "[1, 2,", False),
        (JSONBounds(depth=2), '[["[["]]', True),
        (JSONBounds(depth=2), "[[[", False),
    ],
)
def test_bounds_count_what_they_say(bounds: JSONBounds, text: str, holds: bool) -> None:
    assert JSONText(bounds).feed(text.encode()) is holds
    one_by_one = JSONText(bounds)
    assert all([one_by_one.copy().feed(b"") and one_by_one.feed(bytes([b])) for b in text.encode()]) is holds


def test_bounds_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"JSONBounds\(string=0\).*at least 1"):
        JSONBounds(string=0)
    with pytest.raises(ConfigError, match="json_bounds"):
        MTPChatModel(json_bounds=7)
    with pytest.raises(ConfigError, match=r"json_bounds=7.*JSONBounds"):
        MTPChatModel().invoke("hi", json_bounds=7)
