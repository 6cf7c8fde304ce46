import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtp_model.prompt.messages import ToolCall
from mtp_model.prompt.parse import ParsedTurn, ParserEvent, StreamParser, parse_assistant

CALL = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'


def collect(events: list[ParserEvent]) -> ParsedTurn:
    return ParsedTurn(
        content="".join(e.text for e in events if e.kind == "text"),
        reasoning="".join(e.text for e in events if e.kind == "reasoning"),
        tool_calls=tuple(e.tool_call for e in events if e.tool_call),
        invalid_tool_calls=tuple(e.invalid for e in events if e.invalid),
    )


def test_a_turn_is_split_into_its_parts() -> None:
    turn = parse_assistant(f"<think>\nAdd them.\nThen say it.\n</think>\n\nLet me see.\n{CALL}\n{CALL}")
    assert turn.reasoning == "Add them.\nThen say it."
    assert turn.content == "Let me see."
    assert turn.tool_calls == (ToolCall("add", {"a": 1}),) * 2
    assert turn.invalid_tool_calls == ()


@pytest.mark.parametrize(
    ("text", "content", "reasoning"),
    [
        ("", "", ""),
        ("plain", "plain", ""),
        ("a\n\nb\n", "a\n\nb\n", ""),
        ("<think>\n\n</think>\n\nyes", "yes", ""),
        ("<think>\nnever closed", "", "never closed"),
        ("<think>a</think>b <think>c</think>", "b <think>c</think>", "a"),
        ("1 < 2 <tool", "1 < 2 <tool", ""),
        ("<think>\nuse <tool_call> here\n</think>\n\nok", "ok", "use <tool_call> here"),
        ("</tool_call>", "</tool_call>", ""),
    ],
)
def test_text_and_reasoning(text: str, content: str, reasoning: str) -> None:
    turn = parse_assistant(text)
    assert (turn.content, turn.reasoning) == (content, reasoning)
    assert not turn.tool_calls
    assert not turn.invalid_tool_calls


def test_reasoning_that_the_prompt_has_opened() -> None:
    turn = parse_assistant("Add them.\n</think>\n\n5", opened=True)
    assert (turn.reasoning, turn.content) == ("Add them.", "5")


def test_text_is_given_out_at_once_but_what_may_be_a_tag_is_held_back() -> None:
    parser = StreamParser()
    assert [e.text for e in parser.feed("Hello\n<too")] == ["Hello"]
    assert [e.text for e in parser.feed("th>")] == ["\n<tooth>"]
    assert parser.feed("\n<tool_call") == []
    assert parser.mode == "text"
    assert parser.feed(">") == []
    assert parser.mode == "tool_call"
    begin, arguments, event = parser.feed('{"name": "x", "arguments": {}}</tool_call>')
    assert (begin.name, arguments.text, event.tool_call) == ("x", "{}", ToolCall("x"))
    assert parser.finish() == []


def test_calls_are_numbered_with_the_broken_ones() -> None:
    parser = StreamParser()
    events = parser.feed(f"{CALL}\n<tool_call>\n{{oops\n</tool_call>\n{CALL}") + parser.finish()
    assert [(e.kind, e.index) for e in events if e.tool_call or e.invalid] == [
        ("tool_call", 0),
        ("invalid_tool_call", 1),
        ("tool_call", 2),
    ]


@pytest.mark.parametrize(
    ("body", "error", "name"),
    [
        ('{"name": "add", "arguments": {"a": 1}', "no valid JSON", "add"),
        ("", "no valid JSON", ""),
        ("[1]", "JSON list", ""),
        ('{"arguments": {}}', "has no name", ""),
        ('{"name": 3, "arguments": {}}', "has no name", ""),
        ('{"name": "add", "arguments": [1]}', "'add' are a list", "add"),
        ('{"name": "add", "arguments": "1, 2"}', "'add' are a string", "add"),
        ('{"name": "add", "arguments": {"a": NaN}}', "NaN is no JSON value", "add"),
        ('{"name": "add", "arguments": {"a": ' + "[" * 100_000, "", "add"),
    ],
)
def test_a_broken_call_is_an_event_with_its_error(body: str, error: str, name: str) -> None:
    text = f"<tool_call>\n{body}\n</tool_call>"
    turn = parse_assistant(text + "\nSorry.")
    assert turn.tool_calls == ()
    (invalid,) = turn.invalid_tool_calls
    assert error in invalid.error
    assert '{"name": "tool", "arguments": {…}}' in invalid.error
    assert (invalid.text, invalid.name) == (text, name)
    assert turn.content == "Sorry."


@pytest.mark.parametrize(
    ("body", "arguments"),
    [('{"name": "f"}', {}), ('{"name": "f", "arguments": null}', {}), ('{"name":"f","arguments":"{}"}', {})],
)
def test_calls_that_other_models_write_are_understood(body: str, arguments: dict[str, object]) -> None:
    assert parse_assistant(f"<tool_call>{body}</tool_call>").tool_calls == (ToolCall("f", arguments),)


def test_a_call_that_was_cut_off_is_broken_and_says_so() -> None:
    (invalid,) = parse_assistant('<tool_call>\n{"name": "add", "argu').invalid_tool_calls
    assert "ended before </tool_call>" in invalid.error
    (invalid,) = parse_assistant("Wait.\n<tool_call>").invalid_tool_calls
    assert "ended before </tool_call>" in invalid.error
    # Only the closing tag is missing: nothing is lost.
    assert parse_assistant('<tool_call>{"name": "x", "arguments": {}}').tool_calls == (ToolCall("x"),)


def test_a_closing_tag_inside_a_string_is_part_of_the_string() -> None:
    text = 'say \\" </tool_call> <think> now'
    turn = parse_assistant(f'<tool_call>{{"name": "w", "arguments": {{"t": "{text}"}}}}</tool_call>done')
    assert turn.tool_calls == (ToolCall("w", {"t": 'say " </tool_call> <think> now'}),)
    assert turn.content == "done"


def test_a_string_that_never_ends_spoils_one_call_only() -> None:
    turn = parse_assistant(f'<tool_call>{{"name": "w}}</tool_call>\n{CALL}')
    assert turn.tool_calls == (ToolCall("add", {"a": 1}),)
    assert [invalid.text for invalid in turn.invalid_tool_calls] == ['<tool_call>{"name": "w}</tool_call>']


PIECES = st.sampled_from(
    [
        *("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_", "</thi", CALL),
        *("\n", "\n\n", "<", "th", '"', "{", "é", "東", " text"),
        '{"name": "add", "arguments": {"a": "</tool_call>"}}',
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(st.integers(1, 7), max_size=200), st.booleans())
def test_pieces_of_any_size_give_the_same_turn(text: str, sizes: list[int], opened: bool) -> None:
    parser = StreamParser(opened=opened)
    events, place = [], 0
    for size in [*sizes, len(text) + 1]:
        events += parser.feed(text[place : place + size])
        place += size
    assert collect(events + parser.finish()) == parse_assistant(text, opened=opened)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8) | st.floats(0, 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4), st.booleans())
def test_every_json_object_comes_through(arguments: dict[str, object], ascii_only: bool) -> None:
    body = json.dumps({"name": "f", "arguments": arguments}, ensure_ascii=ascii_only)
    assert parse_assistant(f"<tool_call>\n{body}\n</tool_call>").tool_calls == (ToolCall("f", arguments),)
