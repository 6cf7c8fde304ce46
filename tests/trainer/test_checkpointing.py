"""Atomic checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from mtp_model.errors import CheckpointError
from mtp_trainer.checkpointing import TrainState, list_checkpoints, load_checkpoint, resume, save_checkpoint


def make() -> tuple[nn.Linear, torch.optim.Optimizer]:
    model = nn.Linear(3, 3)
    return model, torch.optim.AdamW(model.parameters())


def test_round_trip_with_random_state(tmp_path: Path) -> None:
    model, optimizer = make()
    model(torch.ones(3)).sum().backward()
    optimizer.step()
    save_checkpoint(tmp_path, TrainState(step=7, elapsed_seconds=1.5, tokens=9), model, optimizer)
    expected = torch.rand(4)
    other, other_optimizer = make()
    state = resume(tmp_path, other, other_optimizer)
    assert state == TrainState(step=7, elapsed_seconds=1.5, tokens=9)
    assert torch.equal(torch.rand(4), expected)
    assert torch.equal(model.weight, other.weight)
    assert other_optimizer.state_dict()["state"][0]["step"] == 1


def test_nothing_to_resume(tmp_path: Path) -> None:
    assert resume(tmp_path, *make()) == TrainState()


def test_the_newest_two_are_kept_and_leftovers_removed(tmp_path: Path) -> None:
    model, optimizer = make()
    leftover = tmp_path / "checkpoints" / ".step-3.1.partial"
    leftover.mkdir(parents=True)
    for step in (1, 5, 10, 10):
        save_checkpoint(tmp_path, TrainState(step=step), model, optimizer)
    assert [p.name for p in list_checkpoints(tmp_path)] == ["step-5", "step-10"]
    assert not leftover.exists()


def test_a_failed_save_leaves_the_older_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, optimizer = make()
    save_checkpoint(tmp_path, TrainState(step=1), model, optimizer)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(CheckpointError, match=r"step 2 .* No space left .* Earlier checkpoints are intact"):
        save_checkpoint(tmp_path, TrainState(step=2), model, optimizer)
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-1"]


def test_damaged_or_foreign_checkpoints(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, TrainState(step=1), *make())
    with pytest.raises(CheckpointError, match="cannot be loaded into this model"):
        load_checkpoint(path, nn.Linear(4, 4))
    (path / "state.pt").write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path, nn.Linear(3, 3))
