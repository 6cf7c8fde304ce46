"""The options of `mtp-agents bench agent`: read, checked, with their defaults."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtp_agents.bench.agent.examples import NAMES, QUESTIONS
from mtp_agents.bench.options import dtype_name, numbers
from mtp_model.errors import ConfigError

__all__ = ["Options", "command_of", "make_options"]

PEERS = ("hf", "llama.cpp")


@dataclass(frozen=True)
class Options:
    """What to measure.

    Attributes:
        model: Folder or hub id; None for the embedded student.
        dtype: Floating-point type of its weights; None for the usual one.
        tasks: Number of held-out toolworld tasks.
        examples: Most questions for the example agents.
        example_names: The example agents that are asked.
        graph: `MODULE:FUNCTION` of a graph of the user's own, which takes the place of all other tasks.
        questions: What that is asked.
        concurrencies: Agents at once.
        peers: Of `PEERS`.
        endpoint: URL of a server with OpenAI's interface.
        endpoint_model: What it calls the model.
        rounds: How often each task is run by each configuration.
        max_tokens: Most tokens of a reply.
        turns: Most replies of the model in a task.
        few: Whether configurations are left away.
        seconds: No unit begins that would end later, counted from the start; None for no limit.
    """

    model: str | None = None
    dtype: str | None = None
    tasks: int = 32
    examples: int = 9
    example_names: tuple[str, ...] = NAMES
    graph: str | None = None
    questions: tuple[str, ...] = ()
    concurrencies: tuple[int, ...] = (1, 4, 8)
    peers: tuple[str, ...] = PEERS
    endpoint: str | None = None
    endpoint_model: str | None = None
    rounds: int = 2
    max_tokens: int = 384
    turns: int = 12
    few: bool = False
    seconds: float | None = None


QUICK = Options(
    tasks=8, examples=2, concurrencies=(1, 4), rounds=8, max_tokens=192, turns=6, few=True, seconds=80.0
)
"""More rounds than there is time for: as many as fit."""


def make_options(
    *,
    model: str | None = None,
    dtype: str | None = None,
    tasks: int | None = None,
    examples: str | None = None,
    graph: str | None = None,
    questions: Sequence[str] | None = None,
    concurrency: str | None = None,
    peers: str | None = None,
    endpoint: str | None = None,
    endpoint_model: str | None = None,
    rounds: int | None = None,
    max_tokens: int | None = None,
    seconds: float | None = None,
    quick: bool = False,
) -> Options:
    """Options from the words of the command line; None for the default, which `quick` makes small.

    Raises:
        ConfigError: A value makes no sense.
    """
    base = QUICK if quick else Options()
    options = Options(
        model=model,
        dtype=dtype_name(dtype),
        tasks=base.tasks if tasks is None else tasks,
        examples=base.examples if examples is None else len(QUESTIONS),  # who names some wants them all
        example_names=_names("--examples", examples, NAMES),
        graph=graph,
        questions=tuple(questions or ()),
        concurrencies=base.concurrencies
        if concurrency is None
        else numbers("--concurrency", concurrency, "1,4,8"),
        peers=_names("--peers", peers, PEERS),
        endpoint=endpoint,
        endpoint_model=endpoint_model,
        rounds=base.rounds if rounds is None else rounds,
        max_tokens=base.max_tokens if max_tokens is None else max_tokens,
        turns=base.turns,
        few=base.few,
        seconds=base.seconds if seconds is None else seconds,
    )
    _check(options)
    for option, given in (("--tasks", tasks), ("--examples", examples)):
        if graph is not None and given is not None:
            raise ConfigError(
                f"{option} {given}: with --graph its questions are the tasks. Leave one of them out."
            )
    return options


def command_of(settings: Mapping[str, Any]) -> str:
    """The command that has these settings, which are the fields of `Options`, also as they are in JSON."""
    return shlex.join(["mtp-agents", "bench", "agent", *_words(settings)])


def _words(settings: Mapping[str, Any]) -> Iterator[str]:
    base = QUICK if settings["few"] else Options()
    if settings["few"]:
        yield "--quick"
    lists = {"concurrencies": "--concurrency", "peers": "--peers"}
    plain = ("model", "tasks", "graph", "endpoint", "endpoint_model", "rounds", "max_tokens", "seconds")
    for name in (*plain, "dtype"):
        value = settings.get(name)
        if value is not None and value != getattr(base, name):
            word = f"{value:g}" if isinstance(value, float) else str(value)
            yield from (f"--{name.replace('_', '-')}", word)
    for name, option in lists.items():
        if tuple(settings[name]) != getattr(base, name):
            yield from (option, ",".join(map(str, settings[name])) or "none")
    if tuple(settings["example_names"]) != NAMES or settings["examples"] != base.examples:
        yield from ("--examples", ",".join(settings["example_names"]) or "none")
    for question in settings["questions"]:
        yield from ("--question", question)


def _check(options: Options) -> None:
    if options.tasks < 0 or not (options.tasks or options.example_names or options.graph):
        raise ConfigError(
            f"--tasks {options.tasks}: give a number of toolworld tasks, or 0 and some --examples."
        )
    for name, value in (
        ("rounds", options.rounds),
        ("max-tokens", options.max_tokens),
        ("seconds", options.seconds),
    ):
        if value is not None and value < 1:
            raise ConfigError(f"--{name} {value}: give at least 1.")
    if max(options.concurrencies) > 64:
        raise ConfigError(f"--concurrency {max(options.concurrencies)}: give at most 64 agents at once.")
    if bool(options.graph) != bool(options.questions):
        raise ConfigError(
            "--graph and --question belong together: the graph of your own, and what to ask it. Give "
            "both, or neither."
        )
    if options.endpoint_model and not options.endpoint:
        raise ConfigError(f"--endpoint-model {options.endpoint_model}: give the --endpoint that serves it.")


def _names(option: str, text: str | None, known: Sequence[str]) -> tuple[str, ...]:
    """Names with commas between them, or `none`."""
    if text is None:
        return tuple(known)
    if text.strip() == "none":
        return ()
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    for name in names:
        if name not in known:
            raise ConfigError(f"{option} {text!r}: {name!r} is not known: use {', '.join(known)}, or none.")
    return names
