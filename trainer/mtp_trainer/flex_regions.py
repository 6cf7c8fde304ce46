"""The mask of text with regions for FlexAttention: blocks of it that hold nothing are never computed.

`Blocks.dense_mask` is the oracle. FlexAttention computes gradients on CUDA only.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask

from .blocks import Blocks

__all__ = ["region_block_mask"]


def region_block_mask(blocks: Blocks) -> BlockMask:
    """Which place sees which, for all heads: [B, 1, L, L] with L = T + N * region size."""
    text, size, anchors = blocks.text_length, blocks.region_size, blocks.anchors
    length = text + anchors.shape[1] * size

    def sees(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        region = torch.div(query - text, size, rounding_mode="floor")
        last = torch.where(query < text, query, anchors[row, region.clamp(min=0)])
        own = (torch.div(key - text, size, rounding_mode="floor") == region) & (key <= query)
        return torch.where(key < text, key <= last, own)

    return create_block_mask(sees, len(blocks.ids), None, length, length, device=str(blocks.ids.device))
