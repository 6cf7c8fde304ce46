"""Typed settings of the training commands, read from YAML; an unknown field is an error."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, ValidationError, model_validator

from mtp_model.errors import ConfigError

from .blocks import AnchorKind
from .optim import OptimizerKind, ScheduleKind

Config = TypeVar("Config", bound=BaseModel)

# fields that may differ when a run is resumed: they change neither a step's result nor the schedule by steps
_FREE_ON_RESUME = frozenset({"run_dir", "max_minutes", "checkpoint_every", "log_every", "trackers"})


class StrictModel(BaseModel):
    """Frozen; refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunConfig(StrictModel):
    """What every training run has.

    Attributes:
        run_dir: where config.yaml, metrics.jsonl and checkpoints go.
        data: directory of a token dataset (`mtp_trainer.batching`).
        seed: of data order, block sizes and offsets.
        steps: optimiser steps at most.
        max_minutes: end earlier, with the schedule's decay, after this much training time; None: by steps
            alone, and then the run is deterministic.
        tokens_per_batch: padded text tokens per step at most.
        max_length: longer examples are left out.
        lr: highest learning rate.
        warmup_steps: linear warm-up.
        schedule: constant, cosine, or wsd (stable, then linear to zero over the last ``decay_fraction``).
        optimizer: adamw, or muon (Muon on hidden matrices, AdamW on the rest).
        weight_decay: on hidden matrices.
        grad_clip: largest global gradient norm; 0 turns it off.
        precision: bf16 autocast, fp32, or auto: bf16 where the device is fast at it.
        compiled: compile the layers with torch.compile, which needs a C++ compiler: half a minute at the
            start, and more tokens per second then.
        checkpoint_every: steps between checkpoints.
        log_every: steps between lines of metrics.jsonl.
    """

    run_dir: Path
    data: Path
    seed: int = 0
    steps: int = Field(default=1000, ge=1)
    max_minutes: float | None = Field(default=None, gt=0)
    tokens_per_batch: int = Field(default=8192, ge=32)
    max_length: int = Field(default=2048, ge=2)
    lr: float = Field(default=1e-3, gt=0)
    warmup_steps: int = Field(default=100, ge=0)
    schedule: ScheduleKind = "wsd"
    decay_fraction: float = Field(default=0.2, ge=0, le=1)
    optimizer: OptimizerKind = "adamw"
    weight_decay: float = Field(default=0.0, ge=0)
    grad_clip: float = Field(default=1.0, ge=0)
    precision: str = Field(default="auto", pattern="^(auto|bf16|fp32)$")
    compiled: bool = False
    checkpoint_every: int = Field(default=500, ge=1)
    log_every: int = Field(default=10, ge=1)


class CorpusConfig(StrictModel):
    """Settings of ``mtp-train toolworld``.

    Attributes:
        out: directory of the tokenizer and the token dataset.
        conversations: number of toolworld conversations of the training split.
        drills: number of exercises in copying.
        first_seed: of the conversations, and of the drills; the others follow it. A training that goes on
            from earlier weights reads new text with a number that no earlier corpus reached.
        emphasis: how many times as often as otherwise a domain of the toolworld is drawn, by name: what a
            student already solves teaches it little.
        joined: share of the conversations that are joined, several to a text, so that the model learns to
            read over longer distances than one conversation has.
        joined_length: longest text that is joined, in tokens.
        gsm8k: GSM8K's training file as JSON lines; None: without it.
        gsm8k_rows: problems to take from it; every 20th row is held out.
        tokenizer_conversations: conversations in which the tokenizer's words are counted.
        words: so many of the most frequent words are tokens; all others are spelled in pairs of letters.
        context: longest context of the tokenizer, in tokens.
        workers: processes.
    """

    out: Path
    conversations: int = Field(default=40_000, ge=1)
    drills: int = Field(default=0, ge=0)
    first_seed: int = Field(default=0, ge=0)
    emphasis: dict[str, PositiveFloat] = Field(default_factory=dict)
    joined: float = Field(default=0.0, ge=0, le=1)
    joined_length: int = Field(default=2048, ge=1)
    gsm8k: Path | None = None
    gsm8k_rows: int = Field(default=4_000, ge=0)
    tokenizer_conversations: int = Field(default=6_000, ge=1)
    words: int = Field(default=700, ge=0)
    context: int = Field(default=8192, ge=128)
    workers: int = Field(default=2, ge=1)


class PretrainConfig(RunConfig):
    """Settings of ``mtp-train pretrain``; the fields not listed are Qwen3's own names, shortened.

    Attributes:
        tokenizer: directory of the tokenizer.
        initial: directory of a model of this shape whose weights the run begins with, to go on with a
            training that ended; if it has another tokenizer, its embeddings are carried over by the text of
            the tokens; if it has fewer layers, heads or units, the new ones add nothing at first. None: from
            nothing.
        vocab_size: size V of the vocabulary; None: the tokenizer's, rounded up to a multiple of 64.
        context: longest context, in positions.
        short_fraction: part of the run, at its start, that reads short examples only: copying is learned
            there at half the cost per token.
        short_length: longest short example, in tokens.
        block_fraction: part of the run, at its end, that also trains blocks of k tokens, held to the text
            itself: the student then starts from a teacher that has met the mask token.
        block_weight: of the blocks' mean loss beside the next tokens'.
        k_min: smallest block size drawn.
        k_max: largest block size drawn.
    """

    tokenizer: Path
    initial: Path | None = None
    vocab_size: int | None = Field(default=None, ge=512)
    hidden_size: int = Field(default=256, ge=8)
    layers: int = Field(default=6, ge=1)
    heads: int = Field(default=4, ge=1)
    kv_heads: int = Field(default=2, ge=1)
    head_dim: int = Field(default=64, ge=8)
    intermediate_size: int = Field(default=640, ge=8)
    context: int = Field(default=8192, ge=128)
    rope_theta: float = Field(default=10_000.0, gt=0)
    short_fraction: float = Field(default=0.0, ge=0, le=1)
    short_length: int = Field(default=320, ge=2)
    block_fraction: float = Field(default=0.0, ge=0, le=1)
    block_weight: float = Field(default=1.0, ge=0)
    k_min: int = Field(default=2, ge=2)
    k_max: int = Field(default=16, ge=2)

    @model_validator(mode="after")
    def _k_range(self) -> Self:
        _check_k_range(self.k_min, self.k_max)
        return self


class LoraConfig(StrictModel):
    """A LoRA student; its frozen base is the teacher.

    Attributes:
        rank: of the adapters' matrices.
        alpha: their product is scaled by alpha / rank.
        targets: names of the linear layers that get one, or all-linear: all but the output head.
    """

    rank: int = Field(default=32, ge=1)
    alpha: int = Field(default=64, ge=1)
    targets: list[str] | str = "all-linear"


class DistillConfig(RunConfig):
    """Settings of ``mtp-train distill``.

    ``data`` may also be what `mtp-train data` wrote, or a source of conversations, which is rendered first;
    ``tokens_per_batch`` counts over all processes.

    Attributes:
        model: path or hub id of the teacher, from which the student starts.
        student: where the student's weights start from; None: the teacher's, with a fresh mask embedding.
        student_share: how much of ``student`` is in the first weights; the rest is the teacher's. Between an
            earlier student and a teacher that was trained on from it lie models that have some of the blocks
            of the one and of the text of the other (weight averaging, arXiv 2203.05482).
        mask_token: id or name of the mask token, or a list of them, one per position (k_max - 1 at least);
            None: found in the checkpoint's config or vocabulary.
        mask_tokens: how many there are, where no list is given: 1, the same at all positions, or k_max - 1,
            one per position. Those that the checkpoint lacks take spare ids.
        end_token: id or name of the token that ends an assistant turn; None: the checkpoint's stop tokens.
        k_min: smallest block size drawn; equal to ``k_max`` for a fixed one.
        k_max: largest block size drawn.
        k_curriculum: part of the run, at its start, over which the largest block size drawn grows from
            ``k_min`` to ``k_max`` in equal steps.
        anchors: ``stride`` (in each assistant turn its first place, then one every ``anchor_stride`` tokens
            from a random offset on) or ``random`` (as many places, anywhere in the assistant's text).
        anchor_stride: distance of anchors at least; k where k is larger.
        max_regions: regions per row at most; a random choice is kept where there are more.
        rollout_blocks: blocks that the student writes one after the other from each anchor, each judged by
            the teacher behind those before it; they are accepted as ConfAdapt does it, at ``threshold``. Each
            one above 1 costs a forward pass of the student and as many regions again.
        reach: how far a place's weight in the loss follows the chance that a decoder reaches it, 0 (not at
            all) to 1 (`objective.reached`).
        teacher_loss: ``hard`` (cross entropy against the teacher's argmax) or ``soft`` (against its whole
            distribution).
        text_fraction: part of the run, at its start, in which the teacher reads the conversation's own tokens
            in place of the student's proposals (off-policy; a warm-up for short runs).
        text_weight: weight of the ordinary next tokens in the loss, beside the blocks' (`Objective`).
        text_gold: their targets are the text's own tokens, not the teacher's argmax.
        text_steps: updates on the text's next tokens alone behind each update of the objective: a student
            that still learns the text does so at a fraction of the cost, and its blocks keep up.
        text_tokens_per_batch: upper bound of their batches' size; None: ``tokens_per_batch``.
        threshold: confidence of the metric "expected run", the confident and agreeing tokens at the start of
            a block, and of what a roll-out accepts.
        attention: how text with regions is attended to: ``chunked`` (products of whole chunks), ``flex``
            (FlexAttention; gradients on CUDA only) or ``dense`` (one mask over all pairs of places).
        accumulation: compute a batch in so many parts, one after the other (in every process): the same
            gradient with less memory.
        activation_checkpointing: keep only the layers' inputs for the backward pass and compute the rest
            anew: less memory, a third more time.
        lora: train adapters, not all weights; None: all weights. The teacher is then the same model without
            them, held in bf16 where passes run in it.
        validation_batches: batches of held-out data that are scored at each checkpoint, where there are some.
        trackers: names of the trackers that get the metrics as well, through accelerate (tensorboard, wandb,
            mlflow, ...); None: TensorBoard in ``run_dir/trackers``, if it is installed; []: none.
    """

    model: str
    student: str | None = None
    student_share: float = Field(default=1.0, gt=0, le=1)
    mask_token: int | str | list[int | str] | None = None
    mask_tokens: int = Field(default=1, ge=1)
    end_token: int | str | None = None
    k_min: int = Field(default=2, ge=2)
    k_max: int = Field(default=16, ge=2)
    k_curriculum: float = Field(default=0.0, ge=0, le=1)
    anchors: AnchorKind = "stride"
    anchor_stride: int = Field(default=1, ge=1)
    max_regions: int | None = Field(default=None, ge=1)
    rollout_blocks: int = Field(default=1, ge=1)
    teacher_loss: str = Field(default="hard", pattern="^(hard|soft)$")
    reach: float = Field(default=0.0, ge=0, le=1)
    text_fraction: float = Field(default=0.0, ge=0, le=1)
    text_weight: float = Field(default=0.0, ge=0)
    text_gold: bool = False
    text_steps: int = Field(default=0, ge=0)
    text_tokens_per_batch: int | None = Field(default=None, ge=1)
    threshold: float = Field(default=0.9, gt=0, le=1)
    attention: Literal["chunked", "flex", "dense"] = "chunked"
    accumulation: int = Field(default=1, ge=1)
    activation_checkpointing: bool = False
    lora: LoraConfig | None = None
    validation_batches: int = Field(default=8, ge=0)
    trackers: list[str] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_k_range(self.k_min, self.k_max)
        if self.mask_tokens not in (1, self.k_max - 1):
            raise ValueError(
                f"mask_tokens is {self.mask_tokens}, k_max is {self.k_max}: give 1, the same at all "
                f"positions, or k_max - 1 = {self.k_max - 1}, one per position."
            )
        if self.mask_tokens > 1 and isinstance(self.mask_token, list):
            raise ValueError("mask_token is a list, which says how many there are: leave mask_tokens out.")
        if self.lora and self.student is not None:
            raise ValueError("lora starts from the teacher itself: leave student out, or train all weights.")
        if self.student_share < 1 and self.student is None:
            raise ValueError("student_share is the share of an earlier student: name it as student.")
        if self.lora and self.optimizer == "muon":
            raise ValueError("muon is for whole matrices, not for LoRA's factors: use optimizer adamw.")
        return self


def largest_block(config: DistillConfig, progress: float) -> int:
    """The largest block size that may be drawn when this share of the run, 0 to 1, is done."""
    if progress >= config.k_curriculum:
        return config.k_max
    sizes = config.k_max - config.k_min + 1
    return config.k_min + int(sizes * progress / config.k_curriculum)


def _check_k_range(k_min: int, k_max: int) -> None:
    if k_min > k_max:
        raise ValueError(f"k_min is {k_min}, k_max is {k_max}: k_min must not be larger than k_max.")


def load_config(
    path: str | Path | None, cls: type[Config], overrides: Mapping[str, object] | None = None
) -> Config:
    """Read a YAML file into a config.

    Args:
        path: the file; None: only ``overrides`` and defaults.
        cls: the config's class.
        overrides: fields that win over the file's; None values are ignored (an option that was not given).

    Raises:
        ConfigError: the file is missing or no mapping, a field is unknown, missing or has a bad value.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ConfigError(f"The config {path} cannot be read: {error}. Give a YAML file.") from error
        if loaded is not None and not isinstance(loaded, dict):
            raise ConfigError(
                f"The config {path} holds a {type(loaded).__name__}: a mapping of fields is needed."
            )
        values.update(loaded or {})
    values.update({k: v for k, v in (overrides or {}).items() if v is not None})
    try:
        return cls.model_validate(values)
    except ValidationError as error:
        source = f"The config {path}" if path is not None else "The configuration"
        raise ConfigError(f"{source} is not valid for {cls.__name__}:\n" + _explain(error, cls)) from error


def check_frozen_config(config: RunConfig) -> None:
    """Check that ``run_dir`` is new, or belongs to a run with these settings.

    Raises:
        ConfigError: the directory belongs to a run with other settings.
    """
    path = config.run_dir / "config.yaml"
    if not path.exists():
        return
    before = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    values = config.model_dump(mode="json")
    changed = [
        f"{name}: {before.get(name)!r} there, {values.get(name)!r} now"
        for name in sorted(before.keys() | values.keys())
        if name not in _FREE_ON_RESUME and before.get(name) != values.get(name)
    ]
    if changed:
        raise ConfigError(
            f"{config.run_dir} holds a run with other settings ({'; '.join(changed)}). Resume it with "
            "its own config.yaml, or choose another run_dir."
        )


def freeze_config(config: RunConfig) -> Path:
    """Write the full config to ``run_dir/config.yaml``, or check that the one there is the same.

    Raises:
        ConfigError: the directory belongs to a run with other settings.
    """
    check_frozen_config(config)
    path, values = config.run_dir / "config.yaml", config.model_dump(mode="json")
    config.run_dir.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True), encoding="utf-8")
    partial.replace(path)
    return path


def _explain(error: ValidationError, cls: type[BaseModel]) -> str:
    lines = []
    for item in error.errors():
        name = ".".join(str(part) for part in item["loc"]) or "settings"
        if item["type"] == "extra_forbidden":
            known = _fields_at(cls, item["loc"][:-1])
            near = difflib.get_close_matches(str(item["loc"][-1]), known, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"known fields: {', '.join(known)}."
            lines.append(f"  {name}: unknown field; {hint}")
        elif item["type"] == "missing":
            lines.append(f"  {name}: needed, but not given.")
        else:
            lines.append(f"  {name}: {item['msg']} (given: {item['input']!r}).")
    return "\n".join(lines)


def _fields_at(cls: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Field names of the model that a location inside ``cls`` points to."""
    for part in path:
        field = cls.model_fields.get(str(part))
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        cls = inner
    return list(cls.model_fields)
