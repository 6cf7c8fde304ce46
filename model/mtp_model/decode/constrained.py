"""Blocks under a grammar: what a pass wrote is cut, mended and continued on the host.

The whole run that a pass proposes is checked at once. At the first token that the grammar refuses, the pass's
own logits, masked, say what stands there instead; and tokens that are the only ones possible follow without a
forward pass. With `Verified` the mended token is exactly what single-token decoding under the same grammar
writes.

Sampled tokens follow the model's distribution restricted to what the grammar allows, then tempered and
filtered. A draw is the largest of score + noise, and the noise depends on position and token alone: so an
allowed token that was drawn from all tokens is also the draw from the allowed ones, and only a refused one is
drawn again. With top_k, top_p or min_p that does not hold, because what they leave out depends on what the
grammar does; then each sampled token is drawn again behind the grammar, and the run ends at the first that
becomes another one. Where the bounds of JSON or the tokens that are left refuse that one too, the next token
of the way to the end is written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch.nn.functional import pad

from mtp_model.decode.rows import Row
from mtp_model.decode.sampling import SamplingRules, choose
from mtp_model.decode.step import Rows
from mtp_model.grammar import Constraint

__all__ = ["Mended", "mend", "put_back"]


@dataclass(frozen=True, slots=True)
class Mended:
    """What becomes of a pass's tokens.

    Attributes:
        tokens: What is written.
        confidences: The model's probabilities; 1 for tokens that needed no model.
        accepted: How many of the tokens the pass itself committed to the cache.
        changed: Whether this differs from what the pass wrote.
        forced: How many tokens at the end needed no model.
        mended: Log-probability of the token in front of them if it takes a refused one's place, else None.
        steered: Whether that token is one of the way to the end.
        bound: For each token whether the grammar says what it may be: no stop string is looked for there.
    """

    tokens: list[int]
    confidences: list[float]
    accepted: int
    changed: bool
    forced: int = 0
    mended: float | None = None
    steered: bool = False
    bound: list[bool] = field(default_factory=list)


def mend(
    row: Row,
    constraint: Constraint,
    tokens: list[int],
    confidences: list[float],
    accepted: int,
    logits: torch.Tensor | None,
    sampling: SamplingRules | None,
    most_forced: int | None,
) -> Mended:
    """Hold a pass's tokens to the row's grammar, and move the grammar on.

    Args:
        row: The row, as before the pass.
        constraint: Its grammar's state.
        tokens: What the pass wrote.
        confidences: Their probabilities.
        accepted: How many of them are in the cache already (`Verified`'s drafts).
        logits: The pass's logits for the row, float32 [P, V]; None where they are gone: then nothing takes a
            refused token's place, which the next pass will see again.
        sampling: The row's rules, one row; None for greedy decoding.
        most_forced: Forced tokens to add at most; None for all.
    """
    count = constraint.valid(tokens)
    if sampling is not None and logits is not None and row.request.options.filters:
        drawn = min(count, accepted + 1 if row.request.lossless else 1)
        count = _same(row, constraint, tokens[:drawn], logits, sampling, count)
    kept, sure = tokens[:count], confidences[:count]
    mended, steered = None, False
    bound = constraint.take(kept)
    if logits is not None and count < len(tokens) and (count == 0 or row.request.lossless):
        token, mended, steered = _allowed_token(row, constraint, logits[count], sampling, count)
        bound += constraint.take([token], steered=steered)
        kept, sure = [*kept, token], [*sure, math.exp(mended)]
    forced: list[int] = []
    while following := constraint.forced()[: None if most_forced is None else most_forced - len(forced)]:
        bound += constraint.take(following)
        forced += following
    return Mended(
        tokens=[*kept, *forced],
        confidences=[*sure, *(1.0 for _ in forced)],
        accepted=min(accepted, count),
        changed=bool(forced) or kept != tokens,
        forced=len(forced),
        mended=mended,
        steered=steered,
        bound=bound,
    )


def put_back(state: Rows, place: int, length: int, pending: list[int]) -> Rows:
    """Tell the device what a row's next block begins with, and that it has no drafts.

    Args:
        state: After the pass; its tensors are written to.
        place: The row.
        length: Committed tokens.
        pending: Tokens that are not in the cache yet.
    """
    lead = pad(state.lead, (0, max(0, len(pending) - state.lead.shape[1])))
    lead[place, : len(pending)] = torch.tensor(pending, device=lead.device)
    state.lengths[place], state.pending[place], state.drafts[place] = length, len(pending), 0
    return Rows(state.lengths, state.pending, state.drafts, lead)


def _same(
    row: Row,
    constraint: Constraint,
    drawn: list[int],
    logits: torch.Tensor,
    sampling: SamplingRules,
    count: int,
) -> int:
    """The place of the first sampled token that is another one behind the grammar; `count` without any."""
    for place, (token, mask) in enumerate(zip(drawn, constraint.allowed_along(drawn), strict=True)):
        if mask is not None and _choice(row, mask, logits[place], sampling, place) != token:
            return place
    return count


def _allowed_token(
    row: Row, constraint: Constraint, logits: torch.Tensor, sampling: SamplingRules | None, place: int
) -> tuple[int, float, bool]:
    """What stands in place of a refused token, its log-probability, and whether it is the way to the end."""
    token = _choice(row, constraint.allowed(), logits, sampling, place)
    steered = constraint.valid([token]) == 0
    if steered:
        token = next(iter(constraint.way_out()), token)
    return token, float(logits[token] - logits.logsumexp(-1)), steered


def _choice(
    row: Row, mask: torch.Tensor | None, logits: torch.Tensor, sampling: SamplingRules | None, place: int
) -> int:
    """The token that is written at a place of a pass, out of the allowed ones."""
    masked = logits if mask is None else logits.masked_fill(~mask.to(logits.device), -torch.inf)
    if sampling is None:
        return int(masked.argmax())
    position = torch.tensor([[row.length + row.pending + place]], device=logits.device)
    return int(choose(masked[None, None], sampling, position))
