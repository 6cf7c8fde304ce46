"""`mtp-train eval`: the grid, agreement and plots beside what it always printed."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner

from mtp_model.checkpoint.locate import EMBEDDED
from mtp_model.config import ConfAdapt
from mtp_model.errors import ConfigError
from mtp_trainer import eval_command, plots
from mtp_trainer.cli import app
from mtp_trainer.eval_command import EvalSettings, evaluate
from mtp_trainer.grid import Grid, make_grid, take_grid
from mtp_trainer.report import print_report
from tests.trainer.llama import make_llama

GRID = Grid((0.5, 0.9), (2, 4))


def figures(success: float, speed: float) -> dict[str, float]:
    return {"success": success, "success_unseen_tools": success / 2, "tokens_per_pass": speed, "identical": 1}


def report() -> dict[str, Any]:
    """A report of `evaluate.evaluate` over the grid, with agreement beside it."""
    names = ["static1", "confadapt", *GRID.policies()]
    each = {name: figures(0.1 * number, number + 1.0) for number, name in enumerate(names)}
    judge = {"agreement": 0.9, "by_depth": [1.0, 0.8], "places": [9, 8], "calibration_error": 0.01}
    judge["calibration"] = [{"confidence": 0.9, "agreement": 0.8, "places": 8}]
    agreement = {"texts": 3, "source": "toolworld", "teacher": None, "blocks": 9, "k": 2}
    agreement["judges"] = {"same_weights": judge, "teacher": judge}
    shares = {"same_weights": 0.9, "teacher": 0.8}
    agreement["confadapt"] = [{"k": 2, "threshold": 0.9, "tokens_per_pass": 1.5, "agreement": shares}]
    return copy.deepcopy(
        {
            "tasks": 2,
            "grammar": True,
            "policies": each,
            "domains": {"bank": each, "garden": each},
            "outcomes": {name: {"solved": "10", "forward_passes": [1, 2]} for name in names},
            "natural_text": {"problems": 1, "policies": each},
            "agreement": agreement,
        }
    )


def test_the_grid_of_words() -> None:
    assert make_grid(None, None, 16) == Grid((0.5, 0.7, 0.9, 0.95, 0.99), (2, 4, 8, 16))
    assert make_grid("0.9, .5,0.9", "8,2", 8) == Grid((0.5, 0.9), (2, 8))
    assert make_grid(None, None, 6).ks == (2, 4)
    assert list(GRID.policies().values())[1] == ConfAdapt(0.9, 2)


@pytest.mark.parametrize(
    ("thresholds", "ks", "k_max", "message"),
    [
        ("0.5,x", None, 16, "--thresholds '0.5,x': give numbers with commas"),
        ("0,1", None, 16, "0.0 is not in .0, 1."),
        ("nan", None, 16, "nan is not in .0, 1."),
        (None, "2,2.5", 16, "--ks '2,2.5': give numbers"),
        (None, "1", 16, "1 is not from 2 to 16"),
        (None, "8", 4, "8 is not from 2 to 4, the blocks of this student's training"),
        (None, None, 1, "no mask token"),
    ],
)
def test_grids_that_are_refused(thresholds: str | None, ks: str | None, k_max: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make_grid(thresholds, ks, k_max)


def test_the_grid_leaves_the_rest_of_the_report_as_it_is() -> None:
    found = report()
    take_grid(found, GRID)
    for part in (found["policies"], found["outcomes"], *found["domains"].values()):
        assert list(part) == ["static1", "confadapt"]
    assert list(found["natural_text"]["policies"]) == ["static1", "confadapt"]
    points = [(row["k"], row["threshold"]) for row in found["grid"]]
    assert points == [(1, None), (2, 0.5), (2, 0.9), (4, 0.5), (4, 0.9)]
    last = found["grid"][-1]
    assert last["tokens_per_pass"] == last["domains"]["garden"]["tokens_per_pass"] == 6.0
    assert last["natural_text"]["success"] == pytest.approx(0.5)


def test_tables_and_plots_of_a_whole_report(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = report()
    take_grid(found, GRID)
    files = plots.draw(found, tmp_path / "plots")
    assert [path.name for path in files] == [
        *("accuracy.png", "accuracy.svg", "confidence.png", "confidence.svg")
    ]
    assert files[0].read_bytes().startswith(b"\x89PNG") and "<svg" in files[1].read_text()
    found["plots"] = [str(path) for path in files]
    console = Console(record=True, width=140)
    print_report(found, console)
    text = console.export_text()
    for part in ("ConfAdapt by k and threshold", "threshold 0.9", "garden", "k = 4", "place", "teacher"):
        assert part in text
    assert text.count("Wrote") == 4


def test_plots_need_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'mtp-agents\[plots\]'"):
        evaluate(EvalSettings(model="nowhere", plots=tmp_path))  # before anything is loaded


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tasks": 0, "texts": 0}, "nothing to evaluate"),
        ({"ks": "2"}, "give --grid too"),
        ({"texts": 0, "teacher": "x"}, "leave --texts 0 out"),
    ],
)
def test_settings_that_contradict_each_other(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        evaluate(EvalSettings(model="nowhere", **changes))


def test_a_model_without_a_mask_token_is_still_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = str(make_llama(tmp_path / "model", max_position_embeddings=4096))
    monkeypatch.setattr(eval_command.tasks, "evaluate", lambda *_, **__: {"tasks": 1})
    found = evaluate(EvalSettings(model, tasks=1, texts=1))
    assert found["tasks"] == 1 and "has no mask token" in found["agreement"]["skipped"]
    console = Console(record=True)
    print_report({"policies": {}} | found, console)
    assert "No agreement" in console.export_text()


@pytest.mark.timeout(400)
def test_the_embedded_student_over_a_small_grid(embedded: Any, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    arguments = ["eval", "--tasks", "1", "--texts", "2", "--workers", "1", "--json"]
    arguments += ["--grid", "--thresholds", ".9", "--ks", "4", "--teacher", str(EMBEDDED)]
    arguments += ["--plots", str(tmp_path), "--out", str(tmp_path / "report.json")]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout.splitlines()[-1])
    assert found == json.loads((tmp_path / "report.json").read_text())
    always = {"tasks", "grammar", "dtype", "policies", "domains", "outcomes"}
    assert set(found) == always | {"grid", "agreement", "plots"}
    assert set(found["policies"]) == {"static1", "confadapt", "verified"}
    plain, point = found["grid"]
    assert plain["tokens_per_pass"] == 1.0 and 1 < point["tokens_per_pass"] <= 4
    assert set(point["domains"]) == set(found["domains"])
    judges = found["agreement"]["judges"]
    assert judges["teacher"]["by_depth"] == judges["same_weights"]["by_depth"]  # the teacher is the student
    assert len(judges["teacher"]["by_depth"]) == 16
    assert [path.exists() for path in map(Path, found["plots"])] == [True] * 4


@pytest.mark.timeout(400)
@pytest.mark.parametrize("quantization", ["int8", "float8"])
def test_the_effect_of_quantisation_on_agreement(embedded: Any, quantization: str) -> None:
    pytest.importorskip("torchao", reason="needs the extra `quantization`")
    found = evaluate(EvalSettings(tasks=0, texts=3, k=4, quantization=quantization))
    assert found["quantization"] == quantization
    agreement = found["agreement"]
    depth = agreement["judges"]["unquantized"]["by_depth"]
    before = agreement["without_quantization"]["judges"]["same_weights"]["by_depth"]
    assert depth[0] > 0.95  # plain decoding of both
    assert all(abs(mine - full) < 0.1 for mine, full in zip(depth, before, strict=True))
    console = Console(record=True, width=160)
    print_report(found, console)
    text = console.export_text()
    assert "unquantized" in text and "the same without quantisation" in text


def test_tasks_run_on_the_quantised_student(embedded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torchao", reason="needs the extra `quantization`")
    started: list[Any] = []

    class Here(ThreadPoolExecutor):
        """Makes the worker in this process, and runs none of the tasks."""

        def __init__(self, workers: int, context: Any, start: Any, arguments: tuple[Any, ...]) -> None:
            super().__init__(workers)
            started.append(eval_command.tasks._Worker(*arguments))

        def submit(self, *_: Any) -> Any:  # type: ignore[override]
            return super().submit(lambda: ("task", []))

    monkeypatch.setattr(eval_command.tasks, "ProcessPoolExecutor", Here)
    threads = torch.get_num_threads()
    try:
        found = evaluate(EvalSettings(tasks=1, texts=0, quantization="int8"))
    finally:
        torch.set_num_threads(threads)
    assert found["quantization"] == "int8" and "agreement" not in found
    layer = started[0].decoder.checkpoint.model.base_model.layers[0].mlp.up_proj
    assert layer.weight.qdata.dtype == torch.int8
    with pytest.raises(ConfigError, match="'int4' is not known"):  # here, not in a worker
        evaluate(EvalSettings(tasks=1, texts=0, quantization="int4"))
    assert len(started) == 1


@pytest.mark.parametrize(("tasks", "texts"), [(1, 0), (0, 1)])
def test_the_type_of_the_weights_is_named(tasks: int, texts: int) -> None:
    found = evaluate(EvalSettings(tasks=tasks, texts=texts, dtype="bfloat16"))
    assert found["dtype"] == "bfloat16"


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(ConfigError, match="'bf17' is no floating-point type"):
        evaluate(EvalSettings(tasks=0, texts=1, dtype="bf17"))
