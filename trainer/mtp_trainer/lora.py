"""LoRA students: a few trained matrices beside frozen weights, which without them are the teacher.

One copy of the weights serves both, so a student of 8 B parameters trains on one 80 GB device.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from transformers import PreTrainedModel

from mtp_model.errors import ConfigError

from .blocks import Blocks
from .config import LoraConfig
from .objective import BlockLogits


class LoraStudent:
    """A model with adapters, through peft."""

    def __init__(self, model: PreTrainedModel, settings: LoraConfig, mask_token_ids: tuple[int, ...]) -> None:
        """Put adapters into a model's linear layers; the rows of the mask tokens are trained as they are.

        Raises:
            ConfigError: peft is not installed, or no layer has one of the names.
        """
        try:
            import peft
        except ImportError as error:
            raise ConfigError(
                "LoRA needs peft, which is not installed: pip install 'mtp-agents[lora]'."
            ) from error
        name = next(n for n, m in model.named_modules() if m is model.get_input_embeddings())
        config = peft.LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            target_modules=settings.targets,
            trainable_token_indices={name.rpartition(".")[2]: list(mask_token_ids)},
        )
        try:
            self._peft: Any = peft.get_peft_model(model, config)
        except ValueError as error:
            raise ConfigError(f"lora.targets {settings.targets!r} do not fit the model: {error}") from error
        self.model = cast("PreTrainedModel", self._peft.get_base_model())
        """The model with the adapters in it."""

    def teacher(self, student_pass: BlockLogits) -> BlockLogits:
        """The passes of the model without the adapters."""
        return _WithoutAdapters(student_pass, self._peft)

    def merged(self) -> PreTrainedModel:
        """The model with the adapters added to its weights, in float32 on the CPU; the student is used up."""
        model: PreTrainedModel = self._peft.to("cpu", torch.float32).merge_and_unload()
        return model


class _WithoutAdapters(BlockLogits):
    """The passes of a LoRA student's base."""

    def __init__(self, inner: BlockLogits, adapted: Any) -> None:
        super(BlockLogits, self).__init__()
        # in a tuple, so that they are no submodules: the student holds the weights
        self._held = (inner, adapted)

    def forward(self, blocks: Blocks, inner: Tensor, text: bool = False) -> tuple[Tensor, Tensor]:
        passes, adapted = self._held
        with adapted.disable_adapter():
            hidden: tuple[Tensor, Tensor] = passes(blocks, inner, text)
            return hidden

    def head(self, hidden: Tensor) -> Tensor:
        passes, adapted = self._held
        with adapted.disable_adapter():
            return passes.head(hidden)
