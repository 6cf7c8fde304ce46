"""What a new prompt need not compute: kept sequences, and what rows and prompts beside it hold.

Parallel agents ask at the same moment and begin with the same long instructions. The first prompt is read;
the others wait until it has come as far as they share it, and copy that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mtp_model.decode.cache import RowCache
from mtp_model.decode.prefixes import KeptSequence, PrefixStore
from mtp_model.decode.rows import Row

__all__ = ["LEAST_SHARED", "Place", "computed", "waits"]

LEAST_SHARED = 64
"""Tokens for which a prompt waits until another one has read them."""

_STRIDE = 256  # tokens that are compared at once

Place = tuple[Row, RowCache, int]
"""A row, the cache that holds its keys and values, and the slot in it."""


def computed(
    row: Row, places: Sequence[Place], prefixes: PrefixStore | None
) -> tuple[KeptSequence | None, int]:
    """What shares the most tokens with the beginning of a row's prompt, and how many.

    Args:
        row: Whose prompt is to be read.
        places: What other rows hold. It is not copied: it must be used before they go on.
        prefixes: What is kept of rows that are over; None, or a limit of 0, for nothing.
    """
    kept, shared = None, 0
    if prefixes and row.request.options.reuse_prefix:
        kept, shared = prefixes.longest(row.request.prompt)
    if _shares(row, prefixes):
        for other, cache, slot in places:
            here = min(_common(row, other), other.length) if _shares(other, prefixes) else 0
            if here > shared:
                ids = np.asarray(other.ids[:here], dtype=np.int64)
                kept, shared = KeptSequence(ids, cache.view(slot, here)), here
    return kept, shared


def waits(row: Row, reading: Sequence[Row], places: Sequence[Place], prefixes: PrefixStore | None) -> bool:
    """Whether another prompt that is being read will soon hold more of this one than there is without it.

    Args:
        row: As for `computed`.
        reading: Rows whose prompts are being read; they are among the places.
        places: As for `computed`.
        prefixes: As for `computed`.
    """
    if not _shares(row, prefixes):
        return False
    coming = {
        id(other): shared
        for other in reading
        if _shares(other, prefixes) and (shared := _common(row, other)) > other.length
    }
    if not coming:
        return False
    there = computed(row, [place for place in places if id(place[0]) not in coming], prefixes)[1]
    return max(coming.values()) >= there + LEAST_SHARED


def _shares(row: Row, prefixes: PrefixStore | None) -> bool:
    """Whether what a row computes is for others too, and theirs for it."""
    return prefixes is not None and prefixes.limit > 0 and row.request.options.reuse_prefix


def _common(row: Row, other: Row) -> int:
    """Tokens that a prompt shares with another row's.

    Its last one never counts: it is computed in any case, for its logits.
    """
    mine, its = row.request.prompt, other.ids
    most = min(len(mine) - 1, len(its))
    for start in range(0, most, _STRIDE):
        ours, theirs = (
            mine[start : min(start + _STRIDE, most)],
            tuple(its[start : min(start + _STRIDE, most)]),
        )
        if ours != theirs:
            return start + next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
    return most
