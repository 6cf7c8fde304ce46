"""Pearson's chi-squared test, and exact next-token distributions to hold samples against."""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

import torch
from transformers import LogitsProcessorList, MinPLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

T = TypeVar("T", bound=Hashable)


def p_value(seen: Counter[T], exact: Mapping[T, float]) -> float:
    """How often a correct sampler would deviate at least so far, over fresh seeds.

    Cells with an expectation below 5 are joined, as the test's approximation wants it. A sample that cannot
    occur gives 0.
    """
    draws = sum(seen.values())
    assert abs(sum(exact.values()) - 1) < 1e-4
    if any(exact.get(cell, 0.0) == 0.0 for cell in seen):
        return 0.0
    common = [cell for cell, p in exact.items() if p * draws >= 5]
    cells = [(seen[cell], exact[cell] * draws) for cell in common]
    rest = draws - sum(expected for _, expected in cells)
    if rest >= 1:
        cells.append((draws - sum(count for count, _ in cells), rest))
    assert len(cells) >= 3, "too few cells to tell anything"
    statistic = sum((count - expected) ** 2 / expected for count, expected in cells)
    halves = torch.tensor([(len(cells) - 1) / 2, statistic / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(*halves))


def warped(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0
) -> torch.Tensor:
    """Probabilities [B, V] of ordinary sampling, by transformers' own filters."""
    filters = LogitsProcessorList()
    if top_k:
        filters.append(TopKLogitsWarper(top_k))
    if top_p < 1:
        filters.append(TopPLogitsWarper(top_p))
    if min_p:
        filters.append(MinPLogitsWarper(min_p))
    ids: torch.Tensor = torch.zeros(0, dtype=torch.long)
    scores: torch.Tensor = filters(ids, logits / temperature)
    return scores.double().softmax(-1)
