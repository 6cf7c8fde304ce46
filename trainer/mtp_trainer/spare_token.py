"""Mask tokens of a model that has none yet, or too few: spare ids of its vocabulary, or new rows."""

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


def with_mask_tokens(checkpoint: Checkpoint, count: int = 1) -> tuple[Checkpoint, str]:
    """The checkpoint with its mask tokens, and what was done for them in words ("" if it had them).

    Rows of the embedding that no token uses come first (Qwen3 has 267 of them), then tokens that are reserved
    for later use (Llama 3), else the vocabulary grows. Tokenizer and model are changed in place.

    Args:
        checkpoint: the model; the mask tokens that it has come first.
        count: how many are needed: 1, or one per position.
    """
    had = checkpoint.mask_token_ids
    missing = count - len(had)
    if missing <= 0:
        return checkpoint, ""
    tokenizer = checkpoint.tokenizer
    rows, known = embedding_rows(checkpoint.model), dict(tokenizer.get_vocab())
    reserved = sorted((i, t) for t, i in known.items() if _RESERVED.search(t) and i not in had)
    if len(reserved) >= missing and max(known.values()) + missing >= rows:
        found = reserved[-missing:]
        ids = (*had, *(number for number, _ in found))
        return replace(checkpoint, mask_token_ids=ids), f"{_named(found)}."
    names = [name for name in _names(count) if name not in known][:missing]
    tokenizer.add_tokens(names, special_tokens=True)
    found = [(int(tokenizer.get_vocab()[name]), name) for name in names]
    where = "a row of the embedding that was spare" if missing == 1 else "spare rows of the embedding"
    note = f"{_named(found)}, in {where}."
    if found[-1][0] >= rows:
        grow_vocabulary(checkpoint.model, found[-1][0] + 1)
        now = embedding_rows(checkpoint.model)
        lack = "no spare id" if missing == 1 else f"no {missing} spare ids"
        note = (
            f"The vocabulary of {checkpoint.name} has {lack}: its embedding was resized from {rows} to "
            f"{now} rows, and {_named(found, 'the')}."
        )
    return replace(checkpoint, mask_token_ids=(*had, *(number for number, _ in found))), note


def _names(count: int) -> list[str]:
    """<MTP>, <MTP_2>, <MTP_3>, ...; more than ``count``, as a tokenizer may have some that are no masks."""
    return [MASK_TOKENS[0], *(f"{MASK_TOKENS[0][:-1]}_{i}>" for i in range(2, 2 * count + 2))]


def _named(found: list[tuple[int, str]], the: str = "The") -> str:
    if len(found) == 1:
        return f"{the} mask token is {found[0][1]} (id {found[0][0]})"
    (first, name), (last, other) = found[0], found[-1]
    return f"{the} {len(found)} mask tokens are {name} (id {first}) to {other} (id {last})"


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


def share_mask_embedding(model: PreTrainedModel, source: int, mask_token_ids: tuple[int, ...]) -> None:
    """Let all mask tokens start from the input embedding of one that is trained."""
    weight: Any = model.get_input_embeddings().weight
    with torch.no_grad():
        weight[list(mask_token_ids)] = weight[source].clone()
