"""Choosing tokens from logits: greedily, or at random with counter-based seeds.

The noise of a token depends only on the request's seed, the position in the sequence and the token's id. So a
text depends neither on the rest of the batch nor on how many tokens a pass writes: at one seed `Verified`
gives the same sampled text as `Static(1)`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

__all__ = ["SamplingRules", "choose", "most_likely", "probability", "uniform"]


@dataclass(frozen=True, slots=True)
class SamplingRules:
    """How to sample each row. Tensors have the shape [B].

    Attributes:
        temperature: float32; 0 for greedy rows.
        top_p: float32.
        top_k: int64; 0 for no limit.
        min_p: float32; 0 for no limit.
        seed: int64.
        largest_top_k: Host copy of the largest `top_k` in the batch.
        any_top_p: Whether some row has top_p < 1.
        any_min_p: Whether some row has min_p > 0.
        all_columns: Whether some sampled row checks drafts; else only the first proposal is sampled.
    """

    temperature: torch.Tensor
    top_p: torch.Tensor
    top_k: torch.Tensor
    min_p: torch.Tensor
    seed: torch.Tensor
    largest_top_k: int
    any_top_p: bool
    any_min_p: bool
    all_columns: bool

    def row(self, place: int) -> SamplingRules:
        """The rules of one row."""
        one = slice(place, place + 1)
        return replace(
            self,
            temperature=self.temperature[one],
            top_p=self.top_p[one],
            top_k=self.top_k[one],
            min_p=self.min_p[one],
            seed=self.seed[one],
        )


def most_likely(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Argmax and log-sum-exp over the vocabulary: [B, P, V] -> [B, P] int64, [B, P] float32."""
    return logits.argmax(-1), logits.logsumexp(-1)


def probability(logits: torch.Tensor, normalizer: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Softmax probability of `tokens` [B, P]; for the argmax it is the max-softmax confidence."""
    return (logits.gather(-1, tokens[..., None])[..., 0] - normalizer).exp()


def choose(logits: torch.Tensor, rules: SamplingRules, positions: torch.Tensor) -> torch.Tensor:
    """Sample one token per column, by the Gumbel-max rule over the tempered and filtered distribution.

    Args:
        logits: [B, P, V] float32.
        rules: Per row.
        positions: [B, P] int64: where in its sequence each token will stand.

    Returns:
        [B, P] int64. Meaningless for rows with temperature 0.
    """
    temperature = rules.temperature.clamp(min=1e-4)[:, None, None]
    kept = _filtered(logits / temperature, rules)
    vocabulary = torch.arange(logits.shape[-1], device=logits.device)
    noise = uniform(rules.seed[:, None, None], positions[..., None], vocabulary)
    return (kept - (-noise.log()).log()).argmax(-1)


def _filtered(scores: torch.Tensor, rules: SamplingRules) -> torch.Tensor:
    """Set what the filters leave out to -inf: top_k, then top_p on what remains, then min_p."""
    if rules.largest_top_k:
        limit = min(rules.largest_top_k, scores.shape[-1])
        best = scores.topk(limit, dim=-1).values
        kth = (rules.top_k.clamp(1, limit) - 1)[:, None, None].expand(*scores.shape[:2], 1)
        floor = best.gather(-1, kth)
        outside = (scores < floor) & (rules.top_k > 0)[:, None, None]
        scores = scores.masked_fill(outside, -torch.inf)
    if rules.any_top_p:
        ordered, index = scores.softmax(-1).sort(dim=-1, descending=True)
        before = ordered.cumsum(-1) - ordered
        outside = (before >= rules.top_p[:, None, None]) & (rules.top_p < 1)[:, None, None]
        outside[..., 0] = False  # the most likely token always stays
        scores = scores.masked_fill(outside.gather(-1, index.argsort(-1)), -torch.inf)
    if rules.any_min_p:  # p < min_p * max p; the log of 0 leaves nothing out
        floor = scores.amax(-1, keepdim=True) + rules.min_p.log()[:, None, None]
        scores = scores.masked_fill(scores < floor, -torch.inf)
    return scores


def uniform(seed: torch.Tensor, position: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """Hash three broadcast int64 tensors to float64 numbers strictly between 0 and 1."""
    mixed = _mix(_mix(_mix(seed) ^ position) ^ token)
    return (_shift(mixed, 11).double() + 0.5) * 2.0**-53


def _mix(x: torch.Tensor) -> torch.Tensor:
    """The finaliser of SplitMix64; int64 arithmetic wraps around as it should."""
    x = x - 7046029254386353131  # + 0x9E3779B97F4A7C15
    x = (x ^ _shift(x, 30)) * -4658895280553007687  # 0xBF58476D1CE4E5B9
    x = (x ^ _shift(x, 27)) * -7723592293110705685  # 0x94D049BB133111EB
    return x ^ _shift(x, 31)


def _shift(x: torch.Tensor, bits: int) -> torch.Tensor:
    """Logical (unsigned) right shift of int64."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)
