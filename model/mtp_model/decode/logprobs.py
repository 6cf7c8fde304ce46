"""Log-probabilities of a pass's tokens, for the rows that ask for them.

They are gathered on the device and travel to the host with the rest of the pass's outcome, in one transfer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch

from mtp_model.decode.constrained import Mended
from mtp_model.decode.events import TokenLogprob
from mtp_model.decode.rows import Row

__all__ = ["after_mending", "pack", "unpack"]


def pack(rows: Sequence[Row], logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor | None:
    """What the host needs, as bits in int64 on the device; None if no row asks.

    Args:
        rows: All rows of the pass.
        logits: Float32 [B, P, V].
        tokens: What the pass wrote, [B, P].

    Returns:
        For each row that asks and each proposal: the token's log-probability, the most likely tokens, and
        their log-probabilities, [rows * P * (1 + 2N)].
    """
    places = [place for place, row in enumerate(rows) if row.request.options.logprobs is not None]
    if not places:
        return None
    if len(places) < len(rows):
        index = torch.tensor(places, device=logits.device)
        logits, tokens = logits[index], tokens[index]
    normalizer = logits.logsumexp(-1, keepdim=True)
    own = logits.gather(-1, tokens[..., None]) - normalizer
    best, ids = logits.topk(_most(rows, logits.shape[-1]), dim=-1)
    values = torch.cat([own, best - normalizer], dim=-1).view(torch.int32).long()
    return torch.cat([values[..., :1], ids, values[..., 1:]], dim=-1).flatten()


def unpack(
    rows: Sequence[Row], numbers: torch.Tensor, tokens: Sequence[Sequence[int]], vocabulary: int
) -> list[list[TokenLogprob] | None]:
    """What `pack` made, on the host: for each row that asks, an entry for each proposal.

    Args:
        rows: All rows of the pass.
        numbers: Made by `pack`, on the CPU.
        tokens: What the pass wrote, of each row.
        vocabulary: V.
    """
    most = _most(rows, vocabulary)
    table = numbers.view(-1, len(tokens[0]), 1 + 2 * most)
    ids = table[..., 1 : 1 + most].tolist()
    values = torch.cat([table[..., :1], table[..., 1 + most :]], dim=-1).int().view(torch.float32).tolist()
    read: list[list[TokenLogprob] | None] = []
    asking = 0
    for row, written in zip(rows, tokens, strict=True):
        count = row.request.options.logprobs
        if count is None:
            read.append(None)
            continue
        places = zip(written, ids[asking], values[asking], strict=True)
        read.append([_entry(token, own, best[:count], top) for token, best, (own, *top) in places])
        asking += 1
    return read


def after_mending(entries: list[TokenLogprob], mended: Mended) -> list[TokenLogprob]:
    """The entries of what a grammar made of a pass's tokens.

    Args:
        entries: One for each of the pass's proposals.
        mended: What became of them.
    """
    size = len(mended.tokens) - mended.forced
    kept = entries[:size]
    if mended.mended is not None:  # the distribution is the same, another token was taken from it
        kept[-1] = replace(kept[-1], token_id=mended.tokens[size - 1], logprob=mended.mended)
    return [*kept, *(TokenLogprob(token, 0.0, forced=True) for token in mended.tokens[size:])]


def _most(rows: Sequence[Row], vocabulary: int) -> int:
    """The largest number of alternatives that a row asks for."""
    return min(max(row.request.options.logprobs or 0 for row in rows), vocabulary)


def _entry(token: int, own: float, ids: Sequence[int], values: Sequence[float]) -> TokenLogprob:
    pairs = zip(ids, values, strict=False)  # a row may ask for fewer than its neighbour
    # A mask token has no probability; it is among the best only of a tiny vocabulary.
    return TokenLogprob(token, own, tuple((i, value) for i, value in pairs if math.isfinite(value)))
