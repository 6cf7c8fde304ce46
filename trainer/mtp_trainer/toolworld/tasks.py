"""Tasks: scenes turned into prompts, gold conversations, executable sessions and verdicts."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mtp_model.prompt.messages import Message, ToolCall
from mtp_trainer.toolworld.domains import SEEN, UNSEEN
from mtp_trainer.toolworld.ops import Op, Toolbox, ToolResult, World
from mtp_trainer.toolworld.rewording import reworded
from mtp_trainer.toolworld.scene import Domain, Part, Scenario, Scene
from mtp_trainer.toolworld.styles import Turn, draw_system
from mtp_trainer.toolworld.words import Split

MAX_CALLS = 12  # calls that the longest gold loop may need


@dataclass(frozen=True)
class Verdict:
    """Whether a run solved its task, and if not, why not."""

    ok: bool
    reason: str = ""


@dataclass
class Session:
    """One attempt at a task: a private copy of the world on which tools run."""

    toolbox: Toolbox
    world: World
    calls: int = 0

    def call(self, call: ToolCall) -> ToolResult:
        """Runs a tool call."""
        self.calls += 1
        return self.toolbox.call(self.world, call.name, call.arguments)


@dataclass(frozen=True)
class Task:
    """One task with its gold solution.

    Attributes:
        id: `split/seed`, from which the task can be made again.
        domain: Name of the domain.
        unseen: Whether the whole domain is held out of training.
        messages: System prompt, earlier turns and the user's request.
        gold: What a right assistant and the tools say then.
        toolbox: Tools, in the order in which the prompt shows them.
        start: World before the request.
        final: World after the gold solution.
        expect: What a right answer contains.
        calls: Number of tool calls of the gold solution.
    """

    id: str
    domain: str
    unseen: bool
    messages: tuple[Message, ...]
    gold: tuple[Message, ...]
    toolbox: Toolbox = field(repr=False)
    start: World = field(repr=False)
    final: World = field(repr=False)
    expect: tuple[Any, ...] = ()
    calls: int = 0

    @property
    def tools(self) -> list[dict[str, Any]]:
        """Tools in OpenAI format."""
        return self.toolbox.schemas()

    def session(self) -> Session:
        """A fresh attempt."""
        return Session(self.toolbox, copy.deepcopy(self.start))

    def check(self, session: Session, answer: str) -> Verdict:
        """Judges an attempt by the world it left and by its answer.

        Args:
            session: The attempt, after its last call.
            answer: Text of the final assistant message.
        """
        if _public(session.world) != _public(self.final):
            return Verdict(False, "the final state differs")
        if self.calls == 0 and session.calls:
            return Verdict(False, "no tool was needed")
        missing = [value for value in self.expect if not contains(answer, value)]
        return Verdict(False, f"the answer lacks {missing[0]!r}") if missing else Verdict(True)


def contains(text: str, value: Any) -> bool:
    """Whether an answer states a value: numbers by value, texts literally (case is ignored)."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, (int, float)):
        found = (float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-")))
        return any(abs(n - value) < 0.005 for n in found)
    if isinstance(value, (list, tuple)):
        return all(contains(text, part) for part in value)
    if isinstance(value, dict):
        return all(contains(text, part) for part in value.values())
    return str(value).casefold() in text.casefold()


def make_task(
    seed: int,
    split: Split,
    *,
    unseen: bool = False,
    domain: str | None = None,
    emphasis: Mapping[str, float] = MappingProxyType({}),
) -> Task:
    """Makes a task; equal arguments give equal tasks.

    Args:
        seed: Number of the task within its split.
        split: `train` or `heldout`: which wordings, values, names and schemas may be used.
        unseen: Draw from the domains that are held out as a whole.
        domain: Name of the domain; drawn if not given, for the held-out split not from exercises.
        emphasis: How many times as often as otherwise a domain is drawn, by name.

    Raises:
        ValueError: No such domain.
    """
    rng = random.Random(f"{split}/{unseen}/{seed}" + (f"/{domain}" if domain else ""))
    choices = [d for d in (UNSEEN if unseen else SEEN) if domain in (None, d.name)]
    strange = set(emphasis) - {d.name for d in choices}
    if domain is None and split == "heldout":
        choices = [d for d in choices if not d.training_only]
    if not choices or strange:
        known = ", ".join(d.name for d in SEEN + UNSEEN)
        missing = ", ".join(map(repr, sorted(strange))) or repr(domain)
        raise ValueError(f"There is no domain {missing} here; the domains are: {known}.")
    drawn = rng.choices(choices, weights=[d.weight * emphasis.get(d.name, 1) for d in choices])[0]
    scene = Scene(drawn, rng, split)
    history: list[Message] = []
    first = rng.choice(drawn.scenarios)
    first(scene)
    if drawn.composable:
        history = _continue(scene, [scenario for scenario in drawn.scenarios if scenario is not first])
    _add_distractors(scene, SEEN if split == "train" else SEEN + UNSEEN)
    return _task(scene, history, f"{split}/{seed}")


def _continue(scene: Scene, scenarios: list[Scenario]) -> list[Message]:
    """Lets further scenarios follow: as a later turn of the chat, or within the same request."""
    rng = scene.rng
    roll = rng.random()
    chat = roll < 0.06
    for _ in range(2 if 0.06 <= roll < 0.08 else 1 if roll < 0.2 else 0):
        before = copy.deepcopy((scene.world, scene.start)), list(scene.toolbox.skins), list(scene.parts)
        history = [Message("user", scene.parts[0].question), *_turns(scene, scene.parts)] if chat else []
        if chat:
            scene.parts.clear()
            scene.start = copy.deepcopy(scene.world)
        try:
            scenarios.pop(rng.randrange(len(scenarios)))(scene)
            fits = sum(len(turn.calls) for part in scene.parts for turn in part.turns) <= MAX_CALLS
        except (ValueError, IndexError, KeyError):
            fits = False  # the world that the first scenario left has nothing for the second
        if not fits:
            (scene.world, scene.start), scene.toolbox.skins, scene.parts = before
            return []
        if chat:
            return history
    return []


_JOINS = (
    ("First: {}", " Then: {}"),
    ("1. {}", "\n2. {}", "\n3. {}"),
    ("{}", " After that: {}"),
    ("{}", "\n{}"),
    ("{}", " And then: {}"),
)


# What people say around a request, and what does not matter for it: {} is a name, {} a thing.
_BEFORE = (
    "Hi!",
    "Hello, {0} here.",
    "Hi, this is {0}.",
    "Good to see you.",
    "It is me again, {0}.",
    "Sorry that I ask again.",
    "I have a question.",
    "I need your help with something.",
    "Here is what I need.",
    "{0} told me that you can help.",
    "I was at the {1} all day.",
    "The {1} is broken again, but that can wait.",
    "My {1} arrived today.",
    "I am on the way to the {1}.",
    "This is for {0}.",
    "{0} asked me to write to you.",
    "I would do it myself, but I have to look for my {1}.",
    "{0} and I talked about it.",
    "One more thing for today.",
    "Now to something else.",
    "It has nothing to do with the {1}.",
    "Listen.",
    "OK, next one.",
    "Dear assistant,",
)
_AFTER = (
    "Thanks!",
    "Thank you, {0}.",
    "Thanks in advance.",
    "Please hurry.",
    "There is no hurry.",
    "{0} is waiting for it.",
    "It is for {0}.",
    "Then I can go back to my {1}.",
    "I will be at the {1} until then.",
    "Take your time.",
    "That would help me a lot.",
    "Can you do that?",
    "I hope that this is possible.",
    "{0} will be happy about it.",
    "That is all for now.",
    "After that I will buy a {1}.",
    "Best wishes, {0}",
    "Let me know when it is done.",
)


def _question(scene: Scene) -> str:
    question = _joined(scene)
    if scene.split == "train":  # held-out requests differ by their wordings, so they need no padding
        rng = scene.rng
        if rng.random() < 0.5:
            question = reworded(question, rng, *_repeated(scene))
        around = [
            rng.choice(kind).format(scene.title(), scene.item()) if rng.random() < 0.12 else ""
            for kind in (_BEFORE, _AFTER)
        ]
        question = " ".join(text for text in (around[0], question, around[1]) if text)
    return question


def _repeated(scene: Scene) -> tuple[list[str], list[str]]:
    """What of a request must stay: values that calls and answers repeat, and texts with words of it."""
    values: list[str] = []
    said: list[str] = []
    for part in scene.parts:
        values += _strings(part.expect)
        said += [part.answer, part.thought, *part.plan]
        for turn in part.turns:
            said.append(turn.why)
            for call in turn.calls:
                values += _strings(call.arguments)
    return values, said


def _strings(value: Any) -> list[str]:
    """All texts in a JSON value, keys aside."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [text for one in inner for text in _strings(one)]


def _joined(scene: Scene) -> str:
    questions = [part.question for part in scene.parts]
    if len(questions) == 1:
        return questions[0]
    first, *later = scene.rng.choice(_JOINS)
    texts = [first.format(questions[0])]
    for index, question in enumerate(questions[1:]):
        texts.append(later[min(index, len(later) - 1)].format(question))
    return "".join(texts)


def _turns(scene: Scene, parts: list[Part]) -> list[Message]:
    """The gold assistant and tool messages of `parts`."""
    messages: list[Message] = []
    last: Turn | None = None
    # The first purpose of a part never contains results, so it may stand in a plan.
    plan = [step for part in parts for step in part.plan or [turn.why for turn in part.turns[:1]]]
    for part in parts:
        for turn in part.turns:
            reasoning = scene.style.before_call(turn, last, plan)
            first = sum(len(m.tool_calls) for m in messages)
            calls = tuple(
                ToolCall(call.name, call.arguments, f"call_{first + i}")
                for i, call in enumerate(turn.calls, 1)
            )
            messages.append(Message("assistant", reasoning=reasoning, tool_calls=calls))
            messages += [
                Message("tool", result.text, name=call.name, tool_call_id=call.id)
                for call, result in zip(calls, turn.results, strict=True)
            ]
            last = turn
    answer = " ".join(part.answer for part in parts)
    messages.append(Message("assistant", answer, scene.style.before_answer(last, parts[-1].thought)))
    return messages


def _add_distractors(scene: Scene, domains: tuple[Domain, ...]) -> None:
    rng = scene.rng
    used = {skin.op.key for skin in scene.toolbox.skins}
    siblings = [op for op in scene.domain.ops if op.key not in used]
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        if siblings and rng.random() < 0.7:
            scene.add_tool(siblings.pop(rng.randrange(len(siblings))))
            continue
        other = rng.choice([domain for domain in domains if not domain.training_only])
        if other.name != scene.domain.name and other.ops:
            op = rng.choice(other.ops)
            # A tool that could do the job as well would make the task ambiguous.
            if not _alike(op, scene.domain.ops):
                scene.toolbox.foreign.add(scene.add_tool(op).name)
    rng.shuffle(scene.toolbox.skins)


def _alike(op: Op, ops: tuple[Op, ...]) -> bool:
    """Whether a name or a main word of a description of `op` stands for one of `ops` too."""
    verbs = {name.split("_")[0] for name in op.names}
    others = {name.split("_")[0] for one in ops for name in one.names}
    return (
        bool(set(op.names) & {n for one in ops for n in one.names}) or len(verbs & others) > len(verbs) // 2
    )


def _task(scene: Scene, history: list[Message], task_id: str) -> Task:
    system = draw_system(scene.style, scene.rng, scene.split)
    opening = [Message("system", system)] if system else []
    gold = _turns(scene, scene.parts)
    return Task(
        id=task_id,
        domain=scene.domain.name,
        unseen=scene.domain.unseen,
        messages=(*opening, *history, Message("user", _question(scene))),
        gold=tuple(gold),
        toolbox=scene.toolbox,
        start=scene.start,
        final=scene.world,
        expect=tuple(value for part in scene.parts for value in part.expect),
        calls=sum(len(message.tool_calls) for message in gold),
    )


def _public(world: World) -> World:
    """The part of a world that is compared, as plain JSON."""
    public: World = json.loads(json.dumps({k: v for k, v in world.items() if not k.startswith("_")}))
    return public
