"""Exact resume: a run that is killed, wherever it is, ends with the weights of one that is not."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mtp_trainer.checkpointing import list_checkpoints
from mtp_trainer.config import DistillConfig
from mtp_trainer.metrics import read_metrics
from tests.trainer.tiny import run, settings

PROGRAM = ["-m", "mtp_trainer.cli"]
Command = Callable[..., subprocess.Popen[str]]

# The command line, but it dies in the middle of one call.
KILLED = """
import os, signal, sys, torch
from mtp_trainer import cli, distill as loop
torch.set_num_threads(1)
moment = sys.argv.pop()
if moment == "step":
    original = loop.draw_blocks
    def draw(run, progress):
        if run.state.step == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(run, progress)
    loop.draw_blocks = draw
elif moment == "rename":  # the checkpoint of step 6 is written, but has not got its name yet
    original = os.replace
    def replace(source, target):
        if str(target).endswith("/step-6"):
            os.kill(os.getpid(), signal.SIGKILL)
        original(source, target)
    os.replace = replace
else:  # in the middle of writing the checkpoint of step 6
    original = torch.save
    def save(payload, file):
        if payload["state"]["step"] == 6:
            file.write(b"half a checkpoint")
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        original(payload, file)
    torch.save = save
cli.main()
"""


@pytest.fixture(scope="module")
def uninterrupted(
    teacher: Path, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, torch.Tensor]:
    path = run(settings(teacher, data, tmp_path_factory.mktemp("whole"), precision="bf16"))
    return load_file(path / "model.safetensors")


@pytest.fixture
def command(root: Path) -> Command:
    environment = os.environ | {"PYTHONPATH": f"{root}/model{os.pathsep}{root}/trainer"}
    environment |= {"OMP_NUM_THREADS": "1"}

    def start(program: list[str], config: DistillConfig, *rest: str) -> subprocess.Popen[str]:
        file = config.run_dir.with_suffix(".yaml")
        file.write_text(json.dumps(config.model_dump(mode="json")))
        arguments = [sys.executable, *program, "distill", "--config", str(file), *rest]
        return subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)

    return start


def finish(process: subprocess.Popen[str], code: int) -> None:
    _, errors = process.communicate()
    assert process.returncode == code, errors


@pytest.mark.timeout(400)  # two processes import torch, which takes a busy machine minutes
@pytest.mark.parametrize("moment", ["step", "save", "rename"])
def test_a_killed_run_ends_with_the_same_weights(
    moment: str,
    teacher: Path,
    data: Path,
    tmp_path: Path,
    uninterrupted: dict[str, torch.Tensor],
    command: Command,
) -> None:
    config = settings(teacher, data, tmp_path / "run", precision="bf16")
    finish(command(["-c", KILLED], config, moment), -9)
    assert list_checkpoints(config.run_dir)[-1].name == "step-4"
    partial = config.run_dir / "checkpoints/.step-6.partial/state.pt"
    assert partial.exists() == (moment != "step")
    if moment == "rename":
        assert torch.load(partial, weights_only=True)["state"]["step"] == 6
    finish(command(PROGRAM, config), 0)
    assert_same_run(config, uninterrupted)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_run_killed_at_any_time_again_and_again_ends_with_the_same_weights(
    teacher: Path, data: Path, tmp_path: Path, command: Command
) -> None:
    changes = {"steps": 300, "checkpoint_every": 1, "precision": "bf16"}
    straight = load_file(run(settings(teacher, data, tmp_path / "whole", **changes)) / "model.safetensors")
    config = settings(teacher, data, tmp_path / "run", **changes)
    lot, kills, before = random.Random(0), 0, 0
    while kills < 6:
        process = command(PROGRAM, config)
        while process.poll() is None and last_step(config) == before:
            time.sleep(0.01)
        time.sleep(lot.uniform(0, 0.4))  # it takes a step, writes a checkpoint, renames or removes one
        process.kill()
        finish(process, -9)
        assert last_step(config) > before, "the run made no progress"
        before, kills = last_step(config), kills + 1
    finish(command(PROGRAM, config), 0)
    assert_same_run(config, straight)


def last_step(config: DistillConfig) -> int:
    """Step of the newest whole checkpoint."""
    found = list_checkpoints(config.run_dir)
    return int(found[-1].name.removeprefix("step-")) if found else 0


def assert_same_run(config: DistillConfig, expected: dict[str, torch.Tensor]) -> None:
    """Weights bit for bit, a line per logged step, no trace of the kill."""
    weights = load_file(config.run_dir / "model/model.safetensors")
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[name], expected[name]) for name in weights)
    rows = read_metrics(config.run_dir / "metrics.jsonl")
    assert [row["step"] for row in rows] == list(range(3, config.steps + 1, 3))
    assert not list((config.run_dir / "checkpoints").glob(".*"))
