"""A scene: the script of one task, which records the gold conversation while it runs the real tools.

A scenario is a plain function on a `Scene`: it asks, calls tools, and answers. Each call is executed on
the world and recorded as an assistant turn with its reasoning, so gold conversations are true by
construction, and the final world and the expected answer are what the checker compares with.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mtp_model.prompt.messages import ToolCall
from mtp_trainer.toolworld import words
from mtp_trainer.toolworld.ops import Op, Skin, Toolbox, World, make_skin, number
from mtp_trainer.toolworld.styles import Style, Turn, draw_style
from mtp_trainer.toolworld.words import Split, choose

T = TypeVar("T")
Scenario = Callable[["Scene"], None]


# Two steps in one request, {0} before {1}.
_TOGETHER = (
    "{0}, then {1}.",
    "{0}. Then {1}.",
    "{0} and {1}.",
    "{1}; {0} first.",
    "{1}, but {0} first.",
    "{1}. To do so, {0}.",
    "{1}. Before that, {0}.",
    "Before you {1}, {0}.",
    "To {1}, you have to {0}.",
    "I want you to {1}. You have to {0} for that.",
    "{0} so that you can {1}.",
    "First {0}. After that {1}.",
    "{0}; with what you get, {1}.",
    "Please {1}, and {0} beforehand.",
    "Can you {1}? You will have to {0}.",
    "{1} - {0} for this.",
    "Two things: {0}, and {1}.",
    "1. {0}\n2. {1}",
    "Last, {1}; but to begin with, {0}.",
    "It is time to {1}, so {0} now.",
)


@dataclass(frozen=True)
class Domain:
    """A field of daily work: its tools, its world, and what people ask of it.

    Attributes:
        name: Name of the domain.
        ops: Tools of the domain.
        world: Draws the state on which the tools work (JSON-able; keys with `_` are not compared).
        scenarios: What people ask.
        unseen: Held out as a whole: never part of training.
        weight: How often it is drawn, relative to other domains.
        composable: Whether several scenarios may make up one request.
        training_only: An exercise: no held-out task is drawn from it.
    """

    name: str
    ops: tuple[Op, ...]
    world: Callable[[Scene], World]
    scenarios: tuple[Scenario, ...]
    unseen: bool = False
    weight: float = 1.0
    composable: bool = True
    training_only: bool = False


@dataclass(frozen=True)
class Failed:
    """What `Scene.call` returns for a tool that failed."""

    message: str


@dataclass
class Part:
    """What one scenario contributed: a question, its turns, an answer."""

    question: str = ""
    plan: tuple[str, ...] = ()
    turns: list[Turn] = field(default_factory=list)
    thought: str = ""
    answer: str = ""
    expect: tuple[Any, ...] = ()


class Scene:
    """The stage on which a scenario runs.

    Attributes:
        rng: Source of all that is random here.
        split: Which wordings, values and names may be used.
        world: The state that tools read and change.
        style: How this assistant reasons and answers; the system prompt says it.
    """

    def __init__(self, domain: Domain, rng: random.Random, split: Split) -> None:
        self.domain = domain
        self.rng = rng
        self.split = split
        self.style: Style = draw_style(rng)
        self.toolbox = Toolbox()
        self.parts: list[Part] = []
        self._taken: set[str] = set()
        self._ops = {op.key: op for op in domain.ops}
        self.world: World = domain.world(self)
        self.start: World = copy.deepcopy(self.world)

    # -- values ---------------------------------------------------------------------------------

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`; a pool of strings is first cut to the split's part."""
        return self.sample(options, 1)[0]

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different ones of `options`; long pools of strings are cut to the split's part."""
        rest: list[Any] = list(options)
        if len(rest) >= 10 and all(isinstance(o, str) for o in rest):
            rest = words.pool(rest, self.split)
        return self.rng.sample(rest, count)

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return self.rng.randint(low, high)

    def money(self, low: int, high: int) -> int | float:
        """An amount in [low, high], with cents half of the time."""
        return number(self.rng.randint(low, high) + self.rng.choice((0, 0, 0.5, 0.25, 0.9, 0.75)))

    def person(self) -> str:
        """A first name, in Latin, Cyrillic, Chinese or Japanese letters."""
        return self.people(1)[0]

    def people(self, count: int) -> list[str]:
        """`count` different first names."""
        found: list[str] = []
        for name in self.sample(words.NAMES, count):
            person = self.word().capitalize() if self.invents() else name
            while person in found:
                person = self.word().capitalize()
            found.append(person)
        return found

    def city(self) -> str:
        """A city name in its own letters."""
        return self.word().capitalize() if self.invents() else self.pick(words.CITIES)

    def item(self) -> str:
        """A thing in a shop or a house, singular, lower case."""
        return self.word() if self.invents() else self.pick(words.ITEMS)

    def topic(self) -> str:
        """What a meeting, note or task may be about, lower case."""
        return self.word() if self.invents() else self.pick(words.TOPICS)

    def invents(self) -> bool:
        """Whether a name or thing is to be any word instead of one of its pool.

        Much more often in training than in held-out tasks: who has read the same hundred names again and
        again expects them, and errs where others have to be copied.
        """
        return self.rng.random() < (0.55 if self.split == "train" else 0.2)

    def word(self) -> str:
        """Any word, lower case: an invented one, or one of everyday English."""
        return words.any_word(self.rng, self.split)

    def title(self) -> str:
        """An invented proper name: a capitalised word, sometimes in foreign letters."""
        return words.foreign_word(self.rng) if self.rng.random() < 0.15 else self.word().capitalize()

    def code(self) -> str:
        """An identifier such as `KX-482`."""
        return words.code(self.rng)

    def email(self) -> str:
        """An e-mail address of an invented person."""
        return f"{self.word()}@{self.word()}.{self.rng.choice(('com', 'org', 'net', 'io', 'de'))}"

    def date(self) -> str:
        """A date as YYYY-MM-DD, 2024 to 2027."""
        return f"{self.integer(2024, 2027)}-{self.integer(1, 12):02d}-{self.integer(1, 28):02d}"

    def time(self) -> str:
        """A time of day as HH:MM."""
        return f"{self.integer(7, 21):02d}:{self.rng.choice((0, 15, 30, 45)):02d}"

    def wording(self, *options: str) -> str:
        """One of `options`; the last fifth is held out."""
        return choose(self.rng, options, self.split)

    def outage(self, op: str) -> None:
        """Lets the next call of `op` fail with "Temporarily unavailable. Try again."."""
        call = self.world.get("_counts", {}).get(op, 0) + 1
        for world in (self.world, self.start):
            world.setdefault("_outages", {}).setdefault(op, []).append(call)

    # -- the script -----------------------------------------------------------------------------

    def ask(
        self,
        *wordings: str,
        more: Sequence[str] = (),
        plan: Sequence[str] = (),
        parts: tuple[Sequence[str], Sequence[str]] | None = None,
    ) -> None:
        """The user's request; one of `wordings` is drawn, the last fifth of them is held out.

        Args:
            wordings: Complete requests, six or more where possible, all with the same values.
            more: Further ones, for training alone.
            plan: The steps in the abstract ("find the price", "multiply it by the quantity"), for
                assistants whose style is to plan aloud. Must not contain results.
            parts: Ways to say each of two steps, in the infinitive, the second with what it takes from the
                first. Half of training's requests put one of each together, in either order.
        """
        question = choose(self.rng, wordings, self.split, more)
        if parts and self.split == "train" and self.rng.random() < 0.5:
            first, second = (self.rng.choice(part) for part in parts)
            question = self.rng.choice(_TOGETHER).format(first, second)
            question = question[0].upper() + question[1:]
        self.parts.append(Part(question=question, plan=tuple(plan)))

    def call(self, op: str, why: str, /, **arguments: Any) -> Any:
        """Calls a tool, as one assistant turn.

        Args:
            op: Key of the operation.
            why: The purpose in the infinitive ("find the price of 3 mugs"), from what is known before
                the call.
            arguments: Semantic arguments.

        Returns:
            The tool's value, or `Failed`.
        """
        return self.parallel(why, (op, arguments))[0]

    def parallel(self, why: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """Calls several tools in one assistant turn; see `call`."""
        if not calls:
            raise ValueError("a turn needs at least one call")
        skins = [self.skin(op) for op, _ in calls]
        asked = tuple(
            ToolCall(skin.name, skin.arguments(arguments))
            for skin, (_, arguments) in zip(skins, calls, strict=True)
        )
        results = tuple(self.toolbox.call(self.world, made.name, made.arguments) for made in asked)
        self.parts[-1].turns.append(Turn(why, asked, results, tuple(skin.doc for skin in skins)))
        return [result.value if result.ok else Failed(result.value) for result in results]

    def think(self, *thoughts: str) -> None:
        """The thought before an answer that needs no tool; the style alone decides which is used."""
        self.parts[-1].thought = thoughts[self.style.index % len(thoughts)]

    def define(self, op: Op) -> None:
        """Adds an operation to those that this scene may call."""
        self._ops[op.key] = op

    def answer(self, *wordings: str, expect: Sequence[Any] = ()) -> None:
        """The final answer; which wording is used depends on the style alone.

        Args:
            wordings: Complete answers, one to three.
            expect: Numbers or strings that an answer must contain to be right.
        """
        self.parts[-1].answer = wordings[self.style.index % len(wordings)]
        self.parts[-1].expect = tuple(expect)

    def skin(self, op: str) -> Skin:
        """The appearance of an operation in this task, drawn at first use."""
        for skin in self.toolbox.skins:
            if skin.op.key == op:
                return skin
        return self.add_tool(self._ops[op])

    def add_tool(self, op: Op) -> Skin:
        """Adds a tool (a distractor, if no call uses it)."""
        skin = make_skin(op, self.rng, self.split, self._taken)
        self.toolbox.skins.append(skin)
        return skin
