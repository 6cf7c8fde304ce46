"""Every policy against transformers' own generate and against a plain loop without a cache."""

from collections import Counter

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from tests.decode.reference import BUDGET, reference
from tests.decode.strategies import CHECKPOINTS, DECODERS, policies, prompts
from tests.decode.tiny import ARCHITECTURES, END, MASK, checkpoint

stops = st.sampled_from(["none", "first", "third", "last"])


def greedy(one: Checkpoint, prompt: list[int], budget: int) -> list[int]:
    ids = one.model.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        max_new_tokens=budget,
        do_sample=False,
        suppress_tokens=list(one.mask_token_ids) or None,
        eos_token_id=list(one.stop_token_ids),
        pad_token_id=0,
    )
    return [int(token) for token in ids[0, len(prompt) :]]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=5)
@given(prompt=prompts, budget=st.integers(1, 24))
def test_static_1_and_verified_equal_transformers_greedy(
    architecture: str, prompt: list[int], budget: int
) -> None:
    decoder, one = DECODERS[architecture], CHECKPOINTS[architecture]
    expected = greedy(one, prompt, budget)
    assume(reference(one, prompt, Static(1), budget, frozenset({END})).margin > 1e-4)
    for policy in (Static(1), Verified(16, 0.0), Verified(5, 0.4)):
        out = decoder.stream(prompt, policy, GenerationOptions(max_new_tokens=budget))
        tokens = [token for event in out for token in event.token_ids]
        assert tokens + ([END] if out.generation().stop == END else []) == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=14)
@given(prompt=prompts, policy=policies, stop=stops, budget=st.integers(1, BUDGET))
def test_policies_equal_the_plain_loop(
    architecture: str, prompt: list[int], policy: DecodingPolicy, stop: str, budget: int
) -> None:
    one = CHECKPOINTS[architecture]
    free = reference(one, prompt, policy, budget)
    chosen = {"none": [], "first": free.tokens[:1], "third": free.tokens[2:3], "last": free.tokens[-1:]}[stop]
    expected = reference(one, prompt, policy, budget, frozenset({END, *chosen}))
    assume(expected.margin > 1e-4)

    options = GenerationOptions(max_new_tokens=budget, stop_token_ids=tuple(chosen))
    stream = DECODERS[architecture].stream(prompt, policy, options)
    events = list(stream)
    generation = stream.generation()

    text = expected.tokens[:-1] if expected.stopped else expected.tokens
    assert generation.token_ids == text == [t for e in events for t in e.token_ids]
    assert [e.block_size for e in events] == expected.blocks
    assert [c for e in events for c in e.confidences] == pytest.approx(
        expected.confidences[: len(text)], abs=1e-4
    )
    assert generation.finish_reason == ("stop" if expected.stopped else "length") == events[-1].finish_reason
    assert generation.stop == (expected.tokens[-1] if expected.stopped else None) == events[-1].stop
    assert MASK not in generation.token_ids
    stats = generation.stats
    assert (stats.tokens, stats.passes) == (len(expected.tokens), len(expected.blocks))
    assert stats.block_sizes == Counter(expected.blocks)
    assert stats.tokens_per_pass == pytest.approx(stats.tokens / stats.passes)


def test_the_tiny_models_exercise_the_policies() -> None:
    """Random weights give near-uniform confidences; these are scaled so that acceptance varies."""
    for name in CHECKPOINTS:
        confidences: list[float] = []
        blocks = {ConfAdapt(0.5): Counter[int](), Verified(16, 0.2): Counter[int]()}
        for start in range(6):
            for policy, sizes in blocks.items():
                out = DECODERS[name].stream([start, 7, 9], policy, GenerationOptions(max_new_tokens=40))
                for event in out:
                    sizes[event.block_size] += 1
                    confidences += event.confidences
        assert min(confidences) < 0.35 and max(confidences) > 0.95
        for policy, sizes in blocks.items():
            assert len(sizes) >= 3, f"{name}: {policy} wrote blocks of {dict(sizes)}"


@pytest.mark.parametrize("k", [1, 2, 5])
def test_one_mask_token_per_position(k: int) -> None:
    masks = (MASK, 260, 261, 262)
    one = checkpoint("qwen3", masks=masks, words=4, sharpness=5.0, stop=())
    assert one.k_max == 5
    for policy in (Static(k), ConfAdapt(0.5, k), Verified(k, 0.2)):
        expected = reference(one, [1, 2, 3], policy)
        generation = Decoder(one).generate([[1, 2, 3]], policy, GenerationOptions(max_new_tokens=BUDGET))[0]
        assert generation.token_ids == expected.tokens
        assert not set(masks) & set(generation.token_ids)


def test_masks_are_never_emitted_even_where_they_are_most_likely() -> None:
    one = checkpoint("llama", stop=())
    head = one.model.get_output_embeddings().weight
    head[MASK] = 100 * head.abs().max()
    for policy in (Static(4), ConfAdapt(0.01), Verified(4, 0.0)):
        for options in (GenerationOptions(60), GenerationOptions(60, temperature=1.5, seed=1)):
            assert MASK not in Decoder(one).generate([[5]], policy, options)[0].token_ids


def test_a_model_whose_logits_are_scaled_keeps_its_own_head() -> None:
    from transformers import CohereConfig, CohereForCausalLM

    base = checkpoint("llama", stop=())
    torch.manual_seed(0)
    shape = CohereConfig(
        vocab_size=272,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=192,
        initializer_range=0.3,
        logit_scale=0.5,
        pad_token_id=0,
    )
    model = CohereForCausalLM(shape).eval().requires_grad_(False)
    model.set_attn_implementation("sdpa")
    one = Checkpoint(model, base.tokenizer, (MASK,), 16, (), "cohere", 192, base.device, base.dtype)
    for policy in (Static(1), Static(3), ConfAdapt(0.2, 6), Verified(6, 0.0)):
        expected = reference(one, [1, 2, 3], policy)
        assert expected.margin > 1e-5
        options = GenerationOptions(max_new_tokens=BUDGET)
        alone, beside = Decoder(one).generate([[1, 2, 3], [4]], policy, options)
        assert alone.token_ids == expected.tokens
        assert beside.token_ids == reference(one, [4], policy).tokens


@pytest.mark.parametrize(
    "policy", [Verified(16, 0.5), Verified(8, 0.0), Static(1)], ids=["verified16", "verified8", "static1"]
)
def test_embedded_student_is_lossless(embedded: Checkpoint, policy: DecodingPolicy) -> None:
    prompt = embedded.tokenizer.encode("<|im_start|>user\nWhat is 17 + 4?<|im_end|>\n<|im_start|>assistant\n")
    expected = greedy(embedded, prompt, 48)
    generation = Decoder(embedded).generate([prompt], policy, GenerationOptions(max_new_tokens=48))[0]
    stop = [generation.stop] if generation.stop is not None else []
    assert generation.token_ids + stop == expected


@pytest.mark.parametrize("policy", [ConfAdapt(0.9), ConfAdapt(0.5, 8), Static(3)], ids=str)
def test_embedded_student_equals_the_plain_loop(embedded: Checkpoint, policy: DecodingPolicy) -> None:
    prompt = embedded.tokenizer.encode("<|im_start|>user\nHow many days are in May?<|im_end|>\n<|im_start|>")
    expected = reference(embedded, prompt, policy, 32, frozenset(embedded.stop_token_ids))
    generation = Decoder(embedded).generate([prompt], policy, GenerationOptions(max_new_tokens=32))[0]
    stop = [generation.stop] if generation.stop is not None else []
    assert generation.token_ids + stop == expected.tokens
