"""Caches of sequences that are over, for later prompts that begin with the same tokens.

A conversation's next turn begins with all that was read and written before, and branches (retries, time
travel, parallel agents) begin with what they share. An entry is a copy of a row's keys and values; a prompt
copies the part that it shares into its own row, so that entries are never written to and any number of rows
may use one. The least recently used entries go when their bytes exceed the limit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from mtp_model.decode.prefix_index import Ids, PrefixIndex
from mtp_model.errors import ConfigError

__all__ = ["KeptSequence", "PrefixStore"]


@dataclass(frozen=True, slots=True, eq=False)
class KeptSequence:
    """The cache of one sequence.

    Attributes:
        ids: The tokens that the entries belong to, int64 [n].
        layers: Keys and values of each layer, [H, n, D] each.
        nbytes: Memory of the tensors.
    """

    ids: Ids
    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    nbytes: int = field(init=False)

    def __post_init__(self) -> None:
        """Add up the bytes."""
        size = sum(t.numel() * t.element_size() for pair in self.layers for t in pair)
        object.__setattr__(self, "nbytes", size)


class PrefixStore:
    """Kept sequences, the most recently used last. It may be used from several threads.

    Args:
        limit: Bytes of keys and values to keep at most; 0 keeps nothing.

    Raises:
        ConfigError: The limit is negative.
    """

    def __init__(self, limit: int) -> None:
        self._entries: OrderedDict[int, KeptSequence] = OrderedDict()
        self._index = PrefixIndex()
        self._lock = threading.Lock()
        self._next = 0
        self.nbytes = 0
        self.limit = 0
        self.resize(limit)

    def __len__(self) -> int:
        return len(self._entries)

    def resize(self, limit: int) -> None:
        """Set the limit, and drop what exceeds it."""
        if limit < 0:
            raise ConfigError(
                f"the prefix cache got a limit of {limit} bytes: give 0 to keep nothing, or more."
            )
        with self._lock:
            self.limit = limit
            self._evict()

    def longest(self, prompt: Sequence[int]) -> tuple[KeptSequence | None, int]:
        """The sequence that shares the most tokens with the beginning of a prompt, and how many.

        Of several, it is the one that was used last. What the search costs does not depend on how many there
        are.
        The last token of a prompt never counts: it is computed in any case, for its logits.
        """
        ids = np.asarray(prompt[:-1], dtype=np.int64)
        with self._lock:
            number, shared = self._index.longest(ids)
            if number is None:
                return None, 0
            self._use(number)
            return self._entries[number], shared

    def put(self, kept: KeptSequence) -> None:
        """Keep a sequence; one that is its beginning goes, since it serves that one's prompts as well."""
        with self._lock:
            number, shared = self._index.longest(kept.ids)
            if shared == len(kept.ids):  # it is there already, and perhaps more of it (or it is empty)
                if number is not None:
                    self._use(number)
                return
            # No kept sequence is the beginning of another, so that only the nearest one can be that of this.
            if number is not None and shared == len(self._entries[number].ids):
                self._drop(number)
            self._entries[self._next] = kept
            self._index.add(self._next, kept.ids)
            self._next += 1
            self.nbytes += kept.nbytes
            self._evict()

    def clear(self) -> None:
        """Drop all."""
        with self._lock:
            self._entries.clear()
            self._index = PrefixIndex()
            self.nbytes = 0

    def _evict(self) -> None:
        while self.nbytes > self.limit:
            self._drop(next(iter(self._entries)))

    def _use(self, number: int) -> None:
        self._entries.move_to_end(number)
        self._index.use(number)

    def _drop(self, number: int) -> None:
        self.nbytes -= self._entries.pop(number).nbytes
        self._index.remove(number)
