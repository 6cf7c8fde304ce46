"""The distillation loss in its plain form: the oracle of `objective.block_loss`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PreTrainedModel

from mtp_model.layout import mask_tokens

from .blocks import Blocks
from .objective import BlockLoss, Objective
from .vocabulary import greedy


def reference_loss(
    student: PreTrainedModel, teacher: PreTrainedModel, blocks: Blocks, objective: Objective
) -> BlockLoss:
    """The same as `block_loss`, one anchor at a time on plain sequences without regions."""
    rows: list[list[list[Any]]] = [[], [], [], [], []]
    continued: list[bool] = []
    losses: list[Tensor] = []
    masks = list(mask_tokens(objective.mask_token_ids, blocks.k - 1))
    for row, region in blocks.used.nonzero().tolist():
        text = blocks.ids[row, : int(blocks.anchors[row, region]) + 1].tolist()
        for number in range(objective.blocks_per_anchor):
            logits = _last_logits(student, text + masks, blocks.k)
            proposals, confidence = greedy(logits.detach(), objective.mask_token_ids)
            read = (blocks.continuations[row, region] if objective.on_text else proposals).tolist()
            with torch.no_grad():
                taught = _last_logits(teacher, text + read[:-1], blocks.k)
            answers, _ = greedy(taught, objective.mask_token_ids)
            targets, valid, live = _settle_one(read, answers.tolist(), objective.end_token_ids)
            for place in range(blocks.k):
                log_p = logits[place].log_softmax(-1)
                reach = float(confidence[1 : max(1, place)].prod())
                weight = 1 - objective.reach + objective.reach * reach
                if objective.soft and live[place]:
                    losses.append(-weight * (taught[place].softmax(-1) * log_p).sum())
                elif valid[place]:
                    losses.append(-weight * log_p[targets[place]])
            found: list[list[Any]] = [proposals.tolist(), targets, confidence.tolist(), valid, live]
            for into, values in zip(rows, found, strict=True):
                into.append(values)
            continued.append(number > 0)
            emitted = _emitted(proposals.tolist(), confidence.tolist(), objective.threshold)
            text += emitted
            if set(emitted) & set(objective.end_token_ids):
                break
    anchors = int(blocks.used.sum())
    loss = torch.stack(losses).sum() / (anchors * objective.blocks_per_anchor * blocks.k)
    if objective.text_weight > 0:
        loss = loss + objective.text_weight * _reference_text_loss(student, teacher, blocks, objective)
    return BlockLoss(loss, *(torch.tensor(values) for values in [*rows, continued]))


def _emitted(proposals: list[int], confidence: list[float], threshold: float) -> list[int]:
    """What ConfAdapt emits of one block."""
    count = 1
    while count < len(proposals) and confidence[count] >= threshold:
        count += 1
    return proposals[:count]


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
