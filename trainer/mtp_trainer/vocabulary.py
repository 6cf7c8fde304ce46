"""Logits over a large vocabulary, a few places at a time.

At 150,000 tokens the logits of one place take 600 kB, and those of a batch more memory than the model. For
each place of a region the loss needs the student's likeliest token, its probability, and a cross entropy with
its gradient, and none of them needs all places at once. Where all logits fit into one chunk they are computed
once and kept; elsewhere a chunk's are thrown away and computed again in the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

CHUNK = 2**25
"""Logits at a time: 128 MiB in float32."""

Head = Callable[[Tensor], Tensor]


class VocabularyLogits:
    """The logits of P places, of which at most a chunk exists at a time."""

    def __init__(self, hidden: Tensor, head: Head, chunk: int = CHUNK) -> None:
        """Hold what the logits are made of.

        Args:
            hidden: last hidden states, [..., D].
            head: makes logits [n, V] of [n, D].
            chunk: logits at a time at most; a chunk has at least one place.
        """
        self.shape = hidden.shape[:-1]
        self.hidden = hidden.flatten(0, -2)
        self.head = head
        vocabulary = head(self.hidden[:0]).shape[-1]
        self.size = max(1, chunk // vocabulary)
        self.whole = head(self.hidden).float() if len(self.hidden) <= self.size else None

    def greedy(self, forbidden: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The likeliest tokens but the forbidden, int64 [...], and their probability, float32 [...]."""
        with torch.no_grad():
            if self.whole is not None:
                ids, confidence = greedy(self.whole, forbidden)
            else:
                parts = [greedy(self.head(part).float(), forbidden) for part in self.hidden.split(self.size)]
                ids, confidence = (torch.cat(column) for column in zip(*parts, strict=True))
        return ids.view(self.shape), confidence.view(self.shape)

    def losses(
        self, targets: Tensor, taught: VocabularyLogits | None = None, soft: Tensor | None = None
    ) -> Tensor:
        """Cross entropy of each place, float32 [...], with a gradient to hidden states and head.

        Args:
            targets: tokens, int64 [...].
            taught: logits of the teacher; None: only tokens count.
            soft: places that are held to the teacher's distribution and not to the target, bool [...].
        """
        flat = targets.flatten()
        if self.whole is not None:
            losses = _losses(
                self.whole, flat, taught.part(0, len(flat)) if taught is not None else None, soft
            )
        else:
            parts = []
            for start in range(0, len(flat), self.size):
                end = start + self.size
                own = soft.flatten()[start:end] if soft is not None else None
                arguments = (self, start, end, flat[start:end], taught, own)
                parts.append(
                    checkpoint(_chunk_losses, *arguments, use_reentrant=False, preserve_rng_state=False)
                )
            losses = torch.cat(parts)
        return losses.view(self.shape)

    def part(self, start: int, end: int) -> Tensor:
        """The logits of some places in the order of `hidden`, float32 [end - start, V]."""
        if self.whole is not None:
            return self.whole[start:end]
        return self.head(self.hidden[start:end]).float()


def greedy(logits: Tensor, forbidden: Sequence[int]) -> tuple[Tensor, Tensor]:
    """The likeliest tokens and their probability if some tokens are forbidden: [..., V] to two of [...]."""
    ids = torch.tensor(forbidden, dtype=torch.long, device=logits.device)
    allowed = logits.index_fill(-1, ids, float("-inf"))
    best = allowed.max(dim=-1)
    return best.indices, (best.values - allowed.logsumexp(dim=-1)).exp()


def _chunk_losses(
    logits: VocabularyLogits,
    start: int,
    end: int,
    targets: Tensor,
    taught: VocabularyLogits | None,
    soft: Tensor | None,
) -> Tensor:
    if taught is None:
        return _losses(logits.part(start, end), targets, None, None)
    with torch.no_grad():
        answer = taught.part(start, end)
    return _losses(logits.part(start, end), targets, answer, soft)


def _losses(logits: Tensor, targets: Tensor, taught: Tensor | None, soft: Tensor | None) -> Tensor:
    losses = F.cross_entropy(logits, targets, reduction="none")
    if taught is None or soft is None:
        return losses
    return torch.where(soft.flatten(), -(taught.softmax(-1) * logits.log_softmax(-1)).sum(-1), losses)
