"""The peer `generate` of transformers, on the same model object: greedy, and assisted by prompt lookup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from mtp_agents.bench.clock import ModelClock
from mtp_agents.bench.models import Subject
from mtp_agents.bench.runners import Sample, Unavailable

__all__ = ["GREEDY", "HUGGINGFACE", "LOOKUP", "HuggingFaceRunner", "as_loaded"]

HUGGINGFACE = "hf"
GREEDY = "greedy"
LOOKUP = "prompt lookup"
LOOKUP_TOKENS = 10
"""Tokens that prompt lookup drafts at most: the value of the library's own documentation."""


class _FirstPass(StoppingCriteria):
    """Never stops. Notes when the pass that reads the prompt is over, and how long the text is then."""

    def __init__(self, clock: ModelClock) -> None:
        self.clock = clock
        self.begin = 0.0
        self.length = 0

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs: Any) -> torch.Tensor:
        if not self.length:
            if input_ids.is_cuda:
                torch.cuda.synchronize()
            self.length = input_ids.shape[1]
            self.clock.restart()
            self.begin = perf_counter()
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


@dataclass(frozen=True)
class HuggingFaceRunner:
    """`generate` on one model."""

    subject: Subject
    policy: str
    engine: str = HUGGINGFACE
    loop: str | None = None

    def check(self, batch: int) -> None:
        """Prompt lookup takes one row only."""
        if self.policy == LOOKUP and batch > 1:
            raise Unavailable("assisted decoding of transformers takes one row at a time")

    @torch.inference_mode()
    def run(self, prompts: Sequence[Sequence[int]], tokens: int) -> Sample:
        """Generate, and count from the end of the pass that reads the prompts."""
        model: Any = self.subject.checkpoint.model
        clock = ModelClock(self.subject.checkpoint.device)
        first = _FirstPass(clock)
        ids = torch.tensor(prompts, device=self.subject.checkpoint.device)
        stops = self.subject.checkpoint.stop_token_ids
        options: dict[str, Any] = {"max_new_tokens": tokens, "do_sample": False, "pad_token_id": 0}
        options["eos_token_id"] = list(stops) or None
        if self.policy == LOOKUP:
            options["prompt_lookup_num_tokens"] = LOOKUP_TOKENS
        with as_loaded(model), _counted(model, clock):
            written = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                generation_config=GenerationConfig(**options),
                stopping_criteria=StoppingCriteriaList([first]),
            )
            if written.is_cuda:
                torch.cuda.synchronize()
            seconds = perf_counter() - first.begin
        length = ids.shape[1]
        rows = [_to_stop(row[length:], stops) for row in written.tolist()]
        counted = sum(max(0, len(row) - (first.length - length)) for row in rows)
        return Sample(
            tokens=counted,
            # A row that has ended is padded until the last one ends: those passes are not its own.
            passes=clock.passes if self.policy == LOOKUP else counted,
            seconds=seconds,
            model_seconds=clock.seconds(),
            written=tuple(tuple(token for token in row if token not in stops) for row in rows),
        )


def _to_stop(row: list[int], stops: Sequence[int]) -> list[int]:
    """What a row wrote, its stop token included; padding follows."""
    end = next((place for place, token in enumerate(row) if token in stops), len(row))
    return row[: end + 1]


@contextmanager
def as_loaded(model: Any) -> Iterator[None]:
    """The model as a user of transformers has it, with its own attention, but none of its settings."""
    attention, generation = model.config._attn_implementation, model.generation_config
    model.set_attn_implementation("sdpa" if model._supports_sdpa else "eager")
    model.generation_config = GenerationConfig()
    try:
        yield
    finally:
        model.set_attn_implementation(attention)
        model.generation_config = generation


@contextmanager
def _counted(model: Any, clock: ModelClock) -> Iterator[None]:
    """A clock around each forward pass of the model."""
    before = model.register_forward_pre_hook(lambda *_: clock.start())
    after = model.register_forward_hook(lambda *_: clock.stop())
    try:
        yield
    finally:
        before.remove()
        after.remove()
