"""What worlds are made of: things with properties, needs, states and owners, and the tools for them."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.inventions import ACTIONS, ATTRIBUTES, QUERIES, THINGS
from mtp_trainer.toolworld.ops import BOOLEAN, INTEGER, STRING, Op, P, ToolFailure, World
from mtp_trainer.toolworld.scene import Scene

_UNITS = (
    "minutes hours days weeks percent euros liters meters points pieces grams steps pages degrees rounds "
    "seconds miles tons units turns coins kilos watts bars drops"
).split()
_STATES = (
    "on loan,taken,closed,broken,empty,full,sold out,locked,booked,in use,away,busy,not ready,wet,too hot,"
    "out of order,reserved,asleep,in repair,late,missing,dirty,sick,off"
).split(",")
_KINDS = (
    "free used old new open ripe red small large lost clean spare young dry paid late broken empty public "
    "sold"
).split()
AMOUNTS = (
    "for {n} {unit}",
    "by {n} {unit}",
    "with {n} {unit}",
    "to {n} {unit}",
    "up to {n} {unit}",
    "on {place} {n}",
    "over {n} {unit}",
)


def new_word(s: Scene, pool: list[str], invented: float, taken: list[str]) -> str:
    """A word of `pool`, or with this probability any other one; none that is taken."""
    while True:
        word = s.word() if s.rng.random() < invented else s.pick(pool)
        if word not in taken:
            taken.append(word)
            return word


def _key(s: Scene, kind: int) -> str:
    if kind == 0:
        return s.code()
    if kind == 1:
        return s.title()
    if kind == 2:
        return s.word() + "s"
    return s.person()


_NAMED = ("the {thing} {key}", 'the {thing} "{key}"', "the {key}", "{key}")


def world(s: Scene) -> World:
    """Four things with their properties, and the words by which this world speaks of them."""
    rng = s.rng
    kind = rng.randrange(4)
    keys: list[str] = []
    while len(keys) < 4:
        key = _key(s, kind)
        if key not in keys:
            keys.append(key)
    taken: list[str] = []
    thing, group, place = (new_word(s, THINGS, 0.35, taken) for _ in range(3))
    do, give, instead = (new_word(s, ACTIONS, 0.25, taken) for _ in range(3))
    attribute = s.word() if rng.random() < 0.2 else s.pick(ATTRIBUTES)
    if rng.random() < 0.55:
        attribute = f"{new_word(s, THINGS, 0.35, taken)} {attribute}"
    words = {
        "thing": thing,
        "group": group,
        "place": place,
        "attribute": attribute,
        "unit": s.word() + "s" if rng.random() < 0.25 else s.pick(_UNITS),
        "amount": rng.choice(AMOUNTS),
        "state": s.word() if rng.random() < 0.2 else rng.choice(_STATES),
        "kind": s.word() if rng.random() < 0.25 else rng.choice(_KINDS),
        "do": do,
        "give": give,
        "else": instead,
        "ask": s.word() if rng.random() < 0.15 else s.pick(QUERIES),
        "named": rng.choice(_NAMED[2:] if kind == 2 else _NAMED[:2] if kind < 2 else _NAMED[3:]),
    }
    things: dict[str, dict[str, Any]] = {
        key: {
            "value": rng.choice((rng.randint(1, 99), s.money(1, 90))),
            "need": rng.randint(2, 60),
            "count": rng.randint(0, 30),
            "state": "",
            "log": [],
        }
        for key in keys
    }
    return {
        "things": things,
        "listed": rng.sample(keys, rng.randint(2, 3)),
        "people": s.people(2),
        "switch": rng.random() < 0.5,
        "_words": words,
    }


# -- tools ----------------------------------------------------------------------------------------


def _thing(world: World, key: str) -> dict[str, Any]:
    if key not in world["things"]:
        raise ToolFailure(f"There is no '{key}'.")
    found: dict[str, Any] = world["things"][key]
    return found


def _noted(world: World, key: str, *what: Any) -> str:
    _thing(world, key)["log"].append(list(what))
    return "done"


def _given(world: World, key: str, person: str) -> str:
    if _thing(world, key)["state"]:
        raise ToolFailure(f"{key} is {world['_words']['state']}.")
    return _noted(world, key, "give", person)


def _switched(world: World, on: bool) -> str:
    world["switch"] = on
    return "done"


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.replace(" ", "_") for name in names))


def ops_of(s: Scene) -> dict[str, Op]:
    """All tools of this world by their keys."""
    w = s.world["_words"]
    thing, attribute, unit, group = w["thing"], w["attribute"], w["unit"], w["group"]
    do, give, instead, kind, place = w["do"], w["give"], w["else"], w["kind"], w["place"]
    on_place = "{place}" in w["amount"]
    measure = place if on_place else unit
    key = P(
        "key",
        STRING,
        _names(thing, "name", f"{thing}_name", "id", "which"),
        (f"The {thing}", f"Name of the {thing}", f"Which {thing}", f"{thing.capitalize()} to use"),
    )
    amount = P(
        "n",
        INTEGER,
        _names(measure, "amount", "number", f"{measure}_number", "value"),
        (f"Number of {unit}", f"How many {unit}", f"The {unit}")
        if not on_place
        else (f"Number of the {place}", f"Which {place}", f"The {place}"),
    )
    person = P(
        "person",
        STRING,
        ("person", "member", "user", "name", "customer"),
        ("Name of the person", "Who it is for", "The person"),
    )
    tail = f"on a {place}" if on_place else f"{w['amount'].split(' {')[0]} some {unit}"
    return {
        "do": Op(
            "do",
            _names(
                f"{do}_{thing}", do, f"{thing}_{do}", f"{do}_{measure}", f"{do}_one_{thing}", f"start_{do}"
            ),
            (
                f"{do.capitalize()} a {thing} {tail}.",
                f"{do.capitalize()} one {thing} {tail}.",
                f"Use it to {do} a {thing} {tail}.",
                f"To {do} a {thing}.",
                f"This can {do} a {thing} {tail}.",
                f"Lets you {do} one {thing} {tail}.",
            ),
            (key, amount),
            lambda world, key, n: _noted(world, key, "do", n),
            "status",
        ),
        "value": Op(
            "value",
            _names(
                f"get_{attribute}",
                f"{thing}_{attribute}",
                f"check_{attribute}",
                attribute,
                f"read_{attribute}",
                f"{attribute}_of_{thing}",
            ),
            (
                f"{attribute.capitalize()} of a {thing}.",
                f"Get the {attribute} of a {thing}.",
                f"How high the {attribute} of a {thing} is.",
                f"Find out the {attribute} of one {thing}.",
                f"The {attribute} that a {thing} has.",
                f"Read the {attribute} of a {thing}.",
            ),
            (key,),
            lambda world, key: _thing(world, key)["value"],
            attribute.replace(" ", "_"),
        ),
        "need": Op(
            "need",
            _names(
                f"{unit}_needed", f"needed_{unit}", f"{unit}_for_{thing}", f"{thing}_{unit}", f"get_{unit}"
            ),
            (
                f"How many {unit} a {thing} needs.",
                f"Number of {unit} that a {thing} needs.",
                f"Find out how many {unit} a {thing} should get.",
                f"The {unit} that one {thing} needs.",
                f"Tell how many {unit} are needed for a {thing}.",
            ),
            (key,),
            lambda world, key: _thing(world, key)["need"],
            "needed",
        ),
        "set": Op(
            "set",
            _names(f"set_{attribute}", f"change_{attribute}", f"{thing}_set_{attribute}", f"put_{attribute}"),
            (
                f"Set the {attribute} of a {thing}.",
                f"Change the {attribute} of a {thing}.",
                f"Give a {thing} another {attribute}.",
                f"Set which {attribute} a {thing} has.",
                f"Put a new {attribute} on a {thing}.",
            ),
            (key, P("n", INTEGER, ("value", "number", "new_value", "to"), ("The new value", "New value"))),
            lambda world, key, n: _noted(world, key, "set", n),
            "status",
        ),
        "list": Op(
            "list",
            _names(
                f"list_{thing}s", f"{group}_{thing}s", f"get_{thing}s", f"{thing}s_of_{group}", f"{group}"
            ),
            (
                f"List the {thing}s of the {group}.",
                f"Which {thing}s are on the {group}.",
                f"All {thing}s on the {group}.",
                f"Get the {thing}s of the {group}.",
                f"Names of the {thing}s that are on the {group}.",
            ),
            (),
            lambda world: list(world["listed"]),
            f"{thing}s".replace(" ", "_"),
        ),
        "give": Op(
            "give",
            _names(f"{give}_{thing}", give, f"{thing}_{give}", f"{give}_for", f"{give}_a_{thing}"),
            (
                f"{give.capitalize()} a {thing} for a person.",
                f"{give.capitalize()} one {thing} for somebody.",
                f"Use it to {give} a {thing} for a person.",
                f"To {give} a {thing}.",
                f"Lets a person {give} a {thing}.",
            ),
            (key, person),
            lambda world, key, person: _given(world, key, person),
            "status",
        ),
        "else": Op(
            "else",
            _names(
                f"{instead}_{thing}", instead, f"{thing}_{instead}", f"do_{instead}", f"{instead}_the_{thing}"
            ),
            (
                f"{instead.capitalize()} a {thing} for a person.",
                f"{instead.capitalize()} one {thing} for somebody.",
                f"Use it to {instead} a {thing}.",
                f"To {instead} a {thing} for a person.",
                f"Can {instead} one {thing} for a person.",
            ),
            (key, person),
            lambda world, key, person: _noted(world, key, "else", person),
            "status",
        ),
        "count": Op(
            "count",
            _names(
                f"count_{kind}", f"{kind}_{place}s", f"{place}s_{kind}", f"count_{place}s", f"how_many_{kind}"
            ),
            (
                f"Count the {kind} {place}s of a {thing}.",
                f"How many {kind} {place}s a {thing} has.",
                f"Number of {kind} {place}s of one {thing}.",
                f"Tell how many {place}s of a {thing} are {kind}.",
                f"Find how many {place}s are {kind}.",
            ),
            (key,),
            lambda world, key: _thing(world, key)["count"],
            kind,
        ),
        "switch": Op(
            "switch",
            _names(f"main_{place}", f"set_{place}", f"{place}_switch", f"open_{place}", f"{place}_on"),
            (
                f"Open or close the main {place}.",
                f"The main {place}: open or closed.",
                f"Open the main {place}, or close it.",
                f"Set whether the main {place} is open.",
            ),
            (
                P(
                    "on",
                    BOOLEAN,
                    ("open", "on", "is_open", "state"),
                    ("True to open, false to close", "Whether it is open"),
                ),
            ),
            lambda world, on: _switched(world, on),
            "status",
        ),
    }


def spoken_of(s: Scene, key: str) -> str:
    """How a request speaks of a thing: `the roses`, `the car T8234`."""
    w = s.world["_words"]
    return str(w["named"].format(thing=w["thing"], key=key))


def amount_of(s: Scene, n: Any) -> str:
    """How a request speaks of an amount: `for 12 minutes`, `on level 3`."""
    w = s.world["_words"]
    return str(w["amount"].format(n=n, unit=w["unit"], place=w["place"]))
