"""Prompts of an exact length, so that all rows of a batch and all engines do the same work."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.evaluate import heldout_task

__all__ = ["random_prompts", "task_prompts"]

TASKS = 160
"""Held-out tasks to draw from."""


def task_prompts(checkpoint: Checkpoint) -> Callable[[int, int], list[list[int]]]:
    """Prompts that end with a held-out task's request.

    In front of it stand whole conversations about other tasks, the first one cut to fit. A task that is
    longer than the prompt is cut at its beginning as well, and used only where no other is left.
    """
    renderer = PromptRenderer(checkpoint.tokenizer)

    @cache
    def request(index: int) -> list[int]:
        task = heldout_task(index, TASKS)
        return renderer.encode(list(task.messages), task.tools)

    @cache
    def conversation(index: int) -> list[int]:
        task = heldout_task(index, TASKS)
        return renderer.encode([*task.messages, *task.gold], task.tools, add_generation_prompt=False)

    def prompts(rows: int, length: int) -> list[list[int]]:
        # Spread over the domains, which take turns; the sort is stable, so those that fit keep that order.
        spread = random.Random(0).sample(range(TASKS), TASKS)
        chosen = sorted(spread[: max(4 * rows, 16)], key=lambda index: len(request(index)) > length)[:rows]
        made = []
        for row, index in enumerate(chosen):
            ids = list(request(index))
            earlier = random.Random(row)
            while len(ids) < length:
                other = earlier.randrange(TASKS)
                if other != index:
                    ids = conversation(other) + ids
            made.append(ids[-length:])
        return made

    return prompts


def random_prompts(checkpoint: Checkpoint) -> Callable[[int, int], list[list[int]]]:
    """Random token ids, for random weights."""
    vocabulary = embedding_rows(checkpoint.model) - len(checkpoint.mask_token_ids)

    def prompts(rows: int, length: int) -> list[list[int]]:
        return [random.Random(row).choices(range(vocabulary), k=length) for row in range(rows)]

    return prompts
