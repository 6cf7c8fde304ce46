"""Acceptance by script: a model's logits are rewritten so that each pass accepts what the script says.

Random weights are never sure of anything, so on them every policy would write one token per pass. The engine
itself is not touched: it finds confident proposals in the logits, as it does with a real student, and the
weights do all of their work. Only a few entries of the logits are written, whatever the vocabulary; the
little time for it counts as time outside the model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch

__all__ = ["Script", "script_of_mean"]

_SURE = 1e4
_SHARERS = 16
"""So many tokens share the probability of a proposal that is to be refused: 1/16 each."""


def script_of_mean(mean: float, k_max: int, length: int = 20) -> tuple[int, ...]:
    """Tokens of `length` passes whose mean is `mean`, to 1/length; they swing by a third around it.

    Raises:
        ValueError: Some of them would be below 1 or above `k_max`.
    """
    total = round(mean * length)
    swing = [mean * (1 + math.sin(2.4 * place) / 3) for place in range(length)]
    scale = total / sum(swing)
    steps = [0.0]
    for value in swing:
        steps.append(steps[-1] + value * scale)
    whole = [math.floor(step + 0.5) for step in steps]
    lengths = tuple(after - before for before, after in pairwise(whole))
    if not all(1 <= count <= k_max for count in lengths):
        raise ValueError(f"a mean of {mean} tokens per pass does not go with passes of 1 to {k_max} tokens")
    return lengths


class Script:
    """Rewrites logits so that pass `p` of the row in slot `s` is confident of `lengths[p + s]` tokens.

    Args:
        lengths: Tokens per pass, over and over.
        token: What is written: any ordinary token.
        masks: The student's mask tokens.
    """

    def __init__(self, lengths: Sequence[int], token: int, masks: Sequence[int]) -> None:
        self.lengths = tuple(lengths)
        self._token = token
        self._masks = tuple(masks)
        self._tables: tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None = None

    def restart(self) -> None:
        """The next pass is the script's first."""
        if self._tables is not None:
            with torch.inference_mode():
                self._tables[0].zero_()

    def rewrite(self, logits: torch.Tensor, block: torch.Tensor, first: torch.Tensor | None) -> torch.Tensor:
        """Make proposals sure or unsure, in place.

        All that it reads is on the device, the number of the pass too: it may be part of a captured graph.

        Args:
            logits: [B, P, V] of the proposals.
            block: [B, W] int64, what was fed.
            first: [B] int64, each row's first proposal column; None if the proposals are the last columns.
        """
        rows, proposals, _ = logits.shape
        if proposals == 1:  # plain decoding: nothing to accept
            return logits
        device = logits.device
        passes, lengths, masks = self._tables = self._tables or self._on(device)
        script = lengths[(passes + torch.arange(rows, device=device)) % len(lengths)]
        passes.add_(1)
        mask = (block[..., None] == masks).any(-1)
        known = (~mask).sum(1)  # tokens and drafts: masks are never among them
        begin = block.shape[1] - proposals if first is None else first
        sure = (known - 1 - begin + script)[:, None]
        place = torch.arange(proposals, device=device)
        logits[:, :, self._token] = _SURE
        shared = torch.where(place == sure, _SURE, -_SURE)[..., None]  # the first proposal to be refused
        logits[:, :, self._token + 1 : self._token + _SHARERS] = shared.to(logits.dtype)
        return logits

    def _on(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Number of the pass [1], lengths and masks."""
        numbers = ([0], self.lengths, self._masks)
        passes, lengths, masks = (torch.tensor(each, dtype=torch.int64, device=device) for each in numbers)
        return passes, lengths, masks
