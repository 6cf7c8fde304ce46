"""Token datasets and batches by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mtp_trainer.batching import (
    Batches,
    DataError,
    TokenDataset,
    TokenWriter,
    collate,
    write_token_dataset,
)


@pytest.fixture
def dataset(tmp_path: Path) -> TokenDataset:
    rng = np.random.default_rng(0)
    examples = []
    for number in range(300):
        length = int(rng.integers(5, 120))
        ids = [number, *rng.integers(0, 4000, length - 1).tolist()]  # the first token names the example
        examples.append((ids, [i > length // 2 for i in range(length)]))
    return TokenDataset.load(write_token_dataset(tmp_path / "data", examples))


def test_examples_come_back(tmp_path: Path) -> None:
    examples = [([1, 2, 3], [False, True, True]), ([70_000], [True])]
    dataset = TokenDataset.load(write_token_dataset(tmp_path / "data", examples))
    assert len(dataset) == 2
    for index, (ids, mask) in enumerate(examples):
        tokens, loss = dataset[index]
        assert tokens.tolist() == ids
        assert loss.tolist() == mask
    assert dataset.tokens.dtype == np.uint32


def test_small_vocabularies_take_two_bytes(dataset: TokenDataset) -> None:
    assert dataset.tokens.dtype == np.uint16


def test_writing_replaces(tmp_path: Path) -> None:
    write_token_dataset(tmp_path / "data", [([1, 2], [True, True])])
    write_token_dataset(tmp_path / "data", [([3], [True])])
    assert TokenDataset.load(tmp_path / "data")[0][0].tolist() == [3]


def test_an_epoch_holds_every_example_once(dataset: TokenDataset) -> None:
    batches = Batches(dataset, 1024, seed=1, max_length=128)
    for epoch in range(2):
        steps = [s for s in range(200) if batches.epoch_of(s) == epoch]
        seen = Counter(int(row[0]) for s in steps for row in batches.at(s).ids)
        assert seen == Counter(range(300))


def test_batches_fit_the_budget_and_are_mostly_full(dataset: TokenDataset) -> None:
    batches = Batches(dataset, 1024, seed=1, max_length=128)
    used = total = 0
    for step in range(40):
        batch = batches.at(step)
        assert batch.ids.numel() <= 1024
        assert batch.ids.shape[1] % 32 == 0
        assert not batch.loss_mask[~batch.attention_mask].any()
        used, total = used + int(batch.lengths.sum()), total + batch.ids.numel()
    assert used / total > 0.7


def test_a_batch_depends_on_seed_and_step_only(dataset: TokenDataset) -> None:
    first = Batches(dataset, 1024, seed=1, max_length=128)
    again = Batches(dataset, 1024, seed=1, max_length=128)
    late = [again.at(s).ids for s in (90, 3, 41)]  # out of order, as a resumed run asks
    assert all((first.at(s).ids == ids).all() for s, ids in zip((90, 3, 41), late, strict=True))
    other = Batches(dataset, 1024, seed=2, max_length=128)
    assert any(first.at(s).ids.tolist() != other.at(s).ids.tolist() for s in range(3))


def test_long_examples_are_left_out_and_counted(dataset: TokenDataset) -> None:
    batches = Batches(dataset, 1024, seed=1, max_length=64)
    assert batches.skipped == int((dataset.lengths > 64).sum())
    assert all(int(batches.at(s).lengths.max()) <= 64 for s in range(20))
    with pytest.raises(DataError, match=r"None of the 300 examples .* fits"):
        Batches(dataset, 1024, seed=1, max_length=2)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "No examples"),
        ([([1, 2], [True])], "2 token ids and a loss mask of 1"),
        ([([], [])], "at least 1"),
        ([([-1], [True])], "not an integer"),
    ],
)
def test_bad_examples(tmp_path: Path, examples: list[tuple[list[int], list[bool]]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        write_token_dataset(tmp_path / "data", examples)


def test_a_full_disk_leaves_the_earlier_dataset(tmp_path: Path, full_disk: Callable[[], None]) -> None:
    path = write_token_dataset(tmp_path / "data", [([1, 2], [True, True])])
    many = TokenWriter()
    many.add([1] * (9 << 20), [True] * (9 << 20))
    with pytest.raises(DataError, match=r"cannot be written to .*/data: .*Free disk space"):
        many.save(path)
    assert TokenDataset.load(path)[0][0].tolist() == [1, 2]
    assert [found.name for found in tmp_path.iterdir()] == ["data"]
    full_disk()
    many.save(path)
    assert len(TokenDataset.load(path)[0][0]) == 9 << 20


def test_missing_and_damaged_datasets(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not a token dataset: tokens\.npy"):
        TokenDataset.load(tmp_path / "nowhere")
    path = write_token_dataset(tmp_path / "data", [([1, 2], [True, True])])
    np.save(path / "loss.npy", np.zeros(5, dtype=np.bool_))
    with pytest.raises(DataError, match="damaged: 2 tokens, 5 loss flags"):
        TokenDataset.load(path)


def test_collate_pads_on_the_right() -> None:
    batch = collate([([1, 2, 3], [False, True, True]), ([4], [True])], multiple=4)
    assert batch.ids.tolist() == [[1, 2, 3, 0], [4, 0, 0, 0]]
    assert batch.lengths.tolist() == [3, 1]
    assert batch.attention_mask.tolist() == [[True, True, True, False], [True, False, False, False]]
