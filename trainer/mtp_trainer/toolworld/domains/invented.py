# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Invented tools: every task has tools that no other task has; only reading their schemas helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mtp_trainer.toolworld.inventions import (
    ACTIONS,
    ATTRIBUTES,
    QUERIES,
    RESULTS,
    THINGS,
    Slot,
    draw_slots,
    draw_value,
    make_op,
    say,
    say_all,
)
from mtp_trainer.toolworld.ops import NUMBER, STRING, Op, World
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import choose

_KEYS = (
    ("id", "code"),
    ("name", "title"),
    ("code", "code"),
    ("name", "person"),
    ("place", "city"),
    ("label", "word"),
)


@dataclass(frozen=True)
class Invention:
    """An invented tool with values to call it with."""

    op: Op
    verb: str
    thing: str
    result: str
    kind: str
    slots: list[Slot]
    values: list[Any]
    asks: bool  # for a value, instead of doing something

    @property
    def arguments(self) -> dict[str, Any]:
        """The call's arguments."""
        return {slot.name: value for slot, value in zip(self.slots, self.values, strict=True)}

    @property
    def subject(self) -> str:
        """What the request names: `the price of the lamp KX-482`, or `a lamp`."""
        if self.asks:
            return f"the {self.result} of the {self.thing} {self.values[0]}"
        return f"a {self.thing}"

    @property
    def why(self) -> str:
        """The purpose of a call, in the infinitive."""
        spoken = self.verb
        if self.asks:
            return f"{spoken} {self.subject}"
        shown = [str(value) for value in self.values if not isinstance(value, (bool, list))][:2]
        return f"{spoken} {self.subject}" + (f" with {' and '.join(shown)}" if shown else "")


def world(s: Scene) -> World:
    """Nothing but a log of what was done, and names that do not exist."""
    return {"_salt": s.rng.randrange(10**9), "log": [], "missing": [], "_things": []}


def invent(
    s: Scene,
    *,
    query: bool | None = None,
    count: int | None = None,
    like: Invention | None = None,
    linked: bool = False,
) -> Invention:
    """Invents a tool and, half of the time, one that looks like it.

    Args:
        s: The scene.
        query: Whether it asks for a value (True) or does something (False); drawn if not given.
        count: Number of parameters of an action; drawn if not given.
        like: An earlier tool whose thing this one may share.
        linked: Whether the first parameter takes the result of `like`.
    """
    rng = s.rng
    query = rng.random() < 0.35 if query is None else query
    # Some verbs and many things are no words at all: whoever must copy them can copy those of other fields.
    verb = s.word() if rng.random() < 0.2 else s.pick(QUERIES if query else ACTIONS)
    if like is not None and rng.random() < 0.5:
        thing = like.thing
    else:
        thing = s.word() if rng.random() < 0.4 else s.pick(THINGS)
    if query:
        result = s.word() if rng.random() < 0.2 else s.pick(ATTRIBUTES)
        kind = rng.choice(("number", "number", "word", "code"))
        name, value_kind = rng.choice(_KEYS)
        slots = [Slot(name, name, STRING, value_kind)]
    else:
        result, kind = rng.choice(RESULTS), rng.choice(("code", "code", "number", "code" if linked else "ok"))
        slots = draw_slots(s, rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 5)) if count is None else count)
    if linked and like is not None:
        schema, value_kind = (NUMBER, "number") if like.kind == "number" else (STRING, "code")
        slots[0] = Slot(slots[0].name, slots[0].phrase, schema, value_kind)
    key = f"{verb}_{thing}_{result if query else ''}_{len(s.toolbox.skins)}"
    made = Invention(
        make_op(s, key, verb, thing, slots, (result if kind != "ok" else "status", kind), query),
        verb,
        thing,
        result if kind != "ok" else "status",
        kind,
        slots,
        [draw_value(s, slot) for slot in slots],
        query,
    )
    s.define(made.op)
    s.skin(made.op.key)
    if like is None and rng.random() < 0.5:
        _rival(s, made)
    return made


def _rival(s: Scene, made: Invention) -> None:
    """Adds a tool with the same verb or the same thing."""
    other_thing = s.rng.random() < 0.5
    query = made.asks
    verb = made.verb if other_thing else s.pick(QUERIES if query else ACTIONS)
    thing = s.pick(THINGS) if other_thing else made.thing
    result = made.result if other_thing or not query else s.pick(ATTRIBUTES)
    if (verb, thing, result) == (made.verb, made.thing, made.result) or (
        query and result == made.result and not other_thing
    ):
        return
    slots = made.slots if query else draw_slots(s, s.rng.randint(0, 3))
    op = make_op(s, f"rival_{len(s.toolbox.skins)}", verb, thing, slots, (result, "code"), query)
    s.define(op)
    s.skin(op.key)


def _request(s: Scene, made: Invention) -> str:
    """A request without greeting, beginning in lower case: `start a pump with level 3`."""
    spoken = made.verb
    if made.asks:
        key = made.values[0]
        return s.rng.choice(
            (
                f"{spoken} the {made.result} that the {made.thing} {key} has",
                f"{spoken} the {made.result} that belongs to the {made.thing} {key}",
                f"{spoken} the {made.result} of the {made.thing} known as {key}",
                f"{spoken} one value, namely the {made.result} of the {made.thing} {key}",
                f'{spoken} the {made.result} of "{key}", a {made.thing}',
                f"{spoken} the {made.thing} {key}'s {made.result}",
                f"{spoken} the {made.result} of the {made.thing} {key}",
                f"{spoken} the {made.result} of {key}, which is a {made.thing}",
                f'{spoken} the {made.result} for the {made.thing} "{key}"',
                f"{spoken} {key}'s {made.result} ({made.thing})",
            )
        )
    return f"{spoken} {s.rng.choice(('a', 'the', 'one'))} {made.thing}{say_all(s, made.slots, made.values)}"


_OPENINGS = (
    "Kindly {}.",
    "It is time to {}.",
    "One more thing to do: {}.",
    "Do me a favour and {}.",
    "A customer is waiting, so please {}.",
    "As soon as you can, {}.",
    "Somebody has to {}. Can you do it?",
    "The plan for today is to {}.",
    "Make sure to {}.",
    "{}. Thank you!",
    "{}.",
    "Please {}.",
    "I want you to {}.",
    "Could you {}.",
    "I need you to {}.",
    "Your job: {}.",
    "Can you {}.",
    "We have to {}.",
    "Would you {}?",
    "I would like you to {}.",
    "Be so kind and {}.",
    "I have a job for you: {}.",
    "Good morning! Can you {}?",
    "We need to {}.",
    "Go ahead and {}.",
    "{}, please.",
    "Here is what I need: {}.",
    "My boss wants us to {}.",
    "Will you {} for me?",
    "Try to {}.",
    "Next task: {}.",
    "Would it be possible to {}?",
    "I have no time, so please {}.",
    "Please help me: {}.",
    "Hi! Please {}.",
)
_MORE_OPENINGS = (  # for training alone
    "Please go and {}.",
    "First of all, {}.",
    "Before lunch, {}.",
    "When you find a minute, {}.",
    "You have to {} now.",
    "You should {}.",
    "You can {} now.",
    "You may {}.",
    "Let us {}.",
    "I must {} today. Do it for me.",
    "I forgot to {}. Please do it.",
    "I was told to {}.",
    "I promised to {}.",
    "It would be good to {}.",
    "It is necessary to {}.",
    "It would help if you could {}.",
    "Are you able to {}?",
    "Is it possible to {}?",
    "Would you be able to {}?",
    "Could you quickly {}?",
    "Can somebody {}?",
    "How about this: {}.",
    "Your task is to {}.",
    "Our aim is to {}.",
    "What is left is to {}.",
    "There is something to do: {}.",
    "They asked us to {}.",
    "She wants me to {}.",
    "Quick: {}.",
    "Thanks for your help. Now {}.",
    "Good evening, I would like you to {}.",
    "Hey there, {}.",
    "OK, {}.",
    "All right, {} now.",
    "{} - today.",
    "{}, thanks.",
    "{}, as soon as possible.",
    "{} for me, will you?",
)


def polite(s: Scene, request: str) -> str:
    """A request in lower case and without a full stop, as somebody says it."""
    text = choose(s.rng, _OPENINGS, s.split, _MORE_OPENINGS).format(request)
    return text[0].upper() + text[1:]


def _report(made: Invention, value: Any) -> tuple[str, ...]:
    if value == "ok":
        return (f"Done. The {made.thing} is taken care of.",)
    if made.asks:
        return f"The {made.result} of {made.values[0]} is {value}.", f"It is {value}."
    # Not "the code" or "the number": a bare result does not say which of them it is.
    return f"Done. The result for the {made.thing} is {value}.", f"Done. The result is {value}."


def _expected(value: Any) -> list[Any]:
    return [] if value == "ok" else [value]


def single(s: Scene) -> None:
    """One call of one tool."""
    made = invent(s)
    if s.rng.random() < 0.12:
        s.outage(made.op.key)
    s.ask(polite(s, _request(s, made)))
    value = s.call(made.op.key, made.why, **made.arguments)
    if isinstance(value, Failed):
        value = s.call(made.op.key, f"try again to {made.why}", **made.arguments)
    s.answer(*_report(made, value), expect=_expected(value))


def several(s: Scene) -> None:
    """Different tools, one after the other, whose results do not meet."""
    first = invent(s)
    made = [first, *(invent(s, like=first) for _ in range(s.rng.choice((1, 1, 2, 3))))]
    requests = [_request(s, one) for one in made]
    form = s.rng.randrange(3)
    if form == 0:
        text = polite(s, ", then ".join(requests))
    elif form == 1:
        text = "Please do this:\n" + "\n".join(f"{i}. {r}" for i, r in enumerate(requests, 1))
    else:
        text = " ".join(polite(s, request) for request in requests)
    s.ask(text, plan=[one.why for one in made])
    values = [s.call(one.op.key, one.why, **one.arguments) for one in made]
    s.answer(
        " ".join(_report(one, value)[0] for one, value in zip(made, values, strict=True)),
        expect=[v for value in values for v in _expected(value)],
    )


_USES = (
    "{}, then {} with the {} that you get as {}",
    "{}. Use the result to {}: the {} is the {}",
    "{}, take what comes back, and {} with the {} as {}",
    "{}; the next step is to {} with the {} from it as {}",
    "{}, because you then have to {} with that {} as {}",
    "{}, keep the answer in mind, and then {} with the {} as {}",
    "{}, next {} with the {} from the answer as {}",
    "{}; this is needed to {} with the {} as {}",
    "{}, and once that is known, {} with the {} as {}",
    "start off like this: {}; as soon as you have the answer, {} with that {} as {}",
    "first {}, then {} with that {} as {}",
    "{}, and {} with its {} as {}",
    "{}, then {} with this {} as {}",
    "{}; when you have it, {} with the {} as {}",
    "{}, and after that {} with the same {} as {}",
    "{}, wait for the answer, and {} with the {} as {}",
    "begin with this: {}; then {} with the {} you found as {}",
    "{}, so that you can {} with that {} as {}",
    "{} and go on to {} with the resulting {} as {}",
    "first {}, and then {} with the {} from before as {}",
)
_CHAIN_OPENINGS = (
    "Kindly ",
    "It is time to ",
    "Do me a favour and ",
    "One more job: ",
    "As soon as you can, ",
    "Somebody has to ",
    "The plan for today is to ",
    "Make sure to ",
    "",
    "Please ",
    "I want you to ",
    "I need you to ",
    "I would like you to ",
    "We have to ",
    "We need to ",
    "Your job: ",
    "Next task: ",
    "Hello! Please ",
    "Go ahead and ",
    "Here is what I need: ",
)


def chain(s: Scene) -> None:
    """The result of one tool is an argument of the next; two to four calls."""
    current = invent(s, query=True)
    text, plan, made = _request(s, current), [current.why], [current]
    links: list[Slot] = []
    for _ in range(s.rng.choice((1, 1, 1, 2, 3))):
        following = invent(s, query=False, count=s.rng.choice((1, 1, 2)), like=current, linked=True)
        slot = following.slots[0]
        joined = (
            _USES[1]
            if "." not in text and s.rng.random() < 0.2
            else s.wording(*(u for u in _USES if u != _USES[1]))
        )
        spoken = following.verb
        rest = [say(s, o, v, 0) for o, v in zip(following.slots[1:], following.values[1:], strict=True)]
        tail = f" and {rest[0]}" if rest else ""
        text = joined.format(text, f"{spoken} a {following.thing}", current.result, slot.phrase) + tail
        plan.append(f"{spoken} a {following.thing} with that {current.result}")
        links.append(slot)
        made.append(following)
        current = following
    text = s.rng.choice(_CHAIN_OPENINGS) + text + "."
    s.ask(text[0].upper() + text[1:], plan=plan)
    _run_chain(s, made, links)


def _run_chain(s: Scene, made: list[Invention], links: list[Slot]) -> None:
    value: Any = None
    last = made[0]
    for index, one in enumerate(made):
        arguments = one.arguments
        why = one.why
        if index:
            arguments[links[index - 1].name] = value
            why = f"{one.verb.replace('_', ' ')} a {one.thing} with {value} as {links[index - 1].phrase}"
        value = s.call(one.op.key, why, **arguments)
        last = one
    s.answer(*_report(last, value), expect=_expected(value))


def fan_out(s: Scene) -> None:
    """The same tool for several keys, in parallel."""
    made = invent(s, query=True)
    keys = [made.values[0], *(draw_value(s, made.slots[0]) for _ in range(s.rng.randint(1, 3)))]
    keys = list(dict.fromkeys(keys))
    shown = ", ".join(keys[:-1]) + " and " + keys[-1] if len(keys) > 1 else keys[0]
    what = f"{made.verb} the {made.result} of the {made.thing}s {shown}"
    s.ask(
        polite(s, f"{made.verb} one thing, namely the {made.result}, for the {made.thing}s {shown}"),
        polite(s, f"{made.verb} the {made.result} of each {made.thing}, namely of {shown}"),
        f"For a customer, I need the {made.result} of each of these {made.thing}s: {', '.join(keys)}. Please {made.verb} it.",
        f"My boss asks about the {made.thing}s {shown}. {made.verb.capitalize()} the {made.result} of each, please.",
        f"{made.verb.capitalize()} the {made.result}, and do it for each of the {made.thing}s {shown}.",
        f"{made.result.capitalize()} of the {made.thing}s {shown}: {made.verb} it for all of them.",
        f"Since I do not know the {made.result} of the {made.thing}s {shown}, {made.verb} it for every one of them.",
        f"The {made.thing}s are {shown}. What is the {made.result} of each? You have to {made.verb} it.",
        f"If you {made.verb} the {made.result} of the {made.thing}s {shown}, I can go on. Please do so for each.",
        polite(s, what),
        polite(s, f"{made.verb} the {made.result} for each {made.thing}: {', '.join(keys)}"),
        polite(s, f"{made.verb} the {made.result} of these {made.thing}s: {shown}"),
        polite(s, f"for {shown}, {made.verb} the {made.result} of the {made.thing}"),
        polite(s, f"{made.verb} the {made.result} for all of these {made.thing}s: {', '.join(keys)}"),
        polite(s, f"take the {made.thing}s {shown} and {made.verb} the {made.result} of each"),
        f"Which {made.result} do the {made.thing}s {shown} have? Please {made.verb} it for each.",
        f"There are some {made.thing}s: {', '.join(keys)}. {made.verb.capitalize()} the {made.result} of every one.",
        polite(s, f"{made.verb} the {made.result} of every {made.thing} in this list: {', '.join(keys)}"),
        f"{made.thing.capitalize()}s: {', '.join(keys)}. I need you to {made.verb} the {made.result} of each.",
        f"I have to know about {shown}: {made.verb} the {made.result} of each {made.thing}.",
        f"My list has these {made.thing}s: {shown}. Can you {made.verb} the {made.result} for each one?",
        polite(s, f"go through the {made.thing}s {shown} and {made.verb} their {made.result}"),
        polite(s, f"{made.verb} the {made.result} for the {made.thing}s {shown}"),
    )
    name = made.slots[0].name
    values = s.parallel(
        f"{made.verb} the {made.result} of {shown}", *((made.op.key, {name: key}) for key in keys)
    )
    told = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    s.answer(f"{told}.", f"Here is each {made.result}: {told}.", expect=values)


def loop(s: Scene) -> None:
    """One tool lists names, another is called for each of them, one by one."""
    count = s.rng.randint(2, 5)
    listed = [s.title() for _ in range(count)]
    made = invent(s, query=s.rng.random() < 0.5, count=1)
    slot = Slot(made.slots[0].name, made.slots[0].phrase, STRING, "title")
    made = Invention(
        make_op(s, made.op.key + "_each", made.verb, made.thing, [slot], (made.result, "code"), made.asks),
        made.verb,
        made.thing,
        made.result,
        "code",
        [slot],
        [listed[0]],
        made.asks,
    )
    s.toolbox.skins.clear()
    s.define(made.op)
    s.define(_lister(s, made.thing, listed))
    spoken = made.verb
    what = f"the {made.result} of " if made.asks else ""
    each = f"{spoken} {what}each {made.thing}" if what else f"{spoken} each of them"
    s.ask(
        f"First, a list of all {made.thing}s is needed. Second, {each}.",
        f"Whatever {made.thing}s there are, list them and {each}.",
        f"As soon as you have the names of all {made.thing}s, {each}.",
        f"My boss wants this done for all {made.thing}s: list them, and {each}, one by one.",
        f"{made.thing}s: list all, then {each}",
        f"Look up the list of {made.thing}s first, so that you can {each}.",
        f"Since nobody knows all our {made.thing}s, get a list of them and {each}, please.",
        f"Two steps: list the {made.thing}s, then {each}.",
        f"With the list of all {made.thing}s in hand, {each}. So list them first.",
        f"List all {made.thing}s and {each}.",
        f"Please list the {made.thing}s. Then {each}.",
        f"Get the list of {made.thing}s, then {each}.",
        f"I need a list of the {made.thing}s, and then {each}, please.",
        f"Look at the list of all {made.thing}s and {each}, one by one.",
        f"Which {made.thing}s are there? Find out and {each}.",
        f"Can you list the {made.thing}s and then {each}?",
        f"We need all {made.thing}s: list them and {each}.",
        f"Go through all {made.thing}s. First list them, then {each}.",
        f"I do not know which {made.thing}s we have. List them, please, and {each}.",
        f"Start with a list of the {made.thing}s. After that, {each}, one at a time.",
        f"Find all {made.thing}s, then {each}, one after the other.",
        f"Would you see which {made.thing}s there are and {each}?",
        f"There are several {made.thing}s. Please list all of them, and {each}.",
        f"Get the list of all {made.thing}s and {each}, one by one.",
        plan=[f"list all {made.thing}s", each],
    )
    names = s.call("list", f"list all {made.thing}s")
    values = [
        s.call(
            made.op.key, f"{spoken} {what}{name}" + ("" if what else f", a {made.thing}"), **{slot.name: name}
        )
        for name in names
    ]
    told = ", ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    s.answer(f"{told}.", f"Done. {told}.", expect=values)


def _lister(s: Scene, thing: str, listed: list[str]) -> Op:
    names = (f"list_{thing}s", f"all_{thing}s", f"get_{thing}_list", f"{thing}_list")
    docs = (f"List all {thing}s.", f"Return the list of all {thing}s.", f"Get the names of all {thing}s.")
    s.world["_things"] = listed
    s.start["_things"] = listed
    return Op("list", names, docs, (), lambda world: list(world["_things"]), "names")


def failing(s: Scene) -> None:
    """A tool says that something does not exist; the assistant says so."""
    made = invent(s, query=True)
    s.world["missing"].append(made.values[0])
    s.start["missing"].append(made.values[0])
    s.ask(polite(s, _request(s, made)))
    s.call(made.op.key, made.why, **made.arguments)
    s.answer(f"That is not possible: there is no {made.values[0]}.", expect=[made.values[0]])


def no_arguments(s: Scene) -> None:
    """A tool without parameters."""
    thing = s.word() if s.rng.random() < 0.4 else s.pick(THINGS)
    listed = [s.title() for _ in range(s.rng.randint(2, 4))]
    s.define(_lister(s, thing, listed))
    s.ask(
        f"What are all our {thing}s called?",
        f"I cannot remember the {thing}s. What are their names?",
        f"My boss wants to see a list of the {thing}s.",
        f"{thing}s: list them all",
        f"Is there more than one {thing}? List all of them.",
        f"Which names do the {thing}s have? I want all of them.",
        f"For a friend, write down every {thing} that there is.",
        f"Let me have the full list of {thing}s.",
        f"Before I go on, I want to see which {thing}s exist.",
        f"List all {thing}s.",
        f"Which {thing}s are there?",
        f"Please list the {thing}s.",
        f"Get me the names of all {thing}s.",
        f"What {thing}s are there?",
        f"Show me every {thing} that we have.",
        f"I need to know which {thing}s there are.",
        f"Can you list all {thing}s for me?",
        f"All {thing}s, please.",
        f"Tell me the names of the {thing}s.",
        f"Do you know which {thing}s we have? List them.",
        f"We are looking for the names of all {thing}s.",
        f"Could you name every {thing}?",
        f"I would like to see all the {thing}s in a list.",
        f"Give me a list of all {thing}s.",
    )
    shown = ", ".join(s.call("list", f"list all {thing}s"))
    s.answer(f"The {thing}s are: {shown}.", f"There are: {shown}.", expect=listed)


_SCENARIOS = (single, single, single, several, several, chain, chain, fan_out, loop, failing, no_arguments)
DOMAINS = (
    Domain("invented", (), world, _SCENARIOS, weight=7.0, composable=False),
    Domain("unseen_invented", (), world, _SCENARIOS, unseen=True, weight=1.0, composable=False),
)
