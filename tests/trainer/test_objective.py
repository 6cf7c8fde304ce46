"""The fast loss equals the plain reference, and end tokens are handled as documented."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from mtp_model.errors import UnsupportedModelError
from mtp_trainer.batching import Batch, collate
from mtp_trainer.blocks import Blocks, make_blocks
from mtp_trainer.objective import (
    Attention,
    BlockLogits,
    BlockLoss,
    Objective,
    block_loss,
    settle,
)
from mtp_trainer.reference import reference_loss
from mtp_trainer.vocabulary import greedy

VOCABULARY, END, MASK = 40, 38, 39
SHAPE: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "initializer_range": 0.4,  # large enough that argmaxes vary
    "attn_implementation": "sdpa",
}


def models(kind: str, seed: int = 0) -> tuple[PreTrainedModel, PreTrainedModel]:
    """A random teacher, and a student near it."""
    torch.manual_seed(seed)
    config: Any = LlamaConfig(**SHAPE) if kind == "llama" else Qwen3Config(**SHAPE)
    teacher = (LlamaForCausalLM if kind == "llama" else Qwen3ForCausalLM)(config).eval()
    student = copy.deepcopy(teacher)
    with torch.no_grad():
        for parameter in student.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.02)
    return student, teacher.requires_grad_(False)


def batch_of(seed: int = 0) -> Batch:
    """Three conversations of other lengths: with two turns, one turn, and one that is cut inside a turn."""
    random = torch.Generator().manual_seed(seed)
    masks = ["....########..######..", "...#####...", ".......#######"]
    return collate(
        [(torch.randint(0, 38, (len(m),), generator=random).tolist(), [c == "#" for c in m]) for m in masks]
    )


def gradients(model: PreTrainedModel, result: BlockLoss) -> dict[str, torch.Tensor]:
    model.zero_grad()
    result.loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def fast(
    student: PreTrainedModel,
    teacher: PreTrainedModel,
    blocks: Blocks,
    objective: Objective,
    attention: Attention,
) -> BlockLoss:
    try:
        return block_loss(BlockLogits(student, attention), BlockLogits(teacher, attention), blocks, objective)
    finally:
        student.set_attn_implementation("sdpa")
        teacher.set_attn_implementation("sdpa")


@pytest.mark.parametrize("kind", ["llama", "qwen3"])
@pytest.mark.parametrize("attention", ["chunked", "dense"])
@pytest.mark.parametrize(
    ("k", "options"),
    [
        (2, {}),
        (5, {}),
        (5, {"soft": True}),
        (5, {"on_text": True}),
        (5, {"text_weight": 0.7}),
        (5, {"text_weight": 0.7, "text_gold": True}),
    ],
)
def test_fast_equals_reference(kind: str, attention: Attention, k: int, options: dict[str, Any]) -> None:
    student, teacher = models(kind)
    blocks = make_blocks(batch_of(), k, offset=1)
    # several end tokens, so that ends are met inside blocks
    objective = Objective((MASK,), (END, *range(0, 38, 3)), **options)
    slow = reference_loss(student, teacher, blocks, objective)
    quick = fast(student, teacher, blocks, objective, attention)
    assert (slow.valid & ~slow.live).any()
    assert k == 2 or not slow.valid.all()
    for name in ("proposals", "targets", "valid", "live"):
        assert torch.equal(getattr(slow, name), getattr(quick, name)), name
    # float32: the passes sum in another order, over tens of terms
    torch.testing.assert_close(quick.confidence, slow.confidence, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(quick.loss, slow.loss, rtol=1e-5, atol=1e-6)
    expected, found = gradients(student, slow), gradients(student, quick)
    assert expected.keys() == found.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


def test_one_mask_token_per_position() -> None:
    student, teacher = models("llama")
    blocks = make_blocks(batch_of(), 4)
    objective = Objective((36, 37, 39), (END,))
    slow = reference_loss(student, teacher, blocks, objective)
    quick = fast(student, teacher, blocks, objective, "chunked")
    assert torch.equal(slow.proposals, quick.proposals)
    torch.testing.assert_close(quick.loss, slow.loss, rtol=1e-5, atol=1e-6)


def test_rows_do_not_depend_on_their_batch() -> None:
    student, teacher = models("qwen3")
    batch, objective = batch_of(), Objective((MASK,), (END,))
    together = fast(student, teacher, make_blocks(batch, 4), objective, "chunked")
    alone = []
    for row, length in enumerate(batch.lengths.tolist()):
        one = Batch(
            batch.ids[row : row + 1, :length],
            batch.lengths[row : row + 1],
            batch.loss_mask[row : row + 1, :length],
        )
        alone.append(fast(student, teacher, make_blocks(one, 4), objective, "chunked"))
    assert torch.equal(together.targets, torch.cat([a.targets for a in alone]))
    counts = torch.tensor([a.valid.numel() for a in alone])
    mean = (torch.stack([a.loss for a in alone]) * counts).sum() / counts.sum()
    torch.testing.assert_close(together.loss, mean, rtol=1e-5, atol=1e-6)


def test_the_teacher_gets_no_gradient_and_the_text_before_regions_does() -> None:
    student, teacher = models("llama")
    result = fast(student, teacher, make_blocks(batch_of(), 4), Objective((MASK,), (END,)), "chunked")
    assert all(p.grad is None for p in teacher.parameters())
    assert gradients(student, result)["model.embed_tokens.weight"][batch_of().ids[0, 0]].any()


def test_a_batch_without_anchors_has_loss_zero() -> None:
    student, teacher = models("llama")
    batch = collate([([1, 2, 3], [False] * 3)])
    result = fast(student, teacher, make_blocks(batch, 4), Objective((MASK,), (END,)), "chunked")
    assert result.loss.item() == 0.0
    result.loss.backward()


def test_settle() -> None:
    e = END
    proposals = torch.tensor([[1, 2, 3, 4], [1, e, 3, 4], [1, 2, 3, 4], [e, 2, e, 4], [1, e, e, e]])
    answers = torch.tensor([[1, 5, 3, 6], [1, e, 7, 8], [1, e, 7, 8], [1, 2, e, 9], [1, 2, 3, e]])
    targets, valid, live = settle(proposals, answers, (e,))
    assert targets[0].tolist() == [1, 5, 3, 6]
    assert targets[1].tolist() == [1, e, e, e]  # both end: filled up
    assert targets[2].tolist() == [1, e, e, e]  # the teacher ends, the student missed it: filled up
    assert valid[:3].all()
    assert live.sum(dim=1).tolist() == [4, 2, 2, 1, 2]
    assert valid[3].tolist() == [
        True,
        False,
        False,
        False,
    ]  # only the student ends: what follows does not count
    assert valid[4].tolist() == [True, True, False, False]


def test_greedy_never_proposes_the_mask_token() -> None:
    logits = torch.tensor([[0.0, 1.0, 9.0], [2.0, 0.0, 9.0]])
    ids, probability = greedy(logits, (2,))
    assert ids.tolist() == [1, 0]
    torch.testing.assert_close(probability, torch.tensor([[0.0, 1.0], [2.0, 0.0]]).softmax(-1).max(-1).values)
    assert logits[0, 2] == 9.0


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_settle_equals_the_plain_loop(data: st.DataObject) -> None:
    from mtp_trainer.reference import _settle_one

    shape = (data.draw(st.integers(1, 4)), data.draw(st.integers(2, 7)))
    values = st.lists(st.integers(0, 4), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    proposals, answers = (torch.tensor(data.draw(values)).view(shape) for _ in range(2))
    result = settle(proposals, answers, (3, 4))
    plain = [_settle_one(p, a, (3, 4)) for p, a in zip(proposals.tolist(), answers.tolist(), strict=True)]
    for found, expected in zip(result, zip(*plain, strict=True), strict=True):
        assert found.tolist() == list(expected)


def test_models_that_cap_their_logits_are_refused() -> None:
    shape = {k: v for k, v in SHAPE.items() if k != "attn_implementation"}
    model = Gemma2ForCausalLM(Gemma2Config(**shape, attn_implementation="eager"))
    with pytest.raises(UnsupportedModelError, match="final_logit_softcapping"):
        BlockLogits(model)


def test_a_model_left_in_training_attention_says_so() -> None:
    student, _ = models("llama")
    BlockLogits(student)
    with pytest.raises(RuntimeError, match="set_attn_implementation"):
        student(input_ids=torch.tensor([[1, 2]]))
