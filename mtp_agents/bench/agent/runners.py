"""Which configurations of this project's engine are measured, and what a runner is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from langchain_core.language_models import BaseChatModel

from mtp_agents.bench.agent.models import TimedChatModel
from mtp_agents.bench.agent.recorder import Limit
from mtp_model.config import ConfAdapt, DecodingPolicy, Static, Verified
from mtp_model.serve.registry import clear_prefixes

__all__ = ["BASELINE", "ENGINE", "POLICIES", "MTPRunner", "MakeModel", "Runner", "engine_runners"]

ENGINE = "mtp"
BASELINE = "Static(1)"
POLICIES: dict[str, DecodingPolicy] = {
    BASELINE: Static(1),
    "ConfAdapt(0.9)": ConfAdapt(0.9),
    "Verified": Verified(k_max=16),
    "Verified, k auto": Verified(k_max="auto"),
}

MakeModel = Callable[[int, Limit], BaseChatModel]
"""Makes a chat model: most tokens of a reply, and when to break off."""


class Runner(Protocol):
    """A way to run agents: a model and how it decodes."""

    @property
    def name(self) -> str:
        """Name of the engine."""

    @property
    def policy(self) -> str:
        """Name of the way of decoding."""

    @property
    def reuse(self) -> bool | None:
        """Whether prefixes are reused; None if nobody knows."""

    @property
    def grammar(self) -> bool | None:
        """Whether tool calls are held to their schemas; None if nobody knows."""

    def open(self, concurrency: int) -> AbstractContextManager[MakeModel]:
        """Get ready for some agents at once, with empty caches. This is not timed."""


@dataclass(frozen=True)
class MTPRunner:
    """`MTPChatModel` with one policy.

    Attributes:
        model: Folder or hub id; None for the embedded student.
        policy: Of `POLICIES`.
        reuse: Whether prefixes are reused.
        grammar: Whether tool calls are held to their schemas.
        dtype: Floating-point type of the weights; None for the usual one.
    """

    model: str | None
    policy: str
    reuse: bool = True
    grammar: bool = True
    dtype: str | None = None

    @property
    def name(self) -> str:
        """Name of the engine, and what it does without."""
        return ENGINE if self.grammar else f"{ENGINE}, no grammar"

    @contextmanager
    def open(self, concurrency: int) -> Iterator[MakeModel]:
        """Forgets what earlier runs computed."""
        clear_prefixes()

        def make(max_tokens: int, limit: Limit) -> BaseChatModel:
            return TimedChatModel(
                model=self.model,
                dtype=self.dtype,
                decoding=POLICIES[self.policy],
                max_tokens=max_tokens,
                prefix_cache_bytes=None if self.reuse else 0,
                constrained=self.grammar,
                limit=limit,
            )

        yield make


def engine_runners(model: str | None, *, few: bool, dtype: str | None = None) -> list[Runner]:
    """Each policy with all that the engine has, and then, but for k auto, without reuse, and without grammar.

    Args:
        model: Folder or hub id; None for the embedded student.
        few: Leave things away with `ConfAdapt` only, and k auto out.
        dtype: Floating-point type of its weights; None for the usual one.
    """
    fixed = [policy for policy in POLICIES if not policy.endswith("auto")]
    whole: list[Runner] = [MTPRunner(model, policy, dtype=dtype) for policy in (fixed if few else POLICIES)]
    less = [policy for policy in fixed if not few or policy.startswith("ConfAdapt")]
    return [
        *whole,
        *(MTPRunner(model, policy, reuse=False, dtype=dtype) for policy in less),
        *(MTPRunner(model, policy, grammar=False, dtype=dtype) for policy in less),
    ]
