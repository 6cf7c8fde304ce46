"""What a run is, and the runs of this project's engine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Any, Protocol

import torch

from mtp_agents.bench.clock import ModelClock
from mtp_agents.bench.models import Subject
from mtp_agents.bench.options import LOOPS
from mtp_agents.bench.scripted import Script, script_of_mean
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.device_loop import DeviceLoop
from mtp_model.decode.forward import Attention, BlockModel
from mtp_model.decode.loops import runs_on_device
from mtp_model.decode.prefixes import KeptSequence, PrefixStore
from mtp_model.decode.rows import Row
from mtp_model.decode.session import Session
from mtp_model.errors import MTPError

__all__ = ["BASELINE", "ENGINE", "POLICIES", "Engine", "EngineRunner", "Runner", "Sample", "Unavailable"]

ENGINE = "mtp"
BASELINE = "Static(1)"
POLICIES: dict[str, DecodingPolicy] = {
    BASELINE: Static(1),
    "ConfAdapt": ConfAdapt(0.9),
    "ConfAdapt auto": ConfAdapt(0.9, k_max="auto"),
    "Verified": Verified(k_max=16),
    "Verified auto": Verified(k_max="auto"),
}
HOST, DEVICE = LOOPS
RUNS = 3
"""Runs at most for one that captures no graph: the first may move the cache, the second captures all anew."""
KEPT_BYTES = 4 * 2**30
"""Bytes of the prompts' keys and values that are kept from the warm-up for the timed runs."""


@dataclass(frozen=True)
class Sample:
    """One timed run: the decoding behind the prompts, without reading them.

    Attributes:
        tokens: Tokens that the rows wrote in that time, stop tokens included.
        passes: Forward passes, counted for each row; None where the engine does not tell.
        seconds: Wall-clock time.
        model_seconds: Part of it inside the model; None where it cannot be seen.
        written: All that each row wrote up to its stop token, what came with the reading of the prompt
            included.
    """

    tokens: int
    passes: int | None
    seconds: float
    model_seconds: float | None
    written: tuple[tuple[int, ...], ...] = ()


class Unavailable(Exception):
    """An engine that cannot run here, or not this case; the message says why."""


class Runner(Protocol):
    """One engine with one way of decoding."""

    @property
    def engine(self) -> str:
        """Name of the engine."""

    @property
    def policy(self) -> str:
        """Name of the way of decoding."""

    @property
    def loop(self) -> str | None:
        """Which loop of this project's engine; None for other engines."""

    def check(self, batch: int) -> None:
        """Raise `Unavailable` if it cannot decode so many rows."""

    def run(self, prompts: Sequence[Sequence[int]], tokens: int) -> Sample:
        """Decode behind each prompt, together: each row to its stop token, or so many tokens."""


class TimedModel(BlockModel):
    """The model as the engine's step sees it, with a clock around each pass and, if need be, a script."""

    def __init__(self, subject: Subject, clock: ModelClock, attention: Attention = "sdpa") -> None:
        super().__init__(subject.checkpoint, attention)
        self.clock = clock
        self.script: Script | None = None
        if subject.acceptance is not None:
            masks = subject.checkpoint.mask_token_ids
            lengths = script_of_mean(subject.acceptance, subject.checkpoint.k_max)
            self.script = Script(lengths, token=32, masks=masks)

    def one_row(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """See `BlockModel`."""
        with self.clock.running():
            logits = super().one_row(*args, **kwargs)
        return self.script.rewrite(logits, args[3], None) if self.script else logits

    def many_rows(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """See `BlockModel`. What is captured in a graph has no clock: it would be read at the capture."""
        captured = self.device.type == "cuda" and torch.cuda.is_current_stream_capturing()
        with nullcontext() if captured else self.clock.running():
            logits = super().many_rows(*args, **kwargs)
        return self.script.rewrite(logits, args[2], args[4]) if self.script else logits


class Engine:
    """This project's engine on one model: what its runners share.

    Args:
        subject: The model.
        attention: See `Decoder`.
    """

    def __init__(self, subject: Subject, attention: Attention = "sdpa") -> None:
        self.checkpoint = subject.checkpoint
        self.clock = ModelClock(subject.checkpoint.device)
        self.decoder = Decoder(subject.checkpoint, prefix_bytes=0)
        self.model = TimedModel(subject, self.clock, attention)
        self.prefixes = PrefixStore(KEPT_BYTES)

    @cached_property
    def device_loop(self) -> DeviceLoop:
        """The device loop; its cache and graphs stay from run to run."""
        if not runs_on_device(self.model):
            raise Unavailable("the rotary embedding depends on the length, which only the host loop follows")
        loop = DeviceLoop(self.checkpoint, self.model)
        if loop.graphs is not None:
            loop.graphs.watch = self.clock.running
        return loop

    @property
    def captures(self) -> int:
        """How often a graph was captured so far."""
        loop = self.__dict__.get("device_loop")
        return loop.graphs.captures if loop is not None and loop.graphs is not None else 0

    def keep(self, prompts: Sequence[Sequence[int]]) -> None:
        """Read the prompts once, so that the timed runs need not."""
        for prompt in prompts:
            if self.prefixes.longest(prompt)[1] < len(prompt) - 1:
                session = Session(self.checkpoint, self.model, self.prefixes)
                request = self.decoder.request(prompt, Static(1), GenerationOptions(max_new_tokens=2))
                row = _row(session.add(replace(request, stop_token_ids=frozenset())))
                if row in session.rows:
                    session.remove(row)

    def session(self, loop: str = HOST) -> Session:
        """An empty batch that finds the kept prompts. What it computes is not kept, which would cost time."""
        lent = None
        if loop == DEVICE:
            lent = self.device_loop
            lent.reset()
        return Session(self.checkpoint, self.model, _Closed(self.prefixes), loop=lent)


class _Closed(PrefixStore):
    """Kept prompts, to read only: with a limit of 0, a session does not even copy what it computed."""

    def __init__(self, kept: PrefixStore) -> None:
        super().__init__(0)
        self._kept = kept

    def __len__(self) -> int:
        return len(self._kept)

    def longest(self, prompt: Sequence[int]) -> tuple[KeptSequence | None, int]:
        """See `PrefixStore`."""
        return self._kept.longest(prompt)


@dataclass(frozen=True)
class EngineRunner:
    """One policy on this project's engine, with at most `k` tokens per pass."""

    shared: Engine
    policy: str
    loop: str = HOST
    engine: str = ENGINE
    k: int = 16

    def check(self, batch: int) -> None:
        """Any number of rows, but no policy of a student without a student, nor what a loop does not run."""
        if self.policy != BASELINE and not self.shared.checkpoint.mask_token_ids:
            raise Unavailable(
                f"{self.shared.checkpoint.name} has no mask token: it writes one token per pass"
            )
        if self.loop == DEVICE:
            if self.policy.endswith("auto"):
                raise Unavailable('k_max="auto" is the fixed k there')
            _ = self.shared.device_loop

    def run(self, prompts: Sequence[Sequence[int]], tokens: int) -> Sample:
        """Add each prompt to a session, then time its steps.

        A run in which graphs were captured says nothing of those that replay them: it is made again.
        """
        self.shared.keep(prompts)
        for _ in range(RUNS):
            before = self.shared.captures
            sample = self._timed(prompts, tokens)
            if self.shared.captures == before:
                break
        return sample

    @property
    def _policy(self) -> DecodingPolicy:
        policy = POLICIES[self.policy]
        if isinstance(policy, Static) or policy.k_max == "auto":
            return policy
        return replace(policy, k_max=self.k)

    def _timed(self, prompts: Sequence[Sequence[int]], tokens: int) -> Sample:
        shared = self.shared
        session = shared.session(self.loop)
        policy, options = self._policy, GenerationOptions(max_new_tokens=tokens)
        rows = []
        for index, prompt in enumerate(prompts):
            rows.append(_row(session.add(shared.decoder.request(prompt, policy, options), index)))
        written, passes = sum(row.stats.tokens for row in rows), sum(row.stats.passes for row in rows)
        shared.clock.restart()
        if shared.model.script is not None:
            shared.model.script.restart()
        begin = perf_counter()
        while session.rows:
            for outcome in session.step():
                _row(outcome)
        seconds = perf_counter() - begin
        return Sample(
            tokens=sum(row.stats.tokens for row in rows) - written,
            passes=sum(row.stats.passes for row in rows) - passes,
            seconds=seconds,
            model_seconds=shared.clock.seconds(),
            written=tuple(tuple(row.generation().token_ids) for row in rows),
        )


def _row(outcome: tuple[Row, Any]) -> Row:
    """The row of an outcome; its error is raised."""
    row, event = outcome
    if isinstance(event, MTPError):
        raise event
    return row
