"""`mtp-agents bench agent` from beginning to end."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import Progress

from mtp_agents.bench.agent.endpoint import open_endpoint
from mtp_agents.bench.agent.examples import example_tasks
from mtp_agents.bench.agent.markdown import to_markdown
from mtp_agents.bench.agent.metrics import comparable
from mtp_agents.bench.agent.options import Options
from mtp_agents.bench.agent.page import write_page
from mtp_agents.bench.agent.peers import HuggingFaceRunner, open_llamacpp
from mtp_agents.bench.agent.picture import picture
from mtp_agents.bench.agent.recorder import Limit, OutOfTime
from mtp_agents.bench.agent.report import Skipped, to_json, to_tables
from mtp_agents.bench.agent.runners import ENGINE, Runner, engine_runners
from mtp_agents.bench.agent.schedule import Measured, Unit, make_units, run_units, warm_up
from mtp_agents.bench.agent.tasks import AgentTask, graph_tasks, toolworld_tasks
from mtp_agents.bench.huggingface import HUGGINGFACE
from mtp_agents.bench.llamacpp import LLAMACPP
from mtp_agents.bench.main import make_folder
from mtp_agents.bench.runners import Unavailable
from mtp_agents.bench.schedule import Ending
from mtp_model.errors import MTPError
from mtp_model.serve.engine import Engine
from mtp_model.serve.registry import EngineKey, engine_for

__all__ = ["run_agent_bench"]

GRACE = 15.0
"""Seconds past the deadline after which a run is broken off."""


def run_agent_bench(options: Options, view: Console, progress: Console, out: Path | None) -> dict[str, Any]:
    """Measures, shows the tables and writes the files.

    Args:
        options: What to measure.
        view: Where the tables go.
        progress: Where the progress bar and remarks go.
        out: Folder for `agent.json`, `.html`, `.md`, `.png` and `.svg`; None writes no files.

    Returns:
        The JSON document; its `ending` says whether all of it was measured.

    Raises:
        MTPError: The model cannot be used, the endpoint does not answer, the graph is none, or the folder
            cannot be made.
    """
    start = perf_counter()
    if out is not None:
        make_folder(out)
    cases: list[Measured] = []
    skipped: list[Skipped] = []
    deadline = None if options.seconds is None else start + options.seconds
    limit = Limit(None if deadline is None else deadline + GRACE)
    engine: Engine | None = None
    with TemporaryDirectory(prefix="mtp-agents-") as name:
        ending: Ending = "interrupted"
        try:
            tasks = _tasks(options, Path(name), skipped)
            endpoint: list[Runner] = (
                [open_endpoint(options.endpoint, options.endpoint_model)] if options.endpoint else []
            )
            engine = engine_for(EngineKey(options.model, dtype=options.dtype))
            runners = [*_runners(options, engine, Path(name), skipped), *endpoint]
            cases += [Measured(runner, number) for number in options.concurrencies for runner in runners]
            units = make_units(tasks, options.concurrencies, options.rounds)
            ending = _measure(cases, units, tasks[0], options, limit, deadline, progress)
        except KeyboardInterrupt:
            progress.print("interrupted", style="yellow")
    document = to_json(cases, skipped, ending, asdict(options), engine.checkpoint if engine else None)
    for table in to_tables(document):
        view.print(table)
    _remarks(document, progress)
    if out is not None:
        _write(document, cases, out, progress)
    return document


def _write(document: dict[str, Any], cases: Sequence[Measured], out: Path, console: Console) -> None:
    files = [out / "agent.json", out / "agent.html"]
    files[0].write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    write_page(files[1], document, comparable(cases))
    if document["results"]:
        files.append(out / "agent.md")
        files[-1].write_text(to_markdown(document, "agent"), encoding="utf-8")
        try:
            files += picture(document, out / "agent")
        except MTPError as error:
            console.print(str(error), style="yellow", markup=False)
    console.print(f"written: {', '.join(map(str, files))}", highlight=False)


def _tasks(options: Options, folder: Path, skipped: list[Skipped]) -> list[AgentTask]:
    """What agents are asked; an example that lacks a package is noted."""
    if options.graph is not None:
        return graph_tasks(options.graph, options.questions)
    tasks = toolworld_tasks(options.tasks, options.turns)
    names = options.example_names
    for name in names:
        try:
            example_tasks((name,), 1, options.turns, folder)
        except ImportError as error:
            names = tuple(other for other in names if other != name)
            skipped.append(Skipped(f"example {name}", reason=str(error)))
    return tasks + example_tasks(names, options.examples, options.turns, folder)


def _runners(options: Options, engine: Engine, folder: Path, skipped: list[Skipped]) -> list[Runner]:
    """Every configuration; a peer that cannot be had is noted."""
    runners = engine_runners(options.model, few=options.few, dtype=options.dtype)
    if not engine.checkpoint.mask_token_ids:
        reason = f"{engine.checkpoint.name} has no mask token: it writes one token per pass"
        runners = [runner for runner in runners if runner.policy == "Static(1)"]
        skipped.append(Skipped(ENGINE, "ConfAdapt, Verified", reason=reason))
    if HUGGINGFACE in options.peers:
        runners.append(HuggingFaceRunner(engine))
    if LLAMACPP in options.peers:
        try:
            runners.append(open_llamacpp(engine, folder))
        except Unavailable as why:
            skipped.append(Skipped(LLAMACPP, reason=str(why)))
    return runners


def _measure(
    cases: Sequence[Measured],
    units: Sequence[Unit],
    first: AgentTask,
    options: Options,
    limit: Limit,
    deadline: float | None,
    progress: Console,
) -> Ending:
    """Warm up, then run what there is time for, with a bar of the time or, without a limit, of the runs."""
    runs = sum(one.concurrency == unit.concurrency for unit in units for one in cases)
    begin = perf_counter()
    seconds = None if deadline is None else deadline - begin
    done = 0
    with _quiet(), _bar(progress, seconds or runs) as show:

        def on_run() -> None:
            nonlocal done
            done += 1
            show(perf_counter() - begin if seconds else done)

        try:
            warm_up(cases, first, limit)
        except OutOfTime:
            return "time"
        return run_units(
            cases, units, max_tokens=options.max_tokens, limit=limit, deadline=deadline, on_run=on_run
        )


@contextmanager
def _bar(console: Console, total: float) -> Iterator[Callable[[float], None]]:
    """A progress bar that moves between runs only: a thread that draws would disturb what is measured."""
    with Progress(console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("agents", total=total)
        bar.refresh()
        yield lambda completed: bar.update(task, completed=min(completed, total), refresh=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Requests to servers are no news while a bar is drawn."""
    logger = logging.getLogger("httpx")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _remarks(document: dict[str, Any], console: Console) -> None:
    """What is missing, and why: each reason once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in document["skipped"]:
        names = " ".join(str(one[key]) for key in ("runner", "policy") if one[key])
        number = one["concurrency"]
        reasons.setdefault((names, one["reason"]), []).append(f"concurrency {number}" if number else "all")
    for (names, reason), places in reasons.items():
        text = f"not measured: {names} ({'; '.join(dict.fromkeys(places))}): {reason}"
        console.print(text, style="yellow", highlight=False, markup=False)
    if document["ending"] != "complete":
        words = {"time": "the time was up", "interrupted": "interrupted"}[document["ending"]]
        console.print(f"{words}: the figures are those of the runs so far.", style="yellow")
