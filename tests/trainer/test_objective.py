"""The fast loss equals the plain reference, and end tokens are handled as documented."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from mtp_model.checkpoint.support import check_supported
from mtp_model.errors import UnsupportedModelError
from mtp_trainer.batching import Batch, collate
from mtp_trainer.block_rollout import roll_out
from mtp_trainer.blocks import Blocks, make_blocks, text_alone
from mtp_trainer.flex_regions import region_block_mask
from mtp_trainer.objective import (
    Attention,
    BlockLogits,
    BlockLoss,
    Objective,
    Totals,
    block_loss,
    settle,
    text_loss,
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


# What the families need beside the shape: ids inside of the vocabulary, and what is theirs alone.
FAMILIES: dict[str, dict[str, Any]] = {
    "qwen2": {"use_sliding_window": False},
    "mistral": {"sliding_window": None},
    "gemma": {},  # scales its embeddings, which are its head
    "phi": {"partial_rotary_factor": 0.5},  # layers of attention beside the MLP, biases, one in the head
    "olmo2": {},
    "smollm3": {"no_rope_layer_interval": 2},  # a layer with rotary positions and one without
}


def models(kind: str, seed: int = 0, **shape: int) -> tuple[PreTrainedModel, PreTrainedModel]:
    """A random teacher, and a student near it."""
    torch.manual_seed(seed)
    config: Any
    if kind in FAMILIES:
        ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": END}
        config = AutoConfig.for_model(kind, **(SHAPE | ids | FAMILIES[kind]))
        teacher: PreTrainedModel = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa").eval()
    else:
        config = (LlamaConfig if kind == "llama" else Qwen3Config)(**(SHAPE | shape))
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


def gradients(model: PreTrainedModel, result: BlockLoss | torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    (result if isinstance(result, torch.Tensor) else result.loss).backward()
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


@pytest.mark.parametrize("rollout", [1, 2])
def test_the_mask_for_flex_attention_is_the_dense_one(rollout: int) -> None:
    blocks = make_blocks(batch_of(), 5, offset=1)
    if rollout > 1:
        student, teacher = models("llama")
        seen: list[Blocks] = []
        passes = BlockLogits(student)
        passes.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        objective = Objective((MASK,), (END,), rollout_blocks=rollout, threshold=0.0)
        block_loss(passes, BlockLogits(teacher), blocks, objective)
        blocks = seen[-1]
        assert (blocks.prefix_lengths > 0).any()
    dense, mask = blocks.dense_mask(), region_block_mask(blocks)
    row, query, key = torch.meshgrid(*(torch.arange(n) for n in (dense[:, 0].shape)), indexing="ij")
    assert torch.equal(mask.mask_mod(row, torch.zeros_like(row), query, key), dense[:, 0])


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # what torch compiles with
def test_flex_attention_sees_what_the_dense_mask_shows() -> None:
    """Forward only: on the CPU FlexAttention has no gradient."""
    student, _ = models("qwen3")
    blocks = make_blocks(batch_of(), 5, offset=1)
    masks = torch.tensor([MASK] * 4)
    with torch.no_grad():
        found, expected = (BlockLogits(student, way)(blocks, masks, True) for way in ("flex", "dense"))
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.gpu
@pytest.mark.parametrize("kind", ["llama", "qwen3"])
def test_flex_attention_has_the_dense_masks_gradients(kind: str) -> None:
    # FlexAttention takes no smaller heads on CUDA.
    student, teacher = (model.to("cuda") for model in models(kind, head_dim=16))
    blocks = make_blocks(batch_of().to("cuda"), 5, offset=1)
    objective = Objective((MASK,), (END,), text_weight=0.7)
    flex, dense = (fast(student, teacher, blocks, objective, way) for way in ("flex", "dense"))
    torch.testing.assert_close(flex.loss, dense.loss, rtol=1e-4, atol=1e-5)
    found, expected = gradients(student, flex), gradients(student, dense)
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-2, atol=1e-4, msg=name)


@pytest.mark.gpu
@pytest.mark.parametrize("attention", ["chunked", "flex", "dense"])
def test_mixed_precision_trains_on_cuda(attention: Attention) -> None:
    """Autocast treats other operations on CUDA than on the CPU."""
    student, teacher = (model.to("cuda") for model in models("qwen3", head_dim=16))
    objective = Objective((MASK,), (END,), text_weight=0.7)
    for seed, k in ((0, 5), (1, 3)):  # two shapes
        blocks = make_blocks(batch_of(seed).to("cuda"), k, offset=1)
        full = fast(student, teacher, blocks, objective, attention)
        with torch.autocast("cuda", torch.bfloat16):
            mixed = fast(student, teacher, blocks, objective, attention)
        torch.testing.assert_close(mixed.loss, full.loss, rtol=0.05, atol=0.05)
        assert all(gradient.isfinite().all() for gradient in gradients(student, mixed).values())


@pytest.mark.parametrize("kind", ["llama", "qwen3"])
@pytest.mark.parametrize("attention", ["chunked", "dense"])
@pytest.mark.parametrize(
    ("k", "options"),
    [
        (2, {}),
        (5, {}),
        (5, {"soft": True}),
        (5, {"on_text": True}),
        (2, {"reach": 1.0}),
        (5, {"reach": 0.7}),
        (5, {"text_weight": 0.7}),
        (5, {"text_weight": 0.7, "text_gold": True}),
        (2, {"rollout_blocks": 2}),
        (5, {"rollout_blocks": 3}),
        (5, {"rollout_blocks": 2, "soft": True, "text_weight": 0.7, "reach": 1.0}),
        (5, {"rollout_blocks": 3, "on_text": True}),
        (4, {"mask_token_ids": (36, 37, 39), "rollout_blocks": 2}),
        (5, {"anchors": "random", "rollout_blocks": 2}),
    ],
)
def test_fast_equals_reference(kind: str, attention: Attention, k: int, options: dict[str, Any]) -> None:
    assert_fast_equals_reference(kind, attention, k, options)


@pytest.mark.parametrize("attention", ["chunked", "dense"])
def test_the_loss_of_text_alone_is_the_cross_entropy_of_what_the_model_writes(attention: Attention) -> None:
    student, _ = models("qwen3")
    batch = batch_of()
    blocks = text_alone(batch)
    totals = Totals.of(blocks)
    found = gradients(student, text_loss(BlockLogits(student, attention), blocks, totals))
    parts = [text_loss(BlockLogits(student, attention), blocks.part(i, 2), totals) for i in range(2)]
    student.set_attn_implementation("sdpa")
    logits = student(batch.ids, attention_mask=batch.attention_mask).logits[:, :-1]
    wanted = batch.loss_mask[:, 1:]
    plain = F.cross_entropy(logits[wanted], batch.ids[:, 1:][wanted])
    torch.testing.assert_close(parts[0] + parts[1], plain, rtol=1e-5, atol=1e-6)
    for name, gradient in gradients(student, plain).items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


@pytest.mark.parametrize("kind", FAMILIES)
@pytest.mark.parametrize("attention", ["chunked", "dense"])
def test_fast_equals_reference_in_other_families(kind: str, attention: Attention) -> None:
    options = {"rollout_blocks": 2, "text_weight": 0.7}
    assert_fast_equals_reference(kind, attention, 5, options)
    model = models(kind)[0]
    assert BlockLogits(model, attention).attention == attention
    check_supported(model.config, type(model), kind)  # nor is it refused when it is loaded


def assert_fast_equals_reference(kind: str, attention: Attention, k: int, options: dict[str, Any]) -> None:
    student, teacher = models(kind)
    options = {"mask_token_ids": (MASK,), "threshold": 0.3} | options
    anchors, lot = options.pop("anchors", "stride"), torch.Generator().manual_seed(4)
    blocks = make_blocks(batch_of(), k, offset=1, anchors=anchors, generator=lot)
    # several end tokens, so that ends are met inside blocks
    objective = Objective(end_token_ids=(END, *range(2, 38, 4)), **options)
    slow = reference_loss(student, teacher, blocks, objective)
    quick = fast(student, teacher, blocks, objective, attention)
    assert (slow.valid & ~slow.live).any()
    assert k == 2 or not slow.valid.all()
    assert bool(slow.continued.any()) == (objective.blocks_per_anchor > 1)
    for name in ("proposals", "targets", "valid", "live", "continued"):
        assert torch.equal(getattr(slow, name), getattr(quick, name)), name
    # float32: the passes sum in another order, over tens of terms
    torch.testing.assert_close(quick.confidence, slow.confidence, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(quick.loss, slow.loss, rtol=1e-5, atol=1e-6)
    expected, found = gradients(student, slow), gradients(student, quick)
    assert expected.keys() == found.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


def test_a_roll_out_is_what_the_decoder_reads_next() -> None:
    student, _ = models("qwen3")
    blocks, end, masks = make_blocks(batch_of(), 4), (END, *range(0, 38, 6)), torch.tensor([MASK] * 3)
    passes = BlockLogits(student)
    options: dict[str, Any] = {"masks": masks, "forbidden": (MASK,), "end_token_ids": end, "chunk": 2**20}
    rolled = roll_out(passes, passes.head, blocks, count=3, threshold=0.2, **options)
    student.set_attn_implementation("sdpa")
    counts = set()
    for row, region in blocks.used.nonzero().tolist():
        context = blocks.ids[row, : int(blocks.anchors[row, region]) + 1].tolist()
        going = True
        for number in range(3):
            place = 3 * region + number
            assert bool(rolled.used[row, place]) == going
            if not going:
                break
            before = len(context) - 1 - int(blocks.anchors[row, region])
            assert int(rolled.prefix_lengths[row, place]) == before
            assert rolled.prefix[row, place, :before].tolist() == context[len(context) - before :]
            with torch.no_grad():
                logits = student(torch.tensor([[*context, *masks.tolist()]])).logits[0, -4:]
            proposals, confidence = greedy(logits, (MASK,))
            count = 1
            while count < 4 and confidence[count] >= 0.2:
                count += 1
            counts.add(count)
            context += proposals[:count].tolist()
            going = not set(proposals[:count].tolist()) & set(end)
    assert len(counts) > 2  # blocks of several lengths went on
    assert not rolled.used[blocks.used.repeat_interleave(3, dim=1)].all()  # and some ended


def test_a_roll_out_adds_one_student_pass_per_block_and_none_of_the_teacher() -> None:
    student, teacher = models("llama")
    passes = BlockLogits(student), BlockLogits(teacher)
    graded: list[tuple[int, bool]] = []
    for index, module in enumerate(passes):
        module.register_forward_pre_hook(lambda *_, i=index: graded.append((i, torch.is_grad_enabled())))
    block_loss(*passes, make_blocks(batch_of(), 4), Objective((MASK,), (END,), rollout_blocks=3))
    assert graded == [(0, False), (0, False), (0, True), (1, False)]


def test_a_roll_out_in_bf16_keeps_its_gradient() -> None:
    # autocast keeps weights that were cast without gradient, and would leave the parameters without one
    student, teacher = models("llama")
    blocks = make_blocks(batch_of(), 4)
    found = {}
    for count in (1, 2):
        objective = Objective((MASK,), (END,), rollout_blocks=count, threshold=0.3)
        with torch.autocast("cpu", torch.bfloat16):
            result = block_loss(BlockLogits(student), BlockLogits(teacher), blocks, objective)
        found[count] = gradients(student, result)
    assert found[1].keys() == found[2].keys()
    assert all(gradient.any() for gradient in found[2].values())


def test_a_roll_out_in_parts_is_that_of_the_whole_batch() -> None:
    student, teacher = models("llama")
    blocks = make_blocks(batch_of(), 4, offset=1)
    objective = Objective((MASK,), (END, *range(0, 38, 3)), rollout_blocks=3, threshold=0.3)
    passes = BlockLogits(student), BlockLogits(teacher)
    whole = block_loss(*passes, blocks, objective)
    expected, totals = gradients(student, whole), Totals.of(blocks, objective.blocks_per_anchor)
    parts = [block_loss(*passes, blocks.part(i, 4), objective, totals) for i in range(4)]
    total = torch.stack([part.loss for part in parts]).sum()
    torch.testing.assert_close(total, whole.loss, rtol=1e-5, atol=1e-6)
    found = gradients(student, replace(whole, loss=total))
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


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


def test_models_that_drop_attention_weights_are_refused() -> None:
    student, _ = models("qwen3")
    student.config.attention_dropout = 0.1
    with pytest.raises(UnsupportedModelError, match=r"attention_dropout=0\.1.*Set attention_dropout to 0"):
        BlockLogits(student)
