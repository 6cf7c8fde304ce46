"""A loaded checkpoint: weights, tokenizer and what the decoder must know about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["Checkpoint"]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A causal language model that is ready to decode.

    Attributes:
        model: An unmodified Hugging Face model in eval mode.
        tokenizer: Its tokenizer.
        mask_token_ids: Ids of the mask tokens: empty (plain model), one, or one per position.
        k_max: Most tokens per pass that the student was trained for; 1 without a mask token.
        stop_token_ids: Ids that end a text.
        name: What the user asked for, for messages and telemetry.
        max_positions: Length of the context in tokens.
        device: Where the weights are.
        dtype: Their floating-point type.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    mask_token_ids: tuple[int, ...]
    k_max: int
    stop_token_ids: tuple[int, ...]
    name: str
    max_positions: int
    device: torch.device
    dtype: torch.dtype
