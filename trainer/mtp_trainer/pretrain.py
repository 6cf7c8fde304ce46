"""Pretraining: a teacher from nothing, next-token prediction on what assistants write."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.nn import functional as F
from transformers import AutoTokenizer, PreTrainedTokenizerBase, Qwen3Config, Qwen3ForCausalLM

from mtp_trainer.acceleration import autocast, compile_layers, peak_memory
from mtp_trainer.batching import Batch, Batches, TokenDataset
from mtp_trainer.blocks import make_blocks
from mtp_trainer.checkpointing import resume, save_checkpoint
from mtp_trainer.config import PretrainConfig, freeze_config
from mtp_trainer.growth import take_weights
from mtp_trainer.metrics import MetricsLog
from mtp_trainer.objective import BlockLogits, Objective, gold_loss
from mtp_trainer.optim import build_optimizer, clip_gradients, lr_factor, progress_of, set_lr
from mtp_trainer.region_attention import RegionPlan
from mtp_trainer.tokenizer import mask_token_id


def new_model(config: PretrainConfig, tokenizer: PreTrainedTokenizerBase) -> Qwen3ForCausalLM:
    """A randomly initialised Qwen3 model of the configured shape."""
    torch.manual_seed(config.seed)
    shape = Qwen3Config(
        vocab_size=config.vocab_size or -(-len(tokenizer) // 64) * 64,
        hidden_size=config.hidden_size,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=config.kv_heads,
        head_dim=config.head_dim,
        intermediate_size=config.intermediate_size,
        max_position_embeddings=config.context,
        rope_parameters={"rope_type": "default", "rope_theta": config.rope_theta},
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        dtype="float32",
    )
    return Qwen3ForCausalLM(shape)


def next_token_loss(model: Qwen3ForCausalLM, batch: Batch) -> Tensor:
    """Mean cross entropy of the tokens that the model is to write.

    Args:
        model: Causal language model with the attention of `region_attention`.
        batch: ids [B, T] int64, loss_mask [B, T] bool. Rows are padded on the right, which causal
            attention never looks at, so no attention mask is needed.

    Returns:
        Scalar loss, float32.
    """
    plan = RegionPlan.causal(batch.ids.shape[1], batch.ids.device)
    hidden = model.model(input_ids=batch.ids, use_cache=False, regions=plan).last_hidden_state  # [B, T, D]
    wanted = batch.loss_mask[:, 1:]
    # Logits only where a token is to be predicted: about half of the places.
    logits = model.lm_head(hidden[:, :-1][wanted])
    return F.cross_entropy(logits.float(), batch.ids[:, 1:][wanted])


@dataclass
class Losses:
    """The loss of a step: next tokens alone, and in the last part of a run blocks as well."""

    config: PretrainConfig
    model: Qwen3ForCausalLM
    objective: Objective

    def __post_init__(self) -> None:
        self.block_logits = BlockLogits(self.model)  # sets the attention

    def __call__(self, batch: Batch, step: int, progress: float) -> tuple[Tensor, Tensor]:
        """What is minimised, and the mean loss of the next tokens; both scalar."""
        if progress < 1 - self.config.block_fraction or not batch.loss_mask[:, 1:].any():
            loss = next_token_loss(self.model, batch)
            return loss, loss
        lot = random.Random(f"{self.config.seed}/{step}")
        k = lot.randint(self.config.k_min, self.config.k_max)
        blocks = make_blocks(batch, k, offset=lot.randrange(k))
        return gold_loss(self.block_logits, blocks, self.objective, self.config.block_weight)


def pretrain(config: PretrainConfig, *, show_progress: bool = True) -> Path:
    """Trains a teacher; resumes where an earlier run of the same config stopped.

    Args:
        config: Settings; frozen to `run_dir/config.yaml`.
        show_progress: Draw a progress bar on stderr.

    Returns:
        Directory of the finished model, `run_dir/model`.
    """
    freeze_config(config)
    accelerator = Accelerator()
    tokenizer = AutoTokenizer.from_pretrained(config.tokenizer)
    model = new_model(config, tokenizer)
    if config.initial is not None:
        take_weights(model, config.initial, tokenizer)
    model.to(accelerator.device)
    optimizer = build_optimizer(model, config.lr, config.optimizer, weight_decay=config.weight_decay)
    data = TokenDataset.load(config.data)
    batches = Batches(data, config.tokens_per_batch, config.seed, config.max_length)
    short = (
        Batches(data, config.tokens_per_batch, config.seed, config.short_length)
        if config.short_fraction
        else batches
    )
    state = resume(config.run_dir, model, optimizer)
    losses = Losses(config, model, Objective((mask_token_id(tokenizer),), (int(tokenizer.eos_token_id),)))
    if config.compiled:
        compile_layers(model)
    with MetricsLog(
        config.run_dir, description="pretraining", resume_step=state.step, show_progress=show_progress
    ) as log:
        while (done := progress_of(state.step, config.steps, state.elapsed_seconds, config.max_minutes)) < 1:
            started = time.monotonic()
            source = short if done < config.short_fraction else batches
            batch = source.at(state.step).to(accelerator.device)
            with autocast(config.precision, accelerator.device):
                loss, next_loss = losses(batch, state.step, done)
            accelerator.backward(loss)
            norm = clip_gradients(model, config.grad_clip)
            lr = config.lr * lr_factor(
                config.schedule,
                state.step,
                done,
                warmup_steps=config.warmup_steps,
                decay_fraction=config.decay_fraction,
            )
            set_lr(optimizer, lr)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            state.step += 1
            state.tokens += int(batch.lengths.sum())
            state.elapsed_seconds += time.monotonic() - started
            if state.step % config.log_every == 0:
                value, speed = float(next_loss.detach()), state.tokens / state.elapsed_seconds
                log.log(
                    state.step,
                    loss=value,
                    grad_norm=norm,
                    lr=lr,
                    tokens=state.tokens,
                    tokens_per_second=speed,
                    peak_memory=peak_memory(accelerator.device),
                )
                log.show(done, loss=value, tok_s=speed)
            if state.step % config.checkpoint_every == 0:
                save_checkpoint(config.run_dir, state, model, optimizer)
        save_checkpoint(config.run_dir, state, model, optimizer)
    final = config.run_dir / "model"
    model.set_attn_implementation("sdpa")
    model.save_pretrained(final)
    tokenizer.save_pretrained(final)
    return final
