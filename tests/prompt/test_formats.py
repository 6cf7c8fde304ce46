"""Llama 3's and Mistral's turns, and what all formats have in common."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtp_model.formats import HERMES, LLAMA3, MISTRAL, MISTRAL_NAMED, TurnFormat, format_of
from mtp_model.prompt.messages import ToolCall
from mtp_model.prompt.parse import (
    BareParser,
    ParsedTurn,
    ParserEvent,
    StreamParser,
    parse_assistant,
    parser_for,
    parser_of,
)

FORMS = {"hermes": HERMES, "llama3": LLAMA3, "mistral": MISTRAL, "mistral named": MISTRAL_NAMED}


def read(form: TurnFormat, text: str, sizes: Sequence[int] = ()) -> list[ParserEvent]:
    parser = parser_of(form)
    events, place = [], 0
    for size in [*sizes, len(text) + 1]:
        events += parser.feed(text[place : place + size])
        place += size
    return events + parser.finish()


def summary(events: list[ParserEvent]) -> dict[str, Any]:
    """All that the events say, whatever their number."""
    said: dict[str, Any] = {"text": "", "reasoning": "", "begun": [], "arguments": {}, "ends": []}
    for event in events:
        if event.kind in ("text", "reasoning"):
            said[event.kind] += event.text
        elif event.kind == "call_begin":
            assert event.index == len(said["begun"]), "calls are numbered in their order"
            said["begun"].append(event.name)
        elif event.kind == "call_arguments":
            assert event.index == len(said["begun"]) - 1
            said["arguments"][event.index] = said["arguments"].get(event.index, "") + event.text
        else:
            assert event.index == len(said["ends"]) == len(said["begun"]) - 1
            said["ends"].append((event.kind, event.text, event.tool_call, event.invalid))
    assert len(said["ends"]) == len(said["begun"]), "every call ends"
    for index, (_, _, call, invalid) in enumerate(said["ends"]):
        if call is not None:
            assert said["begun"][index] == call.name
            assert json.loads(said["arguments"][index], strict=False) == call.arguments
        else:
            assert said["begun"][index] == invalid.name
    return said


def one(form: TurnFormat, calls: list[tuple[str, str]]) -> str:
    """A turn of calls: names, and arguments in JSON."""
    if form.style == "tagged":
        return "\n".join(
            f'<tool_call>\n{{"name": {json.dumps(n)}, "arguments": {a}}}\n</tool_call>' for n, a in calls
        )
    if form.style == "bare":
        return "; ".join(f'{{"name": {json.dumps(n)}, "parameters": {a}}}' for n, a in calls)
    if form.style == "list":
        inner = (f'{{"name": {json.dumps(n)}, "arguments": {a}, "id": "abcdefgh1"}}' for n, a in calls)
        return f"[TOOL_CALLS][{', '.join(inner)}]"
    return "".join(f"[TOOL_CALLS]{n}[ARGS]{a}" for n, a in calls)


# --- Llama 3 -----------------------------------------------------------------------------------

F = '{"name": "f", "parameters": {"a": 1}}'
CALL = ToolCall("f", {"a": 1})


@pytest.mark.parametrize(
    "text",
    [
        F,
        f"\n{F}\n",
        f"<|python_tag|>{F}",
        '{"name": "f", "arguments": {"a": 1}}',
        '{"type": "function", "name": "f", "parameters": {"a": 1}}',
        '{"parameters": {"a": 1}, "name": "f"}',
        '{"name": "f", "parameters": "{\\"a\\": 1}"}',
    ],
)
def test_llama_writes_a_call(text: str) -> None:
    assert parse_assistant(text, form=LLAMA3) == ParsedTurn("", "", (CALL,), ())


@pytest.mark.parametrize("between", ["; ", ";", "\n", "\n\n", ", ", ""])
def test_llama_writes_several_calls(between: str) -> None:
    text = f'{F}{between}{{"name": "g", "parameters": {{}}}}'
    assert parse_assistant(text, form=LLAMA3).tool_calls == (CALL, ToolCall("g"))
    assert parse_assistant(f"<|python_tag|>{text}", form=LLAMA3).tool_calls == (CALL, ToolCall("g"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello {",
        f"Like this: {F}",
        "{",
        "{}",
        "{ see below }",
        '{"city": "Rome", "name": "f", "parameters": {}}',
        '{"name": "Ann", "age": 5}',
        '{"name": "Ann"',
        '{"name": "Ann"}',
        '{"temperature": {"name": "f", "parameters": {}}}',
        f"[{F}]",
        "```json\n{}\n```",
    ],
)
def test_what_is_no_call_of_llama_is_text(text: str) -> None:
    assert parse_assistant(text, form=LLAMA3) == ParsedTurn(text, "", (), ())


def test_llama_text_is_given_out_as_soon_as_it_is_certain() -> None:
    parser = BareParser()
    assert parser.feed('{"na') == []
    assert parser.mode == "text"
    assert [e.text for e in parser.feed('me": "Ann", "age"')] == ['{"name": "Ann", "age"']
    assert [e.text for e in parser.feed(": 5}")] == [": 5}"]
    parser = BareParser()
    assert [e.text for e in parser.feed("Hi {")] == ["Hi {"]


def test_llama_says_something_and_calls_behind_the_tag() -> None:
    turn = parse_assistant(f"Wait.\n<|python_tag|>{F}; {F}", form=LLAMA3)
    assert (turn.content, turn.tool_calls) == ("Wait.", (CALL, CALL))


def test_llama_text_behind_a_call_is_text() -> None:
    turn = parse_assistant(f"{F}\nDone {{1}}", form=LLAMA3)
    assert (turn.content, turn.tool_calls) == ("Done {1}", (CALL,))


def test_llama_json_that_was_asked_for_is_no_call() -> None:
    parser = parser_of(LLAMA3, answers=True)
    assert [(e.kind, e.text) for e in parser.feed(F) + parser.finish()] == [("text", F)]


@pytest.mark.parametrize(
    ("text", "error", "name"),
    [
        ('{"name": "f", "parameters": {"a": ', "ended before this call did|ended before the call did", "f"),
        ('{"name": "f", "parameters": {"a": }}', "no valid JSON", "f"),
        ('{"name": "f", "parameters": [1]}', "'f' are a list", "f"),
        ('{"name": "f", "parameters": {"a": NaN}}', "NaN is no JSON value", "f"),
        ('<|python_tag|>search.call(query="x")', "no valid JSON", ""),
        ("<|python_tag|>", "no valid JSON", ""),
        ('<|python_tag|>{"x": 1}', "has no name", ""),
    ],
)
def test_a_broken_call_of_llama_is_an_event_with_its_error(text: str, error: str, name: str) -> None:
    turn = parse_assistant(text, form=LLAMA3)
    assert (turn.content, turn.tool_calls) == ("", ())
    (invalid,) = turn.invalid_tool_calls
    assert any(part in invalid.error for part in error.split("|"))
    assert '{"name": "tool", "parameters": {…}}' in invalid.error
    assert (invalid.text, invalid.name) == (text, name)


# --- Mistral -----------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", ["", " ", "\n"])
def test_mistral_writes_a_list(gap: str) -> None:
    text = f'Wait.[TOOL_CALLS]{gap}[{{"name": "f", "arguments": {{"a": 1}}, "id": "abcdefgh1"}}, '
    text += '{"id": "abcdefgh2", "name": "g", "arguments": {}}]'
    turn = parse_assistant(text, form=MISTRAL)
    assert turn.content == "Wait."
    assert turn.tool_calls == (ToolCall("f", {"a": 1}, "abcdefgh1"), ToolCall("g", {}, "abcdefgh2"))
    assert turn.invalid_tool_calls == ()


@pytest.mark.parametrize(
    "text",
    [
        '[TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]g[ARGS]{}',
        '[TOOL_CALLS] f [ARGS] {"a": 1}\n[TOOL_CALLS]g[ARGS]{}\n',
        '[TOOL_CALLS]f{"a": 1}[TOOL_CALLS]g{}',
    ],
)
def test_mistral_writes_names_and_arguments(text: str) -> None:
    turn = parse_assistant(text, form=MISTRAL_NAMED)
    assert turn == ParsedTurn("", "", (CALL, ToolCall("g")), ())


def test_mistral_writes_ids_before_arguments() -> None:
    turn = parse_assistant('[TOOL_CALLS]f[CALL_ID]abcdefgh1[ARGS]{"a": 1}', form=MISTRAL_NAMED)
    assert turn.tool_calls == (ToolCall("f", {"a": 1}, "abcdefgh1"),)


def test_mistral_thinks() -> None:
    turn = parse_assistant('[THINK]\nAdd.\n[/THINK]Well.[TOOL_CALLS]f[ARGS]{"a": 1}', form=MISTRAL_NAMED)
    assert turn == ParsedTurn("Well.", "Add.", (CALL,), ())
    turn = parse_assistant("<think>a</think>b", form=MISTRAL)
    assert turn.content == "<think>a</think>b"


@pytest.mark.parametrize(
    ("text", "error", "name"),
    [
        ("[TOOL_CALLS]", "ended before this call did", ""),
        ("[TOOL_CALLS][", "ended before this call did", ""),
        ('[TOOL_CALLS][{"name": "f", "arguments": {"a": ', "ended before this call did", "f"),
        ('[TOOL_CALLS][{"name": "f", "arguments": {"a": }}', "no valid JSON", "f"),
        ("[TOOL_CALLS][f]", "no valid JSON", ""),
        ("[TOOL_CALLS]f", "ended before this call did", ""),
        ('[TOOL_CALLS]f[ARGS]{"a": ', "[TOOL_CALLS]tool[ARGS]{…}", "f"),
        ("[TOOL_CALLS]f[ARGS]{'a': 1}", "[TOOL_CALLS]tool[ARGS]{…}", "f"),
        ("[TOOL_CALLS]f[ARGS]1", "[TOOL_CALLS]tool[ARGS]{…}", "f"),
        ('[TOOL_CALLS][ARGS]{"a": 1}', "has no name", ""),
    ],
)
def test_a_broken_call_of_mistral_is_an_event_with_its_error(text: str, error: str, name: str) -> None:
    turn = parse_assistant(text, form=MISTRAL)
    assert (turn.content, turn.tool_calls) == ("", ())
    (invalid,) = turn.invalid_tool_calls
    assert error in invalid.error
    assert (invalid.text, invalid.name) == (text, name)


def test_a_broken_call_of_mistral_spoils_no_other() -> None:
    good = '[TOOL_CALLS]g[ARGS]{"b": 1}'
    for bad in ('f[ARGS]{"a": "x}', "f[ARGS]{", "f[ARGS]none", "", "f", '[{"name": "f", "arg'):
        turn = parse_assistant(f"[TOOL_CALLS]{bad}{good}", form=MISTRAL_NAMED)
        assert [invalid.text for invalid in turn.invalid_tool_calls] == [f"[TOOL_CALLS]{bad}"], bad
        assert turn.tool_calls == (ToolCall("g", {"b": 1}),), bad
    both = '[TOOL_CALLS][{"name": "f", "arguments": {"a": }}, {"name": "g", "arguments": {"b": 1}}]'
    turn = parse_assistant(both, form=MISTRAL)
    assert ([i.name for i in turn.invalid_tool_calls], [c.name for c in turn.tool_calls]) == (["f"], ["g"])


# --- all ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_call_grows(form: TurnFormat) -> None:
    parser = parser_of(form)
    text = one(form, [("add", '{"a": 12,  "b": "x"}'), ("now", "{}")])
    pieces = [event for letter in text for event in parser.feed(letter)] + parser.finish()
    kinds = [event.kind for event in pieces]
    assert kinds[0] == "call_begin"
    assert kinds.count("call_arguments") > 10, "the arguments come as they are written"
    assert kinds.index("tool_call") > kinds.index("call_arguments")
    joined = "".join(e.text for e in pieces if e.kind == "call_arguments" and e.index == 0)
    assert joined == '{"a": 12,  "b": "x"}', "the JSON as it was written, its spaces included"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_call_is_a_call_before_its_arguments(form: TurnFormat) -> None:
    parser, whole = parser_of(form), one(form, [("add", '{"a": 1}')])
    events = parser.feed(whole[: whole.index('{"a": 1')])
    assert [(e.kind, e.name, e.text) for e in events] == [("call_begin", "add", "")]
    assert parser.mode == "tool_call"
    (event,) = parser.feed('{"a": ')
    assert (event.kind, event.text) == ("call_arguments", '{"a": ')


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    "tag", ["</tool_call>", "<tool_call>", "[TOOL_CALLS]", "[ARGS]", "<|python_tag|>", "; {"]
)
def test_tags_inside_strings_are_part_of_them(form: TurnFormat, tag: str) -> None:
    arguments = json.dumps({"t": f'say " {tag} now', "u": tag})
    text = one(form, [("w", arguments), ("x", "{}")])
    said = summary(read(form, text, [1] * len(text)))
    assert said == summary(read(form, text))
    assert said["arguments"] == {0: arguments, 1: "{}"}
    assert said["text"] == ""


@pytest.mark.parametrize("form", [HERMES, LLAMA3, MISTRAL], ids=["hermes", "llama3", "mistral"])
@pytest.mark.parametrize("twice", ['"name": "g"', '"{key}": {{"b": 2}}', '"{key}": null'])
def test_a_call_that_says_a_thing_twice_is_broken(form: TurnFormat, twice: str) -> None:
    text = one(form, [("f", '{"a": 1}')])
    more = twice.replace("{key}", form.arguments_key).replace("{{", "{").replace("}}", "}")
    text = text.replace('{"a": 1}', f'{{"a": 1}}, {more}')
    (invalid,) = parse_assistant(text, form=form).invalid_tool_calls
    assert "twice" in invalid.error
    summary(read(form, text))


PIECES = {
    "hermes": ["<tool_call>", "</tool_call>", "<tool_", "</thi", "<think>", "</think>"],
    "llama3": ["<|python_tag|>", "<|py", "; ", ";", "<think>", "</think>", F],
    "mistral": ["[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[TOOL_", "[", "]", "[THINK]", "[/THINK]", ", "],
}
PIECES["mistral named"] = PIECES["mistral"]
COMMON = ["\n", '"', "{", "}", "é", " text", "f", '{"name": "', '", "', '"x": 1', '"name": "add"', ": ", ", "]
COMMON += ['"arguments": {', '"parameters": {"a": 1', "}}", '{"name": "add", "arguments": {"a": "]"}}']


@pytest.mark.parametrize("name", FORMS)
@given(data=st.data())
def test_pieces_of_any_size_say_the_same(name: str, data: st.DataObject) -> None:
    form = FORMS[name]
    whole = one(form, [("add", '{"a": "é"}')])
    alphabet = st.sampled_from([*PIECES[name], *COMMON, whole])
    text = data.draw(st.lists(alphabet, max_size=14).map("".join))
    sizes = data.draw(st.lists(st.integers(1, 7), max_size=200))
    expected = summary(read(form, text))
    assert summary(read(form, text, sizes)) == expected
    assert summary(read(form, text, [1] * len(text))) == expected


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("cut", [False, True])
def test_a_turn_may_be_split_anywhere(form: TurnFormat, cut: bool) -> None:
    text = form.think[0] + "\nHm.\n" + form.think[1]
    text += one(form, [("add", '{"a": "é \\" ] }", "b": [1, {}]}'), ("now", "{}")])
    for end in range(len(text)) if cut else [len(text)]:
        part = text[:end]
        expected = summary(read(form, part))
        for place in range(0, end, 3 if cut else 1):
            assert summary(read(form, part, [place])) == expected


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8) | st.floats(0, 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(arguments=st.dictionaries(st.text(max_size=6), JSON, max_size=4), ascii_only=st.booleans())
def test_every_json_object_comes_through(
    form: TurnFormat, arguments: dict[str, object], ascii_only: bool
) -> None:
    written = json.dumps(arguments, ensure_ascii=ascii_only)
    text = one(form, [("f", written), ("g", "{}")])
    said = summary(read(form, text, [5] * len(text)))
    assert said["arguments"] == {0: written, 1: "{}"}
    assert [end[2] and end[2].name for end in said["ends"]] == ["f", "g"]
    assert said["ends"][0][2].arguments == arguments


@pytest.mark.parametrize(
    ("template", "form"),
    [
        ("{{ '<tool_call>' }} {{ '\"parameters\"' }}", HERMES),
        ("<|start_header_id|> {{ '\"parameters\": ' }}", LLAMA3),
        ("<|start_header_id|> no tools", None),
        ("{{ '[TOOL_CALLS][' }}", MISTRAL),
        ("{{ '[TOOL_CALLS]' + name + '[ARGS]' }}", MISTRAL_NAMED),
        ("plain", None),
        (None, None),
    ],
)
def test_the_template_tells_the_format(template: Any, form: TurnFormat | None) -> None:
    assert format_of(template) == form


def test_small_differences_of_mistral_templates_count() -> None:
    spaced, with_ids = format_of("'[TOOL_CALLS] ['"), format_of("'[TOOL_CALLS]' '[CALL_ID]' '[ARGS]'")
    assert spaced is not None and with_ids is not None
    assert (spaced.style, spaced.gap) == ("list", " ")
    assert (with_ids.style, with_ids.call_ids) == ("named", True)


def test_a_template_of_no_known_format_has_the_parser_of_tags() -> None:
    make: Callable[[str], object] = parser_for
    assert isinstance(make("plain"), StreamParser)
    assert isinstance(make("<|start_header_id|> '\"parameters\"'"), BareParser)
