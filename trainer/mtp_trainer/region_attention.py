"""Attention of text with regions that computes little of what the mask would throw away.

A dense mask over L = T + N(k-1) tokens costs L * L. Here the text attends to itself with the plain causal
kernel, and the regions, which are sorted by anchor, go in chunks: each chunk attends to the text up to its
last anchor and to its own tokens. With as many region tokens as text tokens that is about a third of the
dense cost. It plugs into unmodified Hugging Face models as an attention implementation; `Blocks.dense_mask`
is the oracle it is tested against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from .blocks import Blocks

NAME = "mtp_regions"
_CHUNK_TOKENS = 128  # region tokens per kernel call: enough to keep it busy, few enough to skip unseen text


@dataclass(frozen=True)
class Chunk:
    """Some neighbouring regions.

    Attributes:
        start: first of their tokens, counted in the whole sequence.
        end: one behind the last.
        text: how many text tokens they may see.
        mask: additive, [B, 1, end-start, text + end-start].
    """

    start: int
    end: int
    text: int
    mask: Tensor


@dataclass(frozen=True)
class RegionPlan:
    """What `region_attention` needs to know: T and the chunks that cover all regions."""

    text_length: int
    chunks: tuple[Chunk, ...]

    @classmethod
    def of(cls, blocks: Blocks, dtype: torch.dtype, chunk_tokens: int = _CHUNK_TOKENS) -> RegionPlan:
        """Plan the attention of a batch.

        Args:
            blocks: the batch.
            dtype: of the masks; the one the attention runs in, else every layer converts them.
            chunk_tokens: region tokens per chunk, about.
        """
        total, size = blocks.anchors.shape[1], blocks.k - 1
        per_chunk = max(1, chunk_tokens // size)
        limits = blocks.anchors.amax(dim=0).tolist()  # over the rows, one per region
        chunks = []
        for first in range(0, total, per_chunk):
            last = min(total, first + per_chunk)
            text = max(limits[first:last]) + 1
            own = blocks.own_mask(last - first).expand(blocks.ids.shape[0], -1, -1)
            seen = torch.cat([blocks.text_mask(first, last, text), own], dim=2)
            mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill_(~seen, float("-inf"))
            start = blocks.text_length + first * size
            chunks.append(Chunk(start, blocks.text_length + last * size, text, mask[:, None]))
        return cls(blocks.text_length, tuple(chunks))


def region_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    regions: RegionPlan | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """An attention implementation for `transformers.AttentionInterface`.

    Args:
        module: the attention layer; not used.
        query: [B, H, L, D].
        key: [B, kv heads, L, D].
        value: [B, kv heads, L, D].
        attention_mask: not used; the plan says all.
        scaling: of the scores; None: D ** -0.5.
        dropout: of the attention weights.
        regions: the plan, passed to the model's forward as ``regions=``.

    Returns:
        [B, L, H, D], and None for the weights.
    """
    if regions is None:
        raise RuntimeError(
            f"The attention implementation {NAME!r} is only for training passes and needs "
            "regions=RegionPlan. Call model.set_attn_implementation('sdpa') before using the model otherwise."
        )
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = key.repeat_interleave(groups, dim=1), value.repeat_interleave(groups, dim=1)
    text = regions.text_length
    parts = [
        scaled_dot_product_attention(
            query[:, :, :text],
            key[:, :, :text],
            value[:, :, :text],
            dropout_p=dropout,
            is_causal=True,
            scale=scaling,
        )
    ]
    for chunk in regions.chunks:
        own = slice(chunk.start, chunk.end)
        parts.append(
            scaled_dot_product_attention(
                query[:, :, own],
                torch.cat([key[:, :, : chunk.text], key[:, :, own]], dim=2),
                torch.cat([value[:, :, : chunk.text], value[:, :, own]], dim=2),
                attn_mask=chunk.mask,
                dropout_p=dropout,
                scale=scaling,
            )
        )
    return torch.cat(parts, dim=2).transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, region_attention)
