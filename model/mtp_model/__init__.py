"""Decoder and chat model for multi-token-prediction students.

Names are imported on first use, so that `import mtp_model` itself loads neither torch nor transformers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mtp_model.checkpoint import Checkpoint, load_checkpoint
    from mtp_model.config import (
        ConfAdapt,
        DecodingPolicy,
        GenerationOptions,
        JSONBounds,
        Static,
        Verified,
        policy_from_name,
    )
    from mtp_model.decode import Decoder, DecodeStats, Generation, PassEvent

__all__ = [
    "Checkpoint",
    "ConfAdapt",
    "DecodeStats",
    "Decoder",
    "DecodingPolicy",
    "Generation",
    "GenerationOptions",
    "JSONBounds",
    "PassEvent",
    "Static",
    "Verified",
    "load_checkpoint",
    "policy_from_name",
]

_HOME = {
    "Checkpoint": "mtp_model.checkpoint",
    "load_checkpoint": "mtp_model.checkpoint",
    "Decoder": "mtp_model.decode",
    "DecodeStats": "mtp_model.decode",
    "Generation": "mtp_model.decode",
    "PassEvent": "mtp_model.decode",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'mtp_model' has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "mtp_model.config")), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
