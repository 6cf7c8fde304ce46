"""Checkpoints that survive a kill at any moment.

``run_dir/checkpoints/step-N/state.pt`` holds the weights that are trained, the optimiser, the random state
and the counters. A checkpoint is written into a temporary directory, flushed to the disk and renamed, so that
a directory with the name ``step-N`` is always complete. The file is read with ``weights_only=True``: no code
is executed.

Under FSDP2 every process writes its part of weights and optimiser into ``step-N/shards``
(`torch.distributed.checkpoint`), and the main process renames the directory when all are done. Any number of
processes can read it. Its index is a pickle, as torch writes it: resume runs of your own only.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.filesystem import FileSystemWriter
from torch.distributed.checkpoint.planner import SavePlan, SavePlanner
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save
from torch.distributed.checkpoint.storage import WriteResult
from torch.distributed.tensor import DTensor
from torch.futures import Future
from torch.optim import Optimizer

from mtp_model.errors import CheckpointError

_STATE = "state.pt"
_SHARDS = "shards"
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

    For a sharded model all processes call it together, otherwise the main one.

    Raises:
        CheckpointError: the disk is full or the directory cannot be written; older checkpoints are untouched.
    """
    folder = Path(run_dir) / "checkpoints"
    target = folder / f"{_PREFIX}{state.step}"
    partial = folder / f".{target.name}.partial"
    sharded = is_sharded(model)
    main = not sharded or _rank() == 0
    try:
        if main:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_partials(folder)
            partial.mkdir()
        if sharded:
            _wait()
            save(_shards(model, optimizer), storage_writer=_ShardWriter(partial / _SHARDS))
        if main:
            payload = {"state": asdict(state), "rng": {"cpu": torch.get_rng_state(), "cuda": _cuda_rng()}}
            if not sharded:
                payload |= {"model": _weights(model), "optimizer": optimizer.state_dict()}
            with open(partial / _STATE, "wb") as file:
                torch.save(payload, file)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():  # the same step again: it is complete, and by construction equal
                _discard(target)
            os.replace(partial, target)
        if sharded:
            _wait()
    except (OSError, RuntimeError, CheckpointException) as error:
        if main:
            shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(
            f"Could not save the checkpoint of step {state.step} in {folder}: {_reason(error)}. Earlier "
            "checkpoints are intact: free disk space or make the directory writable, then start the same "
            "command again to resume."
        ) from error
    for old in list_checkpoints(run_dir)[:-keep] if main else []:
        _discard(old)
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
        CheckpointError: the file is damaged or belongs to another model or optimiser, or a sharded checkpoint
            to a model that is not, or the other way round.
    """
    try:
        payload: dict[str, Any] = torch.load(Path(path) / _STATE, map_location="cpu", weights_only=True)
    except Exception as error:
        raise _unusable(path, error) from error
    _check_kind(path, written_sharded="model" not in payload, model_sharded=is_sharded(model))
    try:
        if is_sharded(model):
            if optimizer is None:
                raise ValueError("a sharded model is restored together with its optimiser")
            _load_shards(Path(path) / _SHARDS, model, optimizer)
        else:
            _load_weights(model, payload["model"])
            if optimizer is not None:
                optimizer.load_state_dict(payload["optimizer"])
    except (Exception, CheckpointException) as error:
        raise _unusable(path, error) from error
    torch.set_rng_state(payload["rng"]["cpu"])
    if payload["rng"]["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(payload["rng"]["cuda"])
    return TrainState(**payload["state"])


def is_sharded(model: nn.Module) -> bool:
    """Whether a model's weights are spread over processes."""
    return any(isinstance(parameter, DTensor) for parameter in model.parameters())


def _check_kind(path: str | Path, *, written_sharded: bool, model_sharded: bool) -> None:
    if written_sharded == model_sharded:
        return
    there, now = ("with FSDP2", "without it") if written_sharded else ("without FSDP2", "with it")
    raise CheckpointError(
        f"The checkpoint {path} was written {there}, and this run is started {now}: resume it {there} (the "
        "number of processes may differ), or choose another run directory."
    )


def _unusable(path: str | Path, error: BaseException) -> CheckpointError:
    return CheckpointError(
        f"The checkpoint {path} cannot be loaded into this model and optimiser: {_reason(error)}. It is "
        "damaged or from another configuration: delete it, or choose another run directory."
    )


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


class _ShardWriter(FileSystemWriter):
    """Tells the system's error, which torch hides behind one of its own and would not send on."""

    def write_data(self, plan: SavePlan, planner: SavePlanner) -> Future[list[WriteResult]]:
        try:
            return super().write_data(plan, planner)
        except RuntimeError as error:
            raise _cause(error) from error


def _shards(model: nn.Module, optimizer: Optimizer) -> dict[str, Any]:
    """This process's part of weights and optimiser, by the names that they have in the whole model."""
    weights, moments = get_state_dict(model, _plain(optimizer))
    return {"model": weights, "optimizer": moments}


def _load_shards(path: Path, model: nn.Module, optimizer: Optimizer) -> None:
    shards = _shards(model, optimizer)
    load(shards, checkpoint_id=path)
    set_state_dict(
        model,
        _plain(optimizer),
        model_state_dict=shards["model"],
        optim_state_dict=shards["optimizer"],
    )


def _plain(optimizer: Optimizer) -> Optimizer:
    """The optimiser inside of accelerate's wrapper."""
    plain: Optimizer = getattr(optimizer, "optimizer", optimizer)
    return plain


def _rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def _wait() -> None:
    if dist.is_initialized():
        dist.barrier()


def _reason(error: BaseException) -> str:
    """What went wrong; of processes that failed, the first one's error."""
    if isinstance(error, CheckpointException):
        failures = [failure[0] for failure in error.failures.values()]
        return str(failures[0]) if failures else "a process failed"
    return str(_cause(error))


def _cause(error: BaseException) -> BaseException:
    """The system's error (a full disk, say) behind torch's "unexpected pos"; the error itself if none is."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, OSError):
        found = found.__cause__ or found.__context__
    return found or error


def _cuda_rng() -> list[torch.Tensor]:
    return torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []


def _discard(path: Path) -> None:
    """Delete a checkpoint, so that a kill on the way leaves nothing that looks complete."""
    leftover = path.with_name(f".{path.name}.old.partial")
    os.replace(path, leftover)
    shutil.rmtree(leftover)


def _remove_partials(folder: Path) -> None:
    """Delete what killed processes left behind."""
    for path in folder.glob(f".{_PREFIX}*.partial"):
        shutil.rmtree(path, ignore_errors=True)
