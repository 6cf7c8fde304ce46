"""Regions in which the student goes on from its own blocks.

A decoder's second pass reads what the first one emitted, not the text of a conversation. With
``rollout_blocks`` = R each anchor i gets R regions: the first proposes y_1 .. y_k given the text, of which a
are accepted; the second begins with y_1 .. y_a and proposes the next k tokens, and so on. All of them are
then held to the teacher in one pass, each given the tokens that its own region begins with.

A block is accepted as ConfAdapt does it: its first token, then each next one while the student's probability
of it reaches the threshold. These are the contexts in which the served student continues. Whole blocks would
mostly be contexts that no decoder enters, behind tokens that the student itself doubts, and a run on which
the teacher agrees would leave out just those that the student must learn to go on from: behind an error that
it was sure of. It also would need a pass of the teacher between any two of the student's.

Cost: R - 1 more passes of the student without gradient; still one with gradient and one of the teacher.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from .blocks import Blocks
from .vocabulary import Head, VocabularyLogits


@torch.no_grad()
def roll_out(
    student: nn.Module,
    head: Head,
    blocks: Blocks,
    *,
    count: int,
    threshold: float,
    masks: Tensor,
    forbidden: Sequence[int],
    end_token_ids: Sequence[int],
    chunk: int,
) -> Blocks:
    """The same anchors with ``count`` regions each; an anchor whose block ends the turn gets no further one.

    Args:
        student: a `BlockLogits`, or a wrapper around one.
        head: makes logits of its hidden states.
        blocks: text and anchors, without prefixes.
        count: R, at least 1.
        threshold: of acceptance, in (0, 1].
        masks: the mask tokens of a block, int64 [K-1].
        forbidden: tokens that are never proposed.
        end_token_ids: tokens that end a turn.
        chunk: logits at a time at most.
    """
    stages = [blocks]
    for _ in range(count - 1):
        last = stages[-1]
        passed: Any = student(last, masks, False)
        proposals, confidence = VocabularyLogits(passed[0], head, chunk).greedy(forbidden)
        tokens = torch.zeros_like(last.continuations)
        tokens[last.used] = proposals
        counts = torch.ones_like(last.anchors)
        counts[last.used] = accepted(confidence, threshold)
        emitted = torch.arange(last.k, device=tokens.device) < counts[:, :, None]
        ends = torch.isin(tokens, torch.tensor(end_token_ids, device=tokens.device)) & emitted
        stages.append(last.continued(tokens, counts, ~ends.any(dim=2)))
    if count > 1:
        # Autocast keeps the weights that it cast, here without a way back to the parameters: the pass with
        # gradient must cast them again.
        torch.clear_autocast_cache()
    return Blocks.joined(stages) if count > 1 else blocks


def accepted(confidence: Tensor, threshold: float) -> Tensor:
    """Tokens that ConfAdapt emits of each block, [R, K] to int64 [R], 1 to K."""
    sure = confidence >= threshold
    sure[:, 0] = True
    return sure.int().cumprod(dim=1).sum(dim=1)
