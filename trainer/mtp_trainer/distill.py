"""Distillation: make a multi-token-prediction student of a causal language model.

`distill` reads top to bottom: prepare, resume, then for each step draw a block size and an offset, compute
the loss of `objective.block_loss` (all processes together one batch, each its rows in `accumulation` parts),
update, and update on text alone where `text_steps` asks for it; at the end save the student as a Hugging
Face checkpoint in ``run_dir/model``.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from accelerate.utils import broadcast, extract_model_from_parallel
from safetensors import SafetensorError
from torch import Tensor

from mtp_model.errors import CheckpointError

from .acceleration import autocast, peak_memory
from .batching import Batch
from .blocks import AnchorKind, Blocks, make_blocks, text_alone
from .checkpointing import is_sharded, save_checkpoint
from .config import DistillConfig, largest_block
from .distill_setup import Run, prepare
from .meter import BlockMeter
from .metrics import MetricsLog, MetricValue
from .objective import Totals, block_loss, text_loss
from .optim import clip_gradients, lr_factor, progress_of, set_lr
from .processes import gathered_weights, release


def distill(
    config: DistillConfig, *, show_progress: bool = True, on_note: Callable[[str], None] = lambda note: None
) -> Path:
    """Train a student; a run directory with checkpoints is resumed.

    Args:
        config: the settings; a full copy is kept in ``run_dir/config.yaml``.
        show_progress: draw a progress bar on stderr.
        on_note: called with what is worth knowing before the first step: rows that are left out, a vocabulary
            that was resized.

    Returns:
        ``run_dir/model``, the student as a Hugging Face checkpoint.

    Raises:
        ConfigError: settings that contradict each other, the model or an earlier run in the same directory.
        DataError: a dataset that is missing, damaged or does not fit the model.
        CheckpointError: a model that cannot be loaded, or a checkpoint that cannot be written.
    """
    run = prepare(config)
    state, main = run.state, run.accelerator.is_main_process
    for note in run.notes if main else []:
        on_note(note)
    meter = BlockMeter(config.k_max, config.threshold)
    progress = _progress(run)
    with MetricsLog(
        config.run_dir,
        description="distill",
        resume_step=state.step,
        show_progress=show_progress and main,
        enabled=main,
        track=run.accelerator.log,
    ) as log:
        while progress < 1.0:
            started = time.monotonic()
            lr, norm = train_step(run, progress, meter)
            state.elapsed_seconds += time.monotonic() - started
            progress = _progress(run)
            if state.step % config.log_every == 0 or progress >= 1.0:
                values = meter.values(run.add_up)
                speed = state.tokens / state.elapsed_seconds
                values |= {"tokens_per_second": speed, "peak_memory": peak_memory(run.accelerator.device)}
                log.log(state.step, progress=progress, lr=lr, grad_norm=norm, **values)
                shown = ("loss", "agreement", "expected_run", "tokens_per_second")
                log.show(progress, step=state.step, **{name: values[name] for name in shown})
            if state.step % config.checkpoint_every == 0 or progress >= 1.0:
                if scores := validate(run):
                    log.log(state.step, **scores)
                if main or is_sharded(run.student):
                    save_checkpoint(config.run_dir, state, run.student, run.optimizer)
    path = save_student(run)
    run.accelerator.end_training()
    return path


def train_step(run: Run, progress: float, meter: BlockMeter) -> tuple[float, float]:
    """One update, and those on text alone behind it; returns the learning rate and the gradient norm."""
    config, state = run.config, run.state
    blocks = draw_blocks(run, progress)
    objective = replace(run.objective, on_text=progress < config.text_fraction)
    totals = Totals.of(blocks, objective.blocks_per_anchor)
    factor = lr_factor(
        config.schedule,
        state.step,
        progress,
        warmup_steps=config.warmup_steps,
        decay_fraction=config.decay_fraction,
    )
    set_lr(run.optimizer, config.lr * factor)

    share = 1 / config.accumulation / run.accelerator.num_processes

    def judged(part: Blocks) -> Tensor:
        result = block_loss(run.student_pass, run.teacher_pass, part, objective, totals)
        meter.add(result, share)
        return result.loss

    def plain(part: Blocks, totals: Totals) -> Tensor:
        loss = text_loss(run.student_pass, part, totals)
        meter.add_text(loss, share)
        return loss

    norm = update(run, blocks, judged)
    for number in range(config.text_steps):
        batch = run.text_batches.at(state.step * config.text_steps + number)
        state.tokens += int(batch.lengths.sum())
        text = text_alone(batch.to(run.accelerator.device))
        update(run, text, partial(plain, totals=Totals.of(text)))
    state.step += 1
    return config.lr * factor, norm


def update(run: Run, blocks: Blocks, loss_of: Callable[[Blocks], Tensor]) -> float:
    """One step of the optimiser, all processes and parts together; returns the gradient norm.

    Args:
        run: the run.
        blocks: the whole batch.
        loss_of: the loss of a part of it; those of all parts add up to the batch's.
    """
    config, accelerator = run.config, run.accelerator
    run.optimizer.zero_grad()
    for number in range(config.accumulation):
        part = blocks.part(
            number * accelerator.num_processes + accelerator.process_index,
            config.accumulation * accelerator.num_processes,
        )
        last = number == config.accumulation - 1
        with nullcontext() if last else accelerator.no_sync(run.student_pass):
            with autocast(config.precision, accelerator.device):
                loss = loss_of(part)
            # gradients are averaged over processes, but losses of parts add up
            accelerator.backward(loss * accelerator.num_processes)
    norm = clip_gradients(run.student, config.grad_clip)
    run.optimizer.step()
    return norm


def draw_blocks(run: Run, progress: float) -> Blocks:
    """This step's batch with random block size and anchors: a function of seed and step.

    With a curriculum it is one of the progress too, which without a time limit is the step's.
    """
    config, step = run.config, run.state.step
    lot = random.Random(f"{config.seed}/{step}")
    k = lot.randint(config.k_min, largest_block(config, progress))
    offset = lot.randrange(max(k, config.anchor_stride))
    choice = torch.Generator().manual_seed(lot.getrandbits(62))
    batch = run.batches.at(step)
    run.state.tokens += int(batch.lengths.sum())
    return _blocks(run, batch, k, offset, choice, config.anchors)


def validate(run: Run) -> dict[str, MetricValue]:
    """Loss, agreement and expected run on the first batches of held-out data, with blocks of k_max tokens.

    Anchors by stride and no roll-out, whatever the training does, so that runs can be compared.
    """
    config, objective = run.config, replace(run.objective, rollout_blocks=1)
    if run.validation is None or not config.validation_batches:
        return {}
    meter = BlockMeter(config.k_max, config.threshold)
    passes = extract_model_from_parallel(run.student_pass)
    for step in range(config.validation_batches):
        choice = torch.Generator().manual_seed(step)
        blocks = _blocks(run, run.validation.at(step), config.k_max, 0, choice, "stride")
        with torch.no_grad(), autocast(config.precision, run.accelerator.device):
            for number in range(config.accumulation):
                part = blocks.part(number, config.accumulation)
                result = block_loss(passes, run.teacher_pass, part, objective, Totals.of(blocks))
                meter.add(result, 1 / config.accumulation)
    release(passes)
    values = meter.values()
    return {f"validation_{name}": values[name] for name in ("loss", "agreement", "expected_run")}


def _blocks(
    run: Run, batch: Batch, k: int, offset: int, choice: torch.Generator, anchors: AnchorKind
) -> Blocks:
    return make_blocks(
        batch.to(run.accelerator.device),
        k,
        stride=run.config.anchor_stride,
        offset=offset,
        max_regions=run.config.max_regions,
        anchors=anchors,
        generator=choice,
    )


def save_student(run: Run) -> Path:
    """Write the student to ``run_dir/model`` as a Hugging Face checkpoint that knows its mask token.

    Raises:
        CheckpointError: the disk is full or the directory cannot be written; checkpoints are untouched.
    """
    target = run.config.run_dir / "model"
    weights = gathered_weights(run.student)
    if run.accelerator.is_main_process:
        partial = target.with_name("model.partial")
        shutil.rmtree(partial, ignore_errors=True)
        student = run.lora.merged() if run.lora else run.student
        student.set_attn_implementation("sdpa")
        masks = list(run.objective.mask_token_ids)
        student.config.update(
            {
                "mtp": {
                    "mask_token_id": masks[0] if len(masks) == 1 else masks,
                    "k_range": [run.config.k_min, run.config.k_max],
                    "base_model": run.config.model,
                    "base_revision": run.revision,
                },
                "pard_token": masks[0],
            }
        )
        try:
            student.save_pretrained(partial, state_dict=weights)
            run.checkpoint.tokenizer.save_pretrained(partial)
            shutil.rmtree(target, ignore_errors=True)
            os.replace(partial, target)
        except (OSError, SafetensorError) as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise CheckpointError(
                f"Could not save the student in {target}: {error}. The last checkpoint is intact: free disk "
                "space or make the directory writable, then start the same command again; it only saves."
            ) from error
    run.accelerator.wait_for_everyone()
    return target


def _progress(run: Run) -> float:
    """Share of the run that is done; the main process's clock counts for all."""
    config, state = run.config, run.state
    if config.max_minutes is not None and run.accelerator.num_processes > 1:
        seconds = torch.tensor([state.elapsed_seconds], device=run.accelerator.device, dtype=torch.float32)
        state.elapsed_seconds = float(broadcast(seconds)[0])
    return progress_of(state.step, config.steps, state.elapsed_seconds, config.max_minutes)
