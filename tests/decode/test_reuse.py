"""What was computed serves later prompts: same tokens, less work."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from tests.decode.reference import reference
from tests.decode.strategies import CHECKPOINTS, policies, prompts
from tests.decode.tiny import END, checkpoint


@pytest.mark.parametrize("architecture", ["llama", "qwen3"])
@settings(max_examples=8)
@given(
    prompt=prompts,
    turns=st.lists(st.tuples(prompts, policies, st.integers(0, 3)), min_size=1, max_size=3),
)
def test_growing_conversations_equal_fresh_ones(
    architecture: str, prompt: list[int], turns: list[tuple[list[int], DecodingPolicy, int]]
) -> None:
    one = CHECKPOINTS[architecture]
    decoder = Decoder(one)
    for added, policy, dropped in turns:
        expected = reference(one, prompt, policy, 10, frozenset({END}))
        assume(expected.margin > 1e-4)
        stream = decoder.stream(prompt, policy, GenerationOptions(max_new_tokens=10))
        tokens = [token for event in stream for token in event.token_ids]
        assert tokens == (expected.tokens[:-1] if expected.stopped else expected.tokens)
        prompt = [*prompt, *tokens]
        prompt = [*prompt[: len(prompt) - dropped], *added]  # sometimes a branch


def test_only_what_is_new_is_computed() -> None:
    decoder = Decoder(checkpoint(stop=()))
    first = decoder.stream(list(range(40)), Static(1), GenerationOptions(max_new_tokens=5))
    text = [token for event in first for token in event.token_ids]
    assert (first.stats.prompt_tokens, first.stats.cached_tokens) == (40, 0)
    longer = [*range(40), *text, 7, 8, 9]
    second = decoder.stream(longer, Static(1), GenerationOptions(max_new_tokens=5))
    list(second)
    # The last written token was never fed, so its entry is not in the cache yet.
    assert (second.stats.prompt_tokens, second.stats.cached_tokens) == (48, 44)
    other = decoder.stream([1, *range(40)], Static(1), GenerationOptions(max_new_tokens=2))
    list(other)
    assert other.stats.cached_tokens == 0
    again = decoder.stream([1, *range(40)], Static(1), GenerationOptions(max_new_tokens=2))
    list(again)
    assert again.stats.cached_tokens == 40, "all but the last token, whose logits are needed"
    decoder.prefixes.clear()
    fresh = decoder.stream([1, *range(40)], Static(1), GenerationOptions(max_new_tokens=2))
    list(fresh)
    assert fresh.stats.cached_tokens == 0


@pytest.mark.parametrize("policy", [Static(3), ConfAdapt(0.4), Verified(8, 0.1)], ids=str)
def test_a_closed_stream_stops_and_leaves_a_sound_cache(policy: DecodingPolicy) -> None:
    one = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
    decoder = Decoder(one)
    options = GenerationOptions(max_new_tokens=40)
    whole = decoder.stream([1, 2, 3], policy, options)
    tokens = [token for event in whole for token in event.token_ids]
    decoder.prefixes.clear()
    with decoder.stream([1, 2, 3], policy, options) as stream:
        part = [token for _, event in zip(range(3), stream, strict=False) for token in event.token_ids]
    assert list(stream) == []
    assert stream.generation().token_ids == part == tokens[: len(part)]
    rest = decoder.stream([1, 2, 3, *part], policy, GenerationOptions(max_new_tokens=10))
    written = [token for event in rest for token in event.token_ids]
    assert rest.stats.cached_tokens > 0
    assert written == reference(one, [1, 2, 3, *part], policy, 10).tokens


def test_interleaved_streams_do_not_share_a_cache() -> None:
    one = checkpoint("llama", words=4, sharpness=5.0, stop=())
    decoder = Decoder(one)
    options = GenerationOptions(max_new_tokens=12)
    list(decoder.stream([1, 2], Static(1), options))
    streams = [decoder.stream([1, 2, 3 + i], Static(2), options) for i in range(2)]
    texts: list[list[int]] = [[], []]
    for events in zip(*streams, strict=True):
        for text, event in zip(texts, events, strict=True):
            text += event.token_ids
    assert texts == [reference(one, [1, 2, 3 + i], Static(2), 12).tokens for i in range(2)]


def test_reuse_can_be_switched_off() -> None:
    decoder = Decoder(checkpoint(stop=()), prefix_bytes=0)
    for _ in range(2):
        stream = decoder.stream([1, 2, 3, 4], Static(1), GenerationOptions(max_new_tokens=2))
        list(stream)
        assert stream.stats.cached_tokens == 0
