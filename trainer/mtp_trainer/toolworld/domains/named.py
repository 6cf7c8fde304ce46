"""Calls by name: the request says which tool to call, as people do who try one out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mtp_trainer.toolworld.inventions import (
    ACTIONS,
    ATTRIBUTES,
    QUERIES,
    THINGS,
    Slot,
    draw_slots,
    draw_value,
    drawn_result,
)
from mtp_trainer.toolworld.ops import INTEGER, NUMBER, STRING, Op, P, World, to_json
from mtp_trainer.toolworld.scene import Domain, Scene

# Names of parameters as programmers give them, without a description.
_BARE = (
    ("input", INTEGER, "integer"),
    ("x", INTEGER, "integer"),
    ("n", INTEGER, "integer"),
    ("value", NUMBER, "number"),
    ("number", NUMBER, "number"),
    ("a", NUMBER, "number"),
    ("b", NUMBER, "number"),
    ("y", NUMBER, "number"),
    ("text", STRING, "text"),
    ("query", STRING, "text"),
    ("input", STRING, "word"),
    ("name", STRING, "person"),
    ("key", STRING, "code"),
    ("place", STRING, "city"),
)
_NOUNS = "function tool helper operation routine method program procedure step lookup".split()


@dataclass(frozen=True)
class Named:
    """A tool and its parameters."""

    key: str
    name: str
    slots: tuple[Slot, ...]

    def code(self, values: list[Any], keywords: bool) -> str:
        """The call as a line of code: `scale(3, "abc")` or `scale(x=3, text="abc")`."""
        shown = [to_json(value) for value in values]
        if keywords:
            shown = [f"{slot.name}={text}" for slot, text in zip(self.slots, shown, strict=True)]
        return f"{self.name}({', '.join(shown)})"

    def spoken(self, values: list[Any], form: int) -> str:
        """The arguments in words, with a space before them: ` with x 3 and text "abc"`."""
        if not values:
            return ""
        said = [
            (
                f"{slot.name} {to_json(value)}",
                f"{slot.name} = {to_json(value)}",
                f"{to_json(value)} as {slot.name}",
            )[form]
            for slot, value in zip(self.slots, values, strict=True)
        ]
        if len(values) == 1 and form == 0:
            said = [to_json(values[0])]
        return " with " + (said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1])


def world(s: Scene) -> World:
    """Nothing but a log of what was called."""
    return {"_salt": s.rng.randrange(10**9), "log": []}


def _noun(s: Scene) -> str:
    return s.word() if s.rng.random() < 0.5 else s.pick(THINGS)


def _docs(s: Scene) -> tuple[str, ...]:
    verb, thing, of = s.pick(ACTIONS).capitalize(), _noun(s), s.pick(ATTRIBUTES)
    return (
        f"{verb} a {thing}.",
        f"Apply the {thing} to an input.",
        f"Calculate the {of}.",
        f"{verb} the {of} of a {thing}.",
        f"Return the {of} of a {thing}.",
        f"The {thing} {of}.",
        f"Get a {thing} for an input.",
        f"Run the {thing}.",
        f"Compute a {thing} from an input.",
        f"Determine the {of} with a {thing}.",
    )


def tool(s: Scene, *, parameters: int | None = None) -> Named:
    """A tool under any name; its description says little about when to use it."""
    rng, index = s.rng, len(s.toolbox.skins)
    count = rng.choice((0, 1, 1, 1, 1, 2, 2, 3)) if parameters is None else parameters
    slots: list[Slot] = []
    while len(slots) < count:
        if rng.random() < 0.7:
            name, schema, kind = rng.choice(_BARE)
            slot = Slot(name, name, schema, kind)
        else:
            slot = draw_slots(s, 1)[0]
        if slot.name not in [other.name for other in slots]:
            slots.append(slot)
    first = rng.choice((_noun(s), s.pick(ACTIONS), s.pick(QUERIES)))
    last = rng.choice((_noun(s), rng.choice(_NOUNS), s.pick(ATTRIBUTES)))
    key, kind = f"named_{index}", rng.choice(("number", "number", "word", "code"))

    def run(world: World, /, **arguments: Any) -> Any:
        world["log"].append([key, arguments])
        return drawn_result(world, key, kind, arguments)

    described = rng.random() < 0.3
    params = tuple(
        P(
            slot.name,
            slot.schema,
            (slot.name,),
            (f"The {slot.phrase}", slot.phrase.capitalize()) if described else (),
        )
        for slot in slots
    )
    s.define(Op(key, (f"{first}_{last}",), _docs(s), params, run, "result"))
    return Named(key, s.skin(key).name, _as_shown(s, key, slots))


def _as_shown(s: Scene, key: str, slots: list[Slot]) -> tuple[Slot, ...]:
    """The parameters under the names that the prompt shows; values are drawn by the old ones."""
    names = s.skin(key).params
    return tuple(Slot(names[slot.name], slot.phrase, slot.schema, slot.kind) for slot in slots)


def _keys(s: Scene, key: str) -> list[str]:
    return list(s.skin(key).params)


def one(s: Scene) -> None:
    """One call of the tool that is named, beside others with similar names or none."""
    made = tool(s)
    for _ in range(s.rng.choice((0, 0, 0, 1, 2))):
        tool(s)
    values = [draw_value(s, slot) for slot in made.slots]
    code = made.code(values, s.rng.random() < 0.4)
    words, name = made.spoken(values, s.rng.randrange(3)), made.name
    s.ask(
        f"Call {code}.",
        f"What does {code} return?",
        f"Please call {code} and tell me the result.",
        f"Run {code}.",
        f"What is {code}?",
        f"{code}",
        f"I need the result of {code}.",
        f"Call {name}{words}.",
        f"Use {name}{words}.",
        f"Call the tool {name}{words}.",
        f"Use the tool {name}{words} and tell me what it says.",
        f"Please use {name}{words}.",
        f"Can you run {name}{words}?",
        f"What does {name} give{words}?",
        f"Try the function {name}{words}.",
        f"Test {name}{words}, please.",
        f"Tell me what {code} is. There is a tool for it.",
        f"I would like to see what {code} gives.",
        f"Use your tools: what comes out of {code}?",
        f"Make one call, {code}, and give me its result.",
        f"Get {code} from the tool.",
        f"Which result has {code}? Call it.",
        f"Do a call of {name}{words}.",
        f"Let the tool {name} run{words}.",
        f"Would you call {code} for me?",
        f"Find out the result of {code} by calling it.",
        f"Let me know what {name} returns{words}.",
        f"Ask the tool for {code}.",
    )
    if code not in s.parts[-1].question:
        code = made.code(values, True)
    value = s.call(made.key, f"call {code}", **dict(zip(_keys(s, made.key), values, strict=True)))
    s.answer(f"The result is {value}.", f"{code} is {value}.", f"It is {value}.", expect=[value])


def two(s: Scene) -> None:
    """The same tool for two values, or two tools, in parallel."""
    first = tool(s, parameters=1)
    second = first if s.rng.random() < 0.6 else tool(s)
    made = (first, second)
    codes = ["", ""]
    while codes[0] == codes[1]:
        values = [[draw_value(s, slot) for slot in item.slots] for item in made]
        codes = [item.code(v, False) for item, v in zip(made, values, strict=True)]
    one_code, other = codes
    s.ask(
        f"Call {one_code} and {other}.",
        f"What are {one_code} and {other}?",
        f"Please call {one_code} and also {other}.",
        f"I need {one_code} and {other}.",
        f"Run both: {one_code}; {other}",
        f"What do {one_code} and {other} return?",
        f"Use the tools for {one_code} and for {other}.",
        f"Two calls, please: {one_code} and {other}.",
        f"Find both results, that of {one_code} and that of {other}.",
        f"Tell me what {one_code} gives and what {other} gives.",
    )
    results = s.parallel(
        f"call {one_code} and {other}",
        *(
            (item.key, dict(zip(_keys(s, item.key), v, strict=True)))
            for item, v in zip(made, values, strict=True)
        ),
    )
    s.answer(
        f"The results are {results[0]} and {results[1]}.",
        f"{one_code} is {results[0]} and {other} is {results[1]}.",
        expect=results,
    )


DOMAIN = Domain("named", (), world, (one, one, one, two), weight=2.5, composable=False)
