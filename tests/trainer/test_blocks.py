"""Anchors, region layout and attention masks."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtp_trainer.batching import Batch, collate
from mtp_trainer.blocks import AnchorKind, Blocks, anchor_mask, make_blocks
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


@given(
    st.lists(st.text("#.", min_size=2, max_size=40), min_size=1, max_size=3),
    st.integers(2, 6),
    st.integers(0, 9),
    st.none() | st.integers(1, 4),
    st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_random_anchors_are_as_many_as_the_stride_gives(
    masks: list[str], k: int, offset: int, limit: int | None, seed: int
) -> None:
    def make(anchors: AnchorKind) -> Blocks:
        lot = torch.Generator().manual_seed(seed)
        return make_blocks(
            batch_of(*masks), k, offset=offset, max_regions=limit, anchors=anchors, generator=lot
        )

    regular, random, again = make("stride"), make("random"), make("random")
    assert torch.equal(random.anchors, again.anchors)
    assert torch.equal(random.used.sum(dim=1), regular.used.sum(dim=1))
    for row, mask in enumerate(masks):
        chosen = random.anchors[row][random.used[row]].tolist()
        assert chosen == sorted(set(chosen))
        assert all(mask[i + 1] == "#" for i in chosen)


def test_random_anchors_reach_every_place_of_the_assistants_text() -> None:
    batch, lot = batch_of(".." + "#" * 12 + "..###"), torch.Generator().manual_seed(0)
    found: set[int] = set()
    for _ in range(60):
        found |= set(make_blocks(batch, 4, anchors="random", generator=lot).anchors[0].tolist())
    assert found == {*range(1, 13), 15, 16, 17}


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


def continued() -> Blocks:
    """Two regions that begin with one and two tokens of a block, the second after an end in the first row."""
    first = make_blocks(batch_of("..####..", ".##....."), 3)
    tokens = torch.arange(12).view(2, 2, 3) + 60
    used = torch.tensor([[True, False], [True, True]])
    return Blocks.joined([first, first.continued(tokens, torch.tensor([[2, 1], [1, 1]]), used)])


def test_layout_of_regions_that_go_on() -> None:
    blocks = continued()
    assert blocks.anchors.tolist() == [[1, 1, 4, 4], [0, 0, 0, 0]]
    assert blocks.used.tolist() == [[True, True, True, False], [True, True, False, False]]
    assert blocks.prefix_lengths.tolist() == [[0, 2, 0, 1], [0, 1, 0, 1]]
    assert (blocks.region_size, blocks.text_length) == (4, 5)
    assert blocks.sequence(torch.tensor([9, 8]))[0, 5:].tolist() == [
        *(9, 8, 0, 0),
        *(60, 61, 9, 8),
        *(9, 8, 0, 0),
        *(63, 9, 8, 0),
    ]
    assert blocks.position_ids()[0, 5:].tolist() == [2, 3, 4, 5, 2, 3, 4, 5, 5, 6, 7, 8, 5, 6, 7, 8]
    assert blocks.places()[0].tolist() == [[1, 5, 6], [10, 11, 12], [4, 13, 14], [17, 18, 19]]
    again = blocks.continued(torch.full((2, 4, 3), 70), torch.full((2, 4), 3), blocks.used)
    assert again.prefix[0, 1].tolist() == [60, 61, 70, 70, 70]


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
@pytest.mark.parametrize("going_on", [False, True])
def test_chunks_say_the_same_as_the_dense_mask(chunk_tokens: int, going_on: bool) -> None:
    blocks = make_blocks(batch_of("..#########..####", ".##.......####..."), 3, offset=1)
    blocks = continued() if going_on else blocks
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
