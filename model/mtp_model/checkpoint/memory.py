"""How much memory is free, and which errors mean that it is short: torch and Python have several."""

from __future__ import annotations

import psutil
import torch

__all__ = ["free_memory", "is_out_of_memory"]

_COMPLAINTS = (
    *("can't allocate memory", "not enough memory", "out of memory", "cannot allocate memory"),
    *("cublas_status_alloc_failed", "cudnn_status_alloc_failed"),
)
"""Of the CPU's allocator, operating systems and CUDA's libraries, as plain RuntimeError or OSError."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError | OSError) and any(
        complaint in str(error).lower() for complaint in _COMPLAINTS
    )


def free_memory(device: torch.device) -> int:
    """Bytes that can still be allocated on a device; for others than CUDA, what the computer has."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)
