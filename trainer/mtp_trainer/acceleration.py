"""How passes are computed, not what: mixed precision, activation checkpointing, compiled layers, memory."""

from __future__ import annotations

import shutil
import sys
import warnings
from contextlib import AbstractContextManager
from typing import Any

import psutil
import torch
from torch import nn
from transformers import PreTrainedModel


def multiplies_bf16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 matrices at speed.

    A CPU without AVX-512 (or the like) emulates it, some seven times slower than float32.
    """
    if device.type != "cpu":
        return True
    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except AttributeError:  # a build of torch without oneDNN
        return False


def mixed(precision: str, device: torch.device) -> bool:
    """Whether passes run in bf16 autocast: ``bf16``, or ``auto`` where the device is fast at it."""
    return precision == "bf16" or (precision == "auto" and multiplies_bf16(device))


def autocast(precision: str, device: torch.device) -> AbstractContextManager[None]:
    """Mixed precision of the forward passes: bf16 autocast, or none."""
    return torch.autocast(device.type, torch.bfloat16, enabled=mixed(precision, device))


def checkpoint_activations(model: PreTrainedModel) -> None:
    """Let a model in training keep its layers' inputs only, and compute the rest anew going backwards."""
    older: Any = model  # than the transformers that renamed it
    enable = getattr(older, "activation_checkpointing_enable", None) or older.gradient_checkpointing_enable
    enable({"use_reentrant": False})


def layers_of(model: PreTrainedModel) -> nn.ModuleList | None:
    """The model's list of layers; None: its base has none of that name."""
    layers = getattr(model.base_model, "layers", None)
    return layers if isinstance(layers, nn.ModuleList) else None


def compile_layers(model: PreTrainedModel) -> None:
    """Compile a model's layers with torch.compile, all as one kernel set for batches of any shape.

    Without a C++ compiler, or for a model whose base has no list of ``layers``, it warns and leaves the model
    as it is.
    """
    layers = layers_of(model)
    if layers is None:
        warnings.warn(f"{type(model).__name__} has no list of layers: it runs uncompiled.", stacklevel=2)
    elif not any(shutil.which(name) for name in ("c++", "g++", "clang++", "cl")):
        warnings.warn(
            "There is no C++ compiler on the PATH (c++, g++, clang++), so the layers run uncompiled: "
            "the same result, slower. Install one, or set compiled: false.",
            stacklevel=2,
        )
    else:
        for layer in layers:
            layer.compile(dynamic=True)


def peak_memory(device: torch.device) -> int:
    """The most memory that this process has held since it began, in bytes.

    On CUDA what torch allocated on the device, elsewhere what of the process was resident in memory.
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
