"""In bfloat16 on a processor with a matrix unit, what else is in a pass does not change a bit of a row."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.checkpoint.loading import _has_amx
from mtp_model.config import GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.cache import RowCache
from mtp_model.decode.forward import BlockModel

pytestmark = pytest.mark.skipif(
    not _has_amx(), reason="needs a CPU with AMX: without it bfloat16 sums depend on the number of rows"
)
LONGEST = 800


@pytest.fixture(scope="module")
def student(embedded: Checkpoint) -> Checkpoint:
    return load_checkpoint(None, dtype="bfloat16")


@pytest.fixture(scope="module")
def model(student: Checkpoint) -> BlockModel:
    return BlockModel(student)


@torch.inference_mode()
def read(model: BlockModel, cache: RowCache, slot: int, start: int, ids: list[int]) -> torch.Tensor:
    """Logits of all of `ids`, which stand at `start`."""
    cache.reserve(slot + 1, LONGEST)
    block, places = torch.tensor([ids]), torch.arange(start, start + len(ids))[None]
    return model.one_row(cache, slot, start, block, places, len(ids))[0]


@settings(max_examples=15, deadline=None)
@given(
    length=st.integers(2, 500),
    more=st.integers(1, 31),
    width=st.integers(2, 32),
    seed=st.integers(0, 10**6),
)
def test_prompts_and_blocks_in_any_pieces(
    model: BlockModel, length: int, more: int, width: int, seed: int
) -> None:
    lot = random.Random(seed)
    ids = [lot.randrange(8, model.module.config.vocab_size) for _ in range(length + more + width)]
    whole, pieces = model.new_cache(), model.new_cache()
    wanted = read(model, whole, 0, 0, ids[: length + more])
    cut = lot.randrange(1, length)
    found = [read(model, pieces, 0, 0, ids[:cut]), read(model, pieces, 0, cut, ids[cut:length])]
    assert torch.equal(torch.cat(found), wanted[:length])
    block = read(model, pieces, 0, length, ids[length : length + width])
    for place in range(width):
        assert torch.equal(read(model, whole, 0, length + place, ids[length + place :][:1])[0], block[place])
    for ours, theirs in zip(whole.view(0, length + width), pieces.view(0, length + width), strict=True):
        assert torch.equal(ours[0], theirs[0]) and torch.equal(ours[1], theirs[1])


@pytest.mark.parametrize("rows", [2, 3, 8])
def test_rows_of_a_batch(model: BlockModel, rows: int) -> None:
    lot = random.Random(rows)
    width, lengths = 31, [lot.randrange(1, 300) for _ in range(rows)]
    ids = [[lot.randrange(8, model.module.config.vocab_size) for _ in range(n + width)] for n in lengths]
    cache = model.new_cache()
    cache.reserve(rows, LONGEST)
    wanted = []
    for slot, (length, row) in enumerate(zip(lengths, ids, strict=True)):
        read(model, cache, slot, 0, row[:length])
        alone = model.new_cache()
        read(model, alone, 0, 0, row[:length])
        wanted.append(read(model, alone, 0, length, row[length:]))
    blocks = torch.tensor([row[-width:] for row in ids])
    places = torch.tensor(lengths)[:, None] + torch.arange(width)
    with torch.inference_mode():
        first = torch.zeros(rows, dtype=torch.int64)
        found = model.many_rows(cache, max(lengths) + width, blocks, places, first, width)
    assert torch.equal(found, torch.stack(wanted))


def test_verified_writes_the_tokens_of_static_alone_and_in_a_batch(student: Checkpoint) -> None:
    # Random prompts: the student is unsure, and near ties between two tokens are frequent.
    lot = random.Random(5)
    prompts = [[lot.randrange(8, 2000) for _ in range(lot.randrange(4, 120))] for _ in range(12)]
    options = GenerationOptions(max_new_tokens=48)
    decoder = Decoder(student)
    plain = [decoder.generate([prompt], Static(1), options)[0].token_ids for prompt in prompts]
    for policy in (Verified(16), Verified(5), Verified()):
        assert [decoder.generate([p], policy, options)[0].token_ids for p in prompts] == plain
        assert [one.token_ids for one in decoder.generate(prompts, policy, options)] == plain
