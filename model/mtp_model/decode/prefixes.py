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
import numpy.typing as npt
import torch

from mtp_model.errors import ConfigError

__all__ = ["KeptSequence", "PrefixStore"]

Ids = npt.NDArray[np.int64]


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

        The last token of a prompt never counts: it is computed in any case, for its logits.
        """
        ids = np.asarray(prompt[:-1], dtype=np.int64)
        with self._lock:
            shared = {number: _common(kept.ids, ids) for number, kept in self._entries.items()}
            best = max(shared, key=shared.__getitem__, default=None)
            if best is None or not shared[best]:
                return None, 0
            self._entries.move_to_end(best)
            return self._entries[best], shared[best]

    def put(self, kept: KeptSequence) -> None:
        """Keep a sequence; those that are its beginning go, since it serves their prompts as well."""
        with self._lock:
            for number, other in list(self._entries.items()):
                common = _common(other.ids, kept.ids)
                if common == len(kept.ids):  # it is there already, and perhaps more of it
                    self._entries.move_to_end(number)
                    return
                if common == len(other.ids):
                    self._drop(number)
            self._entries[self._next] = kept
            self._next += 1
            self.nbytes += kept.nbytes
            self._evict()

    def clear(self) -> None:
        """Drop all."""
        with self._lock:
            self._entries.clear()
            self.nbytes = 0

    def _evict(self) -> None:
        while self.nbytes > self.limit:
            self._drop(next(iter(self._entries)))

    def _drop(self, number: int) -> None:
        self.nbytes -= self._entries.pop(number).nbytes


def _common(one: Ids, other: Ids) -> int:
    """Length of the common beginning."""
    length = min(len(one), len(other))
    differing = np.flatnonzero(one[:length] != other[:length])
    return int(differing[0]) if len(differing) else length
