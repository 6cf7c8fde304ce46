"""A new model that goes on from an earlier one's weights, which may have another tokenizer and be smaller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase, Qwen3ForCausalLM

from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import ConfigError

_READING = tuple(f"{part}_proj.weight" for part in ("q", "k", "v", "gate", "up"))
_WRITING = ("o_proj.weight", "down_proj.weight")


def take_weights(model: Qwen3ForCausalLM, folder: Path, tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a new model the weights of an earlier one, which may have another tokenizer and be smaller.

    It may have fewer layers, heads and units of the feed-forward parts: the new model computes the same at
    first.

    Args:
        model: The new model, with tied embeddings.
        folder: Directory of the earlier model.
        tokenizer: The new model's.

    Raises:
        CheckpointError: There is no model in the folder.
        ConfigError: It has another shape.
    """
    earlier = load_checkpoint(folder, dtype="float32", device="cpu")
    own = model.state_dict()
    old_shape, shape = earlier.model.config, model.config
    weights = _deepened(
        dict(earlier.model.state_dict()), int(old_shape.num_hidden_layers), shape.num_hidden_layers
    )
    if tokenizer.get_vocab() != earlier.tokenizer.get_vocab():
        for name in ("model.embed_tokens.weight", "lm_head.weight"):
            if own[name].shape[1] == weights[name].shape[1]:
                weights[name] = _carried_over(own[name], weights[name], tokenizer, earlier.tokenizer)
    # a key head that other query heads would share is another model, not a wider one
    parts = ("mlp.",) if _heads_per_key(old_shape) != _heads_per_key(shape) else ("mlp.", "self_attn.")
    for name in own.keys() & weights.keys():
        if any(part in name for part in parts):
            weights[name] = _widened(name, weights[name], own[name])
    other = sorted(
        name
        for name in own.keys() | weights.keys()
        if name not in own or name not in weights or own[name].shape != weights[name].shape
    )
    if other:
        raise ConfigError(
            f"The model in initial={folder} has another shape than the config asks for: "
            f"{', '.join(other[:3])} … ({len(other)} weights). Use its own sizes, or leave initial out."
        )
    model.load_state_dict(weights)


def _deepened(weights: dict[str, Tensor], layers: int, wanted: int) -> dict[str, Tensor]:
    """Weights of a model with more layers that computes the same, by block expansion (arXiv 2401.02415).

    The new layers are spread over the depth; each is a copy of the one below it that adds nothing yet, since
    what its attention and its feed-forward part put out is multiplied by zero.
    """
    if wanted <= layers:
        return weights
    prefix = "model.layers."
    found = {name: value for name, value in weights.items() if not name.startswith(prefix)}
    for layer in range(wanted):
        source = layer * layers // wanted
        added = layer > 0 and source == (layer - 1) * layers // wanted
        for name, value in weights.items():
            if name.startswith(f"{prefix}{source}."):
                part = name.removeprefix(f"{prefix}{source}.")
                silent = added and part.endswith(_WRITING)
                found[f"{prefix}{layer}.{part}"] = torch.zeros_like(value) if silent else value.clone()
    return found


def _heads_per_key(shape: Any) -> int:
    return int(shape.num_attention_heads // shape.num_key_value_heads)


def _widened(name: str, old: Tensor, new: Tensor) -> Tensor:
    """A weight for more heads or units behind those that there are, whose output is multiplied by zero."""
    if name.endswith(_READING) and old.shape[1] == new.shape[1] and len(old) < len(new):
        return torch.cat([old, new[len(old) :]])
    if name.endswith(_WRITING) and len(old) == len(new) and old.shape[1] < new.shape[1]:
        return torch.cat([old, torch.zeros_like(new[:, old.shape[1] :])], 1)
    return old


def _carried_over(
    new: Tensor, old: Tensor, tokenizer: PreTrainedTokenizerBase, old_tokenizer: PreTrainedTokenizerBase
) -> Tensor:
    """Embeddings [V, D] for `tokenizer`: a token's own in `old`, or the mean of the tokens that spell it."""
    rows = new.clone()
    known = old_tokenizer.get_vocab()
    for token, index in tokenizer.get_vocab().items():
        text = tokenizer.decode([index])
        spelled = (
            [known[token]] if token in known else old_tokenizer(text, add_special_tokens=False)["input_ids"]
        )
        rows[index] = old[spelled].mean(0)
    return rows
