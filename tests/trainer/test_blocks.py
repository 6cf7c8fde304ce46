"""Anchors, region layout and attention masks."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtp_trainer.batching import Batch, collate
from mtp_trainer.blocks import anchor_mask, make_blocks
from mtp_trainer.region_attention import RegionPlan


def anchors_of(mask: str, stride: int, offset: int) -> list[int]:
    loss_mask = torch.tensor([[c == "#" for c in mask]])
    return [int(i) for i in anchor_mask(loss_mask, stride, offset)[0].nonzero()]


def batch_of(*masks: str) -> Batch:
    return collate([(range(1, len(m) + 1), [c == "#" for c in m]) for m in masks])


def test_anchors_start_at_each_turns_last_prompt_token() -> None:
    assert anchors_of("...#####..####.", 3, 0) == [2, 5, 9, 12]


def test_the_offset_shifts_all_but_the_first_anchor_of_a_turn() -> None:
    assert anchors_of("...#######..####.", 3, 2) == [2, 4, 7, 11, 13]


def test_no_anchor_at_or_behind_a_turns_end() -> None:
    assert anchors_of("..##.", 1, 0) == [
        1,
        2,
    ]  # token 3 is the end token; an anchor there would start behind it


def test_a_turn_at_the_very_start_has_no_anchor_before_it() -> None:
    assert anchors_of("###..", 1, 0) == [0, 1]


def test_no_assistant_turn_means_no_region() -> None:
    blocks = make_blocks(batch_of("....", "...."), 3)
    assert not blocks.used.any()
    assert blocks.anchors.shape == (2, 1)


@given(
    st.lists(st.text("#.", min_size=2, max_size=40), min_size=1, max_size=3),
    st.integers(2, 6),
    st.integers(1, 8),
    st.integers(0, 9),
    st.none() | st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_regions_start_where_the_model_writes(
    masks: list[str], k: int, stride: int, offset: int, limit: int | None
) -> None:
    blocks = make_blocks(batch_of(*masks), k, stride=stride, offset=offset, max_regions=limit)
    step = max(k, stride)
    for row, mask in enumerate(masks):
        expected = anchors_of(mask, step, offset % step)
        chosen = blocks.anchors[row][blocks.used[row]].tolist()
        assert all(mask[i + 1] == "#" for i in chosen)
        assert chosen == sorted(set(chosen) & set(expected))
        assert len(chosen) == min(limit or len(expected), len(expected))
    assert blocks.text_length == int(blocks.anchors.max()) + 1


def test_every_token_of_a_turn_is_proposed_where_the_stride_is_k() -> None:
    mask = "....############...#####.."
    for k in (2, 3, 7):
        for offset in range(k):
            blocks = make_blocks(batch_of(mask), k, offset=offset)
            covered = {i + j for i in blocks.anchors[0].tolist() for j in range(1, k + 1)}
            assert covered >= {i for i, c in enumerate(mask) if c == "#"}


def test_a_random_choice_depends_on_its_generator_only() -> None:
    batch = batch_of("." + "#" * 60)
    draws = [
        make_blocks(batch, 2, max_regions=5, generator=torch.Generator().manual_seed(seed)).anchors.tolist()
        for seed in (1, 1, 2)
    ]
    assert draws[0] == draws[1] != draws[2]


def test_layout() -> None:
    blocks = make_blocks(batch_of("..####..", ".##....."), 3)
    assert blocks.anchors.tolist() == [[1, 4], [0, 0]]
    assert blocks.used.tolist() == [[True, True], [True, False]]
    assert blocks.text_length == 5
    inner = torch.arange(8).view(2, 2, 2) + 50
    assert blocks.sequence(inner).tolist() == [
        [1, 2, 3, 4, 5, 50, 51, 52, 53],
        [1, 2, 3, 4, 5, 54, 55, 56, 57],
    ]
    assert blocks.sequence(torch.tensor([9, 8]))[0].tolist() == [1, 2, 3, 4, 5, 9, 8, 9, 8]
    assert blocks.continuations.tolist() == [[[3, 4, 5], [6, 7, 8]], [[2, 3, 4], [2, 3, 4]]]
    assert blocks.position_ids().tolist() == [[0, 1, 2, 3, 4, 2, 3, 5, 6], [0, 1, 2, 3, 4, 1, 2, 1, 2]]
    assert blocks.places().tolist() == [[[1, 5, 6], [4, 7, 8]], [[0, 5, 6], [0, 7, 8]]]


def test_the_mask_says_who_sees_whom() -> None:
    blocks = make_blocks(batch_of("..####..", ".##....."), 3)
    assert ["".join("x" if v else "." for v in row) for row in blocks.dense_mask()[0, 0].tolist()] == [
        "x........",
        "xx.......",
        "xxx......",
        "xxxx.....",
        "xxxxx....",
        "xx...x...",  # region of anchor 1
        "xx...xx..",
        "xxxxx..x.",  # region of anchor 4
        "xxxxx..xx",
    ]


@pytest.mark.parametrize("chunk_tokens", [1, 5, 1000])
def test_chunks_say_the_same_as_the_dense_mask(chunk_tokens: int) -> None:
    blocks = make_blocks(batch_of("..#########..####", ".##.......####..."), 3, offset=1)
    dense = blocks.dense_mask()
    plan = RegionPlan.of(blocks, chunk_tokens)
    covered = 0
    for chunk in plan.chunks:
        assert chunk.start == covered
        covered = chunk.end
        seen = torch.zeros_like(dense[:, :, chunk.start : chunk.end])
        seen[..., : chunk.seen] = True if chunk.mask is None else ~chunk.mask
        seen[..., chunk.start : chunk.end] = ~chunk.own
        assert torch.equal(seen, dense[:, :, chunk.start : chunk.end])
    assert covered == dense.shape[-1]
