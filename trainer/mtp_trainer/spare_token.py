"""The mask token of a model that has none yet: a spare id of its vocabulary, or a new row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.mask_token import MASK_TOKENS
from mtp_model.checkpoint.support import embedding_rows

# Tokens that tokenizers keep for later use: Llama 3, Gemma, BERT's kind, Qwen's first, T5's kind.
_RESERVED = re.compile(
    r"reserved_special_token_|^<unused\d+>$|^\[unused\d+\]$|^<\|extra_\d+\|>$|^<extra_id_\d+>$"
)
_MULTIPLE = 64  # of the vocabulary's size, where it was one before: matrix products are faster then


def with_mask_token(checkpoint: Checkpoint) -> tuple[Checkpoint, str]:
    """The checkpoint with a mask token, and what was done for it in words ("" if it had one).

    A row of the embedding that no token uses comes first (Qwen3 has 267 of them), then a token that is
    reserved for later use (Llama 3), else the vocabulary grows. Tokenizer and model are changed in place.
    """
    if checkpoint.mask_token_ids:
        return checkpoint, ""
    tokenizer, name = checkpoint.tokenizer, MASK_TOKENS[0]
    rows, known = embedding_rows(checkpoint.model), dict(tokenizer.get_vocab())
    reserved = sorted((number, token) for token, number in known.items() if _RESERVED.search(token))
    if reserved and max(known.values()) + 1 >= rows:
        number, token = reserved[-1]
        return replace(checkpoint, mask_token_ids=(number,)), f"The mask token is {token} (id {number})."
    tokenizer.add_tokens([name], special_tokens=True)
    number = int(tokenizer.get_vocab()[name])
    note = f"The mask token is {name} (id {number}), in a row of the embedding that was spare."
    if number >= rows:
        grow_vocabulary(checkpoint.model, number + 1)
        now = embedding_rows(checkpoint.model)
        note = (
            f"The vocabulary of {checkpoint.name} has no spare id: its embedding was resized from {rows} to "
            f"{now} rows, and the mask token is {name} (id {number})."
        )
    return replace(checkpoint, mask_token_ids=(number,)), note


def grow_vocabulary(model: PreTrainedModel, size: int) -> None:
    """Give a model at least ``size`` tokens; new ones are the others' mean, so they are never likeliest."""
    rows = embedding_rows(model)
    multiple = _MULTIPLE if rows % _MULTIPLE == 0 else None
    model.resize_token_embeddings(size, pad_to_multiple_of=multiple, mean_resizing=False)
    with torch.no_grad():
        for module in (model.get_input_embeddings(), model.get_output_embeddings()):
            weight: Any = module.weight
            weight[rows:] = weight[:rows].float().mean(dim=0).to(weight.dtype)


def init_mask_embeddings(model: PreTrainedModel, mask_token_ids: tuple[int, ...], seed: int) -> None:
    """Draw the mask tokens' input embeddings from the mean and deviation of all others."""
    weight: nn.Parameter = model.get_input_embeddings().weight  # type: ignore[assignment]
    others = torch.ones(weight.shape[0], dtype=torch.bool)
    others[list(mask_token_ids)] = False
    with torch.no_grad():
        rows = weight[others.to(weight.device)].float()
        noise = torch.randn(
            len(mask_token_ids), weight.shape[1], generator=torch.Generator().manual_seed(seed)
        )
        fresh = rows.mean(dim=0) + rows.std(dim=0) * noise.to(weight.device)
        weight[list(mask_token_ids)] = fresh.to(weight.dtype)
