# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Worlds that no other task has: things with properties, needs, states and owners, drawn afresh each time.

The other domains teach their own words; a student that knows nothing else writes those words where a request
speaks of other ones. Here nouns, verbs and properties differ from task to task, in requests of the shapes that
people's requests have: look up and use, list and do for each, do or else, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mtp_trainer.toolworld.domains.invented import polite
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.worlds import AMOUNTS, amount_of, ops_of, spoken_of, world


def _tools(s: Scene, *keys: str) -> None:
    """Defines the world's tools; some that the task does not need are shown as well."""
    ops = ops_of(s)
    for key in keys:
        s.define(ops[key])
        s.skin(key)
    others = [key for key in ops if key not in keys]
    for key in s.rng.sample(others, s.rng.choice((0, 0, 1, 2, 3))):
        s.add_tool(ops[key])


def _some(s: Scene) -> str:
    return str(s.rng.choice(list(s.world["things"])))


# -- what people ask ------------------------------------------------------------------------------


def do_one(s: Scene) -> None:
    """One action with an amount, perhaps at the second attempt."""
    _tools(s, "do")
    key, n, do = _some(s), s.integer(2, 90), s.world["_words"]["do"]
    if s.rng.random() < 0.15:
        s.outage("do")
    named, amount = spoken_of(s, key), amount_of(s, n)
    s.ask(
        polite(s, f"{do} {named} {amount}"),
        polite(s, f"{do} {named} now, and do it {amount}"),
        f"It is the turn of {named}. {do.capitalize()} it {amount}.",
        f"{named[0].upper()}{named[1:]}: {do} it {amount}.",
        polite(s, f"take {named} and {do} it {amount}"),
        f"{amount[0].upper()}{amount[1:]}, {do} {named}.",
        f"Nobody did it yet: {do} {named} {amount}.",
        polite(s, f"{do} {named} now {amount}"),
    )
    why = f"{do} {named} {amount}"
    if isinstance(s.call("do", why, key=key, n=n), Failed):
        s.call("do", why, key=key, n=n)
    s.answer(f"Done: {named} {amount}.", f"I did it {amount}.", expect=[n])


def ask_value(s: Scene) -> None:
    """A property of one thing, or of two or three in parallel."""
    _tools(s, "value")
    w, things = s.world["_words"], s.world["things"]
    keys = s.rng.sample(list(things), s.rng.choice((1, 1, 2, 2, 3)))
    ask, attribute = w["ask"], w["attribute"]
    names = [spoken_of(s, key) for key in keys]
    shown = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    s.ask(
        f"What is the {attribute} of {shown}?",
        polite(s, f"{ask} the {attribute} of {shown}"),
        f"Which {attribute} has {shown}?",
        f"{attribute.capitalize()} of {shown}, please.",
        polite(s, f"{ask} how high the {attribute} of {shown} is"),
        f"I wonder about {shown}. How high is the {attribute}?",
        f"Somebody asks for the {attribute} of {shown}. What do I say?",
        polite(s, f"{ask} the {attribute} that {shown} has"),
        f"How high is the {attribute} of {shown}?",
        polite(s, f"{ask} which {attribute} {shown} has"),
    )
    # a verb that the request does not say cannot be known
    verb = ask if ask in s.parts[-1].question.lower() else "get"
    values = s.parallel(f"{verb} the {attribute} of {shown}", *(("value", {"key": key}) for key in keys))
    told = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    s.answer(f"The {attribute} is {values[0]}." if len(keys) == 1 else f"{told}.", f"{told}.", expect=values)


def need_then_do(s: Scene) -> None:
    """Looks up an amount and uses it."""
    _tools(s, "need", "do")
    w = s.world["_words"]
    w["amount"] = w["amount"] if "{unit}" in w["amount"] else AMOUNTS[0]
    key, unit, do = _some(s), w["unit"], w["do"]
    named = spoken_of(s, key)
    s.ask(
        f"How many {unit} does {named} need? {do.capitalize()} it that much.",
        polite(s, f"find how many {unit} {named} needs, then {do} it with that"),
        f"{do.capitalize()} {named} for as many {unit} as it needs. Look that up first.",
        polite(s, f"look up how many {unit} {named} needs and {do} it accordingly"),
        f"I do not know how many {unit} {named} needs. Find out, and {do} it with this number.",
        f"First find the {unit} that {named} needs, then {do} it.",
        polite(s, f"see how many {unit} are needed for {named}, and {do} it with just as many"),
        polite(s, f"check how many {unit} {named} needs; {do} it with so many"),
        f"{named[0].upper()}{named[1:]} needs some {unit}. See how many, then {do} it.",
        polite(s, f"{do} {named} with the {unit} that it needs; find out how many"),
        plan=[f"find how many {unit} {named} needs", f"{do} {named} with this number"],
        parts=(
            (
                f"find how many {unit} {named} needs",
                f"look up the {unit} that {named} needs",
                f"see how many {unit} are needed for {named}",
                f"find out about the {unit} for {named}",
                f"get the number of {unit} that {named} should have",
            ),
            (
                f"{do} it with that",
                f"{do} {named} with so many",
                f"{do} {named} for as many as it needs",
                f"{do} it with this number of {unit}",
                f"{do} it accordingly",
            ),
        ),
    )
    n = s.call("need", f"find how many {unit} {named} needs", key=key)
    s.call("do", f"{do} {named} {amount_of(s, n)}", key=key, n=n)
    s.answer(f"Done: {named} {amount_of(s, n)}.", f"Done, {n} {unit}.", expect=[n])


def set_value(s: Scene) -> None:
    """Sets a property of one thing, or of two, one after the other."""
    _tools(s, "set")
    attribute = s.world["_words"]["attribute"]
    keys = s.rng.sample(list(s.world["things"]), s.rng.choice((1, 1, 2)))
    pairs = [(key, s.integer(1, 999)) for key in keys]
    texts = [f"the {attribute} of {spoken_of(s, key)} to {n}" for key, n in pairs]
    shown = " and ".join(texts)
    s.ask(
        polite(s, f"set {shown}"),
        polite(s, f"change {shown}"),
        f"From now on, set {shown}.",
        polite(s, f"put {shown}"),
        f"We decided to change {shown}. Do it now.",
        polite(s, f"see to it that you set {shown}"),
        f"A change: {shown}.",
        polite(s, f"please set {shown}"),
        plan=[f"set {text}" for text in texts],
    )
    for (key, n), text in zip(pairs, texts, strict=True):
        s.call("set", f"set {text}", key=key, n=n)
    s.answer(
        f"I set {shown}.",
        "The change is made.",
        expect=[n for _, n in pairs] if s.style.index % 2 == 0 else [],
    )


def _listing(thing: str, group: str) -> tuple[str, ...]:
    """Ways to ask for the things of a group."""
    return (
        f"list the {thing}s of the {group}",
        f"get the {thing}s on the {group}",
        f"see which {thing}s are on the {group}",
        f"look up the {group} with its {thing}s",
        f"find all {thing}s of the {group}",
        f"go through the {group} for its {thing}s",
    )


def list_then_do(s: Scene) -> None:
    """Lists things, then does something with each, one by one."""
    _tools(s, "list", "do")
    w, n = s.world["_words"], s.integer(2, 90)
    thing, group, do, amount = w["thing"], w["group"], w["do"], amount_of(s, n)
    s.ask(
        f"List the {thing}s of the {group} and {do} each {amount}, one by one.",
        f"Which {thing}s are on the {group}? {do.capitalize()} each of them {amount}, one by one.",
        polite(s, f"list the {thing}s of the {group}, then {do} each one {amount}"),
        f"Go through the {group} and {do} every {thing} {amount}.",
        polite(s, f"{do} all {thing}s on the {group} {amount}; list them first"),
        f"Every {thing} on the {group} is due: {do} each one {amount}, after you have listed them.",
        f"First the {thing}s of the {group}. Then {do} them {amount}, one after the other.",
        polite(s, f"get the {group} with its {thing}s and {do} each of them {amount}"),
        f"{do.capitalize()} each {thing} {amount}. The {group} tells which ones there are.",
        polite(s, f"look at the {group}, then {do} each {thing} on it {amount}, one by one"),
        plan=[f"list the {thing}s of the {group}", f"{do} each {amount}, one by one"],
        parts=(
            _listing(thing, group),
            (
                f"{do} each {amount}, one by one",
                f"{do} every one of them {amount}",
                f"{do} all {thing}s {amount}, one after the other",
                f"{do} each {thing} {amount}",
                f"{do} them {amount}, one by one",
            ),
        ),
    )
    keys = s.call("list", f"list the {thing}s of the {group}")
    for key in keys:
        s.call("do", f"{do} {spoken_of(s, key)} {amount}", key=key, n=n)
    s.answer(f"Done {amount}: {', '.join(keys)}.", f"Done: {', '.join(keys)}.", expect=keys)


def list_then_ask(s: Scene) -> None:
    """Lists things, then finds a property or a count of each: in parallel, or one by one."""
    w = s.world["_words"]
    counts = s.rng.random() < 0.4
    op = "count" if counts else "value"
    _tools(s, "list", op)
    thing, group = w["thing"], w["group"]
    verb = "count" if counts else w["ask"]
    what = f"{w['kind']} {w['place']}s" if counts else w["attribute"]
    slowly = s.rng.random() < 0.5
    end = " one by one" if slowly else ""
    s.ask(
        f"List the {thing}s of the {group} and {verb} the {what} of each{end}.",
        polite(s, f"list the {thing}s of the {group}, then {verb} the {what} of each{end}"),
        f"Which {thing}s are on the {group}? {verb.capitalize()} the {what} of each{end}.",
        polite(s, f"{verb} the {what} of each {thing} on the {group}{end}; list them first"),
        f"I want a table of the {group}: each {thing} with its {what}. {verb.capitalize()} them{end}.",
        f"First get the {thing}s of the {group}, then {verb} the {what} of all of them{end}.",
        polite(s, f"go through the {group} and {verb} the {what} of every {thing}{end}"),
        f"For each {thing} of the {group}, {verb} the {what}{end}. You have to list them first.",
        polite(s, f"look up the {thing}s of the {group} and {verb} the {what} for each{end}"),
        plan=[f"list the {thing}s of the {group}", f"{verb} the {what} of each{end}"],
        parts=(
            _listing(thing, group),
            (
                f"{verb} the {what} of each{end}",
                f"{verb} the {what} for all of them{end}",
                f"{verb} the {what} of every {thing}{end}",
                f"{verb} each {thing}'s {what}{end}",
            ),
        ),
    )
    keys = s.call("list", f"list the {thing}s of the {group}")
    if slowly:
        values = [s.call(op, f"{verb} the {what} of {spoken_of(s, key)}", key=key) for key in keys]
    else:
        named = ", ".join(spoken_of(s, key) for key in keys)
        values = s.parallel(f"{verb} the {what} of {named}", *((op, {"key": key}) for key in keys))
    told = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    s.answer(f"{told}.", f"Here they are: {told}.", expect=[*keys, *values])


def give_or_else(s: Scene) -> None:
    """Does one thing for a person, or another one if the first is not possible."""
    _tools(s, "give", "else")
    w = s.world["_words"]
    key = _some(s)
    person = s.rng.choice(s.world["people"])
    taken = s.rng.random() < 0.55
    for each in (s.world, s.start):
        each["things"][key]["state"] = w["state"] if taken else ""
    named, give, instead, state = spoken_of(s, key), w["give"], w["else"], w["state"]
    s.ask(
        polite(s, f"{give} {named} for {person}, and if it is {state}, {instead} it"),
        f"{give.capitalize()} {named} for {person}. If it is {state}, {instead} it.",
        f"{person} wants you to {give} {named}. Should it be {state}, then {instead} it.",
        polite(s, f"{give} {named} for {person}, or {instead} it if it is {state}"),
        f"Is {named} {state}? Then {instead} it for {person}. If not, {give} it.",
        f"For {person}: {give} {named}, or {instead} it in case it is {state}.",
        polite(s, f"{instead} {named} for {person} in case it is {state}, but first try to {give} it"),
        f"Try to {give} {named} for {person}. When that fails because it is {state}, {instead} it.",
        polite(s, f"try and {give} {named} for {person}; {instead} it when it is {state}"),
        plan=[f"{give} {named} for {person}", f"{instead} it if it is {state}"],
    )
    if isinstance(s.call("give", f"{give} {named} for {person}", key=key, person=person), Failed):
        s.call("else", f"{instead} {named} for {person}", key=key, person=person)
        s.answer(f"{key} is {state}, so I did the other thing for {person}.", expect=[key, person])
        return
    s.answer(f"It is done for {person}.", f"Done for {person}.", expect=[person])


def two_steps(s: Scene) -> None:
    """One to three of the world's tools, one after the other; their results do not meet."""
    w = s.world["_words"]
    person = s.rng.choice(s.world["people"])
    on = s.rng.random() < 0.5
    flip = "open" if on else "close"

    def make(op: str, key: str) -> tuple[str, dict[str, Any]]:
        named, n = spoken_of(s, key), s.integer(2, 90)
        steps: dict[str, tuple[str, dict[str, Any]]] = {
            "do": (f"{w['do']} {named} {amount_of(s, n)}", {"key": key, "n": n}),
            "value": (f"{w['ask']} the {w['attribute']} of {named}", {"key": key}),
            "count": (f"count the {w['kind']} {w['place']}s of {named}", {"key": key}),
            "give": (f"{w['give']} {named} for {person}", {"key": key, "person": person}),
            "else": (f"{w['else']} {named} for {person}", {"key": key, "person": person}),
            "switch": (f"{flip} the main {w['place']}", {"on": on}),
        }
        return steps[op]

    chosen = s.rng.sample(["do", "value", "count", "give", "else", "switch"], s.rng.choice((1, 2, 2, 2, 3)))
    _tools(s, *chosen)
    keys = [_some(s)] * 3 if s.rng.random() < 0.5 else s.rng.sample(list(s.world["things"]), 3)
    steps = [(op, *make(op, key)) for op, key in zip(chosen, keys, strict=False)]
    texts = [text for _, text, _ in steps]
    s.ask(
        polite(s, ", then ".join(texts)),
        polite(s, " and ".join(texts)),
        "Please do this:\n" + "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1)),
        ". Then ".join([texts[0][0].upper() + texts[0][1:], *texts[1:]]) + ".",
        polite(s, "; after that, ".join(texts)),
        "To do: " + "; ".join(texts) + ".",
        polite(s, ", and when this is done, ".join(texts)),
        ". ".join(text[0].upper() + text[1:] for text in texts) + ".",
        polite(s, ", and then ".join(texts)),
        plan=texts,
    )
    values = [s.call(op, text, **arguments) for op, text, arguments in steps]
    results = [value for value in values if value != "done"]
    told = " The results are: " + ", ".join(str(value) for value in results) + "." if results else ""
    s.answer(f"Done.{told}", f"All is done.{told}", expect=results)


def value_then_use(s: Scene) -> None:
    """Reads a property and gives it to another thing."""
    _tools(s, "value", "set")
    w = s.world["_words"]
    one, other = s.rng.sample(list(s.world["things"]), 2)
    attribute, ask = w["attribute"], w["ask"]
    for each in (s.world, s.start):  # an amount must be an integer
        each["things"][one]["value"] = int(each["things"][one]["value"])
    first, second = spoken_of(s, one), spoken_of(s, other)
    s.ask(
        polite(s, f"{ask} the {attribute} of {first}, then set the {attribute} of {second} to it"),
        f"Give {second} the same {attribute} as {first}. {ask.capitalize()} it first.",
        polite(s, f"{ask} the {attribute} of {first} and set that of {second} to the same value"),
        f"The {attribute} of {second} should be that of {first}. {ask.capitalize()} it and set it.",
        f"What is the {attribute} of {first}? {ask.capitalize()} it and set the {attribute} of {second} to this number.",
        polite(s, f"set the {attribute} of {second} to what {first} has; {ask} that first"),
        f"{second[0].upper()}{second[1:]} gets the {attribute} of {first}: {ask} it, then set it.",
        polite(s, f"use the {attribute} of {first} for {second} too; {ask} it first"),
        plan=[f"{ask} the {attribute} of {first}", f"set the {attribute} of {second} to it"],
        parts=(
            (
                f"{ask} the {attribute} of {first}",
                f"{ask} the {attribute} that {first} has",
                f"{ask} how high the {attribute} of {first} is",
                f"{ask} {first}'s {attribute}",
            ),
            (
                f"set the {attribute} of {second} to it",
                f"set that of {second} to the same value",
                f"set {second} to the same {attribute}",
                f"give {second} this {attribute}",
                f"put it on {second} too",
            ),
        ),
    )
    n = s.call("value", f"{ask} the {attribute} of {first}", key=one)
    s.call("set", f"set the {attribute} of {second} to {n}", key=other, n=n)
    s.answer(f"Done. The {attribute} is {n} now.", f"I set it to {n}.", expect=[n])


_SCENARIOS: tuple[Callable[[Scene], None], ...] = (
    do_one,
    ask_value,
    need_then_do,
    set_value,
    list_then_do,
    list_then_ask,
    give_or_else,
    two_steps,
    two_steps,
    value_then_use,
)
DOMAIN = Domain("worlds", (), world, _SCENARIOS, weight=8.0, composable=False)
