"""Errands: one request after the other for tools that resemble each other, each done with one call.

Only training has them. A request says what is to be done in words that no other task has, and so do the
tools: they share their verbs, things and properties, and their names may say nothing. What is learned here is
what tools of unknown fields need: to repeat a request as it was put, and to find the tool that does it.
"""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.domains.invented import polite
from mtp_trainer.toolworld.errands import STATUS, Errand, errands, place
from mtp_trainer.toolworld.ops import World
from mtp_trainer.toolworld.scene import Domain, Scene


def world(s: Scene) -> World:
    """Nothing but a log of what was done."""
    return {"_salt": s.rng.randrange(10**9), "log": []}


_KEYED = ("the {thing} {key}", 'the {thing} "{key}"', "{key}", "{key}", "the {key}")


def _draw_key(s: Scene, kind: int) -> str:
    draws = (s.code, s.title, lambda: s.word() + "s", s.person, lambda: place(s))
    return draws[kind]()


def run_errands(s: Scene) -> None:
    """One to eight requests in one message; sometimes a property of several things, in parallel."""
    rng = s.rng
    kind = rng.choice((0, 1, 2, 3, 4, 4))
    named = rng.choice((_KEYED[:2], _KEYED[:3], _KEYED[4:], _KEYED[2:4], _KEYED[2:3])[kind])
    near = rng.choice(("of", "in", "in", "at")) if kind == 4 else "of"
    tools = errands(s, rng.choice((1, 2, 3, 4, 5, 6, 7)), named, near)
    for errand in tools:
        s.define(errand.op)
        s.skin(errand.op.key)
    wanted = rng.choice((1, 1, 1, 2, 3, 4, 6, 8))
    chosen = [rng.choice(tools) for _ in range(wanted)]
    if wanted == 1 and chosen[0].asks:
        _find(s, chosen[0], kind)
        return
    steps: list[tuple[str, str, dict[str, Any]]] = []
    for errand in chosen:
        arguments = {f"t{i}": tail.draw() for i, tail in enumerate(errand.tails)}
        takes = {param.key for param in errand.op.params}
        if "key" in takes:
            arguments = {"key": _draw_key(s, kind)} | arguments
        elif "on" in takes:
            arguments = {"on": rng.random() < 0.5}
        text = errand.say(str(arguments.get("key", "")), arguments)
        steps.append((errand.op.key, text, arguments))
    texts = [text for _, text, _ in steps]
    s.ask(_request(s, texts), plan=texts)
    values = [s.call(op, text, **arguments) for op, text, arguments in steps]
    results = [value for value in values if value not in STATUS]
    told = " The results are: " + ", ".join(str(value) for value in results) + "." if results else ""
    s.answer(f"Done.{told}", f"All is done.{told}", expect=results)


def _request(s: Scene, texts: list[str]) -> str:
    rng = s.rng
    if len(texts) == 1:
        text = texts[0]
        return rng.choice(
            (
                polite(s, text),
                polite(s, text),
                f"{text[0].upper()}{text[1:]}.",
                f"{rng.choice(('Please', 'Now', 'Could you please'))} {text}.",
            )
        )
    form = rng.randrange(5)
    sentences = [text[0].upper() + text[1:] for text in texts]
    if form == 0:
        return "Please do this:\n" + "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1))
    if form == 1:
        return "\n".join(f"- {text}" for text in texts)
    if form == 2:
        return ". ".join(sentences) + "."
    if form == 3:
        return polite(s, rng.choice((", then ", "; then ", ", and then ", "; after that, ")).join(texts))
    return "To do: " + "; ".join(texts) + "."


def _find(s: Scene, errand: Errand, kind: int) -> None:
    """A property of one thing or of several, asked for in any form."""
    rng = s.rng
    keys = list(dict.fromkeys(_draw_key(s, kind) for _ in range(rng.choice((1, 1, 1, 2, 3)))))
    frame = errand.frame
    spoken = [frame.spoken(key) for key in keys]
    joint = "; " if any("," in key for key in keys) else ", "
    shown = spoken[0] if len(keys) == 1 else joint.join(spoken[:-1]) + " and " + spoken[-1]
    question = rng.random() < 0.4
    what = frame.property_of(shown)
    why = f"{'get' if question else frame.verb} {what}"
    if question:
        s.ask(
            rng.choice(
                (
                    f"What is {what}?",
                    f"What is {what} now?",
                    f"Do you know {what}?",
                    f"I would like to know {what}.",
                    f"{what[4].upper()}{what[5:]}?",
                    f"Tell me {what}, please.",
                )
            )
        )
    else:
        s.ask(_request(s, [f"{frame.verb} {what}"]))
    values = s.parallel(why, *((errand.op.key, {"key": key}) for key in keys))
    told = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    one = f"T{what[1:]} is {values[0]}." if len(keys) == 1 else f"{told}."
    s.answer(one, f"{told}.", expect=values)


DOMAIN = Domain("errands", (), world, (run_errands,), weight=10.0, composable=False, training_only=True)
