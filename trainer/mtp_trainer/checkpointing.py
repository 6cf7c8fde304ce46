"""Checkpoints that survive a kill at any moment.

``run_dir/checkpoints/step-N/state.pt`` holds the weights that are trained, the optimiser, the random state
and the counters. A checkpoint is written into a temporary directory, flushed to the disk and renamed, so that
a directory with the name ``step-N`` is always complete. Files are read with ``weights_only=True``: no code is
executed.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from mtp_model.errors import CheckpointError

_STATE = "state.pt"
_PREFIX = "step-"


@dataclass
class TrainState:
    """Counters of a run.

    Attributes:
        step: optimiser steps done, which is also the number of the next batch.
        elapsed_seconds: training time over all resumed parts.
        tokens: text tokens seen.
    """

    step: int = 0
    elapsed_seconds: float = 0.0
    tokens: int = 0


def save_checkpoint(
    run_dir: str | Path, state: TrainState, model: nn.Module, optimizer: Optimizer, keep: int = 2
) -> Path:
    """Write a checkpoint atomically and delete all but the newest ``keep``.

    Raises:
        CheckpointError: the disk is full or the directory cannot be written; older checkpoints are untouched.
    """
    folder = Path(run_dir) / "checkpoints"
    target = folder / f"{_PREFIX}{state.step}"
    partial = folder / f".{target.name}.{os.getpid()}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_partials(folder)
        partial.mkdir()
        payload = {
            "state": asdict(state),
            "model": _weights(model),
            "optimizer": optimizer.state_dict(),
            "rng": {"cpu": torch.get_rng_state(), "cuda": _cuda_rng()},
        }
        with open(partial / _STATE, "wb") as file:
            torch.save(payload, file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():  # the same step again: it is complete, and by construction equal
            shutil.rmtree(target)
        os.replace(partial, target)
    except (OSError, RuntimeError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(
            f"Could not save the checkpoint of step {state.step} in {folder}: {error}. Earlier checkpoints "
            "are intact: free disk space or make the directory writable, then start the same command again "
            "to resume."
        ) from error
    for old in list_checkpoints(run_dir)[:-keep]:
        shutil.rmtree(old)
    return target


def list_checkpoints(run_dir: str | Path) -> list[Path]:
    """Complete checkpoints of a run, oldest first."""
    folder = Path(run_dir) / "checkpoints"
    found = [
        p for p in folder.glob(f"{_PREFIX}*") if p.name[len(_PREFIX) :].isdigit() and (p / _STATE).is_file()
    ]
    return sorted(found, key=lambda p: int(p.name[len(_PREFIX) :]))


def load_checkpoint(path: str | Path, model: nn.Module, optimizer: Optimizer | None = None) -> TrainState:
    """Restore weights, optimiser (where given) and random state from one checkpoint directory.

    Raises:
        CheckpointError: the file is damaged or belongs to another model or optimiser.
    """
    try:
        payload: dict[str, Any] = torch.load(Path(path) / _STATE, map_location="cpu", weights_only=True)
        _load_weights(model, payload["model"])
        if optimizer is not None:
            optimizer.load_state_dict(payload["optimizer"])
    except Exception as error:
        raise CheckpointError(
            f"The checkpoint {path} cannot be loaded into this model and optimiser: {error}. It is damaged "
            "or from another configuration: delete it, or choose another run directory."
        ) from error
    torch.set_rng_state(payload["rng"]["cpu"])
    if payload["rng"]["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(payload["rng"]["cuda"])
    return TrainState(**payload["state"])


def resume(run_dir: str | Path, model: nn.Module, optimizer: Optimizer) -> TrainState:
    """Load the newest complete checkpoint of a run, or start at step 0 where there is none."""
    found = list_checkpoints(run_dir)
    return load_checkpoint(found[-1], model, optimizer) if found else TrainState()


def _frozen(model: nn.Module) -> set[str]:
    return {n for n, p in model.named_parameters(remove_duplicate=False) if not p.requires_grad}


def _weights(model: nn.Module) -> dict[str, Any]:
    """The model's state without frozen parameters (a LoRA student's base), which no step changes."""
    frozen = _frozen(model)
    return {name: value for name, value in model.state_dict().items() if name not in frozen}


def _load_weights(model: nn.Module, weights: dict[str, Any]) -> None:
    found = model.load_state_dict(weights, strict=False)
    wrong = [*set(found.missing_keys) - _frozen(model), *found.unexpected_keys]
    if wrong:
        raise ValueError(f"{len(wrong)} weights are missing or unknown, such as {min(wrong)}")


def _cuda_rng() -> list[torch.Tensor]:
    return torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []


def _remove_partials(folder: Path) -> None:
    """Delete what killed processes left behind."""
    for path in folder.glob(f".{_PREFIX}*.partial"):
        shutil.rmtree(path, ignore_errors=True)
