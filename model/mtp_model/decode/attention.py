"""Attention of a block without repeating keys and values, through transformers' attention interface.

With a mask, transformers' sdpa copies the whole cache for each query head of a group, in every layer and
pass. Here the query heads of a group stand below each other as extra query rows instead, [B, H, W, D] ->
[B, H/G, G*W, D], so that the cache is read as it is and only the mask grows G times, once per pass. With
FlexAttention there is no mask either (`mtp_model.decode.flex`).
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.attention.flex_attention import BlockMask
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from mtp_model.decode.flex import flex_block_attention

__all__ = ["BLOCK_ATTENTION", "block_attention", "stack_groups"]

BLOCK_ATTENTION = "mtp_block"
"""Name of the implementation in transformers' registry."""


def stack_groups(mask: torch.Tensor, groups: int) -> torch.Tensor:
    """Repeat an additive mask [B, 1, W, C] for the query heads of a group: [B, 1, G*W, C]."""
    return mask.repeat(1, 1, groups, 1) if groups > 1 else mask


def block_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | BlockMask | None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of queries [B, H, W, D] over keys and values [B, H/G, C, D].

    A plan from `plan_tiles` selects FlexAttention, a mask from `stack_groups` the stacked form; any other
    mask, or none, is left to sdpa.

    Returns:
        [B, W, H, D], and None for the weights, as the interface wants it.
    """
    batch, heads, width, size = query.shape
    if isinstance(attention_mask, BlockMask):
        scale = kwargs.get("scaling") or size**-0.5
        mixed = flex_block_attention(query, key, value, attention_mask, scale)
        return mixed.transpose(1, 2).contiguous(), None
    rows = heads // key.shape[1] * width
    if attention_mask is None or rows == width or attention_mask.shape[2] != rows:
        out: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **kwargs
        )
        return out
    stacked = query.reshape(batch, key.shape[1], rows, size)
    mixed = torch.nn.functional.scaled_dot_product_attention(
        stacked, key, value, attn_mask=attention_mask, scale=kwargs.get("scaling")
    )
    return mixed.reshape(batch, heads, width, -1).transpose(1, 2).contiguous(), None


AttentionInterface.register(BLOCK_ATTENTION, block_attention)
AttentionMaskInterface.register(BLOCK_ATTENTION, sdpa_mask)
