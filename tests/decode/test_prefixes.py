"""Kept sequences: the longest shared beginning is found, the least recently used go first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, GenerationOptions, Static
from mtp_model.decode import Decoder, prefix_index
from mtp_model.decode.prefixes import KeptSequence, PrefixStore
from mtp_model.errors import CheckpointError, ConfigError
from tests.decode.tiny import checkpoint

TOKEN = 2 * 1 * 4 * 4  # bytes: keys and values, one head, four floats


def kept(ids: Sequence[int]) -> KeptSequence:
    layer = torch.zeros(1, len(ids), 4)
    return KeptSequence(np.asarray(ids, dtype=np.int64), ((layer, layer.clone()),))


class PlainStore:
    """What the store does, by looking at all sequences: the most recently used is the last."""

    def __init__(self, limit: int) -> None:
        self.limit, self.entries = limit, list[list[int]]()

    def longest(self, prompt: list[int]) -> tuple[list[int] | None, int]:
        shared = [common(ids, prompt[:-1]) for ids in self.entries]
        if not max(shared, default=0):
            return None, 0
        best = max(range(len(shared)), key=lambda place: (shared[place], place))
        self.entries.append(self.entries.pop(best))
        return self.entries[-1], shared[best]

    def put(self, ids: list[int]) -> None:
        longer = [place for place, other in enumerate(self.entries) if common(ids, other) == len(ids)]
        if longer:
            self.entries.append(self.entries.pop(longer[-1]))
            return
        self.entries = [other for other in self.entries if common(ids, other) < len(other)]
        self.entries.append(ids)
        while sum(map(len, self.entries)) * TOKEN > self.limit:
            self.entries.pop(0)


def common(one: list[int], other: list[int]) -> int:
    pairs = list(zip(one, other, strict=False))
    return next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))


sequences = st.lists(st.integers(0, 2), min_size=1, max_size=7)


@given(st.lists(st.tuples(st.sampled_from(["put", "longest"]), sequences), max_size=30), st.integers(1, 40))
def test_the_index_does_what_a_look_at_all_sequences_does(
    actions: list[tuple[str, list[int]]], tokens: int
) -> None:
    store, plain = PrefixStore(tokens * TOKEN), PlainStore(tokens * TOKEN)
    for action, ids in actions:
        if action == "put":
            store.put(kept(ids))
            plain.put(ids)
        else:
            found, shared = store.longest(ids)
            assert (None if found is None else found.ids.tolist(), shared) == plain.longest(ids)
        assert [each.ids.tolist() for each in store._entries.values()] == plain.entries
        assert store.nbytes == sum(map(len, plain.entries)) * TOKEN
        check_index(store)


def check_index(store: PrefixStore) -> None:
    """The trie holds the entries and nothing else, and its nodes know the last one used below them."""
    order = list(store._entries)

    def below(node: Any, before: list[int]) -> list[int]:
        ids = [*before, *node.ids.tolist()]
        if not node.children and node.parent is not None:
            (number,) = [each for each in order if store._entries[each].ids.tolist() == ids]
            numbers = [number]
        else:
            assert len(node.children) > 1 or node.parent is None
            numbers = [number for child in node.children.values() for number in below(child, ids)]
        assert node.newest == max(numbers, key=order.index, default=-1)
        return numbers

    assert sorted(below(store._index._root, [])) == sorted(order)


def test_a_search_does_not_look_at_all_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    plain = prefix_index._common
    monkeypatch.setattr(prefix_index, "_common", lambda *pair: compared.append(1) or plain(*pair))
    counts = []
    for entries in (10, 1000):
        store = PrefixStore(10**9)
        for number in range(entries):
            store.put(kept([5, 5, number % 10, number // 10, 6, 7]))
        compared.clear()
        assert store.longest([5, 5, 3, 0, 6, 9])[1] == 5
        store.put(kept([5, 5, 3, 0, 8]))
        counts.append(len(compared))
    assert counts[1] <= counts[0] + 4  # a fork more on the way of each search, 990 sequences more


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
