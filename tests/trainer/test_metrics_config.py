"""Metrics files and typed configs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtp_model.errors import ConfigError
from mtp_trainer.config import DistillConfig, RunConfig, freeze_config, load_config
from mtp_trainer.metrics import MetricsLog, read_metrics


def test_metrics_are_lines_and_a_resumed_run_drops_later_ones(tmp_path: Path) -> None:
    with MetricsLog(tmp_path, show_progress=False) as log:
        for step in (1, 2, 3):
            log.log(step, loss=1 / 3, note="x")
            log.show(step / 3, loss=0.5)
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 4, "lo')  # cut off by a kill
    with MetricsLog(tmp_path, resume_step=2, show_progress=False) as log:
        log.log(3, loss=2.0)
    rows = read_metrics(tmp_path / "metrics.jsonl")
    assert [row["step"] for row in rows] == [1, 2, 3]
    assert rows[0]["loss"] == 0.333333
    assert rows[-1]["loss"] == 2.0


def test_load_config_with_overrides(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("run_dir: runs/a\ndata: data/a\nsteps: 7\nlr: 0.01\n")
    config = load_config(path, RunConfig, {"steps": 9, "seed": None})
    assert (config.steps, config.lr, config.seed, config.run_dir) == (9, 0.01, 0, Path("runs/a"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("warmup_step: 3", "warmup_step: unknown field; did you mean 'warmup_steps'"),
        ("steps: many", "steps: .*integer.*'many'"),
        ("k_min: 9\nk_max: 4", "k_min must not be larger"),
        ("- 1", "holds a list"),
        ("a: [", "cannot be read"),
    ],
)
def test_bad_configs(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_config(
            path, DistillConfig, {"run_dir": "r", "data": "d", "model": "m"} if text[0] != "-" else None
        )


def test_missing_fields_are_named() -> None:
    with pytest.raises(ConfigError, match="data: needed"):
        load_config(None, RunConfig, {"run_dir": "r"})


def test_a_run_directory_belongs_to_one_config(tmp_path: Path) -> None:
    config = RunConfig(run_dir=tmp_path / "run", data=Path("data"), max_minutes=5)
    path = freeze_config(config)
    assert load_config(path, RunConfig) == config
    freeze_config(config.model_copy(update={"max_minutes": None}))  # may be extended
    with pytest.raises(ConfigError, match=r"lr: 0\.001 there, 0\.5 now"):
        freeze_config(config.model_copy(update={"lr": 0.5}))
