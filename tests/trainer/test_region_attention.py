"""Chunked attention equals the fused kernel with a dense mask, in value and gradient, over many chunks."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from mtp_trainer.acceleration import compile_layers
from mtp_trainer.batching import collate
from mtp_trainer.blocks import make_blocks
from mtp_trainer.objective import BlockLogits, Objective, gold_loss
from mtp_trainer.region_attention import RegionPlan, region_attention
from tests.trainer.test_objective import END, MASK, batch_of, models


def inputs(rows: int, length: int) -> list[Tensor]:
    random = torch.Generator().manual_seed(0)
    return [torch.randn(rows, heads, length, 8, generator=random, requires_grad=True) for heads in (4, 2, 2)]


def gradients(out: Tensor, tensors: list[Tensor]) -> list[Tensor]:
    weights = torch.sin(torch.arange(out.numel(), dtype=out.dtype)).view_as(out)
    return list(torch.autograd.grad((out * weights).sum(), tensors))


def fused(tensors: list[Tensor], mask: Tensor | None) -> Tensor:
    query, key, value = tensors
    key, value = key.repeat_interleave(2, dim=1), value.repeat_interleave(2, dim=1)
    out = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=mask is None)
    return out.transpose(1, 2)


def check(plan: RegionPlan, tensors: list[Tensor], mask: Tensor | None) -> None:
    found, _ = region_attention(torch.nn.Identity(), *tensors, None, regions=plan)
    expected = fused(tensors, mask)
    # float32: sums of hundreds of terms in another order
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    for one, other in zip(gradients(found, tensors), gradients(expected, tensors), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("length", [1, 95, 96, 97, 250])
def test_text_alone_is_causal(length: int) -> None:
    check(RegionPlan.causal(length, torch.device("cpu")), inputs(2, length), None)


@pytest.mark.parametrize(("k", "chunk_tokens"), [(2, 16), (5, 7), (16, 96)])
def test_text_with_regions_is_as_the_dense_mask_says(k: int, chunk_tokens: int) -> None:
    masks = [[i % 50 > 20 for i in range(140)], [i > 30 for i in range(90)]]
    blocks = make_blocks(collate([([1] * len(m), m) for m in masks]), k, offset=1)
    mask = blocks.dense_mask()
    check(RegionPlan.of(blocks, chunk_tokens), inputs(2, mask.shape[-1]), mask)


def test_dropout_is_refused() -> None:
    plan = RegionPlan.causal(3, torch.device("cpu"))
    with pytest.raises(RuntimeError, match="attention_dropout"):
        region_attention(torch.nn.Identity(), *inputs(1, 3), None, dropout=0.1, regions=plan)


def test_gold_loss_is_the_cross_entropy_of_text_and_blocks() -> None:
    student, _ = models("qwen3")
    blocks = make_blocks(batch_of(), 4, offset=1)
    total, next_loss = gold_loss(BlockLogits(student), blocks, Objective((MASK,), (END,)), 0.5)
    student.set_attn_implementation("sdpa")
    texts, regions = [], []
    for row, place in blocks.written.nonzero().tolist():
        logits = student(input_ids=blocks.ids[row : row + 1, : place + 1]).logits[0, -1]
        texts.append(F.cross_entropy(logits, batch_of().ids[row, place + 1]))
    for row, region in blocks.used.nonzero().tolist():
        anchor = int(blocks.anchors[row, region])
        text = torch.cat([blocks.ids[row, : anchor + 1], torch.full((3,), MASK)])
        logits = student(input_ids=text[None]).logits[0, -4:]
        ids = F.pad(batch_of().ids[row], (0, 4))[anchor + 1 : anchor + 5].tolist()
        if END in ids:  # behind the end only the end may follow
            ids = [END if END in ids[:i] else token for i, token in enumerate(ids)]
        regions += list(F.cross_entropy(logits, torch.tensor(ids), reduction="none"))
    expected = torch.stack(texts).mean()
    torch.testing.assert_close(next_loss, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(total, expected + 0.5 * torch.stack(regions).mean(), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of torch's compiler, about itself
def test_compiled_layers_compute_the_same() -> None:
    student, _ = models("qwen3")
    losses = []
    for seed in range(3):  # batches of other shapes
        blocks = make_blocks(batch_of(seed), 3 + seed)
        losses.append(gold_loss(BlockLogits(student), blocks, Objective((MASK,), (END,)), 1.0)[0])
    compile_layers(student)
    for seed, plain in enumerate(losses):
        blocks = make_blocks(batch_of(seed), 3 + seed)
        compiled = gold_loss(BlockLogits(student), blocks, Objective((MASK,), (END,)), 1.0)[0]
        torch.testing.assert_close(compiled, plain, rtol=1e-4, atol=1e-5)


def test_without_a_compiler_the_model_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    student, _ = models("llama")
    monkeypatch.setenv("PATH", "")
    with pytest.warns(UserWarning, match=r"no C\+\+ compiler"):
        compile_layers(student)
