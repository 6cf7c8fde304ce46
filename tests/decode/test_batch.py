"""A row's tokens depend neither on its batch mates nor on the shape in which it is computed."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mtp_model.decode.cache
import mtp_model.decode.forward
import mtp_model.decode.session
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.cache import RowCache
from mtp_model.decode.rows import make_request
from mtp_model.decode.session import Session
from mtp_model.errors import ConfigError
from tests.decode.reference import reference
from tests.decode.strategies import CHECKPOINTS, policies, prompts
from tests.decode.tiny import ARCHITECTURES, END, checkpoint

requests = st.lists(
    st.tuples(prompts, policies, st.integers(1, 20)),
    min_size=2,
    max_size=4,
)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=5)
@given(batch=requests, max_rows=st.sampled_from([2, 32]), fixed_width=st.booleans())
def test_ragged_batches_equal_single_rows(
    architecture: str,
    batch: list[tuple[list[int], DecodingPolicy, int]],
    max_rows: int,
    fixed_width: bool,
) -> None:
    one = CHECKPOINTS[architecture]
    expected = [reference(one, p, policy, n, frozenset({END})) for p, policy, n in batch]
    assume(all(e.margin > 1e-4 for e in expected))
    decoder = Decoder(one, max_rows=max_rows)
    decoder._model.fixed_width = fixed_width  # the shapes of an accelerator
    generations = decoder.generate(
        [p for p, _, _ in batch],
        [policy for _, policy, _ in batch],
        [GenerationOptions(max_new_tokens=n) for _, _, n in batch],
    )
    for generation, plain in zip(generations, expected, strict=True):
        assert generation.token_ids == (plain.tokens[:-1] if plain.stopped else plain.tokens)
        assert generation.stats.passes == len(plain.blocks)
        assert sum(size * n for size, n in generation.stats.block_sizes.items()) == len(plain.tokens)


def test_cancelling_a_row_leaves_the_others_alone() -> None:
    one = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
    decoder = Decoder(one)
    options = GenerationOptions(max_new_tokens=30)
    alone = decoder.generate([[3, 4], [5], [6, 7, 8]], ConfAdapt(0.5), options)
    session = Session(one, decoder._model)
    rows = [
        session.add(make_request(one, prompt, ConfAdapt(0.5), options), index)[0]
        for index, prompt in enumerate([[3, 4], [5], [6, 7, 8]])
    ]
    session.step()
    session.remove(rows[0])
    while session.rows:
        assert {row.index for row, _ in session.step()} <= {1, 2}
    assert session.step() == []
    assert [rows[1].generation().token_ids, rows[2].generation().token_ids] == [
        alone[1].token_ids,
        alone[2].token_ids,
    ]


def test_lists_of_policies_and_options_must_fit_the_prompts() -> None:
    decoder = Decoder(checkpoint())
    with pytest.raises(ConfigError, match="2 prompts but 1 policies"):
        decoder.generate([[1], [2]], [Static(1)])
    with pytest.raises(ConfigError, match="1 prompts but 2 options"):
        decoder.generate([[1]], Static(1), [GenerationOptions(), GenerationOptions()])
    with pytest.raises(ConfigError, match="max_rows"):
        Decoder(checkpoint(), max_rows=0)
    assert decoder.generate([], Static(1)) == []


def test_the_cache_grows_without_losing_entries() -> None:
    cache = RowCache(1)
    cache.reserve(1, 10)
    assert (cache.rows, cache.columns) == (1, 256)
    keys = torch.arange(6.0).view(1, 1, 3, 2)
    cache.one_row(0, 4, 7)
    read, _ = cache.update(keys, keys, 0)
    assert read.shape == (1, 1, 7, 2)
    cache.reserve(3, 300)
    assert cache.rows == 3 and cache.columns >= 300 and cache.nbytes() == 2 * 3 * cache.columns * 2 * 4
    cache.move_row(0, 2, 7)
    cache.many_rows(torch.tensor([[0, 1], [5, 6], [7, 8]]), 9)
    read, _ = cache.update(torch.ones(3, 1, 2, 2), torch.ones(3, 1, 2, 2), 0)
    assert read.shape == (3, 1, 9, 2)
    assert torch.equal(read[2, :, 4:7], keys[0]) and torch.equal(read[2, :, 7:], torch.ones(1, 2, 2))
    assert torch.equal(read[1, 0, :, 0].nonzero().flatten(), torch.tensor([5, 6]))


@pytest.mark.parametrize("policy", [Static(1), Static(4), ConfAdapt(0.5), Verified(8, 0.2)], ids=str)
def test_texts_cross_the_buckets_of_the_cache(
    policy: DecodingPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (mtp_model.decode.cache, mtp_model.decode.session, mtp_model.decode.forward):
        monkeypatch.setattr(module, "BUCKET", 8)
    one = checkpoint("llama", words=4, sharpness=5.0, stop=())
    expected = reference(one, [1, 2], policy, 70)
    assert expected.margin > 1e-5
    options = GenerationOptions(max_new_tokens=70)
    decoder = Decoder(one)
    assert decoder.generate([[1, 2]], policy, options)[0].token_ids == expected.tokens
    assert decoder.generate([[1, 2], [5]], policy, options)[0].token_ids == expected.tokens
    decoder._model.fixed_width = True
    assert decoder.generate([[1, 2]], policy, options)[0].token_ids == expected.tokens
