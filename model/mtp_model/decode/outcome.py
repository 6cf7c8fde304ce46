"""From a pass to its rows: read what it wrote, hold it to the rows' grammars, and tell each row."""

from __future__ import annotations

import math
from time import perf_counter

import torch

from mtp_model.decode.constrained import mend, put_back
from mtp_model.decode.events import PassEvent, TokenLogprob
from mtp_model.decode.logprobs import after_mending, pack, unpack
from mtp_model.decode.pace import Pace
from mtp_model.decode.rows import Row
from mtp_model.decode.step import Rows, Rules, Written

__all__ = ["forced_room", "take"]


def take(
    rows: list[Row],
    written: Written,
    state: Rows,
    rules: Rules,
    logits: torch.Tensor,
    begin: float,
    *,
    fixed_width: bool,
    pace: Pace | None,
) -> tuple[Rows, list[PassEvent | None]]:
    """Read a pass's outcome, the only transfer from the device, and hand it to the rows.

    Args:
        rows: Those of the pass.
        written: What it wrote.
        state: Behind it; a grammar writes to its tensors.
        rules: Policies.
        logits: Of the pass, float32 [B, P, V].
        begin: When it began, on the clock of `perf_counter`.
        fixed_width: Whether a block takes no more than k tokens.
        pace: Learns what was accepted, if some row leaves k open.

    Returns:
        The state, which a grammar may have changed, and what each row wrote; None for NaN.
    """
    numbers = torch.cat(
        [
            written.count[:, None],
            state.drafts[:, None],
            state.pending[:, None],
            written.tokens,
            written.confidence.view(torch.int32).long(),
        ],
        dim=1,
    )
    numbers, asked = _on_host(numbers, pack(rows, logits, written.tokens))
    proposals = written.tokens.shape[1]
    every_token = numbers[:, 3 : 3 + proposals].tolist()
    every_confidence = numbers[:, 3 + proposals :].int().view(torch.float32).tolist()
    every_logprob: list[list[TokenLogprob] | None] = [None] * len(rows)
    if asked is not None:
        every_logprob = unpack(rows, asked, every_token, logits.shape[-1])
    events: list[PassEvent | None] = []
    for place, (row, (count, drafts, pending)) in enumerate(zip(rows, numbers[:, :3].tolist(), strict=True)):
        tokens, sure, accepted = every_token[place][:count], every_confidence[place][:count], count - pending
        if not all(math.isfinite(value) for value in sure):
            row.failed = True
            events.append(None)
            continue
        extra, logprobs = count - 1, every_logprob[place]
        logprobs = None if logprobs is None else logprobs[:count]
        asked_at, bound = perf_counter(), None
        if row.constraint is not None:
            sampled = row.request.options.temperature > 0
            sampling = rules.sampling.row(place) if rules.sampling and sampled else None
            room = forced_room(row, len(tokens), fixed_width)
            mended = mend(row, row.constraint, tokens, sure, accepted, logits[place], sampling, room)
            row.stats.steered += mended.steered
            bound = mended.bound
            if mended.changed:
                logprobs = None if logprobs is None else after_mending(logprobs, mended)
                tokens, sure, accepted, drafts = mended.tokens, mended.confidences, mended.accepted, 0
                extra = max(0, len(tokens) - mended.forced - 1)
                state = put_back(state, place, row.length + row.pending + accepted, tokens[accepted:])
        if pace is not None:
            pace.observe(row, extra)
        now = perf_counter()
        grammar = now - asked_at if row.constraint is not None else 0.0
        events.append(row.advance(tokens, sure, accepted, drafts, now - begin, logprobs, grammar, bound))
    return state, events


def forced_room(row: Row, written: int, fixed_width: bool) -> int | None:
    """How many forced tokens may follow what a pass wrote; None: any number.

    `Static` writes what the model writes, so that it stays the baseline; a block of fixed width takes k.
    """
    if row.request.threshold == 0 and not row.request.lossless:
        return 0
    return max(0, row.k - written) if fixed_width else None


def _on_host(numbers: torch.Tensor, more: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Both tensors on the host, by one transfer; the second is flat and often absent."""
    if more is None:
        return numbers.cpu(), None
    both = torch.cat([numbers.flatten(), more]).cpu()
    return both[: numbers.numel()].view(numbers.shape), both[numbers.numel() :]
