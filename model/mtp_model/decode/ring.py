"""Outcomes of passes on their way to the host: written by the device, read some passes later.

On CUDA the buffers are pinned and an event tells when one is filled, so that reading waits for one pass and
never for the whole device. Elsewhere they are plain tensors.
"""

from __future__ import annotations

import torch

__all__ = ["Ring"]


class Ring:
    """A fixed number of buffers, filled and read in turn.

    Args:
        depth: Passes that may be written and not yet read.
        device: Where the passes run.
    """

    def __init__(self, depth: int, device: torch.device) -> None:
        self._device = device
        self._cuda = device.type == "cuda"
        self._buffers = [torch.empty(0, dtype=torch.int32) for _ in range(depth)]
        self._shapes = [torch.Size()] * depth
        self._events = [torch.cuda.Event() for _ in range(depth)] if self._cuda else []
        self._written = self._read = 0

    def __len__(self) -> int:
        """Passes that were written and not read."""
        return self._written - self._read

    def write(self, entry: torch.Tensor) -> None:
        """Copy a pass's outcome, int32, as soon as the device has it; the host does not wait.

        Raises:
            IndexError: Every buffer holds a pass that has not been read.
        """
        if len(self) == len(self._buffers):
            raise IndexError(f"the ring's {len(self._buffers)} buffers are full: read one first")
        place = self._written % len(self._buffers)
        if self._buffers[place].numel() < entry.numel():
            self._buffers[place] = torch.empty(entry.numel(), dtype=torch.int32, pin_memory=self._cuda)
        self._shapes[place] = entry.shape
        self._view(place).copy_(entry, non_blocking=self._cuda)
        if self._cuda:
            self._events[place].record(torch.cuda.current_stream(self._device))
        self._written += 1

    def read(self) -> torch.Tensor:
        """The oldest outcome, valid until its buffer is written again; waits for its pass."""
        place = self._read % len(self._buffers)
        self._read += 1
        if self._cuda:
            self._events[place].synchronize()
        return self._view(place)

    def skip(self) -> None:
        """Forget the oldest outcome without waiting for it."""
        self._read += 1

    def _view(self, place: int) -> torch.Tensor:
        shape = self._shapes[place]
        return self._buffers[place][: shape.numel()].view(shape)
