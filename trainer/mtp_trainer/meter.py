"""How well student and teacher agree, averaged between two lines of the metrics file."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .metrics import MetricValue
from .objective import BlockLoss


def agreeing_run(agree: Tensor, confidence: Tensor, threshold: float) -> Tensor:
    """Tokens per block that agree and are confident, from the first on; the first always counts.

    Behind a first token that disagrees or is unsure nothing counts, though ConfAdapt may go on there.

    Args:
        agree: bool [R, K].
        confidence: float32 [R, K].
        threshold: confidence from which a token counts; 0: agreement alone.

    Returns:
        int64 [R], 1 to K.
    """
    run = (agree & (confidence >= threshold)).int().cumprod(dim=1).sum(dim=1)
    return run.clamp(min=1)


class BlockMeter:
    """Adds up block losses.

    Places behind an end token are left out of everything but the loss: they are trivial and would flatter.
    Blocks that go on from the student's own have a figure of their own, so that the others can be compared
    between runs with and without a roll-out.
    """

    def __init__(self, k_max: int, threshold: float) -> None:
        """Make an empty meter for blocks of up to ``k_max`` tokens and runs at this confidence."""
        self.threshold = threshold
        self._agreed = torch.zeros(k_max)
        self._placed = torch.zeros(k_max)
        self._reset()

    def _reset(self) -> None:
        self._agreed.zero_()
        self._placed.zero_()
        self._loss = self._run = self._agreeing = 0.0
        self._continued_agreed = self._continued_placed = 0
        self._regions = 0
        self._steps = 0.0
        self._text_loss = self._text_steps = 0.0

    def add_text(self, loss: Tensor, share: float = 1.0) -> None:
        """Count the loss of a step on text alone, or of a part of one; its parts' shares add up to 1."""
        self._text_loss += float(loss.detach())
        self._text_steps += share

    def add(self, result: BlockLoss, share: float = 1.0) -> None:
        """Count the regions of a step, or of a part of one; its parts' shares add up to 1."""
        agree = (result.proposals == result.targets) & result.live
        self._continued_agreed += int(agree[result.continued].sum())
        self._continued_placed += int(result.live[result.continued].sum())
        first = ~result.continued
        agree, live, confidence = agree[first], result.live[first], result.confidence[first]
        depth = agree.shape[1]
        self._agreed[:depth] += agree.sum(dim=0).cpu()
        self._placed[:depth] += live.sum(dim=0).cpu()
        self._run += float(agreeing_run(agree, confidence, self.threshold).sum())
        self._agreeing += float(agreeing_run(agree, confidence, 0.0).sum())
        self._regions += agree.shape[0]
        self._loss += float(result.loss.detach())
        self._steps += share

    def values(self, total: Callable[[Tensor], Tensor] | None = None) -> dict[str, MetricValue]:
        """Means since the last call.

        Args:
            total: adds up a tensor over processes that each counted their part; None: this one counted all.

        Returns:
            loss; agreement (share of places where the student's token is the teacher's) and
            agreement_by_depth (a list, first place first); expected_run (tokens per block that are confident
            and agree, from the first on) and agreeing_run (the same without the confidence); with a roll-out
            also rollout_agreement, that of the blocks behind the first; with steps on text alone text_loss.
        """
        if total is not None:
            self._add_up(total)
        by_depth = (self._agreed / self._placed.clamp(min=1)).tolist()
        regions = max(1, self._regions)
        values: dict[str, MetricValue] = {
            "loss": self._loss / max(1.0, self._steps),
            "agreement": float(self._agreed.sum() / self._placed.sum().clamp(min=1)),
            "expected_run": self._run / regions,
            "agreeing_run": self._agreeing / regions,
            "regions": self._regions,
            "agreement_by_depth": by_depth,
        }
        if self._continued_placed:
            values["rollout_agreement"] = self._continued_agreed / self._continued_placed
        if self._text_steps:
            values["text_loss"] = self._text_loss / self._text_steps
        self._reset()
        return values

    def _add_up(self, total: Callable[[Tensor], Tensor]) -> None:
        text = [self._text_loss, self._text_steps]
        counts = torch.tensor([self._loss, self._run, self._agreeing, self._regions, self._steps, *text])
        sums = total(torch.cat([self._agreed, self._placed, counts]))
        depth = len(self._agreed)
        self._agreed, self._placed = sums[:depth].clone(), sums[depth : 2 * depth].clone()
        self._loss, self._run, self._agreeing, regions, self._steps, *text = sums[2 * depth :].tolist()
        self._text_loss, self._text_steps = text
        self._regions = round(regions)
