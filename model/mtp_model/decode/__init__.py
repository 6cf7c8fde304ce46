"""Decode prompts in blocks on unmodified Hugging Face models."""

from mtp_model.decode.decoder import Decoder, TokenStream
from mtp_model.decode.events import DecodeStats, FinishReason, Generation, PassEvent, TokenLogprob

__all__ = [
    "DecodeStats",
    "Decoder",
    "FinishReason",
    "Generation",
    "PassEvent",
    "TokenLogprob",
    "TokenStream",
]
