"""Processes and devices of a distillation, through accelerate: one process, DDP, or FSDP2; and its trackers.

Which of them is accelerate's own configuration::

    torchrun --nproc_per_node 8 -m mtp_trainer.cli distill ...
    accelerate launch --use_fsdp --fsdp_version 2 --num_processes 8 -m mtp_trainer.cli distill ...

Under FSDP2 accelerate shards the student, and `shard_teacher` the frozen teacher, layer by layer, as
accelerate prepares one model only. All processes compute one batch together, each its rows.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import torch
from accelerate import Accelerator, FullyShardedDataParallelPlugin, PartialState
from accelerate.tracking import get_available_trackers
from accelerate.utils import DistributedType, InitProcessGroupKwargs, LoggerType
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.fsdp.wrap import transformer_auto_wrap_policy
from torch.distributed.tensor import DTensor
from torch.optim import Optimizer
from transformers import PreTrainedModel

from mtp_model.errors import ConfigError

from .acceleration import layers_of, mixed
from .checkpointing import is_sharded
from .config import DistillConfig
from .objective import BlockLogits

_TENSORBOARD = LoggerType.TENSORBOARD.value
# names of trackers whose package has another one
_PACKAGES = {"comet_ml": "comet-ml"}


def start(config: DistillConfig) -> Accelerator:
    """Join the other processes, and check that the settings fit the way accelerate was configured.

    Raises:
        ConfigError: what accelerate is told to do is not supported, contradicts the config, or a tracker is
            unknown or not installed.
    """
    trackers = tracker_names(config.trackers)
    fsdp = os.environ.get("ACCELERATE_USE_FSDP", "false").lower() == "true"
    if fsdp:
        # each process reads the weights itself: what transformers leaves empty, nobody fills in the teacher
        os.environ["FSDP_CPU_RAM_EFFICIENT_LOADING"] = "false"
    launched = int(os.environ.get("WORLD_SIZE", "1"))
    # without being told, accelerate leaves processes on the CPU alone, each with a run of its own
    cpu = launched > 1 and not torch.accelerator.is_available()
    # the others wait while the main process renders the conversations of a large source
    waiting = InitProcessGroupKwargs(timeout=timedelta(hours=2))
    accelerator = Accelerator(
        cpu=cpu, log_with=trackers or None, project_dir=config.run_dir, kwargs_handlers=[waiting]
    )
    if accelerator.num_processes != launched:
        raise ConfigError(
            f"{launched} processes were started, but accelerate joined {accelerator.num_processes} on "
            f"{accelerator.device}: they would overwrite each other's run. Start one process, or processes "
            "on CUDA devices, or set ACCELERATE_USE_CPU=true."
        )
    state: Any = accelerator.state
    if fsdp and state.distributed_type == DistributedType.MULTI_CPU:
        # accelerate turns FSDP on for GPUs and their like; processes on the CPU take the same path
        state.distributed_type = DistributedType.FSDP
        # preparing an optimizer sets it anew from here
        PartialState._shared_state["distributed_type"] = DistributedType.FSDP
        state.fsdp_plugin = FullyShardedDataParallelPlugin()
    _check(config, accelerator)
    return accelerator


def _check(config: DistillConfig, accelerator: Accelerator) -> None:
    kinds = ("NO", "MULTI_CPU", "MULTI_GPU", "MULTI_XPU", "MULTI_NPU", "MULTI_MLU", "MULTI_MUSA", "MULTI_HPU")
    kind = accelerator.distributed_type
    if kind.value not in kinds and not accelerator.is_fsdp2:
        version = " version 1" if kind == DistributedType.FSDP else ""
        raise ConfigError(
            f"accelerate is configured for {kind.value}{version}: distill runs in one process, under DDP, or "
            "under FSDP2 (accelerate launch --use_fsdp --fsdp_version 2, or fsdp_version: 2 in its config)."
        )
    own = "bf16" if mixed(config.precision, accelerator.device) else "fp32"
    if accelerator.mixed_precision not in ("no", own):
        raise ConfigError(
            f"accelerate runs with mixed precision {accelerator.mixed_precision}, the config says "
            f"{config.precision}, which is {own} on {accelerator.device}: make them equal, or leave "
            "accelerate's unset."
        )
    if accelerator.gradient_accumulation_steps != 1:
        raise ConfigError(
            f"accelerate is configured for {accelerator.gradient_accumulation_steps} gradient accumulation "
            "steps: leave that at 1, and set accumulation in the config of the run."
        )
    if not accelerator.is_fsdp2:
        return
    if config.lora:
        raise ConfigError(
            "LoRA students do not run under FSDP2: their frozen base is the teacher as well, one copy per "
            "device. Use DDP (torchrun, or accelerate launch --multi_gpu), or leave lora out."
        )
    if config.optimizer == "muon":
        raise ConfigError(
            "muon needs whole matrices, and FSDP2 shards them: use optimizer adamw, or DDP instead of FSDP2."
        )
    if accelerator.state.fsdp_plugin.activation_checkpointing:
        raise ConfigError(
            "accelerate is configured for fsdp_activation_checkpointing: leave that out, and set "
            "activation_checkpointing in the config of the run."
        )


def tracker_names(wanted: list[str] | None) -> list[str]:
    """Names of the trackers that a run reports to.

    Args:
        wanted: names; None: TensorBoard where it is installed.

    Raises:
        ConfigError: accelerate does not know one, or its package is missing.
    """
    installed = [tracker.value for tracker in get_available_trackers()]
    if wanted is None:
        return [_TENSORBOARD] if _TENSORBOARD in installed else []
    known = sorted(tracker.value for tracker in LoggerType if tracker != LoggerType.ALL)
    for name in wanted:
        if name not in known:
            raise ConfigError(
                f"trackers names {name!r}, which accelerate does not know: use one of {', '.join(known)}, "
                "or [] for none."
            )
        if name not in installed:
            raise ConfigError(
                f"trackers names {name}, which is not installed: pip install {_PACKAGES.get(name, name)}, or "
                "leave it out (trackers: [] for none)."
            )
    return list(wanted)


def start_trackers(config: DistillConfig, accelerator: Accelerator) -> None:
    """Open the trackers in ``run_dir``, with the settings of the run."""
    values = config.model_dump(mode="json")
    plain = {k: v if isinstance(v, int | float | str) else str(v) for k, v in values.items()}
    accelerator.init_trackers("trackers", config=plain)


def loading_device(accelerator: Accelerator) -> torch.device:
    """Where a process loads models: models that are sharded next are whole in host memory only."""
    return torch.device("cpu") if accelerator.is_fsdp2 else accelerator.device


def prepare_student(
    accelerator: Accelerator, student: BlockLogits, optimizer: Optimizer
) -> tuple[nn.Module, Optimizer]:
    """The student's passes and its optimiser as accelerate wraps, places or shards them."""
    if accelerator.is_fsdp2:
        plugin = accelerator.state.fsdp_plugin
        plugin.auto_wrap_policy = transformer_auto_wrap_policy
        names = {type(layer).__name__ for layer in _layers(student.model)}
        plugin.transformer_cls_names_to_wrap = sorted(names)
    passes, prepared = accelerator.prepare(student, optimizer)
    if isinstance(passes, FSDPModule):
        # the head works after the forward pass, when accelerate may have let go of the root's weights
        passes.set_reshard_after_forward(False, recurse=False)
    return passes, prepared


def shard_teacher(accelerator: Accelerator, teacher: BlockLogits) -> None:
    """Under FSDP2, shard a frozen teacher layer by layer, in place; its embeddings and head stay gathered."""
    if not accelerator.is_fsdp2:
        return
    policy = accelerator.state.fsdp_plugin.mixed_precision_policy or MixedPrecisionPolicy()
    mesh = init_device_mesh(accelerator.device.type, (accelerator.num_processes,))
    for layer in _layers(teacher.model):
        fully_shard(layer, mesh=mesh, mp_policy=policy)
    fully_shard(teacher, mesh=mesh, mp_policy=policy, reshard_after_forward=False)


def _layers(model: PreTrainedModel) -> nn.ModuleList:
    layers = layers_of(model)
    if layers is None:
        raise ConfigError(
            f"{type(model).__name__} has no list of layers that FSDP2 could shard: use DDP (torchrun, or "
            "accelerate launch --multi_gpu)."
        )
    return layers


def release(passes: nn.Module) -> None:
    """Free what a sharded student gathered for passes without a backward pass."""
    if isinstance(passes, FSDPModule):
        passes.reshard()


def gathered_weights(model: nn.Module) -> dict[str, Tensor] | None:
    """All weights of a sharded model, on the CPU of the main process; all processes must call it.

    Returns:
        Weights by name, tied ones once, in the main process and empty elsewhere; None: the model is whole.
    """
    if not is_sharded(model):
        return None
    main = torch.distributed.get_rank() == 0
    weights = {}
    for name, parameter in model.named_parameters():
        whole = parameter.full_tensor() if isinstance(parameter, DTensor) else parameter
        if main:
            weights[name] = whole.detach().cpu()
    return weights
