"""FlexAttention for blocks: no mask is written out, and of each row's cache only what it holds is read.

What a row sees is known by its positions alone, so the plan of tiles comes from two numbers per row, on the
device. As in `block_attention`, the query heads of a group stand below each other, so keys and values are
neither repeated nor copied. The additive mask with sdpa is the oracle.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, flex_attention

__all__ = ["flex_block_attention", "plan_tiles"]

TILE = 128
"""Columns and queries of a tile. The cache grows in multiples of it."""


def plan_tiles(positions: Tensor, used: int, groups: int) -> BlockMask:
    """Which columns the queries of a pass see: those up to their own.

    Args:
        positions: [B, W] int64, ascending in each row: the columns that its block is written to.
        used: C, columns that the pass may read.
        groups: G, query heads that share a key head; they stand below each other, [B, ., G*W, .].

    Returns:
        The plan for G*W queries over C columns. Tiles behind a row's last position are not read.
    """
    rows, wide = positions.shape
    queries, tiles = groups * wide, -(-used // TILE)
    plain = positions[:, :1] // TILE  # tiles that all queries see whole, but for the one of the first
    some = (positions[:, -1:] // TILE).clamp(max=tiles - 1) - plain + 1
    tile = torch.arange(tiles, device=positions.device)
    shape = (rows, 1, -(-queries // TILE))

    def spread(numbers: Tensor) -> Tensor:
        return numbers.to(torch.int32)[:, :, None].expand(shape).contiguous()

    def listed(numbers: Tensor) -> Tensor:
        return numbers.to(torch.int32)[:, None, None].expand(*shape, tiles).contiguous()

    def sees(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return key <= positions[row, query % wide]

    return BlockMask.from_kv_blocks(
        spread(some),
        listed((plain + tile).clamp(max=tiles - 1)),
        spread(plain),
        listed(tile.expand(rows, tiles)),
        BLOCK_SIZE=TILE,
        mask_mod=sees,
        seq_lengths=(queries, used),
        compute_q_blocks=False,  # only gradients need them
    )


def flex_block_attention(query: Tensor, key: Tensor, value: Tensor, plan: BlockMask, scale: float) -> Tensor:
    """Attention of queries [B, H, W, D] over keys and values [B, H/G, C, D], by a plan for G*W queries.

    On CUDA compiled, which takes a while at the first pass; elsewhere, for tests, as plain operations.

    Returns:
        [B, H, W, D].
    """
    rows, heads, wide, size = query.shape
    stacked = query.reshape(rows, key.shape[1], -1, size)
    if query.device.type == "cuda":
        out = _compiled()(stacked, key, value, block_mask=plan, scale=scale)
    else:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "flex_attention called without torch.compile")
            out = flex_attention(stacked, key, value, block_mask=plan, scale=scale)
    return cast(Tensor, out).reshape(rows, heads, wide, size)


@cache
def _compiled() -> Any:
    return torch.compile(flex_attention, dynamic=True)
