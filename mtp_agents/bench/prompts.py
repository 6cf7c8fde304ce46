"""Prompts as agents send them, of an exact length, so that all rows and engines read the same amount.

A prompt is one conversation up to a turn of the assistant: system prompt and tools, earlier turns about other
requests, a held-out toolworld task, and of its solution what comes before that turn.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain, cycle, islice

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.prompt.messages import Message
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.toolworld.tasks import Task, make_task

__all__ = ["random_prompts", "task_prompts"]

TASKS = 64
"""Held-out tasks for the rows. Those behind them are asked and solved in earlier turns."""

EARLIER = 96
"""Tasks of each domain for earlier turns: more than 8k tokens of them."""

TURN = 80
"""The turns that are asked for have about so many tokens, so that the rows of a batch end at about the same
time."""

NOTES = (
    " Answer politely and briefly. The user may ask for several things, one after the other; what was asked "
    "before is settled. Look at the results before you go on. Do not promise what no tool can do."
) * 40
"""What a system prompt goes on with where a few tokens are missing."""


def task_prompts(checkpoint: Checkpoint) -> Callable[[int, int], list[list[int]]]:
    """A maker of prompts, (rows, tokens of each) -> token ids; always the same ones.

    Each row has another task. Where a task is shorter than its prompt, other tasks of its domain were asked
    and solved before it, in the same conversation; the last tokens that are missing are words of the system
    prompt. Tasks that are too long are used only where no other is left, and cut at their beginning.
    """
    return cache(_Maker(PromptRenderer(checkpoint.tokenizer)).prompts)


def random_prompts(checkpoint: Checkpoint) -> Callable[[int, int], list[list[int]]]:
    """Random token ids, for random weights."""
    vocabulary = embedding_rows(checkpoint.model) - len(checkpoint.mask_token_ids)

    def prompts(rows: int, length: int) -> list[list[int]]:
        return [random.Random(row).choices(range(vocabulary), k=length) for row in range(rows)]

    return prompts


@dataclass(frozen=True)
class _Talk:
    """A task up to a turn of the assistant.

    Attributes:
        task: The task.
        messages: What comes before the turn; the first is the system prompt.
        size: Their tokens, the tools' included.
        turn: Tokens of the right turn.
    """

    task: Task
    messages: tuple[Message, ...]
    size: int
    turn: int


class _Maker:
    """Makes the prompts of one tokenizer and chat template."""

    def __init__(self, renderer: PromptRenderer) -> None:
        self._renderer = renderer
        self._sizes: dict[tuple[str, int], tuple[Sequence[Message], int]] = {}

    def prompts(self, rows: int, length: int) -> list[list[int]]:
        """`rows` prompts of `length` tokens."""

        def fitness(talk: _Talk) -> tuple[bool, int]:
            fits = talk.size <= length
            return not fits, abs(talk.turn - TURN) if fits else talk.size

        best: dict[str, _Talk] = {}
        ranked = sorted(self._talks, key=fitness)
        others = [talk for talk in ranked if best.setdefault(talk.task.id, talk) is not talk]
        chosen = islice(cycle(chain(best.values(), others)), rows)
        return [self._fill(talk, length, random.Random(row)) for row, talk in enumerate(chosen)]

    @cached_property
    def _talks(self) -> list[_Talk]:
        """Every turn of every task."""
        found = []
        for seed in range(TASKS):
            task = make_task(seed, "heldout")
            if task.messages[0].role != "system":
                continue
            for place, message in enumerate(task.gold):
                if message.role == "assistant":
                    before = (*task.messages, *task.gold[:place])
                    size = self._size(before, task)
                    turn = self._renderer.encode([*before, message], task.tools, add_generation_prompt=False)
                    found.append(_Talk(task, before, size, len(turn) - size))
        return found

    def _fill(self, talk: _Talk, length: int, order: random.Random) -> list[int]:
        """The token ids of a talk, made longer."""
        missing, earlier = length - talk.size, list[Message]()
        for number in order.sample(range(EARLIER), EARLIER) if missing > 0 else ():
            messages, size = self._earlier(talk.task.domain, number)
            if size <= missing:
                earlier += messages
                missing -= size
        system = self._longer(talk.messages[0], missing)
        ids = self._renderer.encode([system, *earlier, *talk.messages[1:]], talk.task.tools)
        # A chat template in which lengths do not add up: cut, or filled up, at the beginning.
        lacking = self._renderer.encode_plain(NOTES)[: max(0, length - len(ids))]
        return [*lacking, *ids][-length:]

    def _earlier(self, domain: str, number: int) -> tuple[Sequence[Message], int]:
        """A task that is asked and solved, and its tokens in front of further turns."""
        key = domain, number
        if key not in self._sizes:
            task = make_task(TASKS + number, "heldout", domain=domain)
            messages = [*(message for message in task.messages if message.role != "system"), *task.gold]
            after = [Message("user", "Go on.")]
            size = len(self._renderer.encode([*messages, *after])) - len(self._renderer.encode(after))
            self._sizes[key] = messages, size
        return self._sizes[key]

    def _longer(self, system: Message, tokens: int) -> Message:
        """A system prompt with so many tokens more, if words can be found that have them."""
        size = len(self._renderer.encode([system]))
        for letters in range(max(tokens, 0), len(NOTES)):
            longer = replace(system, content=system.content + NOTES[:letters])
            found = len(self._renderer.encode([longer])) - size
            if found == tokens:
                return longer
            if found > tokens + 8:
                break
        return system

    def _size(self, messages: Sequence[Message], task: Task) -> int:
        return len(self._renderer.encode(messages, task.tools))
