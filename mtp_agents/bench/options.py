"""The options of `mtp-agents bench decode`: read, checked, with their defaults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

from mtp_model.decode.forward import Attention
from mtp_model.errors import ConfigError

__all__ = ["ENGINES", "LOOPS", "Options", "make_options", "numbers"]

ENGINES = ("mtp", "hf", "llama.cpp")
LOOPS = ("host", "device")
DTYPES = ("float32", "bfloat16")
LEAST_TOKENS = 32
"""Two blocks of 16: with less, the pass that reads the prompt could write all of it."""


@dataclass(frozen=True)
class Options:
    """What to measure.

    Attributes:
        models: Names for `load_subject`.
        engines: Of `ENGINES`.
        batches: Numbers of rows.
        loops: Loops of this project's engine.
        attention: Of this project's engine; see `Decoder`.
        dtype: Floating-point type of the weights; None for the usual one.
        k: Most tokens per pass of `ConfAdapt` and `Verified`.
        contexts: Tokens of a row, prompt and answer together.
        tokens: Most new tokens of each row.
        rounds: Timed runs of each case.
        seconds: After so many, no further round begins; None for no limit.
    """

    models: tuple[str, ...] = ("embedded",)
    engines: tuple[str, ...] = ENGINES
    loops: tuple[str, ...] = LOOPS[:1]
    attention: Attention = "sdpa"
    dtype: str | None = None
    k: int = 16
    batches: tuple[int, ...] = (1, 4, 8, 16)
    contexts: tuple[int, ...] = (256, 2048, 8192)
    tokens: int = 96
    rounds: int = 5
    seconds: float | None = None


QUICK = Options(batches=(1, 4), contexts=(256,), tokens=64, rounds=3, seconds=30.0)


def make_options(
    *,
    models: Sequence[str] | None = None,
    batch: str | None = None,
    context: str | None = None,
    tokens: int | None = None,
    rounds: int | None = None,
    engines: str | None = None,
    loop: str | None = None,
    attention: str | None = None,
    dtype: str | None = None,
    k: int | None = None,
    quick: bool = False,
) -> Options:
    """Options from the words of the command line; None for the default, which `quick` makes small.

    Raises:
        ConfigError: A value makes no sense.
    """
    base = QUICK if quick else Options()
    if attention not in (None, *get_args(Attention)):
        raise ConfigError(f"--attention {attention!r}: use {' or '.join(get_args(Attention))}.")
    options = Options(
        models=tuple(dict.fromkeys(models)) if models else base.models,
        engines=_names("--engines", engines, "engine", ENGINES) if engines is not None else base.engines,
        loops=_names("--loop", loop, "loop", LOOPS) if loop is not None else base.loops,
        attention=base.attention if attention is None else cast(Attention, attention),
        dtype=dtype_name(dtype),
        k=base.k if k is None else k,
        batches=numbers("--batch", batch, "1,4,8,16") if batch is not None else base.batches,
        contexts=numbers("--context", context, "256,2k,8k") if context is not None else base.contexts,
        tokens=base.tokens if tokens is None else tokens,
        rounds=base.rounds if rounds is None else rounds,
        seconds=base.seconds,
    )
    if options.tokens < LEAST_TOKENS:
        raise ConfigError(
            f"--tokens {options.tokens}: give at least {LEAST_TOKENS} new tokens per row, since one pass may "
            "write 16."
        )
    if not 2 <= options.k <= 16:
        raise ConfigError(f"--k {options.k}: give the most tokens per pass, 2 to 16.")
    if options.rounds < 1:
        raise ConfigError(
            f"--rounds {options.rounds}: give the number of timed runs, at least 1, for example 5."
        )
    if min(options.contexts) <= options.tokens:
        raise ConfigError(
            f"--context {min(options.contexts)}: it counts prompt and answer together, so it must be larger "
            f"than --tokens {options.tokens}."
        )
    return options


def numbers(option: str, text: str, example: str) -> tuple[int, ...]:
    """`1,4,8` or `256,2k`, each at least 1, without repetitions."""
    found = []
    for word in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,7})(k?)\s*", word, flags=re.IGNORECASE)
        value = int(match[1]) * (1024 if match[2] else 1) if match else 0
        if value < 1:
            raise ConfigError(
                f"{option} {text!r}: {word!r} is no positive number. Give numbers with commas between them, "
                f"for example {example}."
            )
        found.append(value)
    return tuple(dict.fromkeys(found))


def dtype_name(text: str | None) -> str | None:
    """A floating-point type by its name.

    Raises:
        ConfigError: It is none of `DTYPES`.
    """
    if text not in (None, *DTYPES):
        raise ConfigError(f"--dtype {text!r}: use {' or '.join(DTYPES)}.")
    return text


def _names(option: str, text: str, kind: str, known: Sequence[str]) -> tuple[str, ...]:
    """`mtp,hf`, without repetitions."""
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"{option} {text!r}: {unknown[0]!r} is no {kind}: use {', '.join(known)}.")
    return names
