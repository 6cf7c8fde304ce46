"""The distillation objective: the student's own block, judged by a frozen teacher in one pass.

For each anchor i the student proposes greedily, in one pass over the text with k-1 mask tokens appended,

    y_j = argmax p_S(. | x[..i], <MTP> x (j-1)),        j = 1 .. k

and the teacher, which reads the student's own proposals in place of the masks, says what it would write:

    t_j = argmax p_T(. | x[..i], y_1 .. y_{j-1})

The loss is the sum of -log p_S(t_j) over all places that count, divided by the number of places ("hard
teacher"; the soft one takes p_T in place of its argmax). `settle` says which places count (nearly all do) and
what becomes of those behind an end token. The divisor is known before any pass, so a batch can be computed in
parts (`Totals`).

With `rollout_blocks` above 1 the student goes on from its own block (`block_rollout`), and what it proposes
there is held to the teacher in that context, in the same two passes.
With `reach` a place counts by the chance that a decoder gets to it (`reached`).
With `text_weight` the ordinary next tokens of the text are held to the teacher (or to the text) as well, in
the same passes: a small student that is trained at a high rate would else forget some of them.

`reference.reference_loss` computes this one anchor at a time with plain forward passes; `block_loss` does it
for all anchors in one student pass and one teacher pass, and equals it in value and gradient. Only a roll-out
adds passes, of the student and without gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch.nn.functional as F
from accelerate.utils import extract_model_from_parallel
from torch import Tensor, nn
from transformers import PreTrainedModel

from mtp_model.errors import UnsupportedModelError
from mtp_model.layout import mask_tokens

from .block_rollout import roll_out
from .blocks import Blocks
from .flex_regions import region_block_mask
from .region_attention import NAME as CHUNKED
from .region_attention import RegionPlan
from .vocabulary import CHUNK, VocabularyLogits

Attention = Literal["chunked", "flex", "dense"]


@dataclass(frozen=True)
class Objective:
    """Settings of the loss.

    Attributes:
        mask_token_ids: one mask token, or one per position; never proposed by student or teacher.
        end_token_ids: tokens that end an assistant turn.
        soft: cross entropy against the teacher's distribution, not its argmax.
        on_text: let the teacher read the conversation's own tokens in place of the student's proposals.
            Off-policy, but the deep places have sensible targets from the first step on: a warm-up.
        text_weight: weight of the mean cross entropy of the student's ordinary next-token predictions in the
            text, added to the loss.
        text_gold: whether their targets are the text's own tokens, not the teacher's argmax: for a text that
            is better than the teacher.
        rollout_blocks: blocks that the student writes from each anchor, at least 1. While the teacher reads
            the text (`on_text`) it is one: the text does not go on from the student's tokens.
        threshold: confidence from which the roll-out accepts a token, as ConfAdapt's.
        reach: how far a place's weight follows the chance that a decoder reaches it (`reached`), 0 to 1.
    """

    mask_token_ids: tuple[int, ...]
    end_token_ids: tuple[int, ...]
    soft: bool = False
    on_text: bool = False
    text_weight: float = 0.0
    text_gold: bool = False
    rollout_blocks: int = 1
    threshold: float = 0.9
    reach: float = 0.0

    @property
    def blocks_per_anchor(self) -> int:
        """Regions that an anchor has at most."""
        return 1 if self.on_text else self.rollout_blocks


@dataclass(frozen=True)
class BlockLoss:
    """The loss, and what came out for each region; R regions over all rows, in the order of ``Blocks.used``.

    Attributes:
        loss: scalar; 0 where nothing counts.
        proposals: y, int64 [R, K].
        targets: t, with end tokens behind the first end, int64 [R, K].
        confidence: the student's probability of its proposals, float32 [R, K].
        valid: places that count, bool [R, K].
        live: valid places up to and with the end token, bool [R, K].
        continued: blocks that go on from the student's own tokens, bool [R].
    """

    loss: Tensor
    proposals: Tensor
    targets: Tensor
    confidence: Tensor
    valid: Tensor
    live: Tensor
    continued: Tensor


@dataclass(frozen=True)
class Totals:
    """What the losses of a step's parts are divided by, so that their sum is the loss of the whole batch.

    Attributes:
        places: R * K of the batch, if no roll-out ends before its last block.
        written: its places whose next token is the model's to write.
    """

    places: int
    written: int

    @classmethod
    def of(cls, blocks: Blocks, blocks_per_anchor: int = 1) -> Totals:
        """Those of a batch before its roll-out; at least 1, so that without regions the loss is 0."""
        places = int(blocks.used.sum()) * blocks.k * blocks_per_anchor
        return cls(max(1, places), max(1, int(blocks.written.sum())))


class BlockLogits(nn.Module):
    """A causal language model that computes what the logits of the places that the loss needs are made of.

    A module of its own, so that wrappers for data parallel training see one forward call. `head` makes the
    logits, which are too many to exist all at once (`vocabulary`).
    """

    def __init__(self, model: PreTrainedModel, attention: Attention = "chunked") -> None:
        """Wrap a model and set its attention implementation.

        Args:
            model: a causal language model.
            attention: products of chunks (`region_attention`), FlexAttention (`flex_regions`), or one mask
                over all pairs of places.

        Raises:
            UnsupportedModelError: the model changes its logits or attention weights in a way these passes
                leave out, or it has no FlexAttention.
        """
        super().__init__()
        config = model.config.get_text_config()
        for name in ("final_logit_softcapping", "attn_logit_softcapping", "logit_scale", "logits_scaling"):
            if getattr(config, name, None) not in (None, 1.0):
                raise UnsupportedModelError(
                    f"{type(model).__name__} sets {name}={getattr(config, name)}, which the distillation "
                    "loss does not apply. Use a model without it (Llama, Qwen, Mistral, SmolLM, OLMo, ...)."
                )
        if dropout := getattr(config, "attention_dropout", 0.0):
            raise UnsupportedModelError(
                f"{type(model).__name__} drops attention weights in training (attention_dropout={dropout}), "
                "which the distillation passes do not do. Set attention_dropout to 0 in its config.json."
            )
        if attention == "flex" and not model._supports_flex_attn:
            raise UnsupportedModelError(
                f"{type(model).__name__} has no FlexAttention. Leave attention at 'chunked', or set it to "
                "'dense'."
            )
        # models whose attention cannot be replaced fall back to the dense mask
        replaceable = attention != "chunked" or model._can_set_attn_implementation()
        self.attention: Attention = attention if replaceable else "dense"
        self.model = model
        names = {"chunked": CHUNKED, "flex": "flex_attention", "dense": "sdpa"}
        model.set_attn_implementation(names[self.attention])

    def forward(self, blocks: Blocks, inner: Tensor, text: bool = False) -> tuple[Tensor, Tensor]:
        """Last hidden states of all used regions' proposals, and of the text's own next tokens.

        Args:
            blocks: text and anchors.
            inner: tokens of the regions, int64, broadcast to [B, N, k-1].
            text: whether the second are wanted.

        Returns:
            [R, K, D], and [M, D] at the M places `blocks.written`; M is 0 without `text`.
        """
        inputs: dict[str, Any] = {
            "input_ids": blocks.sequence(inner),
            "position_ids": blocks.position_ids(),
            "use_cache": False,
        }
        if self.attention == "chunked":
            inputs["regions"] = RegionPlan.of(blocks)
        elif self.attention == "flex":
            inputs["attention_mask"] = region_block_mask(blocks)
        else:
            inputs["attention_mask"] = blocks.dense_mask()
        hidden = self.model.base_model(**inputs).last_hidden_state
        row = blocks.used.nonzero()[:, 0]
        written = hidden[:, : blocks.text_length][blocks.written & text]
        return hidden[row[:, None], blocks.places()[blocks.used]], written

    def head(self, hidden: Tensor) -> Tensor:
        """Logits [n, V] of hidden states [n, D]."""
        logits: Tensor = self.model.get_output_embeddings()(hidden)
        return logits


def block_loss(
    student: nn.Module,
    teacher: BlockLogits,
    blocks: Blocks,
    objective: Objective,
    totals: Totals | None = None,
    chunk: int = CHUNK,
) -> BlockLoss:
    """The loss of all regions, by one student pass and one teacher pass (and the passes of the roll-out).

    Args:
        student: a `BlockLogits`, or a wrapper around one.
        teacher: the same for the frozen teacher.
        blocks: text and anchors, before any roll-out.
        objective: settings.
        totals: of the batch, where ``blocks`` are a part of it; None: they are all of it.
        chunk: logits at a time at most.
    """
    totals = totals or Totals.of(blocks, objective.blocks_per_anchor)
    masks = torch.tensor(mask_tokens(objective.mask_token_ids, blocks.k - 1), device=blocks.ids.device)
    head = extract_model_from_parallel(student).head
    blocks = roll_out(
        student,
        head,
        blocks,
        count=objective.blocks_per_anchor,
        threshold=objective.threshold,
        masks=masks,
        forbidden=objective.mask_token_ids,
        end_token_ids=objective.end_token_ids,
        chunk=chunk,
    )
    hidden, next_hidden = student(blocks, masks, objective.text_weight > 0)
    logits = VocabularyLogits(hidden, head, chunk)
    proposals, confidence = logits.greedy(objective.mask_token_ids)
    read = blocks.continuations.clone()
    if not objective.on_text:
        read[blocks.used] = proposals
    with torch.no_grad():
        text = objective.text_weight > 0 and not objective.text_gold
        taught_hidden, next_taught = teacher(blocks, read[:, :, :-1], text)
        taught = VocabularyLogits(taught_hidden, teacher.head, chunk)
    answers, _ = taught.greedy(objective.mask_token_ids)
    targets, valid, live = settle(read[blocks.used], answers, objective.end_token_ids)
    losses = logits.losses(targets, taught, live) if objective.soft else logits.losses(targets)
    loss = (losses * valid * reached(confidence, objective.reach)).sum() / totals.places
    if objective.text_weight > 0:
        next_targets = blocks.following[blocks.written]
        if not objective.text_gold:
            next_targets, _ = VocabularyLogits(next_taught, teacher.head, chunk).greedy(
                objective.mask_token_ids
            )
        next_losses = VocabularyLogits(next_hidden, head, chunk).losses(next_targets)
        loss = loss + objective.text_weight * next_losses.sum() / totals.written
    continued = (blocks.prefix_lengths > 0)[blocks.used]
    return BlockLoss(loss, proposals, targets, confidence, valid, live, continued)


def text_loss(student: nn.Module, blocks: Blocks, totals: Totals, chunk: int = CHUNK) -> Tensor:
    """The mean cross entropy of the text's own next tokens, scalar, float32.

    Args:
        student: a `BlockLogits`, or a wrapper around one.
        blocks: of `blocks.text_alone`.
        totals: of the batch, of which ``blocks`` may be a part.
        chunk: logits at a time at most.
    """
    _, hidden = student(blocks, blocks.ids.new_zeros(blocks.k - 1), True)
    head = extract_model_from_parallel(student).head
    losses = VocabularyLogits(hidden, head, chunk).losses(blocks.following[blocks.written])
    return losses.sum() / totals.written


def gold_loss(
    student: nn.Module, blocks: Blocks, objective: Objective, block_weight: float
) -> tuple[Tensor, Tensor]:
    """Next tokens and blocks held to the text itself: pretraining, where there is no teacher yet.

    Args:
        student: a `BlockLogits`, or a wrapper around one.
        blocks: text and anchors.
        objective: only its mask and end tokens matter.
        block_weight: of the blocks' mean cross entropy in the sum.

    Returns:
        The sum, and its part from the next tokens alone; both scalar, float32.
    """
    masks = torch.tensor(mask_tokens(objective.mask_token_ids, blocks.k - 1), device=blocks.ids.device)
    hidden, next_hidden = student(blocks, masks, True)
    head = extract_model_from_parallel(student).head
    read = blocks.continuations[blocks.used]
    targets, valid, _ = settle(read, read, objective.end_token_ids)
    next_loss = F.cross_entropy(head(next_hidden).float(), blocks.following[blocks.written])
    return next_loss + block_weight * F.cross_entropy(head(hidden[valid]).float(), targets[valid]), next_loss


def reached(confidence: Tensor, share: float) -> Tensor:
    """Weights of places by the chance that a decoder gets as far.

    A decoder emits the first token of a block in any case, and goes on while it trusts what it emits. So the
    chance of place j is taken to be r_j = c_2 c_3 ... c_{j-1}, with c the student's confidence in its own
    proposals, and the weight is ``1 - share + share * r_j``. Deep places of blocks that end early, most of
    them noise to a small student, then take less of its capacity.

    Args:
        confidence: c, float32 [R, K].
        share: 0 to 1; with 0 all weights are 1, as in the paper.

    Returns:
        float32 [R, K], without gradient.
    """
    before = F.pad(confidence.detach()[:, 1:-1], (2, 0), value=1.0)
    return 1 - share + share * before.cumprod(dim=1)


def settle(read: Tensor, answers: Tensor, end_token_ids: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Targets behind an end token.

    The first place where student or teacher ends the turn decides. If the teacher ends it there, the rest of
    the block is filled with that end token: a decoder cuts there, so what follows must only be certain. If
    only the student does, the places behind do not count: the teacher's continuation of a text that should
    not have ended is noise.

    Args:
        read: the block as the teacher reads it, int64 [R, K].
        answers: the teacher's argmax at the same places, int64 [R, K].
        end_token_ids: tokens that end a turn.

    Returns:
        Targets [R, K]; which places count, bool [R, K]; those of them up to and with the end, bool [R, K].
    """
    ends = torch.tensor(end_token_ids, device=answers.device)
    taught_end = torch.isin(answers, ends)
    either = taught_end | torch.isin(read, ends)
    behind = either.cumsum(dim=1) - either.int() > 0
    first = either & ~behind
    right = (first & taught_end).any(dim=1, keepdim=True)
    end = (answers * first).sum(dim=1, keepdim=True)
    targets = torch.where(behind & right, end, answers)
    return targets, ~behind | right, ~behind
