"""Which errors mean that memory is short: torch and Python have several."""

from __future__ import annotations

import torch

__all__ = ["is_out_of_memory"]

_COMPLAINTS = ("can't allocate memory", "not enough memory", "out of memory", "cannot allocate memory")
"""Of the CPU's allocator and of operating systems, which come as plain RuntimeError or OSError."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError | OSError) and any(
        complaint in str(error).lower() for complaint in _COMPLAINTS
    )
