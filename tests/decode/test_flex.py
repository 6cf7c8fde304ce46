"""FlexAttention in the decoder: the same as the additive mask, by a plan that covers just what is seen."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from torch.nn.functional import scaled_dot_product_attention

from mtp_model.config import ConfAdapt, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.flex import TILE, flex_block_attention, plan_tiles
from mtp_model.errors import ConfigError
from tests.decode.tiny import checkpoint

STARTS = ([0], [5, 127, 300], [128, 120], [383, 0, 255, 256])


def case(starts: list[int], wide: int) -> tuple[torch.Tensor, int]:
    positions = torch.tensor(starts)[:, None] + torch.arange(wide)
    return positions, int(positions.max()) + 40


@pytest.mark.parametrize("starts", STARTS, ids=str)
@pytest.mark.parametrize(("wide", "groups"), [(1, 1), (5, 2), (31, 6)])
def test_the_plan_covers_what_is_seen(starts: list[int], wide: int, groups: int) -> None:
    positions, used = case(starts, wide)
    plan = plan_tiles(positions, used, groups)

    def sees(row: Any, head: Any, query: Any, key: Any) -> Any:
        return key <= positions[row, query % wide]

    every = create_block_mask(sees, len(starts), None, groups * wide, used, device="cpu", BLOCK_SIZE=TILE)
    for tile in range(every.kv_indices.shape[2]):
        for row in range(len(starts)):
            some = plan.kv_indices[row, 0, tile, : plan.kv_num_blocks[row, 0, tile]].tolist()
            whole = plan.full_kv_indices[row, 0, tile, : plan.full_kv_num_blocks[row, 0, tile]].tolist()
            needed = every.kv_indices[row, 0, tile, : every.kv_num_blocks[row, 0, tile]].tolist()
            seen = every.full_kv_indices[row, 0, tile, : every.full_kv_num_blocks[row, 0, tile]].tolist()
            assert sorted((*some, *whole)) == sorted((*needed, *seen))
            assert all(TILE * (number + 1) <= starts[row] + 1 for number in whole), (
                "each query sees all of it"
            )


def tensors(starts: list[int], wide: int, device: str = "cpu") -> tuple[torch.Tensor, ...]:
    positions, used = case(starts, wide)
    torch.manual_seed(0)
    query = torch.randn(len(starts), 6, wide, 16)
    key, value = torch.randn(2, len(starts), 3, used, 16)
    hidden = torch.arange(used) > positions[..., None]
    mask = torch.zeros(hidden.shape).masked_fill_(hidden, torch.finfo(torch.float32).min)[:, None]
    return tuple(tensor.to(device) for tensor in (query, key, value, positions, mask))


@pytest.mark.parametrize("starts", STARTS, ids=str)
@pytest.mark.parametrize("wide", [1, 16])
def test_it_equals_sdpa_with_a_mask(starts: list[int], wide: int) -> None:
    query, key, value, positions, mask = tensors(starts, wide)
    expected = scaled_dot_product_attention(query, key, value, mask, scale=0.3, enable_gqa=True)
    plan = plan_tiles(positions, key.shape[2], 2)
    torch.testing.assert_close(flex_block_attention(query, key, value, plan, 0.3), expected)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # what torch compiles with
def test_compiled_by_tiles_it_is_the_same() -> None:
    """Plain operations heed only what each query sees; compiled code heeds the tiles, on the CPU too."""
    compiled = torch.compile(flex_attention, dynamic=True)
    for starts in STARTS:
        query, key, value, positions, mask = tensors(starts, 16)
        expected = scaled_dot_product_attention(query, key, value, mask, scale=0.3, enable_gqa=True)
        stacked = query.reshape(len(starts), 3, -1, 16)
        found = compiled(stacked, key, value, block_mask=plan_tiles(positions, key.shape[2], 2), scale=0.3)
        torch.testing.assert_close(found.reshape(query.shape), expected)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3", "mistral"])
@pytest.mark.parametrize("policy", [Static(1), ConfAdapt(0.5), Verified(8, 0.2)], ids=str)
def test_the_decoder_writes_the_same_with_it(kind: str, policy: Any) -> None:
    one, options = checkpoint(kind), GenerationOptions(max_new_tokens=40)
    prompts = [[1, 2], list(range(1, 30)), [3, 4, 5]]
    expected = Decoder(one).generate(prompts, policy, options)
    found = Decoder(one, attention="flex").generate(prompts, policy, options)
    assert [g.token_ids for g in found] == [g.token_ids for g in expected]


def test_other_attention_is_refused() -> None:
    one = checkpoint("llama")
    one.model.config.model_type = "gemma"
    with pytest.raises(ConfigError, match=r"attention='flex': .* gemma"):
        Decoder(one, attention="flex")


@pytest.mark.gpu
@pytest.mark.parametrize("loop", ["host", "device"])
def test_on_cuda_it_is_the_same(loop: Any) -> None:
    one = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
    device = torch.device("cuda", torch.cuda.current_device())
    one.model.to(device)
    one = replace(one, device=device)
    prompts = [[1], [2, 3], list(range(30))]
    for policy in (Static(1), ConfAdapt(0.5), Verified(16, 0.2)):
        options = GenerationOptions(max_new_tokens=60)
        expected = Decoder(one).generate(prompts, policy, options)
        found = Decoder(one, loop=loop, attention="flex").generate(prompts, policy, options)
        assert [g.token_ids for g in found] == [g.token_ids for g in expected]


@pytest.mark.gpu
@pytest.mark.parametrize("starts", STARTS, ids=str)
def test_the_kernel_equals_sdpa(starts: list[int]) -> None:
    query, key, value, positions, mask = tensors(starts, 16, "cuda")
    expected = scaled_dot_product_attention(query, key, value, mask, scale=0.3, enable_gqa=True)
    plan = plan_tiles(positions, key.shape[2], 2)
    found = flex_block_attention(query, key, value, plan, 0.3)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)
