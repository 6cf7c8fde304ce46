"""A prompt that is read in chunks, so that other rows go on between them.

A prompt of one chunk is read where its row will stay. A longer one is read in a cache of its own and moves
into the batch with its last chunk: rows that come and go meanwhile do not touch it, nor it them.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import torch

from mtp_model.decode.cache import RowCache
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.prefixes import KeptSequence
from mtp_model.decode.rows import Row
from mtp_model.errors import ConfigError
from mtp_model.layout import width

if TYPE_CHECKING:
    from mtp_model.checkpoint import Checkpoint

__all__ = ["Reading", "chunk_size"]

CPU_CHUNK = 256
CHUNK = 1024
"""Tokens of prompts that are read between two passes of the other rows, unless the user says otherwise.

So many cost several passes on the CPU, and about one elsewhere, where fewer would leave the device idle.
"""


def chunk_size(wanted: int | None, checkpoint: Checkpoint) -> int:
    """The number of tokens of a chunk; None for the default.

    Raises:
        ConfigError: It is no positive integer.
    """
    if wanted is None:
        return CPU_CHUNK if checkpoint.device.type == "cpu" else CHUNK
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise ConfigError(
            f"prefill_chunk={wanted!r}: give the number of prompt tokens that are read between two passes of "
            "other rows, an integer of at least 1, or None for the default."
        )
    return wanted


class Reading:
    """A prompt on its way into a batch.

    Args:
        row: Its row. `row.length` tokens have been read, `row.pending` are left.
        chunk: Tokens to read at a time.

    Attributes:
        row: As given.
        cache: Where its keys and values are, in slot 0; None for the batch's own cache.
        kept: A kept sequence that begins like it, until it is copied.
        seconds: Wall-clock time of its chunks.
        taken: Tokens of its latest chunk.
        begun: Whether it has a place.
    """

    def __init__(self, row: Row, chunk: int) -> None:
        self.row = row
        self.cache: RowCache | None = None
        self.kept: KeptSequence | None = None
        self.seconds = 0.0
        self.taken = chunk
        self.begun = False
        self._chunk = chunk

    @property
    def last(self) -> bool:
        """Whether what is left is read in one pass, together with the first masks."""
        return self.row.pending <= self._chunk

    def begin(self, model: BlockModel, kept: KeptSequence | None, shared: int) -> None:
        """Before the first chunk: take over what has been computed already, and find a place.

        Args:
            model: For a cache of its own.
            kept: A sequence that begins like the prompt; it is copied before anything else is computed.
            shared: How many tokens they share.
        """
        self.begun = True
        row, request = self.row, self.row.request
        self.kept, row.length = kept, shared
        row.pending = len(request.prompt) - row.length
        row.stats.cached_tokens = row.length
        if self.last:
            return
        self.cache = model.new_cache()
        self.cache.reserve(1, len(request.prompt) + width(request.k))
        if self.kept is not None:
            self.cache.copy_in(0, self.kept.layers, row.length)
            self.kept = None

    def read(self, model: BlockModel) -> None:
        """Read a chunk that is not the last."""
        begin = perf_counter()
        row = self.row
        assert self.cache is not None
        end = row.length + self._chunk
        block = torch.tensor([row.ids[row.length : end]], device=model.device)
        positions = torch.arange(row.length, end, device=model.device)[None]
        model.one_row(self.cache, 0, row.length, block, positions, 1)  # its logits are not needed
        row.length, row.pending = end, row.pending - self._chunk
        self.seconds += perf_counter() - begin
