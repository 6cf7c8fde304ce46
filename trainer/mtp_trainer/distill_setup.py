"""What a distillation run needs before its first step: models, data, optimiser, and checks of all of them."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import Optimizer
from transformers import PreTrainedModel

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.checkpoint.locate import locate, revision_of
from mtp_model.checkpoint.mask_token import MaskArgument
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.errors import ConfigError
from mtp_model.layout import largest_k

from .acceleration import checkpoint_activations, compile_layers, mixed
from .batching import Batches, DataError, TokenDataset
from .checkpointing import TrainState, resume
from .config import DistillConfig, check_frozen_config, freeze_config
from .lora import LoraStudent
from .objective import BlockLogits, Objective
from .optim import build_optimizer
from .processes import loading_device, prepare_student, shard_teacher, start, start_trackers
from .spare_token import grow_vocabulary, init_mask_embeddings, share_mask_embedding, with_mask_tokens
from .training_data import training_data


@dataclass
class Run:
    """Everything a step needs.

    Attributes:
        config: the run's settings.
        accelerator: devices and processes.
        checkpoint: the teacher as loaded, with its tokenizer and a mask token.
        student: the model in training, unwrapped.
        lora: its adapters; None: all weights are trained.
        student_pass: the prepared `BlockLogits` of the student.
        teacher_pass: the `BlockLogits` of the frozen teacher.
        optimizer: the prepared optimiser.
        batches: by step.
        text_batches: those of `DistillConfig.text_steps`, by their own number.
        validation: batches of held-out data; None: there are none.
        objective: settings of the loss.
        state: counters.
        revision: commit of the teacher's hub repository; None for a folder.
        notes: what is worth knowing about model and data.
    """

    config: DistillConfig
    accelerator: Accelerator
    checkpoint: Checkpoint
    student: PreTrainedModel
    lora: LoraStudent | None
    student_pass: nn.Module
    teacher_pass: BlockLogits
    optimizer: Optimizer
    batches: Batches
    text_batches: Batches
    validation: Batches | None
    objective: Objective
    state: TrainState
    revision: str | None
    notes: list[str]

    def add_up(self, counts: Tensor) -> Tensor:
        """The sum of a tensor over all processes, on the CPU."""
        total: Tensor = self.accelerator.reduce(counts.to(self.accelerator.device), reduction="sum")
        return total.cpu()


def prepare(config: DistillConfig) -> Run:
    """Check the settings against model and data, load all, and resume where there is a checkpoint."""
    check_frozen_config(config)
    accelerator = start(config)
    with accelerator.main_process_first():  # which renders conversations
        data = training_data(config)
    checkpoint, masked = with_mask_tokens(
        _load(config, config.model, loading_device(accelerator), config.mask_token), config.mask_tokens
    )
    objective = Objective(
        checkpoint.mask_token_ids,
        _end_tokens(config, checkpoint),
        soft=config.teacher_loss == "soft",
        text_weight=config.text_weight,
        text_gold=config.text_gold,
        rollout_blocks=config.rollout_blocks,
        threshold=config.threshold,
        reach=config.reach,
    )
    _check(config, checkpoint, data.train)
    batches = _batches(config, data.train)
    held_out = None if data.validation is None else _batches(config, data.validation)
    text_size = config.text_tokens_per_batch or config.tokens_per_batch
    # another seed: other rows than the blocks of the same step
    text_batches = Batches(data.train, text_size, config.seed + 1, config.max_length)
    if accelerator.is_main_process:
        freeze_config(config)
    student, lora = _first_student(config, checkpoint)
    optimizer: Optimizer = build_optimizer(
        student, config.lr, config.optimizer, weight_decay=config.weight_decay
    )
    if config.activation_checkpointing:
        checkpoint_activations(student)
    if config.compiled:
        for model in {id(model): model for model in (student, checkpoint.model)}.values():
            compile_layers(model)
    own_pass = BlockLogits(student, config.attention)
    teacher_pass = lora.teacher(own_pass) if lora else BlockLogits(checkpoint.model, config.attention)
    student_pass, optimizer = prepare_student(accelerator, own_pass, optimizer)
    shard_teacher(accelerator, teacher_pass)
    state = resume(config.run_dir, student, optimizer)
    start_trackers(config, accelerator)
    left_out = f"Left out: {batches.skipped:,} examples longer than the limit of {batches.limit:,} tokens."
    return Run(
        config=config,
        accelerator=accelerator,
        checkpoint=checkpoint,
        student=student,
        lora=lora,
        student_pass=student_pass,
        teacher_pass=teacher_pass,
        optimizer=optimizer,
        batches=batches,
        text_batches=text_batches,
        validation=held_out,
        objective=objective,
        state=state,
        revision=revision_of(locate(config.model, None)),
        notes=[*data.notes, *filter(None, [masked]), *([left_out] if batches.skipped else [])],
    )


def _load(
    config: DistillConfig, model: str, device: torch.device, mask_token: MaskArgument | None
) -> Checkpoint:
    # Weights that are trained need float32; those beside adapters are only read.
    dtype = torch.bfloat16 if config.lora and mixed(config.precision, device) else torch.float32
    return load_checkpoint(model, mask_token=mask_token, dtype=dtype, device=device)


def _batches(config: DistillConfig, dataset: TokenDataset) -> Batches:
    return Batches(dataset, config.tokens_per_batch, config.seed, config.max_length)


def _first_student(
    config: DistillConfig, checkpoint: Checkpoint
) -> tuple[PreTrainedModel, LoraStudent | None]:
    """The student at step 0, and its adapters where it has some; the teacher is frozen."""
    teacher, masks = checkpoint.model, checkpoint.mask_token_ids
    teacher.requires_grad_(False)
    if config.lora is not None:
        init_mask_embeddings(teacher, masks, config.seed)  # which the teacher never reads
        torch.manual_seed(config.seed)  # of the adapters
        lora = LoraStudent(teacher, config.lora, masks)
        return lora.model.train(), lora
    if config.student is None:
        student: PreTrainedModel = copy.deepcopy(teacher)
        init_mask_embeddings(student, masks, config.seed)
    else:
        student = _earlier_student(config, config.student, checkpoint)
    student.requires_grad_(True).train()
    return student, None


def _earlier_student(config: DistillConfig, name: str, checkpoint: Checkpoint) -> PreTrainedModel:
    """The weights of an earlier student; one that knew one mask token starts all positions from it."""
    masks = checkpoint.mask_token_ids
    found = _load(config, name, checkpoint.device, None if len(masks) > 1 else config.mask_token)
    rows = embedding_rows(checkpoint.model)
    if len(masks) > 1 and len(found.mask_token_ids) == 1 and embedding_rows(found.model) < rows:
        grow_vocabulary(found.model, rows)
    _check_vocabularies(config, checkpoint, found)
    if len(masks) > 1 and len(found.mask_token_ids) == 1:
        share_mask_embedding(found.model, found.mask_token_ids[0], masks)
    if config.student_share < 1:
        _mix(config, found.model, checkpoint.model)
    return found.model


def _mix(config: DistillConfig, student: PreTrainedModel, teacher: PreTrainedModel) -> None:
    """Means of the two models' weights, in place in the student's."""
    # parameters, not the state dict, which has tied weights twice
    own, others = dict(student.named_parameters()), dict(teacher.named_parameters())
    if own.keys() != others.keys() or any(own[name].shape != others[name].shape for name in own):
        raise ConfigError(
            f"student_share is {config.student_share}, but the weights of {config.student} have other names "
            f"or shapes than those of {config.model}: give models of one shape, or leave student_share out."
        )
    with torch.no_grad():
        for name, weight in own.items():
            weight.lerp_(others[name].to(weight), 1 - config.student_share)


def _check_vocabularies(config: DistillConfig, teacher: Checkpoint, student: Checkpoint) -> None:
    sizes = [embedding_rows(c.model) for c in (student, teacher)]
    if sizes[0] != sizes[1]:
        raise ConfigError(
            f"The student {config.student} has a vocabulary of {sizes[0]}, the teacher {config.model} "
            f"one of {sizes[1]}: use a student of the same teacher."
        )
    if (token := different_token(student, teacher)) is not None:
        ids = [c.tokenizer.get_vocab().get(token) for c in (student, teacher)]
        raise ConfigError(
            f"The student {config.student} and the teacher {config.model} have different vocabularies "
            f"(one difference: {token!r} is {ids[0]} there, {ids[1]} here): use a "
            "student of the same teacher."
        )
    if student.mask_token_ids not in ((), teacher.mask_token_ids, teacher.mask_token_ids[:1]):
        raise ConfigError(
            f"The student {config.student} has the mask tokens {student.mask_token_ids}, the teacher "
            f"{config.model} {teacher.mask_token_ids}: give mask_token, the id that both use."
        )


def different_token(one: Checkpoint, other: Checkpoint) -> str | None:
    """A token that two checkpoints spell with different ids, mask tokens aside; None: there is none."""
    masks = {*one.mask_token_ids, *other.mask_token_ids}
    words = [{t: i for t, i in c.tokenizer.get_vocab().items() if i not in masks} for c in (one, other)]
    return min((token for token, _ in words[0].items() ^ words[1].items()), default=None)


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
    if limit is not None and config.k_max > limit:
        raise ConfigError(
            f"k_max is {config.k_max}, but {len(checkpoint.mask_token_ids)} mask tokens, one per position, "
            f"allow k <= {limit}. Give k_max - 1 = {config.k_max - 1} of them as mask_token, or a single one."
        )
    behind = config.k_max * config.rollout_blocks
    if config.max_length + behind > checkpoint.max_positions:
        blocks = f"{config.rollout_blocks} * k_max" if config.rollout_blocks > 1 else "k_max"
        raise ConfigError(
            f"max_length {config.max_length} + {blocks} {config.k_max} exceed the "
            f"{checkpoint.max_positions} positions of {config.model}: lower max_length to "
            f"{checkpoint.max_positions - behind} or less."
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
