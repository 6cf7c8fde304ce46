"""What is decoded: the embedded student, a checkpoint, or random weights with the shape of a real model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from mtp_agents.bench.prompts import random_prompts, task_prompts
from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.errors import ConfigError

__all__ = ["ACCEPTANCE", "EMBEDDED", "SHAPES", "Subject", "load_subject", "random_checkpoint"]

EMBEDDED = "embedded"
ACCEPTANCE = 3.1
"""Mean tokens per pass that random weights are scripted to accept: what the paper reports for its Qwen3-4B
student on GSM8K at threshold 0.9."""

Prompts = Callable[[int, int], list[list[int]]]
"""(rows, tokens of each) -> token ids."""


@dataclass(frozen=True)
class Subject:
    """A model to measure.

    Attributes:
        name: What the user called it.
        checkpoint: Its weights.
        prompts: Makes its prompts.
        acceptance: Mean tokens per pass of a script, for weights that would accept nothing; else None.
    """

    name: str
    checkpoint: Checkpoint
    prompts: Prompts
    acceptance: float | None = None


@dataclass(frozen=True)
class Shape:
    """A Qwen3 configuration: width, layers, heads, vocabulary."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    tie_word_embeddings: bool = True
    gpu: bool = True


SHAPES = {
    "random-60m": Shape(512, 1536, 14, 8, 4, 64, 32768, gpu=False),
    "random-4b": Shape(2560, 9728, 36, 32, 8, 128, 151936),
    "random-8b": Shape(4096, 12288, 36, 32, 8, 128, 151936, tie_word_embeddings=False),
}
"""Random weights by name; the large ones have the shapes of Qwen3-4B and Qwen3-8B."""


def load_subject(name: str, dtype: str | None = None) -> Subject:
    """Load a model by name.

    Args:
        name: `embedded`, a name of `SHAPES`, a folder or a hub id.
        dtype: Floating-point type of the weights; None for what `load_checkpoint` chooses, and for random
            weights float32 on the CPU and bfloat16 elsewhere.

    Raises:
        ConfigError: Random weights that need a GPU, and there is none.
        CheckpointError: See `load_checkpoint`.
    """
    if name in SHAPES:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if SHAPES[name].gpu and device.type == "cpu":
            small = ", ".join(shape for shape in SHAPES if not SHAPES[shape].gpu)
            raise ConfigError(
                f"--model {name}: its random weights need a CUDA device, and torch finds none. Use {small} "
                "on the CPU."
            )
        usual = "float32" if device.type == "cpu" else "bfloat16"
        checkpoint = random_checkpoint(name, SHAPES[name], device, getattr(torch, dtype or usual))
        return Subject(name, checkpoint, random_prompts(checkpoint), ACCEPTANCE)
    checkpoint = load_checkpoint(None if name == EMBEDDED else name, dtype=dtype)
    return Subject(name, checkpoint, task_prompts(checkpoint))


def random_checkpoint(name: str, shape: Shape, device: torch.device, dtype: torch.dtype) -> Checkpoint:
    """Weights drawn at random, always the same ones; the mask token is the last of the vocabulary.

    The tokenizer is the embedded student's: nothing is tokenized, but peers want to know the tokens' names.
    """
    from transformers import AutoModelForCausalLM, Qwen3Config

    fields = {key: value for key, value in vars(shape).items() if key != "gpu"}
    options: dict[str, Any] = {
        "max_position_embeddings": 40960,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
        "bos_token_id": None,
        "eos_token_id": None,
    }
    config = Qwen3Config(**fields, **options)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), device:
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa", dtype=dtype)
    return replace(
        load_checkpoint(None, device="cpu"),
        model=model.eval().requires_grad_(False),
        mask_token_ids=(shape.vocab_size - 1,),
        k_max=16,
        stop_token_ids=(),
        name=name,
        max_positions=config.max_position_embeddings,
        device=device,
        dtype=dtype,
    )
