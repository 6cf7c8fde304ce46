"""Optimisers and schedules."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from mtp_trainer.optim import (
    BatchedMuon,
    build_optimizer,
    clip_gradients,
    lr_factor,
    orthogonalize,
    progress_of,
    set_lr,
)


def tiny_model(tie: bool = True) -> LlamaForCausalLM:
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=50,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=1,
            num_attention_heads=2,
            tie_word_embeddings=tie,
        )
    )


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> list[float]:
    ids = torch.arange(40).reshape(2, 20)
    losses = []
    for _ in range(steps):
        loss = model(input_ids=ids, labels=ids).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("kind", ["adamw", "muon"])
@pytest.mark.parametrize("tie", [True, False])
def test_every_parameter_is_trained_once(kind: str, tie: bool) -> None:
    model = tiny_model(tie)
    optimizer = build_optimizer(model, 1e-2, kind, weight_decay=0.1)  # type: ignore[arg-type]
    held = [id(p) for group in optimizer.param_groups for p in group["params"]]
    assert sorted(held) == sorted(id(p) for p in model.parameters())
    losses = train(model, optimizer, 12)
    assert losses[-1] < losses[0]


def test_muon_holds_hidden_matrices_only() -> None:
    model = tiny_model()
    optimizer = build_optimizer(model, 1e-2, "muon")
    muon = {id(p) for group in optimizer.parts["muon"].param_groups for p in group["params"]}  # type: ignore[attr-defined]
    assert muon == {id(p) for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n}


def test_muon_state_comes_back_exactly() -> None:
    first, second = tiny_model(), tiny_model()
    one, two = build_optimizer(first, 1e-2, "muon"), build_optimizer(second, 1e-2, "muon")
    train(first, one, 3)
    second.load_state_dict(first.state_dict())
    two.load_state_dict(copy.deepcopy(one.state_dict()))  # torch shares the tensors otherwise
    set_lr(two, 5e-3)
    set_lr(one, 5e-3)
    train(first, one, 2)
    train(second, two, 2)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_batched_muon_equals_torchs_but_for_bfloat16() -> None:
    torch.manual_seed(0)
    shapes = [(32, 48), (48, 32), (32, 48), (32, 32)]
    kinds: list[type[torch.optim.Muon]] = [BatchedMuon, torch.optim.Muon]
    settings = {"lr": 0.02, "weight_decay": 0.1, "adjust_lr_fn": "match_rms_adamw"}
    start = [torch.randn(shape) for shape in shapes]
    both = [[nn.Parameter(weight.clone()) for weight in start] for _ in kinds]
    optimizers = [
        kind(weights, **settings)  # type: ignore[arg-type]
        for kind, weights in zip(kinds, both, strict=True)
    ]
    for _ in range(3):
        for pair in zip(*both, strict=True):
            pair[0].grad = torch.randn_like(pair[0])
            pair[1].grad = pair[0].grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    for own, other, before in zip(*both, start, strict=True):
        moved = (own - before).norm()
        assert (own - other).norm() < 0.02 * moved  # bfloat16 holds 8 bits
    optimizers[0].load_state_dict(optimizers[1].state_dict())  # either goes on with the other's state


MUON = (3.4445, -4.7750, 2.0315)


@pytest.mark.parametrize("shape", [(3, 16, 40), (3, 40, 16), (1, 16, 16)])
def test_orthogonal_matrices_keep_their_singular_vectors(shape: tuple[int, int, int]) -> None:
    # singular values from 1 to 3: the quintic takes those far below the norm several steps to bring up
    left, _, right = torch.linalg.svd(
        torch.randn(shape, generator=torch.Generator().manual_seed(0)), full_matrices=False
    )
    values = torch.linspace(1, 3, min(shape[1:]))
    found = orthogonalize(left * values @ right, MUON, 5, 1e-7)
    assert found.dtype == torch.float32
    inner = left.mT @ found @ right.mT  # diagonal, if the vectors are kept
    diagonal = inner.diagonal(dim1=1, dim2=2)
    assert (inner - diagonal.diag_embed()).abs().max() < 1e-4
    assert diagonal.min() > 0.6 and diagonal.max() < 1.3
    each = torch.cat([orthogonalize(matrix[None], MUON, 5, 1e-7) for matrix in left * values @ right])
    torch.testing.assert_close(found, each)


def test_a_gradient_of_zero_moves_nothing() -> None:
    assert not orthogonalize(torch.zeros(2, 4, 6), MUON, 5, 1e-7).any()


def test_matrices_without_a_gradient_stay() -> None:
    weights = [nn.Parameter(torch.ones(4, 4)) for _ in range(2)]
    weights[0].grad = torch.eye(4)
    optimizer = BatchedMuon(weights, lr=0.1, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    optimizer.step()
    assert not torch.equal(weights[0], torch.ones(4, 4)) and torch.equal(weights[1], torch.ones(4, 4))
    assert list(optimizer.state) == [weights[0]]


def test_a_learning_rate_of_zero_reaches_all_parts() -> None:
    model = tiny_model()
    optimizer = build_optimizer(model, 1e-2, "muon")
    before = [p.detach().clone() for p in model.parameters()]
    set_lr(optimizer, 0.0)
    train(model, optimizer, 1)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_schedules() -> None:
    assert [lr_factor("constant", s, 0.0, warmup_steps=4) for s in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert lr_factor("cosine", 9, 0.5) == pytest.approx(0.5)
    assert lr_factor("wsd", 9, 0.79) == 1.0
    assert lr_factor("wsd", 9, 0.9) == pytest.approx(0.5)
    assert lr_factor("wsd", 9, 1.0) == 0.0
    assert lr_factor("wsd", 9, 0.9, decay_fraction=0.0) == 1.0


def test_progress_takes_the_later_of_steps_and_time() -> None:
    assert progress_of(5, 10, elapsed_seconds=1e9) == 0.5
    assert progress_of(1, 10, elapsed_seconds=30, max_minutes=1) == 0.5
    assert progress_of(9, 10, elapsed_seconds=30, max_minutes=1) == 0.9
    assert progress_of(1, 10, elapsed_seconds=90, max_minutes=1) == 1.0


def test_clipping() -> None:
    layer = nn.Linear(1, 1, bias=False)
    layer.weight.grad = torch.full((1, 1), 4.0)
    assert clip_gradients(layer, 0.0) == 4.0
    assert layer.weight.grad.item() == 4.0
    assert clip_gradients(layer, 1.0) == 4.0
    assert layer.weight.grad.item() == pytest.approx(1.0)
