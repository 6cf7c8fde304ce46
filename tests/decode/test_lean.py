"""The lean layers compute what transformers' own modules compute, on the weights that the model has."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from mtp_model.checkpoint import Checkpoint
from mtp_model.decode import lean
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.lean import LeanLayers, lean_layers
from tests.decode.tiny import ARCHITECTURES, TOKENIZER, checkpoint

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 48,
}
SHAPES: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ARCHITECTURES),
    ("llama", {"attention_bias": True, "mlp_bias": True}),
    ("llama", {"rope_parameters": LLAMA3_ROPE}),
    ("qwen3", {"num_key_value_heads": 4}),
    ("qwen3", {"tie_word_embeddings": True}),
]


@torch.inference_mode()
def passes(model: BlockModel) -> list[torch.Tensor]:
    """Logits of a prompt, a single token, a block and a pass of two rows."""
    draw = torch.Generator().manual_seed(1)
    cache = model.new_cache()
    cache.reserve(2, 64)
    ids = torch.randint(len(TOKENIZER), (1, 40), generator=draw)
    place = torch.arange(64)[None]
    found = [
        model.one_row(cache, 0, 0, ids[:, :20], place[:, :20], 20),
        model.one_row(cache, 0, 20, ids[:, 20:21], place[:, 20:21], 1),
        model.one_row(cache, 0, 21, ids[:, 21:28], place[:, 21:28], 5),
        model.one_row(cache, 1, 0, ids[:, :9], place[:, :9], 9),
    ]
    positions = torch.tensor([[28, 29, 30], [9, 10, 11]])
    found.append(model.many_rows(cache, 31, ids[0, 28:34].view(2, 3), positions, torch.tensor([0, 1]), 2))
    return found


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize(("architecture", "changes"), SHAPES)
def test_the_logits_are_those_of_transformers(
    architecture: str, changes: dict[str, Any], packed: bool
) -> None:
    ours = checkpoint(architecture, **changes)
    theirs = BlockModel(copy.deepcopy(ours))
    theirs._lean = None
    model = BlockModel(ours)
    model._lean = LeanLayers(ours.model, packed)
    for mine, wanted in zip(passes(model), passes(theirs), strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-4, atol=1e-4)


def test_the_model_itself_stays_as_it_was() -> None:
    ours = checkpoint("qwen2")
    before = copy.deepcopy(ours.model.state_dict())
    ids = torch.arange(12)[None]
    wanted = ours.model(ids).logits
    LeanLayers(ours.model, packed=False)
    after = ours.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert torch.equal(ours.model(ids).logits, wanted)
    attention = ours.model.model.layers[0].self_attn
    assert attention.k_proj.weight.untyped_storage().data_ptr() == (
        attention.q_proj.weight.untyped_storage().data_ptr()
    ), "merged weights must not be stored twice"


def test_bfloat16_differs_by_its_rounding_only() -> None:
    ours = checkpoint("qwen3")
    exact = passes(BlockModel(ours))
    rough = checkpoint("qwen3")
    rough.model.to(torch.bfloat16)
    model = BlockModel(Checkpoint(**{**vars(rough), "dtype": torch.bfloat16}))
    assert model._lean is not None
    for mine, wanted in zip(passes(model), exact, strict=True):
        assert (mine - wanted).abs().max() < 0.05 * wanted.abs().max()


class Adapted(torch.nn.Linear):
    """A linear module that computes something else."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return super().forward(inputs) * 2


def test_what_it_does_not_know_is_left_to_transformers() -> None:
    assert lean_layers(checkpoint().model) is not None
    assert lean_layers(checkpoint(hidden_act="gelu").model) is None
    assert lean_layers(checkpoint().model.half()) is None
    dynamic = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}
    assert lean_layers(checkpoint("llama", rope_parameters=dynamic).model) is None
    adapted = checkpoint().model
    adapted.model.layers[1].mlp.up_proj.__class__ = Adapted
    assert lean_layers(adapted) is None


def test_weights_are_packed_only_into_memory_that_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lean._may_pack(torch.float32, 1000)
    assert not lean._may_pack(torch.float32, 2**60)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not lean._may_pack(torch.float32, 1000)
    with torch.inference_mode():
        assert lean_layers(checkpoint().model)._head.packed is None  # type: ignore[union-attr]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rows", [1, 32, 33, 48, 100])
def test_a_packed_projection_of_any_number_of_rows(rows: int, bias: bool) -> None:
    torch.manual_seed(0)
    parts = [nn.Linear(24, size, bias=bias) for size in (8, 16)]
    packed = lean._Projection(True, *parts)
    inputs = torch.randn(1, rows, 24)
    expected = torch.cat([part(inputs) for part in parts], dim=-1)
    with torch.no_grad():
        torch.testing.assert_close(packed(inputs), expected)
        packed.few = rows
        torch.testing.assert_close(packed(inputs), expected)
        strided = torch.randn(1, 24, rows).transpose(1, 2)
        torch.testing.assert_close(packed(strided), torch.cat([part(strided) for part in parts], dim=-1))


def test_prompts_of_all_lengths_share_few_kernels() -> None:
    class Rows(TorchDispatchMode):
        seen: ClassVar[set[int]] = set()

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if "_linear_pointwise" in str(func):
                self.seen.add(args[0].shape[:-1].numel())
            return func(*args, **(kwargs or {}))

    packed = lean._Projection(True, nn.Linear(8, 8))
    with torch.no_grad(), Rows():
        for rows in range(1, 257):
            packed(torch.randn(1, rows, 8))
    assert Rows.seen == {*range(1, 33), *range(48, 257, 16)}
