"""Precision: which one passes run in, and that a run in the automatic one trains and goes on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from mtp_trainer import acceleration
from mtp_trainer.acceleration import autocast, mixed, multiplies_bf16
from mtp_trainer.batching import write_token_dataset
from mtp_trainer.checkpointing import list_checkpoints
from mtp_trainer.config import DistillConfig
from mtp_trainer.distill import distill
from mtp_trainer.distill_setup import prepare
from tests.trainer.llama import make_llama

CPU = torch.device("cpu")


@pytest.fixture(params=[True, False], ids=["fast bf16", "slow bf16"])
def fast(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """A CPU that multiplies bfloat16 at speed, and one that does not."""
    monkeypatch.setattr(acceleration, "multiplies_bf16", lambda device: request.param)
    return bool(request.param)


def test_auto_is_what_the_device_is_fast_at(fast: bool) -> None:
    assert [mixed(name, CPU) for name in ("auto", "bf16", "fp32")] == [fast, True, False]
    weight = torch.ones(4, 4)
    with autocast("auto", CPU):
        assert (weight @ weight).dtype == (torch.bfloat16 if fast else torch.float32)
    with autocast("fp32", CPU):
        assert (weight @ weight).dtype == torch.float32


def test_torch_knows_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    assert multiplies_bf16(torch.device("cuda"))
    for answer in (True, False):
        told = SimpleNamespace(_is_mkldnn_bf16_supported=lambda answer=answer: answer)
        monkeypatch.setattr(torch.ops, "mkldnn", told, raising=False)
        assert multiplies_bf16(CPU) is answer
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace(), raising=False)  # torch without oneDNN
    assert not multiplies_bf16(CPU)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("start")
    random = torch.Generator().manual_seed(1)
    texts = torch.randint(0, 400, (24, 30), generator=random).tolist()
    data = write_token_dataset(folder / "data", [(ids, [i > 3 for i in range(30)]) for ids in texts])
    return {"model": str(make_llama(folder / "llama", rows=448)), "data": data}


def settings(start: dict[str, Any], run_dir: Path, **changes: Any) -> DistillConfig:
    values: dict[str, Any] = {
        "run_dir": run_dir,
        "steps": 6,
        "tokens_per_batch": 128,
        "max_length": 40,
        "k_max": 4,
        "lr": 3e-3,
        "warmup_steps": 1,
        "schedule": "constant",
        "checkpoint_every": 3,
        "log_every": 1,
        "trackers": [],
    }
    return DistillConfig(**(values | start | changes))


def train(config: DistillConfig) -> dict[str, torch.Tensor]:
    return load_file(distill(config, show_progress=False) / "model.safetensors")


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_run_in_auto_is_one_in_what_the_device_is_fast_at(
    fast: bool, optimizer: str, start: dict[str, Any], tmp_path: Path
) -> None:
    config = settings(start, tmp_path / "auto", optimizer=optimizer)
    assert config.precision == "auto"
    own = train(config)
    base = load_file(Path(start["model"]) / "model.safetensors")
    assert all(value.isfinite().all() for value in own.values())
    assert not any(torch.equal(base[name], own[name]) for name in own if "proj" in name)
    fixed = settings(start, tmp_path / "fixed", optimizer=optimizer, precision="bf16" if fast else "fp32")
    other = train(fixed)
    assert all(torch.equal(other[name], value) for name, value in own.items())
    # the same in two halves
    train(settings(start, tmp_path / "halves", optimizer=optimizer, steps=3))
    assert list_checkpoints(tmp_path / "halves")[-1].name == "step-3"
    frozen = tmp_path / "halves/config.yaml"
    frozen.write_text(frozen.read_text().replace("\nsteps: 3\n", "\nsteps: 6\n"))
    resumed = train(settings(start, tmp_path / "halves", optimizer=optimizer))
    assert all(torch.equal(resumed[name], value) for name, value in own.items())


def test_the_base_of_adapters_is_held_in_what_passes_run_in(
    fast: bool, start: dict[str, Any], tmp_path: Path
) -> None:
    pytest.importorskip("peft")
    config = settings(start, tmp_path / "run", lora={"rank": 2}, steps=2)
    run = prepare(config)
    base = torch.bfloat16 if fast else torch.float32
    kinds = {p.dtype for p in run.student.parameters() if not p.requires_grad}
    assert run.checkpoint.dtype == base and kinds == {base}
    assert {p.dtype for p in run.student.parameters() if p.requires_grad} == {torch.float32}
    weights = train(config)
    assert all(value.dtype == torch.float32 and value.isfinite().all() for value in weights.values())
    whole = prepare(settings(start, tmp_path / "whole"))  # weights that are trained stay in float32
    assert {p.dtype for p in whole.student.parameters()} == {torch.float32}
