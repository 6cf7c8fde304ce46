"""Sampled text under a grammar follows the model's distribution over what the grammar allows.

Seeds are fixed; over fresh ones a correct sampler would fail a case with probability 1e-6.
"""

from collections import Counter
from typing import Any

import pytest
import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.grammar import Grammar, GrammarFactory
from tests.goodness import p_value, warped

DRAWS = 400
SCHEMA = {"enum": ["aa", "ab", "ba", "b1", 1, 11, True]}
WARPINGS: list[dict[str, Any]] = [
    {"temperature": 4.0, **filters} for filters in ({}, {"top_k": 3}, {"top_p": 0.8}, {"min_p": 0.3})
]  # cooler, this model is too sure for a test


@torch.no_grad()
def exact(one: Checkpoint, grammar: Grammar, prompt: list[int], warping: Any) -> dict[tuple[int, ...], float]:
    """Probability of every answer: at each token the allowed ones, then temperature and filters."""
    done: dict[tuple[int, ...], float] = {}
    open_texts: dict[tuple[int, ...], float] = {(): 1.0}
    while open_texts:
        text, p = open_texts.popitem()
        constraint = grammar.start()
        constraint.take(text)
        mask = constraint.allowed()
        logits = one.model(input_ids=torch.tensor([[*prompt, *text]])).logits[:, -1]
        logits[:, list(one.mask_token_ids)] = -torch.inf
        if mask is not None:
            logits = logits.masked_fill(~mask, -torch.inf)
        for token, q in enumerate(warped(logits, **warping)[0].tolist()):
            if q > 0 and token in one.stop_token_ids:
                done[text] = p * q
            elif q > 0:
                open_texts[(*text, token)] = p * q
    return done


@pytest.mark.parametrize("policy", [Verified(8, 0.05), Static(1)], ids=str)
@pytest.mark.parametrize("warping", WARPINGS, ids=str)
def test_answers_are_drawn_from_the_allowed_ones(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory, policy: DecodingPolicy, warping: dict[str, Any]
) -> None:
    grammar = factory.json(SCHEMA, reasoning=False)
    prompt = tiny_checkpoint.tokenizer("hi", add_special_tokens=False)["input_ids"]
    texts = drawn(tiny_checkpoint, grammar, prompt, policy, warping)
    assert p_value(Counter(texts), exact(tiny_checkpoint, grammar, prompt, warping)) > 1e-6


@pytest.mark.parametrize("warping", WARPINGS, ids=str)
def test_seeds_give_single_token_texts_whoever_shares_the_batch(
    tiny_checkpoint: Checkpoint, factory: GrammarFactory, warping: dict[str, Any]
) -> None:
    grammar = factory.json({"type": "string", "maxLength": 6}, reasoning=False)
    prompt = tiny_checkpoint.tokenizer("hi", add_special_tokens=False)["input_ids"]
    plain, lossless = (
        drawn(tiny_checkpoint, grammar, prompt, policy, warping, 40)
        for policy in (Static(1), Verified(8, 0.05))
    )
    assert lossless == plain
    assert len(set(plain)) > 10


def drawn(
    one: Checkpoint,
    grammar: Grammar,
    prompt: list[int],
    policy: DecodingPolicy,
    warping: dict[str, Any],
    draws: int = DRAWS,
) -> list[tuple[int, ...]]:
    """Answers at the seeds 0, 1, ..., in batches that others share."""
    decoder, texts = Decoder(one), []
    for first in range(0, draws, 40):
        session = decoder.session()
        session.add(decoder.request(prompt, ConfAdapt(0.3), GenerationOptions(max_new_tokens=9)))
        rows = []
        for seed in range(first, first + 40):
            options = GenerationOptions(max_new_tokens=30, seed=seed, **warping)
            rows.append(session.add(decoder.request(prompt, policy, options, grammar))[0])
        while session.rows:
            session.step()
        texts += [tuple(row.generation().token_ids) for row in rows]
        assert all(row.finish_reason == "stop" for row in rows)
    return texts
