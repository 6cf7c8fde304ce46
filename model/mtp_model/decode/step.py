"""The heart: one forward pass over a block, tensors in, tensors out (see `mtp_model.layout` for the block).

No value of a tensor reaches the host in here. Letters: B rows, W columns of the block, P proposals,
K the largest k of the batch, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.functional import pad

from mtp_model.decode.sampling import SamplingRules, choose, most_likely, probability

__all__ = ["Forward", "Rows", "Rules", "Written", "block_step"]

Forward = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""(block [B, W], positions [B, W], first proposal column [B]) -> logits [B, P, V] float32."""


@dataclass(frozen=True, slots=True)
class Rows:
    """State of the rows between passes, int64.

    Attributes:
        lengths: [B] committed tokens in the cache.
        pending: [B] tokens emitted but not yet in the cache (a of the layout, at least 1).
        drafts: [B] proposals to check in the next pass (`Verified` only; then pending is 1).
        lead: [B, L] the pending tokens, then the drafts, then anything.
    """

    lengths: torch.Tensor
    pending: torch.Tensor
    drafts: torch.Tensor
    lead: torch.Tensor


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows' policies and options ask for.

    Attributes:
        k: [B] int64, most tokens per pass.
        threshold: [B] float32; 0 for `Static`, which takes every proposal.
        lossless: [B] bool, true for `Verified`.
        masks: [K-1] int64, the mask token at each distance (one id repeated, or one per position).
        banned: int64, ids that are never emitted: all mask tokens.
        sampling: None if every row is greedy.
    """

    k: torch.Tensor
    threshold: torch.Tensor
    lossless: torch.Tensor
    masks: torch.Tensor
    banned: torch.Tensor
    sampling: SamplingRules | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a pass wrote: the first `count` [B] of `tokens` [B, P] with their probabilities [B, P]."""

    tokens: torch.Tensor
    count: torch.Tensor
    confidence: torch.Tensor


def block_step(
    forward: Forward, rows: Rows, rules: Rules, width: int, proposals: int
) -> tuple[Rows, Written]:
    """Feed [pending | drafts | masks], take the proposals that the policies accept, prepare the next block.

    Args:
        forward: The model with its cache.
        rows: State before the pass.
        rules: Policies.
        width: Columns to feed, W >= pending + drafts + k - 1 of every row.
        proposals: Columns to read, P >= drafts + k of every row.
    """
    column = torch.arange(width, device=rows.lead.device)
    known = (rows.pending + rows.drafts)[:, None]
    lead = pad(rows.lead, (0, max(0, width - rows.lead.shape[1])))[:, :width]
    masks = rules.masks if len(rules.masks) else rows.lead.new_zeros(1)  # k = 1 feeds none
    block = lead.where(column < known, masks[(column - known).clamp(0, len(masks) - 1)])

    logits = forward(block, rows.lengths[:, None] + column, rows.pending - 1)  # [B, P, V]
    logits.index_fill_(-1, rules.banned, -torch.inf)
    likely, normalizer = most_likely(logits)
    place = column[:proposals]
    tokens = likely
    if rules.sampling is not None:
        first = place if rules.sampling.all_columns else place[:1]
        position = (rows.lengths + rows.pending)[:, None] + first
        sampled = choose(logits[:, : len(first)], rules.sampling, position)
        exact = (first <= rows.drafts[:, None]) & (rules.sampling.temperature > 0)[:, None]
        tokens = torch.cat([sampled.where(exact, likely[:, : len(first)]), likely[:, len(first) :]], 1)
    confidence = probability(logits, normalizer, tokens)

    # Verified: a draft stands if it is what the model itself writes there. Sampled, that is exact rejection
    # sampling (see `mtp_model.config.Verified`): a draft x is a point mass, the sample y equals it with
    # probability p(x), and any other y follows the residual, p without x.
    accepted = _run((tokens[:, :-1] == block[:, 1:proposals]) & (place[:-1] < rows.drafts[:, None]))
    # Beyond the checked tokens: proposals on masks, while confident and made for the text that was written.
    ahead = (accepted[:, None] + 1 + place[: len(rules.masks)]).clamp(max=proposals - 1)
    sure = confidence.gather(1, ahead) >= rules.threshold[:, None]
    wanted = (place[: len(rules.masks)] < (rules.k - 1)[:, None]) & (accepted == rows.drafts)[:, None]
    if rules.sampling is not None:
        expected = (tokens == likely).gather(1, accepted[:, None])
        wanted &= expected | (rules.threshold == 0)[:, None]
    extra = _run(sure & wanted)

    count = accepted + 1 + extra.where(~rules.lossless, 0)
    follow = (accepted[:, None] + place[: len(rules.masks) + 1]).clamp(max=proposals - 1)
    after = Rows(
        lengths=rows.lengths + rows.pending + accepted,
        pending=count.where(~rules.lossless, 1),
        drafts=extra.where(rules.lossless, 0),
        lead=tokens.gather(1, follow),
    )
    return after, Written(tokens, count, confidence)


def _run(flags: torch.Tensor) -> torch.Tensor:
    """Length of the leading run of true values: [B, N] bool -> [B] int64."""
    return flags.long().cumprod(1).sum(1)
