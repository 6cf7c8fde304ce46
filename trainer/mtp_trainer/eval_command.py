"""What `mtp-train eval` runs: tasks, the grid, agreement on held-out text, plots."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError

from . import evaluate as tasks
from .agreement import dataset_texts, propose, summary, toolworld_texts
from .grid import Grid, make_grid, take_grid
from .plots import check_plots, draw


@dataclass
class EvalSettings:
    """Settings of `mtp-train eval`, named as its options."""

    model: str | None = None
    tasks: int = 100
    threshold: float = 0.9
    k: int = 16
    grammar: bool = True
    gsm8k: Path | None = None
    problems: int = 50
    texts: int = 100
    data: Path | None = None
    teacher: str | None = None
    grid: bool = False
    thresholds: str | None = None
    ks: str | None = None
    plots: Path | None = None
    workers: int = 1
    quantization: str | None = None
    dtype: str | None = None


def evaluate(settings: EvalSettings, on_progress: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Runs tasks and texts.

    Args:
        settings: What to run.
        on_progress: Called after each task or word problem.

    Returns:
        What `evaluate.evaluate` returns, and `agreement` (see `agreement.summary`, with `texts`, `source` and
        `teacher`; {"skipped": why} for a model that proposes no blocks), `grid` (see `grid.take_grid`) and
        `plots` (paths) where they were asked for. With `quantization` all figures are those of the quantised
        student, the report names it, and `agreement` has the judge `unquantized`, and the summary of the
        student without quantisation as `without_quantization`.

    Raises:
        ConfigError: Settings that fit neither each other nor the model; matplotlib or torchao is missing.
        CheckpointError: The model or the teacher cannot be loaded.
        DataError: `data` is no dataset of this model.
    """
    _check(settings)
    report: dict[str, Any] = {"tasks": 0, "grammar": settings.grammar}
    report |= {"policies": {}, "domains": {}, "outcomes": {}}
    found, grid = None, None
    if settings.texts or settings.grid or settings.quantization:  # what it cannot do is said before tasks run
        student = load_checkpoint(settings.model, quantization=settings.quantization, dtype=settings.dtype)
        report["dtype"] = str(student.dtype).removeprefix("torch.")
        if settings.grid:
            grid = make_grid(settings.thresholds, settings.ks, student.k_max)
        if settings.texts:
            found = _agreement(settings, student, grid)
        del student  # each worker loads its own
    if settings.tasks or settings.gsm8k:
        policies = tasks.default_policies(settings.threshold, settings.k) | (grid.policies() if grid else {})
        report = tasks.evaluate(
            settings.model,
            settings.tasks,
            policies,
            grammar=settings.grammar,
            gsm8k=settings.gsm8k,
            problems=settings.problems,
            workers=settings.workers,
            quantization=settings.quantization,
            dtype=settings.dtype,
            on_progress=on_progress,
        )
        if grid:
            take_grid(report, grid)
    if settings.quantization is not None:
        report["quantization"] = settings.quantization
    if found is not None:
        report["agreement"] = found
    if settings.plots is not None:
        report["plots"] = [str(path) for path in draw(report, settings.plots)]
    return report


def _check(settings: EvalSettings) -> None:
    """What can be refused before hours are spent."""
    if not (settings.tasks or settings.texts or settings.gsm8k):
        raise ConfigError("--tasks 0 and --texts 0 leave nothing to evaluate: raise one of them.")
    if not settings.grid and (settings.thresholds or settings.ks):
        raise ConfigError("--thresholds and --ks are those of the grid: give --grid too.")
    if not settings.texts and (settings.data or settings.teacher):
        raise ConfigError("--data and --teacher are for agreement on texts: leave --texts 0 out.")
    if settings.plots is not None:
        check_plots()


def _agreement(settings: EvalSettings, student: Checkpoint, grid: Grid | None) -> dict[str, Any]:
    teacher = load_checkpoint(settings.teacher) if settings.teacher else None
    if settings.data is not None:
        source, texts = str(settings.data), dataset_texts(settings.data, settings.texts)
    else:
        source, texts = "toolworld", toolworld_texts(student, settings.texts)
    k = min(settings.k, student.k_max)
    thresholds, ks = (grid.thresholds, grid.ks) if grid else ((settings.threshold,), (k,))
    full = load_checkpoint(settings.model, dtype=settings.dtype) if settings.quantization else None
    try:
        proposals = propose(student, teacher, texts, max(k, *ks), full)
    except CheckpointError as error:  # tasks can be run all the same
        if settings.tasks and not (settings.data or settings.teacher):
            return {"skipped": str(error)}
        raise
    named = {"texts": len(texts), "source": source, "teacher": settings.teacher}
    found = named | summary(proposals, thresholds, ks)
    if full is not None:
        before = propose(full, None, texts, max(k, *ks))
        found["without_quantization"] = summary(before, thresholds, ks)
    return found


def run_harness(arguments: Sequence[str]) -> None:
    """The command line of lm-evaluation-harness, in which `--model mtp` is known, and the default.

    Raises:
        ConfigError: The harness is not installed.
    """
    if find_spec("lm_eval") is None:
        raise ConfigError(
            "lm-evaluation-harness is not installed: pip install 'mtp-agents[lm-eval]', then run this again."
        )
    import torch
    from lm_eval.__main__ import cli_evaluate

    from .harness import NAME, register

    register()
    words = list(arguments)
    other = words and words[0] in ("ls", "list", "validate")
    given = {word.split("=")[0] for word in words}
    if words and not other and not {"-h", "--help", "--config", "-C"} & given:
        if not {"--model", "-M"} & given:
            words += ["--model", NAME]
        if "--device" not in given and not torch.cuda.is_available():
            words += ["--device", "cpu"]  # the harness's own default is cuda:0
    sys.argv = ["lm-eval", *words]
    cli_evaluate()
