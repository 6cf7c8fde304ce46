"""Sampling: seeds, filters, and independence of the batch; distributions are in test_distribution."""

import itertools

import pytest
import torch
from transformers import MinPLogitsWarper, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.sampling import SamplingRules, _filtered, uniform
from tests.decode.tiny import MASK, checkpoint

ONE = checkpoint("qwen3", words=6, sharpness=2.5, seed=1, stop=())
DECODER = Decoder(ONE)
POLICIES: list[DecodingPolicy] = [Static(1), Static(3), ConfAdapt(0.4), Verified(8, 0.2)]


def options(seed: int, length: int = 24, **changes: float) -> GenerationOptions:
    return GenerationOptions(max_new_tokens=length, temperature=1.0, seed=seed, **changes)  # type: ignore[arg-type]


def tokens(policy: DecodingPolicy, seed: int, length: int = 24, **changes: float) -> list[int]:
    return DECODER.generate([[5, 6]], policy, options(seed, length, **changes))[0].token_ids


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_seed_fixes_the_text_whatever_else_runs(policy: DecodingPolicy) -> None:
    filters = {"top_p": 0.9, "top_k": 7, "min_p": 0.01}
    alone = [tokens(policy, seed, **filters) for seed in (1, 2)]
    assert alone[0] == tokens(policy, 1, **filters) != alone[1]
    mixed = DECODER.generate(
        [[9], [5, 6], [1, 2, 3], [5, 6]],
        [Static(1), policy, Verified(4, 0.0), policy],
        [
            GenerationOptions(max_new_tokens=9),
            options(1, **filters),
            options(1, 30),
            options(2, **filters),
        ],
    )
    assert [mixed[1].token_ids, mixed[3].token_ids] == alone


def test_without_a_seed_texts_differ() -> None:
    drawn = GenerationOptions(max_new_tokens=24, temperature=1.5)
    texts = {tuple(DECODER.generate([[5, 6]], Static(1), drawn)[0].token_ids) for _ in range(3)}
    assert len(texts) > 1


@pytest.mark.parametrize("seed", range(6))
def test_verified_samples_the_text_of_static_1_at_the_same_seed(seed: int) -> None:
    """Stronger than equal distributions: noise belongs to positions, so it meets the same probabilities."""
    for filters in ({}, {"top_p": 0.8}, {"top_k": 3}, {"min_p": 0.1}):
        assert tokens(Verified(8, 0.1), seed, **filters) == tokens(Static(1), seed, **filters)


def test_filters_equal_those_of_transformers() -> None:
    logits = torch.randn(4, 3, 50, generator=torch.Generator().manual_seed(0)) * 3
    shares = (1.0, 0.9, 0.3, 1e-6)
    for temperature, top_k, top_p, min_p in itertools.product((0.5, 1.3), (0, 1, 7, 60), shares, (0, 0.2, 1)):
        rules = SamplingRules(
            *(torch.full((4,), value) for value in (temperature, top_p)),
            torch.full((4,), top_k),
            torch.full((4,), float(min_p)),
            torch.arange(4),
            top_k,
            top_p < 1,
            min_p > 0,
            True,
        )
        flat = TemperatureLogitsWarper(temperature)(None, logits.view(12, 50))
        if top_k:
            flat = TopKLogitsWarper(top_k)(None, flat)
        if top_p < 1:
            flat = TopPLogitsWarper(top_p)(None, flat)
        if min_p:
            flat = MinPLogitsWarper(min_p)(None, flat)
        ours = _filtered(logits / temperature, rules)
        assert torch.equal(ours.isinf(), flat.view(4, 3, 50).isinf())


def test_noise_is_uniform_and_independent_of_its_neighbours() -> None:
    seed, position = torch.arange(8)[:, None, None], torch.arange(50)[:, None]
    noise = uniform(seed, position, torch.arange(100))
    assert noise.min() > 0 and noise.max() < 1
    # 40,000 numbers: means within 5 standard errors (false alarm below 1e-5), neighbours uncorrelated.
    assert abs(noise.mean() - 0.5) < 5 * (1 / 12 / noise.numel()) ** 0.5
    for axis in range(3):
        pair = torch.stack(
            [noise.narrow(axis, 0, noise.shape[axis] - 1), noise.narrow(axis, 1, noise.shape[axis] - 1)]
        )
        correlation = torch.corrcoef(pair.flatten(1))[0, 1]
        assert abs(correlation) < 5 / pair[0].numel() ** 0.5


def test_confadapt_goes_on_only_behind_the_most_likely_token() -> None:
    """Masks propose what follows the most likely token; behind another sampled token they would be wrong."""
    stream = DECODER.stream([5, 6], ConfAdapt(0.01, 8), options(3, 60))
    prefix = [5, 6]
    for event in stream:
        with torch.no_grad():
            logits = ONE.model(input_ids=torch.tensor([prefix])).logits[0, -1]
        logits[MASK] = -torch.inf
        if event.token_ids[0] != int(logits.argmax()):
            assert event.block_size == 1
        prefix += event.token_ids
    assert max(stream.stats.block_sizes) > 1
