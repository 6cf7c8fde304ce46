"""The distillation objective: the student's own block, judged by a frozen teacher in one pass.

For each anchor i the student proposes greedily, in one pass over the text with k-1 mask tokens appended,

    y_j = argmax p_S(. | x[..i], <MTP> x (j-1)),        j = 1 .. k

and the teacher, which reads the student's own proposals in place of the masks, says what it would write:

    t_j = argmax p_T(. | x[..i], y_1 .. y_{j-1})

The loss is the mean of -log p_S(t_j) over all places that count ("hard teacher"; the soft one takes p_T in
place of its argmax). `settle` says which places count and what becomes of those behind an end token.
With `text_weight` the ordinary next tokens of the text are held to the teacher (or to the text) as well, in
the same passes: a small student that is trained at a high rate would else forget some of them.

`reference_loss` computes this one anchor at a time with plain forward passes; `block_loss` does it for all
anchors in one student pass and one teacher pass, and equals it in value and gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import PreTrainedModel

from mtp_model.errors import UnsupportedModelError
from mtp_model.layout import mask_tokens

from .blocks import Blocks
from .region_attention import NAME as CHUNKED
from .region_attention import RegionPlan

Attention = Literal["chunked", "dense"]


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
    """

    mask_token_ids: tuple[int, ...]
    end_token_ids: tuple[int, ...]
    soft: bool = False
    on_text: bool = False
    text_weight: float = 0.0
    text_gold: bool = False


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
    """

    loss: Tensor
    proposals: Tensor
    targets: Tensor
    confidence: Tensor
    valid: Tensor
    live: Tensor


class BlockLogits(nn.Module):
    """A causal language model that returns logits at the places that the loss needs only.

    A module of its own, so that wrappers for data parallel training see one forward call.
    """

    def __init__(self, model: PreTrainedModel, attention: Attention = "chunked") -> None:
        """Wrap a model and set its attention implementation.

        Raises:
            UnsupportedModelError: the model changes its logits or attention scores in a way these passes
                leave out.
        """
        super().__init__()
        config = model.config.get_text_config()
        for name in ("final_logit_softcapping", "attn_logit_softcapping", "logit_scale", "logits_scaling"):
            if getattr(config, name, None) not in (None, 1.0):
                raise UnsupportedModelError(
                    f"{type(model).__name__} sets {name}={getattr(config, name)}, which the distillation "
                    "loss does not apply. Use a model without it (Llama, Qwen, Mistral, SmolLM, OLMo, ...)."
                )
        # models whose attention cannot be replaced fall back to the dense mask
        chunked = attention == "chunked" and model._can_set_attn_implementation()
        self.attention: Attention = "chunked" if chunked else "dense"
        self.model = model
        model.set_attn_implementation(CHUNKED if chunked else "sdpa")

    def forward(self, blocks: Blocks, inner: Tensor, text: bool = False) -> tuple[Tensor, Tensor]:
        """Logits of all used regions' proposals, and of the text's own next tokens.

        Args:
            blocks: text and anchors.
            inner: tokens of the regions, int64, broadcast to [B, N, k-1].
            text: whether the second are wanted.

        Returns:
            [R, K, V], and [M, V] at the M places `blocks.written`; M is 0 without `text`.
        """
        inputs: dict[str, Any] = {
            "input_ids": blocks.sequence(inner),
            "position_ids": blocks.position_ids(),
            "use_cache": False,
        }
        if self.attention == "chunked":
            inputs["regions"] = RegionPlan.of(blocks)
        else:
            inputs["attention_mask"] = blocks.dense_mask()
        hidden = self.model.base_model(**inputs).last_hidden_state
        row = blocks.used.nonzero()[:, 0]
        head = self.model.get_output_embeddings()
        written = hidden[:, : blocks.text_length][blocks.written & text]
        return head(hidden[row[:, None], blocks.places()[blocks.used]]), head(written)


def block_loss(student: nn.Module, teacher: nn.Module, blocks: Blocks, objective: Objective) -> BlockLoss:
    """The loss of all regions, by one student pass and one teacher pass.

    Args:
        student: a `BlockLogits`, or a wrapper around one.
        teacher: the same for the frozen teacher.
        blocks: text and anchors.
        objective: settings.
    """
    masks = torch.tensor(mask_tokens(objective.mask_token_ids, blocks.k - 1), device=blocks.ids.device)
    logits, next_logits = student(blocks, masks, objective.text_weight > 0)
    logits = logits.float()
    proposals, confidence = greedy(logits.detach(), objective.mask_token_ids)
    read = blocks.continuations.clone()
    if not objective.on_text:
        read[blocks.used] = proposals
    with torch.no_grad():
        taught, next_taught = teacher(
            blocks, read[:, :, :-1], objective.text_weight > 0 and not objective.text_gold
        )
        taught = taught.float()
    answers, _ = greedy(taught, objective.mask_token_ids)
    targets, valid, live = settle(read[blocks.used], answers, objective.end_token_ids)
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)
    if objective.soft:
        losses = torch.where(live, -(taught.softmax(-1) * logits.log_softmax(-1)).sum(-1), losses)
    loss = (losses * valid).sum() / valid.sum().clamp(min=1)
    if objective.text_weight > 0:
        next_targets = (
            blocks.following[blocks.written]
            if objective.text_gold
            else greedy(next_taught.float(), objective.mask_token_ids)[0]
        )
        loss = loss + objective.text_weight * F.cross_entropy(next_logits.float(), next_targets)
    return BlockLoss(loss, proposals, targets, confidence, valid, live)


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
    logits, next_logits = student(blocks, masks, True)
    read = blocks.continuations[blocks.used]
    targets, valid, _ = settle(read, read, objective.end_token_ids)
    next_loss = F.cross_entropy(next_logits.float(), blocks.following[blocks.written])
    return next_loss + block_weight * F.cross_entropy(logits[valid].float(), targets[valid]), next_loss


def greedy(logits: Tensor, forbidden: Sequence[int]) -> tuple[Tensor, Tensor]:
    """The likeliest tokens and their probability if some tokens are forbidden: [..., V] to two of [...]."""
    allowed = logits.index_fill(-1, torch.tensor(forbidden, device=logits.device), float("-inf"))
    best = allowed.max(dim=-1)
    return best.indices, (best.values - allowed.logsumexp(dim=-1)).exp()


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


def reference_loss(
    student: PreTrainedModel, teacher: PreTrainedModel, blocks: Blocks, objective: Objective
) -> BlockLoss:
    """The same as `block_loss`, one anchor at a time on plain sequences without regions."""
    rows: list[list[list[Any]]] = [[], [], [], [], []]
    losses: list[Tensor] = []
    for row, region in blocks.used.nonzero().tolist():
        text = blocks.ids[row, : int(blocks.anchors[row, region]) + 1].tolist()
        masks = list(mask_tokens(objective.mask_token_ids, blocks.k - 1))
        logits = _last_logits(student, text + masks, blocks.k)
        proposals, confidence = greedy(logits.detach(), objective.mask_token_ids)
        read = (blocks.continuations[row, region] if objective.on_text else proposals).tolist()
        with torch.no_grad():
            taught = _last_logits(teacher, text + read[:-1], blocks.k)
        answers, _ = greedy(taught, objective.mask_token_ids)
        targets, valid, live = _settle_one(read, answers.tolist(), objective.end_token_ids)
        for place in range(blocks.k):
            log_p = logits[place].log_softmax(-1)
            if objective.soft and live[place]:
                losses.append(-(taught[place].softmax(-1) * log_p).sum())
            elif valid[place]:
                losses.append(-log_p[targets[place]])
        found: list[list[Any]] = [proposals.tolist(), targets, confidence.tolist(), valid, live]
        for into, values in zip(rows, found, strict=True):
            into.append(values)
    loss = torch.stack(losses).mean()
    if objective.text_weight > 0:
        loss = loss + objective.text_weight * _reference_text_loss(student, teacher, blocks, objective)
    return BlockLoss(loss, *(torch.tensor(values) for values in rows))


def _reference_text_loss(
    student: PreTrainedModel, teacher: PreTrainedModel, blocks: Blocks, objective: Objective
) -> Tensor:
    losses = []
    for row, place in blocks.written.nonzero().tolist():
        text = blocks.ids[row, : place + 1].tolist()
        target, _ = greedy(_last_logits(teacher, text, 1), objective.mask_token_ids)
        if objective.text_gold:
            target = blocks.following[row, place : place + 1]
        losses.append(F.cross_entropy(_last_logits(student, text, 1), target))
    return torch.stack(losses).mean()


def _last_logits(model: PreTrainedModel, tokens: list[int], count: int) -> Tensor:
    """Float logits at the last ``count`` tokens of one plain sequence, [count, V]."""
    logits: Tensor = model(input_ids=torch.tensor([tokens], device=model.device), use_cache=False).logits
    return logits[0, -count:].float()


def _settle_one(
    read: list[int], answers: list[int], end_token_ids: Sequence[int]
) -> tuple[list[int], list[bool], list[bool]]:
    """`settle` for one region."""
    targets, valid, live = [], [], []
    end: int | None = None
    lost = False
    for token, answer in zip(read, answers, strict=True):
        over = end is not None or lost
        targets.append(end if end is not None else answer)
        valid.append(not lost)
        live.append(not over)
        if not over and answer in end_token_ids:
            end = answer
        elif not over and token in end_token_ids:
            lost = True
    return targets, valid, live
