"""A static key/value cache whose rows have their own lengths.

Transformers' `StaticLayer` keeps one length for all rows. Here the caller says before each pass which rows
and columns the pass writes and how many columns it may read; the layers only follow. Nothing is rolled back:
a column beyond a row's committed length is garbage that the mask hides and that the next block overwrites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import Cache, StaticLayer

__all__ = ["BUCKET", "RowCache", "round_up"]

BUCKET = 256
"""The cache grows in multiples of this many columns."""


def round_up(value: int, multiple: int) -> int:
    """The smallest multiple that is at least `value`."""
    return -(-value // multiple) * multiple


@dataclass(slots=True)
class Window:
    """What one pass touches.

    Attributes:
        rows: The slots of the pass.
        start: First column written, for a pass of one row; 0 otherwise.
        used: Columns that the pass may read: 0 .. used-1.
        index: Slot [B, 1] and column [B, W] of each written token, int64; None to write from `start` on.
    """

    rows: slice
    start: int
    used: int
    index: tuple[torch.Tensor, torch.Tensor] | None


class RowLayer(StaticLayer):
    """Keys and values of one layer: [rows, H, capacity, D] each, written where the shared window says."""

    is_compileable = False  # the masks are our own; transformers must not plan for torch.compile

    def __init__(self, owner: RowCache) -> None:
        super().__init__(max_cache_len=0)
        self.owner = owner

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write [B, H, W, D] keys and values; return all that the pass may read, [B, H, used, D]."""
        if self.keys is None or self.values is None:
            self.start(key_states[0])
        assert self.keys is not None and self.values is not None
        window = self.owner.window
        keys, values = self.keys[window.rows], self.values[window.rows]
        if window.index is None:
            end = window.start + key_states.shape[2]
            keys[:, :, window.start : end] = key_states
            values[:, :, window.start : end] = value_states
        else:
            # no scatter_: for bfloat16 on the CPU it copies the whole cache
            slots, columns = window.index
            keys[slots, :, columns] = key_states.transpose(1, 2)
            values[slots, :, columns] = value_states.transpose(1, 2)
        return keys[:, :, : window.used], values[:, :, : window.used]

    def start(self, like: torch.Tensor) -> None:
        """Allocate for keys and values like [H, n, D]."""
        self.keys, self.values = self.owner.allocate(like[None]), self.owner.allocate(like[None])
        self.is_initialized = True

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Columns that the pass reads, and the offset of the first."""
        return self.owner.window.used, 0

    def get_seq_length(self) -> int:
        """Tokens before the pass's first column (only meaningful for one row)."""
        return self.owner.window.start

    def get_max_length(self) -> int:
        """Columns allocated."""
        return self.owner.columns


class RowCache(Cache):
    """One `RowLayer` per layer of the model, and the window that they share.

    Attributes:
        rows: Slots allocated.
        columns: Columns allocated in each slot.
        moves: How often keys and values have moved to other memory.
        window: What the current pass touches.
    """

    def __init__(self, layers: int) -> None:
        self.rows = 0
        self.columns = 0
        self.moves = 0
        self.window = Window(slice(0, 0), 0, 0, None)
        self._layers = [RowLayer(self) for _ in range(layers)]
        super().__init__(layers=list(self._layers))

    def allocate(self, like: torch.Tensor) -> torch.Tensor:
        """Zeros for every slot and column (zeros: a masked NaN would still spoil the attention)."""
        return like.new_zeros(self.rows, like.shape[1], self.columns, like.shape[3])

    def reserve(self, rows: int, columns: int, most: int | None = None) -> None:
        """Make room for `rows` slots of `columns` columns; what is written there stays.

        Args:
            rows: Slots in use.
            columns: Columns in use of each.
            most: Columns of all slots together that there should be at most. Above it there is no more room
                than asked for, and what was there beyond goes.
        """
        allowed = most is None or self.rows * self.columns <= most
        if rows <= self.rows and columns <= self.columns and allowed:
            return
        exact = rows, round_up(columns, BUCKET)
        if columns > self.columns:  # generously, so that each entry is copied only a few times
            columns = round_up(max(columns, min(2 * self.columns, self.columns + 2048)), BUCKET)
        if rows > self.rows:
            rows = max(rows, 2 * self.rows)
        rows, columns = max(rows, self.rows), max(columns, self.columns)
        if most is not None and rows * columns > most:
            rows, columns = exact
        # Before and behind the loop: if memory runs out on the way, no layer has less room than these say.
        self.rows, self.columns = min(rows, self.rows), min(columns, self.columns)
        self.moves += 1
        for layer in self._layers:
            if layer.keys is not None and layer.values is not None:
                layer.keys = _resized(layer.keys, rows, columns)
                layer.values = _resized(layer.values, rows, columns)
        self.rows, self.columns = rows, columns

    def one_row(self, slot: int, start: int, used: int) -> None:
        """The next pass writes columns of one slot from `start` on and reads `used` columns."""
        self.window = Window(slice(slot, slot + 1), start, used, None)

    def many_rows(self, positions: torch.Tensor, used: int) -> None:
        """The next pass writes columns `positions` [B, W] of slots 0 .. B-1 and reads `used` columns."""
        slots = torch.arange(len(positions), device=positions.device)[:, None]
        self.window = Window(slice(0, len(positions)), 0, used, (slots, positions))

    def move_row(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` columns of one slot over another."""
        for layer in self._layers:
            if layer.keys is not None and layer.values is not None:
                layer.keys[target, :, :length] = layer.keys[source, :, :length]
                layer.values[target, :, :length] = layer.values[source, :, :length]

    def clear(self, slot: int) -> None:
        """Zero a slot: NaN would spoil the attention of a later row even where the mask hides it."""
        for layer in self._layers:
            if layer.keys is not None and layer.values is not None:
                layer.keys[slot].zero_()
                layer.values[slot].zero_()

    def view(self, slot: int, length: int) -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
        """The first `length` columns of a slot: keys and values [H, length, D] of each layer."""
        return tuple(
            (layer.keys[slot, :, :length], layer.values[slot, :, :length])
            for layer in self._layers
            if layer.keys is not None and layer.values is not None
        )

    def copy_out(self, slot: int, length: int) -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
        """Copies of what `view` gives."""
        return tuple((keys.clone(), values.clone()) for keys, values in self.view(slot, length))

    def copy_in(self, slot: int, layers: Sequence[tuple[torch.Tensor, torch.Tensor]], length: int) -> None:
        """Write the first `length` columns of what `view` or `copy_out` gave into a slot."""
        for layer, (keys, values) in zip(self._layers, layers, strict=True):
            if layer.keys is None or layer.values is None:
                layer.start(keys)
            assert layer.keys is not None and layer.values is not None
            layer.keys[slot, :, :length] = keys[:, :length]
            layer.values[slot, :, :length] = values[:, :length]

    def nbytes(self) -> int:
        """Memory of the cache in bytes."""
        tensors = [t for layer in self._layers for t in (layer.keys, layer.values) if t is not None]
        return sum(t.numel() * t.element_size() for t in tensors)


def _resized(old: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """A tensor [rows, H, columns, D] that holds what the old one does, as far as there is room."""
    shape = rows, old.shape[1], columns, old.shape[3]
    if shape == tuple(old.shape):
        return old
    new = old.new_zeros(shape)
    rows, columns = min(rows, old.shape[0]), min(columns, old.shape[2])
    new[:rows, :, :columns] = old[:rows, :, :columns]
    return new
