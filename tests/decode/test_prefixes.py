"""Kept sequences: the longest shared beginning is found, the least recently used go first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, GenerationOptions, Static
from mtp_model.decode import Decoder
from mtp_model.decode.prefixes import KeptSequence, PrefixStore
from mtp_model.errors import CheckpointError, ConfigError
from tests.decode.tiny import checkpoint

TOKEN = 2 * 1 * 4 * 4  # bytes: keys and values, one head, four floats


def kept(ids: Sequence[int]) -> KeptSequence:
    layer = torch.zeros(1, len(ids), 4)
    return KeptSequence(np.asarray(ids, dtype=np.int64), ((layer, layer.clone()),))


@given(
    st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6), max_size=6),
    st.lists(st.integers(0, 2), min_size=1, max_size=7),
)
def test_the_longest_common_beginning_is_found(entries: list[list[int]], prompt: list[int]) -> None:
    store = PrefixStore(10**6)
    for ids in entries:
        store.put(kept(ids))

    def common(ids: list[int]) -> int:
        pairs = list(zip(ids, prompt[:-1], strict=False))
        return next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))

    found, shared = store.longest(prompt)
    assert shared == max(map(common, entries), default=0)
    assert (found is None) == (shared == 0)
    if found is not None:
        assert found.ids[:shared].tolist() == prompt[:shared]


def test_a_sequence_replaces_its_own_beginning_and_never_grows_the_store_twice() -> None:
    store = PrefixStore(10**6)
    for ids in ([1, 2], [1, 2, 3], [1, 2], [1, 5]):
        store.put(kept(ids))
    assert len(store) == 2
    assert store.nbytes == 5 * TOKEN


def test_the_least_recently_used_goes_first() -> None:
    store = PrefixStore(4 * TOKEN)
    store.put(kept([1, 2]))
    store.put(kept([3, 4]))
    assert store.longest([1, 2, 9])[1] == 2  # used: the other one is older now
    store.put(kept([5, 6]))
    assert [store.longest([a, a + 1, 9])[1] for a in (1, 3, 5)] == [2, 0, 2]
    store.resize(2 * TOKEN)
    assert len(store) == 1
    store.put(kept([7, 8, 9]))  # larger than the whole store
    assert (len(store), store.nbytes) == (0, 0)
    with pytest.raises(ConfigError, match="0 to keep nothing"):
        store.resize(-1)


def test_branches_share_what_they_have_in_common() -> None:
    decoder = Decoder(checkpoint(stop=()))
    options = GenerationOptions(max_new_tokens=4)
    trunk = list(range(30))
    fresh = Decoder(decoder.checkpoint, prefix_bytes=0)
    for branch in ([1, 2, 3], [4, 5, 6], [1, 2, 7]):
        stream = decoder.stream([*trunk, *branch], Static(1), options)
        tokens = [token for event in stream for token in event.token_ids]
        expected = fresh.generate([[*trunk, *branch]], Static(1), options)[0]
        assert tokens == expected.token_ids
    assert stream.stats.cached_tokens == 32
    both = decoder.generate([[*trunk, 8], [*trunk, 4, 5, 9]], Static(1), options)
    assert [one.stats.cached_tokens for one in both] == [30, 32]


def test_a_row_of_nan_ends_alone_and_leaves_nothing_behind() -> None:
    one = checkpoint("llama", words=4, sharpness=5.0, stop=())
    with torch.no_grad():
        one.model.get_input_embeddings().weight[5] = float("nan")
    decoder, options = Decoder(one), GenerationOptions(max_new_tokens=20)
    expected = Decoder(one).generate([[1, 2], [3, 4, 1]], ConfAdapt(0.5), options)
    session = decoder.session()
    good, _ = session.add(decoder.request([1, 2], ConfAdapt(0.5), options), 0)
    bad, error = session.add(decoder.request([1, 5], ConfAdapt(0.5), options), 1)
    assert isinstance(error, CheckpointError)
    assert bad.over and session.rows == [good]
    other, _ = session.add(decoder.request([3, 4, 1], ConfAdapt(0.5), options), 2)  # takes the bad one's slot
    while session.rows:
        session.step()
    assert [row.generation().token_ids for row in (good, other)] == [each.token_ids for each in expected]
    assert decoder.prefixes.longest([1, 5, 1])[1] == 1, "what was computed of it is not kept"


def test_a_request_may_neither_read_nor_keep() -> None:
    decoder = Decoder(checkpoint(stop=()))
    prompt = list(range(20))
    shared, apart = (GenerationOptions(max_new_tokens=4, reuse_prefix=reuse) for reuse in (True, False))
    counts = []
    for options in (apart, shared, apart, shared):
        (made,) = decoder.generate([prompt], Static(1), options)
        counts.append((made.stats.cached_tokens, len(decoder.prefixes)))
    assert counts == [(0, 0), (0, 1), (0, 1), (19, 1)]
