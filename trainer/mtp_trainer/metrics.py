"""Metrics of a run: one JSON object per line in ``run_dir/metrics.jsonl``, and a progress bar on stderr."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

MetricValue = float | int | str | list[float] | None


class MetricsLog:
    """Writes metrics and shows progress; a context manager."""

    def __init__(
        self,
        run_dir: str | Path,
        *,
        description: str = "training",
        resume_step: int = 0,
        show_progress: bool = True,
        enabled: bool = True,
        track: Callable[[dict[str, Any], int], None] | None = None,
    ) -> None:
        """Open the log.

        Args:
            run_dir: the run's directory.
            description: shown before the bar.
            resume_step: lines of later steps are dropped; they belong to work that a kill threw away.
            show_progress: draw the bar.
            enabled: write at all; false in all but the main process.
            track: called with the numbers of each line and their step; for trackers.
        """
        self.path = Path(run_dir) / "metrics.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if enabled:
            _drop_after(self.path, resume_step)
        self._track = track if enabled else None
        self._file = (self.path if enabled else Path(os.devnull)).open("a", encoding="utf-8")
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>5.1f}%"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
            disable=not show_progress,
        )
        self._task = self._bar.add_task(description, total=1.0, note="")

    def log(self, step: int, **values: MetricValue) -> None:
        """Write one line; floats are rounded to 6 significant digits."""
        line = {"step": step} | {k: _short(v) for k, v in values.items()}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        if self._track is not None:
            numbers = {k: v for k, v in values.items() if isinstance(v, int | float)}
            lists = {k: v for k, v in values.items() if isinstance(v, list)}
            numbers |= {f"{k}/{depth}": x for k, v in lists.items() for depth, x in enumerate(v, start=1)}
            self._track(numbers, step)

    def show(self, progress: float, **values: MetricValue) -> None:
        """Move the bar to ``progress`` (0 to 1) with a few values beside it."""
        note = " ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items())
        self._bar.update(self._task, completed=progress, note=note)

    def __enter__(self) -> MetricsLog:
        """Start the bar."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the bar and close the file."""
        self._bar.stop()
        self._file.close()


def read_metrics(path: str | Path) -> list[dict[str, Any]]:
    """All complete lines of a metrics file; a line cut off by a kill is left out."""
    rows = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows


def _drop_after(path: Path, step: int) -> None:
    if not path.exists():
        return
    kept = [
        row
        for row in read_metrics(path)
        if isinstance(row.get("step"), int) and int(row["step"] or 0) <= step
    ]
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    os.replace(partial, path)


def _short(value: MetricValue) -> MetricValue:
    if isinstance(value, list):
        return [float(f"{v:.6g}") for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
