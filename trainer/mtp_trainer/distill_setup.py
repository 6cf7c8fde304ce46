"""What a distillation run needs before its first step: models, data, optimiser, and checks of all of them."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import nn
from torch.optim import Optimizer
from transformers import PreTrainedModel

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.errors import ConfigError
from mtp_model.layout import largest_k

from .acceleration import compile_layers
from .batching import Batches, DataError, TokenDataset
from .checkpointing import TrainState, resume
from .config import DistillConfig, freeze_config
from .objective import BlockLogits, Objective
from .optim import build_optimizer


@dataclass
class Run:
    """Everything a step needs.

    Attributes:
        config: the run's settings.
        accelerator: devices and processes.
        checkpoint: the teacher as loaded, with its tokenizer.
        student: the model in training, unwrapped.
        student_pass: the prepared `BlockLogits` of the student.
        teacher_pass: the `BlockLogits` of the frozen teacher.
        optimizer: the prepared optimiser.
        batches: by step.
        objective: settings of the loss.
        state: counters.
    """

    config: DistillConfig
    accelerator: Accelerator
    checkpoint: Checkpoint
    student: PreTrainedModel
    student_pass: nn.Module
    teacher_pass: nn.Module
    optimizer: Optimizer
    batches: Batches
    objective: Objective
    state: TrainState


def prepare(config: DistillConfig) -> Run:
    """Check the settings against model and data, load all, and resume where there is a checkpoint."""
    dataset = TokenDataset.load(config.data)
    accelerator = Accelerator()
    if accelerator.mixed_precision not in ("no", config.precision):
        raise ConfigError(
            f"accelerate runs with mixed precision {accelerator.mixed_precision}, the config says "
            f"{config.precision}: make them equal, or leave accelerate's unset."
        )
    checkpoint = load_checkpoint(
        config.model, mask_token=config.mask_token, dtype=torch.float32, device=accelerator.device
    )
    objective = Objective(
        checkpoint.mask_token_ids,
        _end_tokens(config, checkpoint),
        soft=config.teacher_loss == "soft",
        text_weight=config.text_weight,
        text_gold=config.text_gold,
    )
    _check(config, checkpoint, dataset)
    freeze_config(config)
    student = _first_student(config, checkpoint)
    optimizer: Optimizer = build_optimizer(
        student, config.lr, config.optimizer, weight_decay=config.weight_decay
    )
    checkpoint.model.requires_grad_(False)
    if config.compiled:
        compile_layers(student)
        compile_layers(checkpoint.model)
    student_pass, optimizer = accelerator.prepare(BlockLogits(student), optimizer)
    return Run(
        config=config,
        accelerator=accelerator,
        checkpoint=checkpoint,
        student=student,
        student_pass=student_pass,
        teacher_pass=BlockLogits(checkpoint.model),
        optimizer=optimizer,
        batches=Batches(dataset, config.tokens_per_batch, config.seed, config.max_length),
        objective=objective,
        state=resume(config.run_dir, student, optimizer),
    )


def init_mask_embeddings(model: PreTrainedModel, mask_token_ids: tuple[int, ...], seed: int) -> None:
    """Draw the mask tokens' input embeddings from the mean and deviation of all others."""
    weight: nn.Parameter = model.get_input_embeddings().weight  # type: ignore[assignment]
    others = torch.ones(weight.shape[0], dtype=torch.bool)
    others[list(mask_token_ids)] = False
    with torch.no_grad():
        rows = weight[others.to(weight.device)].float()
        noise = torch.randn(
            len(mask_token_ids), weight.shape[1], generator=torch.Generator().manual_seed(seed)
        )
        fresh = rows.mean(dim=0) + rows.std(dim=0) * noise.to(weight.device)
        weight[list(mask_token_ids)] = fresh.to(weight.dtype)


def _first_student(config: DistillConfig, checkpoint: Checkpoint) -> PreTrainedModel:
    """The student at step 0."""
    if config.student is None:
        student: PreTrainedModel = copy.deepcopy(checkpoint.model)
        init_mask_embeddings(student, checkpoint.mask_token_ids, config.seed)
    else:
        student = load_checkpoint(
            config.student, mask_token=config.mask_token, dtype=torch.float32, device=checkpoint.device
        ).model
        sizes = student.config.vocab_size, checkpoint.model.config.vocab_size
        if sizes[0] != sizes[1]:
            raise ConfigError(
                f"The student {config.student} has a vocabulary of {sizes[0]}, the teacher {config.model} "
                f"one of {sizes[1]}: use a student of the same teacher."
            )
    student.requires_grad_(True).train()
    return student


def _end_tokens(config: DistillConfig, checkpoint: Checkpoint) -> tuple[int, ...]:
    token = config.end_token
    if token is None:
        return checkpoint.stop_token_ids
    vocabulary = checkpoint.tokenizer.get_vocab()
    number = vocabulary.get(token) if isinstance(token, str) else token
    if number is None or not 0 <= number < checkpoint.model.config.vocab_size:
        raise ConfigError(
            f"end_token {token!r} is not in the vocabulary of {config.model}: give a token of it or its id."
        )
    return (number,)


def _check(config: DistillConfig, checkpoint: Checkpoint, dataset: TokenDataset) -> None:
    """Refuse what would fail, or train nothing, hours later."""
    limit = largest_k(checkpoint.mask_token_ids)
    if not checkpoint.mask_token_ids:
        raise ConfigError(
            f"{config.model} has no mask token. Give mask_token: the id or name of a vocabulary token that "
            "it never uses."
        )
    if limit is not None and config.k_max > limit:
        raise ConfigError(
            f"k_max is {config.k_max}, but {len(checkpoint.mask_token_ids)} mask tokens allow k <= {limit}."
        )
    if config.max_length + config.k_max > checkpoint.max_positions:
        raise ConfigError(
            f"max_length {config.max_length} + k_max {config.k_max} exceed the "
            f"{checkpoint.max_positions} positions of {config.model}: lower max_length to "
            f"{checkpoint.max_positions - config.k_max} or less."
        )
    highest, vocabulary = int(dataset.tokens.max()), checkpoint.model.config.vocab_size
    if highest >= vocabulary:
        raise DataError(
            f"{dataset.path} holds the token id {highest}, the vocabulary of {config.model} ends at "
            f"{vocabulary - 1}: tokenise the data with this model's tokenizer."
        )
    if not dataset.loss.any():
        raise DataError(
            f"{dataset.path} marks no token as the model's to write: its conversations need assistant turns."
        )
