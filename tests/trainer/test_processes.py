"""Distillation in several processes: the same student as in one, under DDP and FSDP2; what is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
import yaml
from accelerate.state import AcceleratorState, GradientState, PartialState
from safetensors.torch import load_file
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor, Shard
from typer.testing import CliRunner

from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError
from mtp_trainer import acceleration
from mtp_trainer.batching import write_token_dataset
from mtp_trainer.checkpointing import list_checkpoints
from mtp_trainer.cli import app
from mtp_trainer.config import DistillConfig, load_config
from mtp_trainer.distill import distill
from mtp_trainer.distill_setup import prepare
from mtp_trainer.metrics import read_metrics
from mtp_trainer.objective import BlockLogits
from mtp_trainer.processes import shard_teacher, start, tracker_names
from tests.trainer.tiny import END, make_teacher

SETTINGS: dict[str, Any] = {
    "steps": 4,
    "tokens_per_batch": 256,
    "max_length": 40,
    "k_max": 5,
    "lr": 3e-3,
    "warmup_steps": 2,
    "text_weight": 0.5,
    "text_steps": 1,
    "precision": "fp32",
    "checkpoint_every": 2,
    "log_every": 1,
    "trackers": [],
}
PARTS = {"accumulation": 2, "activation_checkpointing": True}
DDP = ["torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
FSDP = [
    *("accelerate.commands.launch", "--use_fsdp", "--fsdp_version", "2", "--num_processes", "2"),
    *("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"),
]

# The command line, but one of the processes dies while it writes its part of the checkpoint of step 4.
KILLED = """
import os, signal
from pathlib import Path
from mtp_trainer import checkpointing, cli
original = checkpointing.save
def save(shards, storage_writer):
    folder = Path(storage_writer.path)
    if ".step-4." in str(folder) and os.environ["RANK"] == "1":
        folder.mkdir(exist_ok=True)
        (folder / "__1_0.distcp").write_bytes(b"half a shard")
        Path(__file__).with_suffix(".done").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return original(shards, storage_writer=storage_writer)
checkpointing.save = save
cli.main()
"""


class Workshop:
    """Teacher, data, and runs with them through the command line."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.teacher = make_teacher(folder / "teacher")
        random = torch.Generator().manual_seed(1)
        examples = []
        for length in torch.randint(12, 33, (64,), generator=random).tolist():
            ids = torch.randint(0, END, (length,), generator=random).tolist()
            examples.append(([*ids, END], [i >= 4 for i in range(length + 1)]))
        self.data = write_token_dataset(folder / "data" / "train", examples)
        self.environment = os.environ | {
            "PYTHONPATH": f"{root}/model{os.pathsep}{root}/trainer",
            "HF_HOME": str(folder),  # not this user's settings of accelerate
            "OMP_NUM_THREADS": "1",
            "CUDA_VISIBLE_DEVICES": "",
        }

    def config(self, name: str, **changes: Any) -> Path:
        values = SETTINGS | {"model": str(self.teacher), "data": str(self.data)}
        values |= {"run_dir": str(self.folder / name)} | changes
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(values))
        return path

    def settings(self, name: str, **changes: Any) -> DistillConfig:
        return load_config(self.config(name, **changes), DistillConfig)

    def one(self, name: str, **changes: Any) -> Path:
        config = self.config(name, **changes)
        result = CliRunner().invoke(app, ["distill", "--config", str(config)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return self.folder / name

    def launch(self, launcher: list[str], name: str, program: tuple[str, ...] = (), **changes: Any) -> str:
        """Several processes; returns what they wrote."""
        program = program or ("-m", "mtp_trainer.cli")
        command = [sys.executable, "-m", *launcher, *program, "distill", "--config"]
        done = subprocess.run(
            [*command, str(self.config(name, **changes))],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        return f"{done.returncode}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("runs"), root)


@pytest.fixture(scope="module")
def one(workshop: Workshop) -> Path:
    """The run of one process, each batch in one pass."""
    return workshop.one("one")


@pytest.fixture(scope="module")
def sharded(workshop: Workshop) -> Path:
    """The run of two processes under FSDP2."""
    output = workshop.launch(FSDP, "fsdp", **PARTS)
    assert output.startswith("0\n"), output
    assert output.count("Wrote") == 1
    return workshop.folder / "fsdp"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """This process as the only one of a launch under FSDP2."""
    _forget_accelerate()
    dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    names = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "OMP_NUM_THREADS": "1"}
    names |= {"ACCELERATE_USE_CPU": "true", "ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2"}
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FSDP_CPU_RAM_EFFICIENT_LOADING", "true")  # which start turns off
    yield monkeypatch
    if dist.is_initialized():
        dist.destroy_process_group()
    _forget_accelerate()


def _forget_accelerate() -> None:
    """Accelerate keeps its state for the life of a process."""
    for state in (AcceleratorState, GradientState, PartialState):
        state._reset_state()


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model/model.safetensors")


def assert_same(run: Path, other: Path) -> None:
    expected, found = weights(run), weights(other)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        # float32: gradients are summed by rows, parts and processes in another order, and Adam divides small
        # ones by themselves; a wrong gradient moves a weight by about the learning rate, 3e-3
        torch.testing.assert_close(found[name], value, rtol=0, atol=5e-5, msg=name)
    rows = [read_metrics(folder / "metrics.jsonl") for folder in (run, other)]
    assert len(rows[0]) == len(rows[1]) == 4
    for row, again in zip(*rows, strict=True):
        # Adam hides the size of gradients: their norm and the loss do not; all processes are counted
        for name in ("loss", "grad_norm", "agreement", "regions", "lr"):
            assert row[name] == pytest.approx(again[name], rel=1e-3), name
        assert row["agreement_by_depth"] == pytest.approx(again["agreement_by_depth"], rel=1e-3)


def rewind(run: Path, target: Path) -> Path:
    """A copy of a run as it was when its checkpoint of step 2 was the newest."""
    shutil.copytree(run, target)
    shutil.rmtree(target / "model")
    shutil.rmtree(list_checkpoints(target)[-1])
    assert [path.name for path in list_checkpoints(target)] == ["step-2"]
    return target


def test_one_pass_of_eight_rows_is_eight_of_one(workshop: Workshop, one: Path) -> None:
    assert_same(one, workshop.one("eight", accumulation=8))


@pytest.mark.timeout(400)  # each process imports torch, which takes a busy machine a minute
def test_two_processes_are_one_with_twice_the_batch(workshop: Workshop, one: Path) -> None:
    output = workshop.launch(DDP, "ddp", **PARTS)
    assert output.startswith("0\n"), output
    assert output.count("Wrote") == 1
    assert_same(one, workshop.folder / "ddp")
    # and what two processes began, one can end
    rewind(workshop.folder / "ddp", workshop.folder / "fewer")
    assert_same(one, workshop.one("fewer", **PARTS))


@pytest.mark.timeout(400)
def test_two_sharded_processes_are_one(workshop: Workshop, one: Path, sharded: Path) -> None:
    assert_same(one, sharded)
    student = load_checkpoint(sharded / "model")  # an ordinary checkpoint, tied weights stored once
    assert student.k_max == 5 and "lm_head.weight" not in weights(sharded)
    newest = list_checkpoints(sharded)[-1]
    assert len(list((newest / "shards").glob("*.distcp"))) == 2
    state = torch.load(newest / "state.pt", weights_only=True)
    assert state["state"]["step"] == 4 and "model" not in state


@pytest.mark.timeout(400)
def test_a_sharded_run_goes_on_with_fewer_processes(
    workshop: Workshop, one: Path, sharded: Path, alone: pytest.MonkeyPatch
) -> None:
    rewind(sharded, workshop.folder / "alone")
    assert_same(one, workshop.one("alone", **PARTS))
    assert os.environ["FSDP_CPU_RAM_EFFICIENT_LOADING"] == "false"


def assert_teacher_sharded(teacher_pass: BlockLogits) -> None:
    teacher: Any = teacher_pass.model
    assert len(teacher.model.layers) == 2
    for module in (teacher_pass, *teacher.model.layers):
        assert isinstance(module, FSDPModule)
    for name, parameter in teacher.named_parameters():
        assert isinstance(parameter, DTensor) and parameter.placements == (Shard(0),), name
        assert not parameter.requires_grad, name
    # each layer by itself: gathered for its own pass, while the others stay apart
    first, second = teacher.model.layers
    first.unshard()
    assert not any(isinstance(parameter, DTensor) for parameter in first.parameters())
    assert all(isinstance(parameter, DTensor) for parameter in second.parameters())


def test_every_layer_of_a_frozen_teacher_is_sharded(workshop: Workshop, alone: pytest.MonkeyPatch) -> None:
    accelerator = start(workshop.settings("layers"))
    teacher = BlockLogits(load_checkpoint(workshop.teacher).model.requires_grad_(False))
    shard_teacher(accelerator, teacher)
    assert_teacher_sharded(teacher)


def test_a_run_shards_its_teacher(workshop: Workshop, alone: pytest.MonkeyPatch) -> None:
    assert_teacher_sharded(prepare(workshop.settings("layers")).teacher_pass)


@pytest.mark.timeout(400)
def test_a_sharded_run_does_not_go_on_unsharded(workshop: Workshop, sharded: Path) -> None:
    rewind(sharded, workshop.folder / "unsharded")
    with pytest.raises(CheckpointError, match="was written with FSDP2, and this run is started without it"):
        distill(workshop.settings("unsharded", **PARTS), show_progress=False)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_sharded_run_ends_with_the_same_weights(workshop: Workshop, sharded: Path) -> None:
    script = workshop.folder / "killed.py"
    script.write_text(KILLED)
    output = workshop.launch(FSDP, "killed", (str(script),), **PARTS)
    # the launcher names whichever process it saw fail first: the killed one, or the one that missed it
    assert script.with_suffix(".done").exists() and not output.startswith("0\n"), output
    run = workshop.folder / "killed"
    assert [path.name for path in list_checkpoints(run)] == ["step-2"]
    output = workshop.launch(FSDP, "killed", **PARTS)
    assert output.startswith("0\n"), output
    expected, found = weights(sharded), weights(run)
    assert all(torch.equal(value, found[name]) for name, value in expected.items())
    assert not list((run / "checkpoints").glob(".*"))


@pytest.mark.parametrize(
    ("changes", "names", "message"),
    [
        ({}, {"FSDP_VERSION": "1"}, "accelerate is configured for FSDP version 1"),
        ({"lora": {}}, {}, "LoRA students do not run under FSDP2: .* Use DDP"),
        ({"optimizer": "muon"}, {}, "muon needs whole matrices"),
        ({}, {"FSDP_ACTIVATION_CHECKPOINTING": "true"}, "set activation_checkpointing in the config"),
        ({}, {"ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "4"}, "4 gradient accumulation steps: leave"),
        (
            {},
            {"ACCELERATE_MIXED_PRECISION": "bf16"},
            "mixed precision bf16, the config says fp32, which is fp32",
        ),
        (
            {"precision": "auto"},
            {"ACCELERATE_MIXED_PRECISION": "fp16"},
            "mixed precision fp16, the config says auto, which is .* on cpu:0: make them equal",
        ),
    ],
)
def test_what_accelerate_may_not_be_told(
    workshop: Workshop,
    alone: pytest.MonkeyPatch,
    changes: dict[str, Any],
    names: dict[str, str],
    message: str,
) -> None:
    for name, value in names.items():
        alone.setenv(name, value)
    with pytest.raises(ConfigError, match=message):
        start(workshop.settings("refused", **changes))


def test_accelerate_may_be_told_what_auto_is(workshop: Workshop, alone: pytest.MonkeyPatch) -> None:
    alone.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    alone.setattr(acceleration, "multiplies_bf16", lambda device: True)
    assert start(workshop.settings("told", precision="auto")).mixed_precision == "bf16"


def test_processes_that_accelerate_leaves_alone(workshop: Workshop, alone: pytest.MonkeyPatch) -> None:
    alone.delenv("ACCELERATE_USE_CPU")
    alone.setenv("WORLD_SIZE", "2")
    alone.setattr(torch.accelerator, "is_available", lambda: True)  # as on Apple's chips
    with pytest.raises(ConfigError, match="2 processes were started, but accelerate joined 1 on cpu"):
        start(workshop.settings("refused"))


def test_trackers_get_what_the_log_gets(workshop: Workshop) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run = workshop.one("tracked", trackers=None, steps=1)
    (folder,) = {path.parent for path in (run / "trackers").glob("events.*")}
    found = events.EventAccumulator(str(folder))
    found.Reload()
    (row,) = read_metrics(run / "metrics.jsonl")
    for name in ("loss", "tokens_per_second", "peak_memory"):
        (event,) = found.Scalars(name)
        assert (event.step, event.value) == (1, pytest.approx(row[name], rel=1e-5))
    assert found.Scalars("agreement_by_depth/1")
    assert row["peak_memory"] > 50 * 2**20  # torch alone takes more
    assert not (workshop.one("untracked", trackers=[], steps=1) / "trackers").exists()


def test_trackers_that_there_are_not() -> None:
    with pytest.raises(ConfigError, match=r"'tensorbord', which accelerate does not know: use one of aim, "):
        tracker_names(["tensorbord"])
    with pytest.raises(ConfigError, match="names aim, which is not installed: pip install aim"):
        tracker_names(["aim"])
    assert tracker_names([]) == []
