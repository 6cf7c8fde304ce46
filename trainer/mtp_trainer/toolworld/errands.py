"""Tools of errands: they share their verbs, things and properties, and their names may say nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mtp_trainer.toolworld.inventions import ACTIONS, ATTRIBUTES, QUERIES, THINGS, drawn_result
from mtp_trainer.toolworld.ops import BOOLEAN, INTEGER, STRING, JsonSchema, Op, P, World
from mtp_trainer.toolworld.scene import Scene
from mtp_trainer.toolworld.worlds import new_word

_VERBS = [*ACTIONS, *"set list count give put add remove change get make take turn keep bring hold".split()]
_UNITS = (
    "minutes hours days weeks percent euros liters meters points pieces pages degrees seconds miles".split()
)
_ADJECTIVES = (
    "new daily whole own current next main last first second free open full usual best weekly other old "
    "early late small large right exact common local public private planned"
).split()
STATUS = "ok done saved accepted noted finished set ready sent".split()
_ACTING = (
    "{}.",
    "Use it to {}.",
    "Can {}.",
    "Lets you {}.",
    "Tool to {}.",
    "{} and return the result.",
    "This is how you {}.",
    "Helps to {}.",
    "Call it to {}.",
    "A way to {}.",
)


@dataclass(frozen=True)
class Tail:
    """One more argument of a request: what the request says, what a description says, and the parameter."""

    said: str
    told: str
    schema: JsonSchema
    names: tuple[str, ...]
    docs: tuple[str, ...]
    draw: Callable[[], Any]


def place(s: Scene) -> str:
    """A city, often with a comma and what it lies in."""
    roll = s.rng.random()
    if roll < 0.4:
        return s.city()
    region = s.word()
    short = "".join(s.rng.choice("ABCDEFGHIKLMNOPRSTUVWY") for _ in range(2))
    town = s.city() if roll < 0.8 else f"{s.title()} {s.title()}"
    return f"{town}, {region.capitalize() if s.rng.random() < 0.5 else short}"


def _tails(s: Scene) -> list[Tail]:
    """All sorts of them; a tool has up to three."""
    rng = s.rng
    unit = s.word() + "s" if rng.random() < 0.25 else s.pick(_UNITS)
    spot, mark = (s.word() if rng.random() < 0.5 else s.pick(THINGS) for _ in range(2))

    def number() -> int:
        return rng.choice((rng.randint(0, 12), rng.randint(2, 99), rng.randint(100, 2000)))

    counted = (unit, "amount", "number", "value", f"{unit}_number", "n", "length")
    how_many = (f"How many {unit}", f"The {unit}", f"Number of {unit}", "The amount")
    clock = ("time", "at", "start_time", "when", "hour")
    when = ("The time", "As HH:MM", "When, as HH:MM")
    where = ("city", "location", "place", "where", "town")
    which = ("The city", "The location", "Where", "City and region", "The place")
    whom = ("person", "name", "who", "member", "customer", "owner")
    people = ("The person", "Who it is for", "Name of the person")
    said, told = rng.choice(
        (
            (f"for {{}} {unit}", f"for some {unit}"),
            (f"by {{}} {unit}", f"by some {unit}"),
            (f"to {{}} {unit}", f"to so many {unit}"),
            (f"up to {{}} {unit}", f"up to some {unit}"),
            (f"with {{}} {unit}", f"with {unit}"),
        )
    )
    on_spot = ((spot, f"{spot}_number", "number"), (f"The {spot}", f"Which {spot}"))
    with_mark = ((mark, f"{mark}_name", f"{mark}_id"), (f"The {mark}", f"Which {mark}"))
    day = (("date", "day", "on", "when"), ("The date", "Which day"))
    new = (("to", "value", "new", "target"), ("The new value",))
    daily = rng.choice(("every day ", "each morning ", "", ""))
    texts = (s.code, s.word, s.title)
    return [
        Tail(said, told, INTEGER, counted, how_many, number),
        Tail(f"on {spot} {{}}", f"on a {spot}", INTEGER, *on_spot, number),
        Tail(f"{daily}at {{}}", f"{daily}at a time", STRING, clock, when, s.time),
        Tail("on {}", "on a day", STRING, *day, s.date),
        Tail("in {}", "in a city", STRING, where, which, lambda: place(s)),
        Tail("for {}", "for a person", STRING, whom, people, s.person),
        Tail(f"with the {mark} {{}}", f"with a {mark}", STRING, *with_mark, rng.choice(texts)),
        Tail("to {}", "to a new value", STRING, *new, rng.choice(texts)),
    ]


def _adjective(s: Scene, word: str, chance: float) -> str:
    if s.rng.random() >= chance:
        return word
    return f"{s.word() if s.rng.random() < 0.2 else s.pick(_ADJECTIVES)} {word}"


def _names(s: Scene, *names: str) -> tuple[str, ...]:
    """One of the names that tell what a tool does, or any word."""
    roll = s.rng.random()
    if roll < 0.3:
        return (s.word(),) if roll < 0.2 else (f"{s.word()}_{s.word()}",)
    return (s.rng.choice(names).replace(" ", "_"),)


def _doc(s: Scene, what: str, *others: str) -> tuple[str, ...]:
    spoken = bool(others) and s.rng.random() < 0.5
    text = s.rng.choice(others) if spoken else s.rng.choice(_ACTING).format(what)
    return (text[0].upper() + text[1:],)


def _run(key: str, query: bool, result: str) -> Callable[..., Any]:
    def run(world: World, /, **arguments: Any) -> Any:
        if not query:
            world["log"].append([key, arguments])
        if result == "status":
            return STATUS[random.Random(f"{world['_salt']}/{key}").randrange(len(STATUS))]
        return drawn_result(world, key, result, arguments)

    return run


def _key(s: Scene, thing: str) -> P:
    return P(
        "key",
        STRING,
        tuple(
            dict.fromkeys(name.replace(" ", "_") for name in (thing, "name", f"{thing}_name", "id", "which"))
        ),
        (f"The {thing}", f"Name of the {thing}", f"Which {thing}", f"{thing.capitalize()} to use"),
    )


def errands(s: Scene, count: int, named: str, near: str) -> list[Errand]:
    """Tools that share their words; `near` stands between a property and its thing: of, in, at."""
    rng = s.rng
    taken: list[str] = []
    things = [new_word(s, THINGS, 0.3, taken) for _ in range(rng.choice((1, 2, 2)))]
    verbs = [new_word(s, _VERBS, 0.2, taken) for _ in range(3)]
    asking = [new_word(s, QUERIES, 0.15, taken) for _ in range(2)]
    values = [_adjective(s, new_word(s, ATTRIBUTES, 0.2, taken), 0.3) for _ in range(3)]
    found: dict[str, Errand] = {}
    while len(found) < count:
        kind, thing, value = rng.choices(list(_KINDS), _WEIGHTS)[0], rng.choice(things), rng.choice(values)
        verb = rng.choice(asking if kind == "ask" else verbs)
        name = f"{kind}/{thing}/{verb}/{value if kind in ('value', 'ask') else ''}"
        # what finds the same with another verb would make a request ambiguous
        same = f"{kind}/{thing}/{value}" if kind == "ask" else name
        if same not in taken:
            taken.append(same)
            found[name] = _KINDS[kind](Frame(s, name, thing, verb, value, named, near))
        elif rng.random() < 0.1:
            verbs.append(new_word(s, _VERBS, 0.2, taken))
    return list(found.values())


@dataclass(frozen=True)
class Frame:
    """What one tool is made of.

    Attributes:
        s: the scene.
        name: key of the operation.
        thing: what it is about.
        verb: what it does.
        value: the property that it is about, where it is about one.
        named: how requests speak of a thing.
        near: what stands between a property and its thing.
    """

    s: Scene
    name: str
    thing: str
    verb: str
    value: str
    named: str
    near: str

    def some(self) -> str:
        """The thing, as descriptions speak of it."""
        one = f"the {_adjective(self.s, self.thing, 0.1)}"
        return self.s.rng.choice((f"a {self.thing}", f"one {self.thing}", one))

    def spoken(self, key: str) -> str:
        """A thing, as requests speak of it."""
        return self.named.format(thing=self.thing, key=key)

    def property_of(self, spoken: str) -> str:
        """`the price of the lamp KX-482`."""
        return f"the {self.value} {self.near} {spoken}"

    def act(self) -> Errand:
        """`repair the lamp KX-482 for 3 hours`."""
        verb, thing = self.verb, self.thing
        return self._acting(
            (0, 1, 1, 2, 2, 3),
            _names(self.s, f"{verb}_{thing}", verb, f"{thing}_{verb}", f"do_{verb}"),
            (f"{verb} {self.some()}",),
            lambda key: f"{verb} {self.spoken(key)}",
        )

    def act_on_value(self) -> Errand:
        """`raise the price of the lamp KX-482 by 3 euros`."""
        verb, value, some = self.verb, self.value, self.some()
        shown = _adjective(self.s, value, 0.25) if " " not in value else value
        return self._acting(
            (0, 1, 1, 2),
            _names(self.s, f"{verb}_{value}", f"{value}_{verb}", f"{verb}_{self.thing}_{value}"),
            (f"{verb} the {shown} of {some}", f"{verb} {some}'s {value}"),
            lambda key: f"{verb} the {value} of {self.spoken(key)}",
        )

    def _acting(
        self,
        counts: tuple[int, ...],
        names: tuple[str, ...],
        docs: tuple[str, ...],
        say: Callable[[str], str],
    ) -> Errand:
        rng = self.s.rng
        tails = tuple(rng.sample(_tails(self.s), rng.choice(counts)))
        hint = "".join(f" {tail.told}" for tail in tails if rng.random() < 0.5)
        params = [P(f"t{i}", tail.schema, tail.names, tail.docs) for i, tail in enumerate(tails)]

        def said(key: str, values: dict[str, Any]) -> str:
            rest = (tail.said.format(values[f"t{i}"]) for i, tail in enumerate(tails))
            return " ".join((say(key), *rest))

        doc = _doc(self.s, docs[0] + hint, *(f"{other}{hint}." for other in docs[1:]))
        run = _run(self.name, False, rng.choice(("status", "status", "code", "number")))
        op = Op(self.name, names, doc, (_key(self.s, self.thing), *params), run, "status")
        return Errand(self, op, said, tails)

    def ask(self) -> Errand:
        """`check the price of the lamp KX-482`."""
        verb, value, thing, some = self.verb, self.value, self.thing, self.some()
        names = _names(self.s, f"{verb}_{value}", f"{thing}_{value}", value, f"{value}_of_{thing}")
        doc = _doc(
            self.s,
            f"{verb} the {value} of {some}",
            f"{value} of {some}.",
            f"The {value} that {some} has.",
            f"Find the {value} of {some}.",
        )
        run = _run(self.name, True, self.s.rng.choice(("number", "number", "word", "code")))
        op = Op(self.name, names, doc, (_key(self.s, thing),), run, value.replace(" ", "_"))
        return Errand(self, op, lambda key, _: f"{verb} {self.property_of(self.spoken(key))}", asks=True)

    def act_on_all(self) -> Errand:
        """`polish the old lamps`."""
        verb, thing = self.verb, self.thing
        which = _adjective(self.s, f"{thing}s", 0.6)
        names = _names(self.s, f"{verb}_{thing}s", f"{thing}s_{verb}", f"{verb}_all")
        doc = _doc(self.s, f"{verb} all {which}", f"{verb} the {which}.")
        op = Op(self.name, names, doc, (), _run(self.name, False, "number"), "result")
        return Errand(self, op, lambda key, _: f"{verb} the {which}")

    def switch(self) -> Errand:
        """`open the main gate`."""
        what = _adjective(self.s, self.thing, 0.6)
        on, off = self.s.rng.choice(_SWITCHES)
        names = (f"{on}_{self.thing}", f"set_{self.thing}", f"{self.thing}_switch", f"{self.thing}_{off}")
        doc = _doc(self.s, f"{on} the {what}, or {off} it", f"Whether the {what} is to {on} or to {off}.")
        told = (f"True: {on}, false: {off}", f"True to {on}")
        param = P("on", BOOLEAN, ("on", on.replace(" ", "_"), "state", "active"), told)
        op = Op(self.name, _names(self.s, *names), doc, (param,), _run(self.name, False, "status"), "status")
        return Errand(self, op, lambda key, values: f"{on if values['on'] else off} the {what}")


@dataclass(frozen=True)
class Errand:
    """A tool and how to ask for it.

    Attributes:
        frame: what it is made of.
        op: the tool.
        say: the request in the infinitive, for a key ("" where it takes none) and the call's other arguments.
        tails: what it takes beside the key.
        asks: whether it finds a property out, instead of doing something.
    """

    frame: Frame
    op: Op
    say: Callable[[str, dict[str, Any]], str]
    tails: tuple[Tail, ...] = ()
    asks: bool = False


_SWITCHES = (("open", "close"), ("turn on", "turn off"), ("lock", "unlock"), ("start", "stop"))
_KINDS: dict[str, Callable[[Frame], Errand]] = {
    "act": Frame.act,
    "value": Frame.act_on_value,
    "ask": Frame.ask,
    "all": Frame.act_on_all,
    "switch": Frame.switch,
}
_WEIGHTS = (3, 2, 3, 1, 1)
