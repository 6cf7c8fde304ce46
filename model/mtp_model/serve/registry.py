"""Engines of this process: each checkpoint is loaded once, on first use, whoever asks."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mtp_model.serve.engine import Engine

__all__ = ["EngineKey", "clear_prefixes", "engine_for", "unload"]


@dataclass(frozen=True)
class EngineKey:
    """What makes two models the same weights in the same place, run by the same loop; see `load_checkpoint`.

    Attributes:
        model: Folder, hub id, or None for the embedded student.
        mask_token: Token, id, or one id per position.
        dtype: Floating-point type.
        device: Torch device.
        revision: Of a hub id.
        quantization: "int8", "float8", or None.
        loop: See `Decoder`. Two loops share the weights, but neither passes nor kept prefixes.
        attention: See `Decoder`; as with the loop.
    """

    model: str | None = None
    mask_token: str | int | tuple[int, ...] | None = None
    dtype: str | None = None
    device: str | None = None
    revision: str | None = None
    quantization: str | None = None
    loop: Literal["host", "device"] = "host"
    attention: Literal["sdpa", "flex"] = "sdpa"

    @property
    def weights(self) -> EngineKey:
        """The same for all ways to run them."""
        return replace(self, loop="host", attention="sdpa")


_engines: dict[EngineKey, Engine] = {}
_loading: dict[EngineKey, threading.Lock] = {}
_guard = threading.Lock()


def engine_for(key: EngineKey) -> Engine:
    """The engine of these weights, loaded first if nobody has used it yet.

    May be called from any thread; concurrent calls for the same weights load once, for others side by side. A
    failed load is not remembered.

    Raises:
        CheckpointError: See `load_checkpoint`.
        ConfigError: See `load_checkpoint`.
    """
    if (engine := _engines.get(key)) is not None:
        return engine
    with _guard:
        lock = _loading.setdefault(key.weights, threading.Lock())
    with lock:
        if (engine := _engines.get(key)) is None:
            with ThreadPoolExecutor(1) as thread:  # see there
                engine = _engines[key] = thread.submit(_load, key).result()
    return engine


def unload(key: EngineKey | None = None) -> None:
    """Forget an engine, or all of them, and end its thread. The next use loads it again."""
    for each in [key] if key is not None else list(_engines):
        if (engine := _engines.pop(each, None)) is not None:
            engine.close()


def clear_prefixes() -> None:
    """Forget what all engines keep of earlier prompts: a measurement then begins as a first call does."""
    for engine in list(_engines.values()):
        engine.decoder.prefixes.clear()


def _load(key: EngineKey) -> Engine:
    """Load an engine, on a thread that ends then.

    OpenMP keeps helpers for each thread that has ever shared its work, as long as that thread lives. If there
    are more of them than processors, they sleep between two operations, and passes on the CPU take far
    longer. So the engine's own thread should be the only one that computes.
    """
    from mtp_model.checkpoint import load_checkpoint
    from mtp_model.serve.engine import Engine

    for other, engine in list(_engines.items()):
        if other.weights == key.weights:
            return Engine(engine.checkpoint, key.loop, key.attention)
    checkpoint = load_checkpoint(
        key.model,
        mask_token=key.mask_token,
        dtype=key.dtype,
        device=key.device,
        revision=key.revision,
        quantization=key.quantization,
    )
    return Engine(checkpoint, key.loop, key.attention)


def _after_fork() -> None:
    """Threads do not survive a fork, and locks may be held for ever: the child begins with nothing."""
    global _guard
    _guard = threading.Lock()
    _engines.clear()
    _loading.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
