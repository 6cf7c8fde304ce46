"""One pass of the device loop: the step of every policy, and the row's end, without the host.

`block_step` writes the tokens; here stop tokens and budgets end rows, and what the host wants to know goes
into one tensor that it reads later. All shapes are fixed, all results go where the arguments are, and nothing
depends on a value: on CUDA this function is what a graph holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from mtp_model.decode.step import Forward, Rows, Rules, block_step
from mtp_model.layout import width

__all__ = ["HEADER", "DeviceRows", "device_step", "entry_size"]

HEADER = 3
"""Numbers of an entry before its tokens: tokens written, pending and drafts behind the pass."""


def entry_size(k: int) -> int:
    """Numbers that a pass tells of a row: the header, K tokens and the bits of their K confidences."""
    return HEADER + 2 * k


@dataclass(frozen=True, slots=True)
class DeviceRows:
    """The tensors of a pass, views of fixed memory. A place without a row is one that is done.

    Attributes:
        rows: Between passes; `lead` is [B, K].
        rules: Policies; K-1 masks.
        proposals: P: K, or 2K-1 where some row is lossless.
        limits: [B] int64, tokens of prompt and text together at which a row's budget is used up.
        stops: [B, S] int64, ids that end the text; -1 where there are fewer.
        done: [B] bool, rows whose text has ended. They compute the same block again and write no token.
        entry: [B, 3 + 2K] int32, what the pass tells the host: see `entry_size`.
    """

    rows: Rows
    rules: Rules
    proposals: int
    limits: torch.Tensor
    stops: torch.Tensor
    done: torch.Tensor
    entry: torch.Tensor


def device_step(forward: Forward, at: DeviceRows) -> None:
    """Advance all rows by one pass, in place.

    Args:
        forward: The model with its cache; see `mtp_model.decode.step`.
        at: State, rules, and where the outcome goes.
    """
    rows, k = at.rows, at.rows.lead.shape[1]
    left = at.limits - rows.lengths - rows.pending
    after, written = block_step(forward, rows, at.rules, width(k), at.proposals)

    tokens, confidence, place = (
        written.tokens[:, :k],
        written.confidence[:, :k],
        torch.arange(k, device=left.device),
    )
    counted = place < torch.minimum(written.count, left)[:, None]
    stopped = (tokens[..., None] == at.stops[:, None]).any(-1)
    broken = ~confidence.isfinite() & (place < written.count[:, None])  # NaN: the host tells the caller
    over = at.done | (written.count >= left) | ((stopped & counted) | broken).any(-1)

    count = written.count.where(~at.done, 0)
    header = torch.stack([count, after.pending, after.drafts], 1)
    at.entry.copy_(torch.cat([header.int(), tokens.int(), confidence.view(torch.int32)], 1))
    rows.lengths.copy_(rows.lengths.where(at.done, after.lengths))
    rows.pending.copy_(rows.pending.where(at.done, after.pending))
    rows.drafts.copy_(rows.drafts.where(at.done, after.drafts))
    rows.lead.copy_(rows.lead.where(at.done[:, None], after.lead))
    at.done.copy_(over)
