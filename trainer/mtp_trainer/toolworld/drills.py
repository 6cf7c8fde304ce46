"""Drills: short exercises in copying, with as many different words as possible.

Nearly all that an agent writes in a call stands in its prompt already. In a drill nothing else is asked: to
repeat a list, to find values by their keys, to turn lines into JSON. Many words of one drill share their
pieces, so that the token before does not yet tell the next one. Drills are part of training alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from mtp_model.prompt.messages import Message
from mtp_trainer.toolworld import words
from mtp_trainer.toolworld.ops import number, to_json

_SYSTEMS = ("", "Repeat exactly.", "Copy what you are asked for.", "Be exact.")


def make_drill(seed: int, pieces: Sequence[str] = ()) -> list[Message]:
    """One exercise, a conversation of the training split; equal arguments give equal drills.

    Args:
        seed: Number of the drill.
        pieces: Letters and words of which a tokenizer spells text. Two thirds of the words are made of
            them, so that each piece is copied about as often as any other: one that a student has hardly
            ever written is one that it cannot copy. Those of three letters or more are taken to be whole
            words, which are tokens only where no letter stands beside them.
    """
    rng = random.Random(f"drill/{seed}")
    system = rng.choice(_SYSTEMS)
    question, thought, answer = rng.choice(_FORMS)(Vocabulary(rng, pieces))
    opening = [Message("system", system)] if system else []
    return [*opening, Message("user", question), Message("assistant", answer, thought)]


class Vocabulary:
    """What one drill speaks of: words of every sort, some of them made of a few common pieces.

    Args:
        rng: Source of all that is random here.
        pieces: As in `make_drill`.
    """

    def __init__(self, rng: random.Random, pieces: Sequence[str] = ()) -> None:
        self.rng = rng
        self.spelling = [piece for piece in pieces if len(piece) < 3]
        self.whole = [piece for piece in pieces if len(piece) >= 3]
        everyday = [words.everyday_word(rng, "train") for _ in range(4)]
        self.heads = [word[: rng.randint(2, 4)] for word in everyday]
        self.tails = [word[-rng.randint(2, 4) :] for word in everyday]
        self.shared = rng.random() < 0.5

    def word(self) -> str:
        """A word; in lower case, but for those of given pieces."""
        rng = self.rng
        if self.whole and rng.random() < 0.5:
            return rng.choice(self.whole)
        while self.spelling and rng.random() < 0.3:
            word = "".join(rng.choice(self.spelling) for _ in range(rng.choice((1, 2, 2, 3, 3, 4))))
            if words.in_split(word, "train"):
                return word
        if self.shared and rng.random() < 0.6:
            word = (
                rng.choice(self.heads) + rng.choice(("", "", rng.choice(self.tails))) + rng.choice(self.tails)
            )
            if words.in_split(word, "train"):
                return word
        if rng.random() < 0.1:
            return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 7)))
        return words.any_word(rng, "train")

    def name(self) -> str:
        """An identifier: one word or several, in snake or camel case."""
        parts = [self.word() for _ in range(self.rng.choice((1, 1, 2, 2, 3)))]
        if self.rng.random() < 0.3:
            return parts[0] + "".join(part.capitalize() for part in parts[1:])
        return "_".join(parts)

    def value(self) -> str | int | float:
        """A word, name, number, code, date or address."""
        rng = self.rng
        kind = rng.randrange(9)
        if kind == 0:
            return number(
                rng.choice((rng.randint(1, 99), rng.randint(100, 9999), rng.randint(10, 99999) / 100))
            )
        if kind == 1:
            return words.code(rng)
        if kind == 2:
            return f"{rng.randint(2024, 2027)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        if kind == 3:
            return f"{self.word()}@{self.word()}.{rng.choice(('com', 'org', 'net', 'io', 'de'))}"
        if kind == 4:
            return words.foreign_word(rng) if rng.random() < 0.5 else self.word().upper()
        if kind == 5:
            return " ".join(self.word().capitalize() for _ in range(2))
        if kind == 6:
            return " ".join(self.word() for _ in range(rng.randint(2, 4)))
        return self.name()


Form = Callable[[Vocabulary], tuple[str, str, str]]


def _repeat(vocabulary: Vocabulary) -> tuple[str, str, str]:
    rng = vocabulary.rng
    text = rng.choice((" ", ", ", "\n")).join(str(vocabulary.value()) for _ in range(rng.randint(3, 16)))
    return f"Repeat this:\n{text}", "I repeat the text.", text


def _look_up(vocabulary: Vocabulary) -> tuple[str, str, str]:
    rng = vocabulary.rng
    table = {vocabulary.name(): vocabulary.value() for _ in range(rng.randint(4, 20))}
    asked = rng.sample(list(table), rng.randint(1, min(8, len(table))))
    lines = "\n".join(f"{key}: {value}" for key, value in table.items())
    found = "\n".join(f"{key}: {table[key]}" for key in asked)
    return f"{lines}\n\nFind: {', '.join(asked)}", f"I look for {' and '.join(asked[:2])}.", found


def _to_object(vocabulary: Vocabulary) -> tuple[str, str, str]:
    rng = vocabulary.rng
    table = {vocabulary.name(): vocabulary.value() for _ in range(rng.randint(2, 9))}
    said = rng.choice(("{} is {}", "{} = {}", "{}: {}"))
    text = rng.choice((", ", "; ", "\n", " and ")).join(said.format(k, v) for k, v in table.items())
    spoken = ", ".join(f"{key} = {to_json(value)}" for key, value in table.items())
    thought = f"I give it {spoken}." if rng.random() < 0.5 else "I write the object."
    return f"Write as JSON: {text}", thought, to_json(table)


def _who_has(vocabulary: Vocabulary) -> tuple[str, str, str]:
    rng = vocabulary.rng
    table = {str(vocabulary.value()): vocabulary.name() for _ in range(rng.randint(3, 12))}
    lines = "\n".join(f"{name} has {value}" for value, name in table.items())
    asked = rng.sample(list(table), rng.randint(1, min(4, len(table))))
    found = "; ".join(f"{value} belongs to {table[value]}" for value in asked)
    return f"{lines}\nWho has {' and '.join(asked)}?", "I look at the list.", f"{found}."


_FORMS: tuple[Form, ...] = (_repeat, _look_up, _look_up, _to_object, _who_has)
