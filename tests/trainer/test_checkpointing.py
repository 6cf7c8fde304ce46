"""Atomic checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard

from mtp_model.errors import CheckpointError
from mtp_trainer.checkpointing import TrainState, list_checkpoints, load_checkpoint, resume, save_checkpoint


def make(size: int = 3) -> tuple[nn.Linear, torch.optim.Optimizer]:
    model = nn.Linear(size, size)
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


@pytest.fixture(scope="module")
def group() -> Iterator[None]:
    dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    yield
    dist.destroy_process_group()


def make_sharded(size: int = 3) -> tuple[nn.Module, torch.optim.Optimizer]:
    model = fully_shard(nn.Linear(size, size), mesh=init_device_mesh("cpu", (1,)))
    return model, torch.optim.AdamW(model.parameters())


@pytest.mark.parametrize("kind", [make, make_sharded])
def test_a_full_disk_leaves_the_older_checkpoint(
    kind: Callable[[], Any], tmp_path: Path, group: None, request: pytest.FixtureRequest
) -> None:
    model, optimizer = kind(1500)  # 9 MB
    path = save_checkpoint(tmp_path, TrainState(step=1), model, optimizer)
    request.getfixturevalue("full_disk")
    said = r"step 2 in .*: \[Errno 27\] File too large\. Earlier checkpoints are intact"
    with pytest.raises(CheckpointError, match=said):
        save_checkpoint(tmp_path, TrainState(step=2), model, optimizer)
    assert list((tmp_path / "checkpoints").iterdir()) == [path]
    assert resume(tmp_path, *kind(1500)) == TrainState(step=1)


def test_sharded_round_trip(tmp_path: Path, group: None) -> None:
    model, optimizer = make_sharded()
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    path = save_checkpoint(tmp_path, TrainState(step=7), model, optimizer)
    other, other_optimizer = make_sharded()
    assert resume(tmp_path, other, other_optimizer) == TrainState(step=7)
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(one.full_tensor(), two.full_tensor())
    assert other_optimizer.state_dict()["state"][0]["step"] == 1
    with pytest.raises(CheckpointError, match="was written with FSDP2, and this run is started without it"):
        load_checkpoint(path, *make())
    with pytest.raises(CheckpointError, match="was written without FSDP2, and this run is started with it"):
        load_checkpoint(save_checkpoint(tmp_path, TrainState(step=8), *make()), *make_sharded())
    next((path / "shards").glob("*.distcp")).write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path, other, other_optimizer)


def test_damaged_or_foreign_checkpoints(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, TrainState(step=1), *make())
    with pytest.raises(CheckpointError, match="cannot be loaded into this model"):
        load_checkpoint(path, nn.Linear(4, 4))
    (path / "state.pt").write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path, nn.Linear(3, 3))
