"""Weight-only quantisation by torchao: 8 bits for each weight of the layers, activations as they are.

Only the layers' linear modules are quantised, one scale for each output row. Embedding, head and norms keep
their type: a head that shares the embedding's weight would need a copy of its own.

What is stored is smaller. A pass is not faster: torchao turns a layer's weight back into the activations'
type each time it is used, one layer after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from mtp_model.checkpoint.memory import is_out_of_memory
from mtp_model.config import check_quantization
from mtp_model.errors import ConfigError
from mtp_model.logs import mute_torchao

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["quantize_weights", "require_torchao"]


mute_torchao()


def require_torchao(quantization: str) -> None:
    """Refuse an unknown quantisation, or any where torchao cannot be imported.

    Raises:
        ConfigError: With the names that are known, or with what to install.
    """
    check_quantization(quantization)
    try:
        import torchao.quantization  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"quantization={quantization!r} needs the library torchao ({error}): "
            "pip install 'mtp-agents[quantization]'."
        ) from error


def quantize_weights(model: PreTrainedModel, quantization: str, device: torch.device) -> None:
    """Quantise the layers of a model in place, each on the device, to which it moves.

    Args:
        model: A causal language model in a floating-point type.
        quantization: "int8", or "float8" (e4m3).
        device: Where the layers go; the rest of the model may follow later.

    Raises:
        ConfigError: The device, the type or the model does not go with it.
    """
    from torchao.quantization import Float8WeightOnlyConfig, Int8WeightOnlyConfig, quantize_

    base = model.base_model
    _check_dtype(quantization, model.dtype)
    _check_layers(quantization, base, type(model).__name__)
    config_class = {"int8": Int8WeightOnlyConfig, "float8": Float8WeightOnlyConfig}[quantization]
    # Not its settings for inductor: they are global, and nothing is compiled here.
    config = config_class(set_inductor_config=False)
    _check_device(quantization, config, device, model.dtype)
    quantize_(base, config, device=device)


def _check_dtype(quantization: str, dtype: torch.dtype) -> None:
    if quantization == "int8" and dtype == torch.float16:
        # torchao multiplies with the integers and applies the scale afterwards: beyond float16's range
        raise ConfigError(
            "quantization='int8' does not go with float16, the type of these weights: sums of products with "
            "integers up to 127 overflow it. Use dtype='bfloat16', dtype='float32' or quantization='float8'."
        )


def _check_layers(quantization: str, base: nn.Module, name: str) -> None:
    """Most weights of the layers must be those of linear modules: others stay as they are."""
    embeddings = sum(m.weight.numel() for m in base.modules() if isinstance(m, nn.Embedding))
    linear = sum(m.weight.numel() for m in base.modules() if isinstance(m, nn.Linear))
    every = sum(weight.numel() for weight in base.parameters()) - embeddings
    if 2 * linear < every:
        raise ConfigError(
            f"quantization={quantization!r} covers linear modules, and of {name} these hold {linear:,} of "
            f"the {every:,} weights in its layers (experts and convolutions are not covered). Leave "
            "quantization out."
        )


def _check_device(quantization: str, config: Any, device: torch.device, dtype: torch.dtype) -> None:
    """Run a layer that returns its input."""
    from torchao.quantization import quantize_

    try:
        layer = nn.Linear(32, 32, bias=False, device="meta")
        layer.weight = nn.Parameter(torch.eye(32, dtype=dtype, device=device), requires_grad=False)
        quantize_(layer, config)
        with torch.inference_mode():
            right = bool((layer(torch.ones(1, 32, dtype=dtype, device=device)) - 1).abs().max() < 0.1)
        problem = "" if right else "a test layer computes wrong values"
    except Exception as error:  # of many types: no such device, an operation that it lacks
        if is_out_of_memory(error):
            raise
        problem = f"{type(error).__name__}: {str(error).partition('. ')[0]}"
    if problem:
        raise ConfigError(
            f"quantization={quantization!r} cannot run on {device} with {dtype} ({problem}). Use "
            "device='cpu' or a CUDA device with dtype='bfloat16' or 'float32', or leave quantization out."
        )
