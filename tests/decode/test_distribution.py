"""`Verified` with temperature is ordinary sampling from the student: texts against their exact probabilities.

A tiny random model with eleven words lets every text of three tokens be enumerated. Seeds are fixed, so no
test flickers. Over fresh seeds a correct sampler would fail one comparison with probability `ALARM` = 1e-6;
there are three for each of the twelve cases, so all of them together alarm falsely with less than 4e-5.
"""

from collections import Counter
from typing import Any

import pytest
import torch

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from tests.decode.tiny import checkpoint
from tests.goodness import p_value, warped

MASK = 11
ONE = checkpoint("qwen3", vocab_size=12, masks=(MASK,), stop=(), sharpness=2.0, seed=3)
DECODER = Decoder(ONE, max_rows=64, prefix_bytes=0)
PROMPT = [5, 6]
DRAWS = 1500
ALARM = 1e-6
WARPINGS: list[dict[str, Any]] = [
    {},
    {"temperature": 1.8},
    {"top_k": 4},
    {"top_p": 0.7},
    {"min_p": 0.2},
    {"temperature": 1.5, "top_k": 7, "top_p": 0.9, "min_p": 0.05},
]

Text = tuple[int, ...]


@torch.no_grad()
def exact(length: int, **warping: Any) -> dict[Text, float]:
    """Probability of every text of so many tokens that single-token sampling can write."""
    texts: dict[Text, float] = {(): 1.0}
    for _ in range(length):
        logits = ONE.model(input_ids=torch.tensor([[*PROMPT, *text] for text in texts])).logits[:, -1]
        logits[:, MASK] = -torch.inf
        chances = warped(logits, **warping).tolist()
        pairs = list(zip(texts.items(), chances, strict=True))
        texts = {(*text, token): p * q for (text, p), row in pairs for token, q in enumerate(row) if q > 0}
    return texts


def part(exact: dict[Text, float], places: slice) -> dict[Text, float]:
    """The distribution of some of the tokens of a text."""
    sums: dict[Text, float] = {}
    for text, p in exact.items():
        sums[text[places]] = sums.get(text[places], 0.0) + p
    return sums


def sample(policy: DecodingPolicy, draws: int = DRAWS, **warping: Any) -> tuple[list[Text], Counter[int]]:
    """Texts of three tokens at the seeds 0, 1, ..., and how many passes they took."""
    options = [
        GenerationOptions(max_new_tokens=3, seed=seed, **{"temperature": 1.0, **warping})
        for seed in range(draws)
    ]
    made = DECODER.generate([PROMPT] * draws, policy, options)
    return [tuple(one.token_ids) for one in made], Counter(one.stats.passes for one in made)


@pytest.mark.parametrize("policy", [Verified(4, 0.0), Verified(8, 0.3)], ids=str)
@pytest.mark.parametrize("warping", WARPINGS, ids=str)
def test_verified_samples_as_single_tokens_do(policy: DecodingPolicy, warping: dict[str, Any]) -> None:
    texts, passes = sample(policy, **warping)
    assert len(passes) >= 2, "drafts are both accepted and refused, or nothing is tested"
    distribution = exact(3, **warping)
    for name, places in (("text", slice(0, 3)), ("pair", slice(1, 3)), ("second", slice(1, 2))):
        seen = Counter(text[places] for text in texts)
        assert p_value(seen, part(distribution, places)) > ALARM, name


def test_the_comparison_tells_wrong_samplers_from_right_ones() -> None:
    """ConfAdapt is approximate, and another temperature is another distribution: both are seen at once."""
    texts, _ = sample(Static(1))
    assert p_value(Counter(texts), exact(3)) > ALARM
    assert p_value(Counter(texts), exact(3, temperature=1.3)) < ALARM
    texts, _ = sample(ConfAdapt(0.3, 4))
    assert p_value(Counter(texts), exact(3)) < ALARM
