# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Tools invented afresh for every task: verbs, things, parameters and the requests that need them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mtp_trainer.toolworld import words
from mtp_trainer.toolworld.ops import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    NUMBERS,
    STRING,
    STRINGS,
    JsonSchema,
    Op,
    P,
    ToolFailure,
    World,
    enum,
    number,
)
from mtp_trainer.toolworld.scene import Scene

QUERIES = (
    "get read check fetch inspect find show query measure report retrieve view display obtain determine verify "
    "research request learn compute calculate count detect monitor sense trace tell list search examine watch"
).split()
ACTIONS = (
    "start stop create send update delete register book assign mark schedule open close lock move print "
    "publish archive approve reject paint clean repair refill pause resume share import export install "
    "rename merge split order cancel deliver store collect weigh label pack scan plant feed launch park "
    "load connect reset activate sign buy sell rent wash heat cool cut wrap fill empty lift stack sort copy "
    "drain charge hide mount upload download freeze melt bake cook boil grill roast dry iron fold sew draw frame "
    "polish drill glue weld bend rotate flip swap switch dim call mail alert warn greet invite hire train promote "
    "pay refund lend donate trade raise lower adjust tune record play skip shuffle mute dial tag rate flag block "
    "follow join leave enter visit explore climb kick throw catch serve shoot finish test inflate replace protect "
    "insure rescue guide escort deploy compile encrypt translate summarize annotate highlight edit sketch"
).split()
THINGS = (
    "order machine station engine boat drone parcel ticket server batch sample sensor device robot "
    "vehicle truck tank pump valve panel lamp door gate room desk locker field tree plant animal horse "
    "dog cat bird team player game match song album film photo video page article note letter contract "
    "invoice bill receipt coupon voucher course lesson class student teacher patient doctor visit test "
    "report survey poll vote task job project sprint release build image backup folder record channel "
    "playlist menu recipe dish meal drink table seat tour trip route stop flight "
    "bicycle train car van bridge tower window wall fence garage kitchen bottle crate barrel basket chair sofa "
    "clock phone camera laptop printer screen radio speaker oven heater fan mirror carpet shirt coat shoe hat "
    "ring guitar piano book poster stamp coin bench bag bowl box bus cabin cable calendar candle canvas cart "
    "castle ceiling chain circle cloud club coach collar comet company contest corridor cottage court crane "
    "crystal curtain cushion customer desert diary doll dragon drawer drum elevator factory farm ferry festival "
    "filter flag forest fork fountain fridge gadget gallery glass glider globe glove group guest harbor helmet "
    "hotel island jacket journal jungle kettle keyboard kite ladder lake lantern leaf lens lion locomotive magnet "
    "market mask medal meeting monkey mountain museum needle network notebook office orchestra organ packet "
    "palace parade parrot path pearl pencil penguin picture pillow pipe planet plate platform pocket pond pool "
    "portrait puppet puzzle queen rabbit radar railway recorder river rocket roof rope sail satellite scarf "
    "school scooter shelf shell ship shop signal sketch ski sled soldier spoon squirrel stadium statue store "
    "street studio submarine suitcase sweater sword telescope temple tent theater tiger torch towel tractor "
    "tram triangle trumpet tunnel turtle umbrella uniform vase village violin volcano wagon warehouse whale "
    "wheel whistle witness wolf workshop yacht zebra"
).split()
ATTRIBUTES = (
    "status level price size owner rating number temperature weight height speed score age color limit "
    "length width capacity balance version location address priority progress deadline name type category "
    "voltage pressure rank depth volume distance duration brand model material shape area language country "
    "grade stock phase density brightness humidity noise angle amount battery budget charge cost "
    "count cycle damage demand difficulty direction effort energy error expiry flavor flow focus force "
    "format frequency gain gender growth income index interest label lifetime load loss margin mass mode "
    "mood motion nickname odds order origin output pace payload period pitch popularity position power "
    "profit quality quota range ratio reach reward risk role route salary sector series shade signal "
    "slope source span state strength style supply tax tempo term texture title torque value wage warranty"
).split()
RESULTS = "id code number key reference token".split()


@dataclass(frozen=True)
class Slot:
    """A parameter of an invented tool as people speak of it: phrase, schema and how to draw a value."""

    name: str
    phrase: str
    schema: JsonSchema
    kind: str


_SLOTS: tuple[tuple[str, str, JsonSchema, str], ...] = (
    ("name", "name", STRING, "title"),
    ("owner", "owner", STRING, "person"),
    ("customer", "customer", STRING, "person"),
    ("assignee", "assignee", STRING, "person"),
    ("email", "e-mail address", STRING, "email"),
    ("contact", "contact", STRING, "email"),
    ("city", "city", STRING, "city"),
    ("destination", "destination", STRING, "city"),
    ("origin", "origin", STRING, "city"),
    ("code", "code", STRING, "code"),
    ("reference", "reference", STRING, "code"),
    ("serial", "serial number", STRING, "code"),
    ("label", "label", STRING, "word"),
    ("project", "project", STRING, "title"),
    ("group", "group", STRING, "word"),
    ("message", "message", STRING, "text"),
    ("comment", "comment", STRING, "text"),
    ("subject", "subject", STRING, "text"),
    ("description", "description", STRING, "text"),
    ("date", "date", STRING, "date"),
    ("deadline", "deadline", STRING, "date"),
    ("time", "time", STRING, "time"),
    ("start", "start time", STRING, "time"),
    ("count", "count", INTEGER, "integer"),
    ("quantity", "quantity", INTEGER, "integer"),
    ("level", "level", INTEGER, "integer"),
    ("floor", "floor", INTEGER, "integer"),
    ("minutes", "minutes", INTEGER, "integer"),
    ("days", "days", INTEGER, "integer"),
    ("size", "size", INTEGER, "integer"),
    ("price", "price", NUMBER, "number"),
    ("amount", "amount", NUMBER, "number"),
    ("weight", "weight", NUMBER, "number"),
    ("limit", "limit", NUMBER, "number"),
    ("speed", "speed", NUMBER, "number"),
    ("temperature", "temperature", NUMBER, "number"),
    ("urgent", "urgent", BOOLEAN, "boolean"),
    ("public", "public", BOOLEAN, "boolean"),
    ("insured", "insured", BOOLEAN, "boolean"),
    ("fragile", "fragile", BOOLEAN, "boolean"),
    ("private", "private", BOOLEAN, "boolean"),
    ("color", "color", STRING, "color"),
    ("mode", "mode", STRING, "enum"),
    ("priority", "priority", STRING, "enum"),
    ("category", "category", STRING, "enum"),
    ("type", "type", STRING, "enum"),
    ("tags", "tags", STRINGS, "words"),
    ("members", "members", STRINGS, "people"),
    ("guests", "guests", STRINGS, "people"),
    ("numbers", "numbers", NUMBERS, "numbers"),
    ("scores", "scores", NUMBERS, "numbers"),
)
_SENTENCES = (
    "the {0} is ready",
    "please bring the {0} and the {1}",
    "meet me at the {0}",
    "the {0} needs a new {1}",
    "do not forget the {0}",
    "{0} first, {1} later",
    "see you on {0} street",
    "we changed the {0}",
)


def draw_slots(s: Scene, count: int) -> list[Slot]:
    """`count` different parameters; some under invented names."""
    slots = []
    for name, phrase, schema, kind in s.rng.sample(_SLOTS, count):
        if kind == "enum":
            schema = enum(
                *dict.fromkeys(
                    s.word() if s.rng.random() < 0.5 else s.item() for _ in range(s.rng.randint(2, 4))
                )
            )
        if s.rng.random() < 0.12:
            name = phrase = s.word()
        slots.append(Slot(name, phrase, schema, kind))
    return slots


def draw_value(s: Scene, slot: Slot) -> Any:
    """A value for a parameter."""
    rng = s.rng
    if "enum" in slot.schema:
        return rng.choice(slot.schema["enum"])
    simple: dict[str, Callable[[], Any]] = {
        "title": s.title,
        "person": s.person,
        "email": s.email,
        "city": s.city,
        "code": s.code,
        "word": s.word,
        "date": s.date,
        "time": s.time,
        "color": lambda: rng.choice(words.COLORS),
        "boolean": lambda: rng.random() < 0.5,
        "integer": lambda: rng.choice((rng.randint(0, 20), rng.randint(10, 2000))),
        "number": lambda: number(
            rng.choice((rng.randint(1, 99), rng.randint(10, 9999) / 10, rng.random() * 100))
        ),
        "people": lambda: s.people(rng.randint(1, 4)),
        "words": lambda: [s.word() for _ in range(rng.randint(1, 4))],
        "numbers": lambda: [
            number(rng.randint(1, 999) / rng.choice((1, 1, 10))) for _ in range(rng.randint(2, 5))
        ],
        "text": lambda: _text(s),
    }
    return simple[slot.kind]()


def _text(s: Scene) -> str:
    if s.rng.random() < 0.25:
        return " ".join(words.foreign_word(s.rng) for _ in range(s.rng.randint(1, 2)))
    text = s.rng.choice(_SENTENCES).format(s.topic(), s.word())
    return text.capitalize() if s.rng.random() < 0.5 else text


def say(s: Scene, slot: Slot, value: Any, form: int) -> str:
    """How a person states one argument; `form` is the same for all arguments of a request."""
    rng = s.rng
    if isinstance(value, bool):
        options = (f"not {slot.phrase}", slot.phrase) if form != 2 else ("no", "yes")
        return f"{slot.phrase}: {options[value]}" if form == 2 else options[value]
    if isinstance(value, list):
        parts = [str(v) for v in value]
        shown = (
            " and ".join((", ".join(parts[:-1]), parts[-1]))
            if len(parts) > 1 and form != 2
            else ", ".join(parts)
        )
    else:
        quoted = slot.kind == "text" or (isinstance(value, str) and rng.random() < 0.2)
        shown = f'"{value}"' if quoted else str(value)
    return (f"{slot.phrase} {shown}", f"{shown} as {slot.phrase}", f"{slot.phrase}: {shown}")[form]


def say_all(s: Scene, slots: list[Slot], values: list[Any]) -> str:
    """The arguments of a call as the tail of a request."""
    if not slots:
        return ""
    form = s.rng.randrange(3)
    said = [say(s, slot, value, form) for slot, value in zip(slots, values, strict=True)]
    if form == 2:
        return f" ({', '.join(said)})" if s.rng.random() < 0.5 else f": {'; '.join(said)}"
    tail = said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
    return f" with {tail}"


def drawn_result(world: World, key: str, kind: str, arguments: dict[str, Any]) -> Any:
    """What an invented tool returns: a function of the tool, its arguments and the world."""
    rng = random.Random(f"{world['_salt']}/{key}/{json.dumps(arguments, sort_keys=True)}")
    if kind == "number":
        return number(rng.choice((rng.randint(1, 99), rng.randint(100, 9999), rng.randint(10, 999) / 10)))
    if kind == "code":
        return words.code(rng)
    if kind == "word":
        return words.invented_word(rng, "train").capitalize()
    return "ok"


def make_op(
    s: Scene, key: str, verb: str, thing: str, slots: list[Slot], result: tuple[str, str], query: bool
) -> Op:
    """An invented tool.

    Args:
        s: The scene.
        key: Key of the operation, unique in the scene.
        verb: What it does, one word.
        thing: What it does it to.
        slots: Its parameters.
        result: (name, kind) of what it returns; kind is number, code, word or ok.
        query: Whether it asks for a value, instead of doing something.
    """
    subject = f"the {result[0]} of a {thing}" if query else f"a {thing}"
    noun = f"{thing}_{result[0]}" if query else thing
    names = (
        f"{verb}_{noun}",
        f"{noun}_{verb}" if not query else noun,
        f"{verb}_{noun}",
        f"{verb}_{result[0]}_of_{thing}" if query else f"{verb}_one_{thing}",
        f"{thing}_{verb}_{result[0]}" if query else f"do_{verb}_{thing}",
    )
    spoken = verb
    docs = (
        f"{spoken.capitalize()} {subject}.",
        f"Use this to {spoken} {subject}.",
        f"Tool to {spoken} {subject}.",
        f"{spoken.capitalize()} {subject} and return the result.",
        f"Can {spoken} {subject}.",
        f"Call this to {spoken} {subject}.",
        f"A way to {spoken} {subject}.",
        f"Lets you {spoken} {subject}.",
        f"For when you have to {spoken} {subject}.",
        f"This tool can {spoken} {subject}.",
    )
    params = []
    for slot in slots:
        texts = (f"The {slot.phrase}", f"{slot.phrase.capitalize()} of the {thing}", slot.phrase.capitalize())
        params.append(P(slot.name, slot.schema, (slot.name,), texts))

    def run(world: World, /, **arguments: Any) -> Any:
        missing = [v for v in arguments.values() if isinstance(v, str) and v in world["missing"]]
        if missing:
            raise ToolFailure(f"There is no {missing[0]}.")
        if not query:
            world["log"].append([key, arguments])
        return drawn_result(world, key, result[1], arguments)

    return Op(key, (s.rng.choice(names),), docs, tuple(params), run, result[0])
