"""What the caller of a row is told when it cannot go on."""

from __future__ import annotations

import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.decode.rows import Row
from mtp_model.errors import CheckpointError, OutOfMemoryError

__all__ = ["computed_nan", "no_memory"]


def no_memory(row: Row, device: torch.device, error: Exception) -> OutOfMemoryError:
    """A pass found no memory, and this row was ended for it.

    It has no cause: the error's traceback would hold the tensors of the failed pass.
    """
    return OutOfMemoryError(
        f"there is no memory on {device} for a sequence of {len(row.ids)} tokens "
        f"({(str(error) or type(error).__name__).splitlines()[0]}); it was ended, and kept prefixes were "
        "dropped. Shorten the prompt, lower max_tokens or prefix_cache_bytes, send fewer requests at a "
        "time, or load the weights in a smaller type."
    )


def computed_nan(checkpoint: Checkpoint) -> CheckpointError:
    """A row's confidences were NaN."""
    return CheckpointError(
        f"{checkpoint.name} computed NaN in {checkpoint.dtype}: its weights are damaged or "
        "overflow in this type. Load it with dtype='float32', or fetch it again."
    )
