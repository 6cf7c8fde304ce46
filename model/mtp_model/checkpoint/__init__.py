"""Load checkpoints: safetensors only, never remote code, never unpickled; mask token found by fixed rules."""

from mtp_model.checkpoint.loading import load_checkpoint
from mtp_model.checkpoint.types import Checkpoint

__all__ = ["Checkpoint", "load_checkpoint"]
