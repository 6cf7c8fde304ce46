"""`mtp-agents bench decode` from beginning to end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import Progress

from mtp_agents.bench.huggingface import GREEDY, HUGGINGFACE, LOOKUP, HuggingFaceRunner
from mtp_agents.bench.llamacpp import LLAMACPP, open_llamacpp
from mtp_agents.bench.models import Subject, load_subject
from mtp_agents.bench.options import Options
from mtp_agents.bench.plot import plot
from mtp_agents.bench.report import Skipped, to_json, to_tables
from mtp_agents.bench.runners import ENGINE, POLICIES, Engine, EngineRunner, Runner, Unavailable
from mtp_agents.bench.schedule import Case, Ending, Measured, run_cases
from mtp_model.errors import ConfigError, MTPError

__all__ = ["make_folder", "run_decode_bench"]


def run_decode_bench(options: Options, view: Console, progress: Console, out: Path | None) -> dict[str, Any]:
    """Measures, shows the tables and writes the files.

    Args:
        options: What to measure.
        view: Where the tables go.
        progress: Where the progress bar and remarks go.
        out: Folder for `decode.json`, `decode.png` and `decode.svg`; None writes no files.

    Returns:
        The JSON document; its `ending` says whether all of it was measured.

    Raises:
        MTPError: The only model cannot be used. Of several, it is among what was not measured.
        ConfigError: The folder cannot be made.
    """
    if out is not None:
        make_folder(out)
    deadline = None if options.seconds is None else perf_counter() + options.seconds
    cases: list[Measured] = []
    skipped: list[Skipped] = []
    ending: Ending = "complete"
    for name in options.models:
        ended = _measure(name, options, cases, skipped, deadline, progress)
        ending = ending if ended == "complete" else ended
        if ended == "interrupted":
            break
    document = to_json(cases, skipped, ending, asdict(options))
    for table in to_tables(document):
        view.print(table)
    _remarks(document, progress)
    if out is not None:
        _write(document, out, progress)
    return document


def _measure(
    name: str,
    options: Options,
    cases: list[Measured],
    skipped: list[Skipped],
    deadline: float | None,
    progress: Console,
) -> Ending:
    """Everything about one model; what was measured and what was not goes to the two lists."""
    with TemporaryDirectory(prefix="mtp-agents-") as folder:
        try:
            subject = load_subject(name, options.dtype)
            mine = _cases(subject, options, Path(folder), skipped)
        except KeyboardInterrupt:
            return "interrupted"
        except MTPError as error:
            if len(options.models) == 1:
                raise
            skipped.append(Skipped(name, reason=str(error)))  # the others' figures are not lost for it
            return "complete"
        cases += mine
        with _bar(progress, name, len(mine) * (options.rounds + 1)) as on_run:
            return run_cases(
                mine, tokens=options.tokens, rounds=options.rounds, deadline=deadline, on_run=on_run
            )


def _cases(subject: Subject, options: Options, folder: Path, skipped: list[Skipped]) -> list[Measured]:
    """Every runner in every shape; what cannot be is noted."""
    cases = []
    positions = subject.checkpoint.max_positions
    runners = _runners(subject, options, folder, skipped)
    for context in options.contexts:
        if context > positions:
            reason = f"the model has {positions} positions"
            skipped.append(Skipped(subject.name, context=context, reason=reason))
            continue
        for batch in options.batches:
            for runner in runners:
                try:
                    runner.check(batch)
                except Unavailable as why:
                    names = runner.engine, runner.policy
                    skipped.append(Skipped(subject.name, *names, batch, context, str(why), runner.loop))
                else:
                    cases.append(Measured(Case(subject, runner, batch, context)))
    return cases


def _runners(subject: Subject, options: Options, folder: Path, skipped: list[Skipped]) -> list[Runner]:
    """Each engine with each of its ways of decoding."""
    runners: list[Runner] = []
    if ENGINE in options.engines:
        shared = Engine(subject, options.attention)
        runners += [
            EngineRunner(shared, policy, loop, k=options.k) for loop in options.loops for policy in POLICIES
        ]
    if HUGGINGFACE in options.engines:
        runners += [HuggingFaceRunner(subject, policy) for policy in (GREEDY, LOOKUP)]
    if LLAMACPP in options.engines:
        try:
            runners.append(open_llamacpp(subject, folder))
        except Unavailable as why:
            skipped.append(Skipped(subject.name, LLAMACPP, reason=str(why)))
    return runners


@contextmanager
def _bar(console: Console, name: str, runs: int) -> Iterator[Callable[[], None]]:
    """A progress bar that moves between runs only: a thread that draws would disturb what is measured."""
    with Progress(console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(name, total=runs)
        bar.refresh()
        yield lambda: bar.update(task, advance=1, refresh=True)


def _remarks(document: dict[str, Any], console: Console) -> None:
    """What is missing, and why: each reason once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in document["skipped"]:
        names = " ".join(str(one[key]) for key in ("engine", "policy", "loop") if one[key])
        shape = ", ".join(f"{key} {one[key]}" for key in ("batch", "context") if one[key])
        reasons.setdefault((f"{one['model']} {names}".strip(), one["reason"]), []).append(shape or "all")
    for (names, reason), shapes in reasons.items():
        console.print(
            f"not measured: {names} ({'; '.join(shapes)}): {reason}", style="yellow", highlight=False
        )
    if document["ending"] != "complete":
        words = {"time": "the time was up", "interrupted": "interrupted"}[document["ending"]]
        console.print(f"{words}: the figures are those of the runs so far.", style="yellow")


def make_folder(out: Path) -> None:
    """Make the folder of the results. Raises ConfigError if that is not possible."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out {out}: the folder cannot be made ({error}). Name another one.") from error


def _write(document: dict[str, Any], out: Path, console: Console) -> None:
    files = [out / "decode.json"]
    files[0].write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    try:
        if document["results"]:
            files += plot(document, out / "decode")
    except MTPError as error:
        console.print(str(error), style="yellow", markup=False)
    console.print(f"written: {', '.join(map(str, files))}", highlight=False)
