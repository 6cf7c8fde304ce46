"""Attention of text with regions that computes little of what the mask would throw away.

A dense mask over L = T + N(k-1) tokens costs L * L. Here the queries go in chunks: a chunk of text attends to
the text before it and, causally, to itself; a chunk of regions, which are sorted by anchor, attends to the
text up to its last anchor and to its own tokens. With as many region tokens as text tokens that is about a
third of the dense cost. On the CPU it is also faster than the fused kernel at the lengths of
agent conversations: matrix products of whole chunks, query heads that share a key head in one product, and
nothing computed twice in the backward pass.

It plugs into unmodified Hugging Face models as an attention implementation; `Blocks.dense_mask` is the oracle
it is tested against.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface

from .blocks import Blocks

NAME = "mtp_regions"
_CHUNK_TOKENS = 192  # queries per product: enough to keep it busy, few enough to skip unseen text


class Chunk:
    """Neighbouring queries that are computed together.

    Attributes:
        start: first of the queries, counted in the whole sequence.
        end: one behind the last.
        seen: the queries see places of the text [0, seen), as far as ``mask`` lets them, and [start, end).
        own: which of its own tokens they see not, bool [end-start, end-start].
        mask: which of the text they see not, bool [B, 1, end-start, seen]; None: they see all of it.
    """

    def __init__(self, start: int, end: int, seen: int, own: Tensor, mask: Tensor | None = None) -> None:
        """Hold the attributes."""
        self.start, self.end, self.seen, self.own, self.mask = start, end, seen, own, mask


class RegionPlan:
    """What `region_attention` needs to know: T and the chunks that cover text and regions.

    A plain class, so that compiled models take it as it is and do not specialise on what it holds.
    """

    def __init__(self, text_length: int, chunks: tuple[Chunk, ...]) -> None:
        """Hold T and the chunks."""
        self.text_length, self.chunks = text_length, chunks

    @classmethod
    def of(cls, blocks: Blocks, chunk_tokens: int = _CHUNK_TOKENS) -> RegionPlan:
        """Plan the attention of a batch.

        Args:
            blocks: the batch.
            chunk_tokens: queries per chunk, about.
        """
        total, size = blocks.anchors.shape[1], blocks.region_size
        per_chunk = max(1, chunk_tokens // size)
        limits = blocks.anchors.amax(dim=0).tolist()  # over the rows, one per region
        chunks = _text_chunks(blocks.text_length, chunk_tokens, blocks.ids.device)
        for first in range(0, total, per_chunk):
            last = min(total, first + per_chunk)
            seen = max(limits[first:last]) + 1
            hidden = ~blocks.text_mask(first, last, seen)[:, None]
            start = blocks.text_length + first * size
            end = blocks.text_length + last * size
            chunks.append(Chunk(start, end, seen, ~blocks.own_mask(last - first), hidden))
        return cls(blocks.text_length, tuple(chunks))

    @classmethod
    def causal(cls, text_length: int, device: torch.device) -> RegionPlan:
        """The plan of a text without regions: plain causal attention."""
        return cls(text_length, tuple(_text_chunks(text_length, _CHUNK_TOKENS, device)))


def _text_chunks(length: int, chunk_tokens: int, device: torch.device) -> list[Chunk]:
    chunks = []
    for start in range(0, length, chunk_tokens):
        end = min(length, start + chunk_tokens)
        own = torch.ones(end - start, end - start, dtype=torch.bool, device=device).triu(1)
        chunks.append(Chunk(start, end, start, own))
    return chunks


@torch.compiler.disable  # type: ignore[untyped-decorator]  # its loops depend on the batch
def region_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    regions: RegionPlan | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """An attention implementation for `transformers.AttentionInterface`.

    Args:
        module: the attention layer; not used.
        query: [B, H, L, D].
        key: [B, kv heads, L, D].
        value: [B, kv heads, L, D].
        attention_mask: not used; the plan says all.
        scaling: of the scores; None: D ** -0.5.
        dropout: of the attention weights; none is applied, only 0 is accepted.
        regions: the plan, passed to the model's forward as ``regions=``.

    Returns:
        [B, L, H, D], and None for the weights.

    Raises:
        RuntimeError: no plan, or a model that drops attention weights.
    """
    if regions is None:
        raise RuntimeError(
            f"The attention implementation {NAME!r} is only for training passes and needs "
            "regions=RegionPlan. Call model.set_attn_implementation('sdpa') before using the model otherwise."
        )
    if dropout:
        raise RuntimeError(
            f"The model drops attention weights (attention_dropout={dropout}), which {NAME!r} does not do. "
            "Set attention_dropout to 0 in its config."
        )
    kind = torch.get_autocast_dtype(query.device.type) if _autocast(query) else value.dtype
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    apply = _ChunkedAttention.apply
    out = apply(query.to(kind), key.to(kind), value.to(kind), scale, regions.chunks)  # type: ignore[no-untyped-call]
    return out.transpose(1, 2).contiguous(), None


def _autocast(tensor: Tensor) -> bool:
    return torch.is_autocast_enabled(tensor.device.type)


class _ChunkedAttention(torch.autograd.Function):
    """softmax(Q K^T * scale + mask) V by chunks of queries; keeps the weights for the backward pass.

    With G = H / kv heads query heads per key head, all products are [B * kv heads, G * n, ...] for a chunk of
    n queries.
    """

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, scale: float, chunks: tuple[Chunk, ...]
    ) -> Tensor:
        rows, heads, length, size = query.shape
        groups, shared = heads // key.shape[1], rows * key.shape[1]
        q = (query * scale).reshape(shared, groups, length, size)
        k, v = key.reshape(shared, length, size), value.reshape(shared, length, size)
        out = torch.empty_like(q)
        weights = []
        for chunk in chunks:
            n, own = chunk.end - chunk.start, slice(chunk.start, chunk.end)
            scores = torch.bmm(
                q[:, :, own].reshape(shared, groups * n, size), _seen(k, chunk).transpose(1, 2)
            )
            by_head = scores.view(rows, -1, groups, n, scores.shape[-1])
            by_head[..., chunk.seen :].masked_fill_(chunk.own, float("-inf"))
            if chunk.mask is not None:
                by_head[..., : chunk.seen].masked_fill_(chunk.mask[:, None], float("-inf"))
            # With an explicit dtype: autocast on CUDA would make it float32, which the backward pass is not.
            p = scores.softmax(dim=-1, dtype=scores.dtype)
            out[:, :, own] = torch.bmm(p, _seen(v, chunk)).view(shared, groups, n, size)
            weights.append(p)
        ctx.save_for_backward(q, k, v, *weights)
        ctx.scale, ctx.chunks = scale, chunks
        return out.view(rows, heads, length, size)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, *weights = ctx.saved_tensors
        shared, groups, length, size = q.shape
        (grad,) = gradients
        rows, heads = grad.shape[:2]
        grad = grad.reshape(shared, groups, length, size)
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for chunk, p in zip(ctx.chunks, weights, strict=True):
            n, own = chunk.end - chunk.start, slice(chunk.start, chunk.end)
            d_out = grad[:, :, own].reshape(shared, groups * n, size)
            d_weights = torch.bmm(d_out, _seen(v, chunk).transpose(1, 2))
            d_scores = torch._softmax_backward_data(d_weights, p, -1, p.dtype)
            dq[:, :, own] = torch.bmm(d_scores, _seen(k, chunk)).view(shared, groups, n, size)
            queries = q[:, :, own].reshape(shared, groups * n, size)
            for total, by_query, by_place in ((dk, queries, d_scores), (dv, d_out, p)):
                part = torch.bmm(by_place.transpose(1, 2), by_query)
                total[:, : chunk.seen] += part[:, : chunk.seen]
                total[:, own] += part[:, chunk.seen :]
        kv = (rows, shared // rows, length, size)
        return (dq * ctx.scale).view(rows, heads, length, size), dk.view(kv), dv.view(kv), None, None


def _seen(tensor: Tensor, chunk: Chunk) -> Tensor:
    """The keys or values that a chunk sees: text [0, seen) and its own, [shared, seen + n, D]."""
    if chunk.seen == chunk.start:
        return tensor[:, : chunk.end]
    return torch.cat([tensor[:, : chunk.seen], tensor[:, chunk.start : chunk.end]], dim=1)


AttentionInterface.register(NAME, region_attention)
