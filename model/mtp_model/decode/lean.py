"""The layers of Llama, Mistral, Qwen2 and Qwen3 with fewer, larger operations, for the CPU.

A pass over a small model is mostly the cost of starting operations and of reading weights: transformers
starts about 40 operations per layer, this code about 20, and its weights are packed for oneDNN's matrix
product. Projections that read the same input are one matrix.

A row's result does not depend, beyond rounding, on what else goes through with it; to the last bit it may,
for sums are split by their size (see `mtp_model.config.Verified`). In bfloat16 on CPUs with AMX it does not:
attention over a multiple of `_PIECE` columns adds in one order, the columns beyond a row's own being hidden,
and so do products of up to `_PIECE` rows or `_DEPTH` terms. Larger products of small weights are taken apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from statistics import median
from time import perf_counter
from typing import Any, cast

import psutil
import torch
from torch import Tensor, nn
from torch.nn.functional import linear, pad, scaled_dot_product_attention, silu

from mtp_model.decode.cache import RowCache, round_up

__all__ = ["LeanLayers", "lean_layers"]

_FAMILIES = frozenset({"llama", "mistral", "qwen2", "qwen3"})
_FIXED_ROPE = frozenset({"default", "linear", "llama3", "yarn"})  # frequencies do not change with the length
_ROWS = 16  # oneDNN lays a packed weight out for about so many rows
_EXACT = 32  # up to here every number of rows is multiplied as it is, above in multiples of _ROWS
_FEW = (1, 2, 4, 8, 16)  # up to so many rows, torch's own product may be the faster one
_PIECE = 32  # bfloat16: rows of a product, and columns of attention, that are summed in the same order always
_DEPTH = 384  # bfloat16: up to so many terms are summed in the same order for any number of rows
_CACHED = 2**21  # bytes of a weight that may be read once per piece, from the processor's cache
_POSITIONS = 1024  # the table of rotations grows by so many
_TRIALS, _SECONDS = 9, 0.2  # of the measurement which one is


def lean_layers(model: Any) -> LeanLayers | None:
    """The lean form of a model on the CPU, or None if it has parts that this code does not know.

    Args:
        model: A causal language model of transformers, float32 or bfloat16.
    """
    config = model.config
    if config.model_type not in _FAMILIES or config.hidden_act != "silu":
        return None
    if (config.rope_parameters or {}).get("rope_type") not in _FIXED_ROPE:
        return None
    base, head = model.base_model, model.get_output_embeddings()
    projections = [m for m in (*base.layers.modules(), head) if isinstance(m, nn.Linear)]
    weights = [*base.parameters(), *head.parameters()]
    kinds = {(weight.device.type, weight.dtype) for weight in weights}
    if any(type(m) is not nn.Linear for m in projections) or len(kinds) != 1:
        return None  # adapters, a model spread over devices
    if any(type(weight) is not nn.Parameter for weight in weights):
        return None  # quantised weights
    ((device, dtype),) = kinds
    if device != "cpu" or dtype not in (torch.float32, torch.bfloat16):
        return None
    return LeanLayers(model, packed=_may_pack(dtype, sum(m.weight.nbytes for m in projections)))


def _may_pack(dtype: torch.dtype, size: int) -> bool:
    """Whether `size` bytes of weights can be packed: a second copy, by operations private to torch."""
    ops = torch.ops.mkldnn
    known: bool = hasattr(ops, "_linear_pointwise") and torch.backends.mkldnn.is_available()
    if not known:
        return False
    # oneDNN refuses bfloat16 where the processor has no instructions for it (x86 without AVX-512).
    supports = getattr(ops, "_is_mkldnn_bf16_supported", lambda: False)
    if dtype == torch.bfloat16 and not supports():
        return False
    return size < int(psutil.virtual_memory().available) // 4


class LeanLayers:
    """Embedding, layers, last norm and head.

    Args:
        model: The model. It stays usable; its weights must not change any more.
        packed: Keep a packed copy of the weights.

    Attributes:
        align: The window of a pass must be a multiple of so many columns.
    """

    def __init__(self, model: Any, packed: bool) -> None:
        base = model.base_model
        self._embed = base.embed_tokens
        self._layers = [_Layer(layer, base.config, packed) for layer in base.layers]
        self._norm = _norm_of(base.norm)
        self._head = _Projection(packed, model.get_output_embeddings())
        self._rotary = base.rotary_emb
        self._dtype = self._head.plain.dtype
        self.align = _PIECE if self._dtype == torch.bfloat16 else 1
        self._rotation = torch.empty(0)
        if packed:
            kinds = (*zip(*(layer.projections for layer in self._layers), strict=True), (self._head,))
            _choose_products(kinds)

    def __call__(self, cache: RowCache, block: Tensor, positions: Tensor, mask: Tensor | None) -> Tensor:
        """Run a block; its keys and values go where the cache's window says.

        Args:
            cache: Its window is set.
            block: [B, W] int64.
            positions: [B, W] int64, within the context.
            mask: Additive, [B, 1, G*W, C] (see `stack_groups`), or None: causal from column 0.

        Returns:
            Hidden states after the last norm, [B, W, D].
        """
        hidden: Tensor = self._embed(block).float()
        table = self._rotation  # another thread may put a shorter one there
        if len(table) < cache.window.used:
            table = self._rotation = self._rotations(round_up(cache.window.used, _POSITIONS))
        rotation = table[positions]  # [B, W, 2, D]
        for layer, slot in zip(self._layers, cache.layers, strict=True):
            hidden = layer(hidden, rotation, mask, slot)
        return _rms_norm(hidden, *self._norm).to(self._dtype)

    def _rotations(self, length: int) -> Tensor:
        """Cosine, and sine with the sign that `_Layer` wants, of all positions: [length, 2, D]."""
        cos, sin = self._rotary(self._norm[0], torch.arange(length)[None])
        low, high = sin.chunk(2, -1)
        return torch.stack([cos, torch.cat([-low, high], -1)], 2)[0]

    def head(self, hidden: Tensor) -> Tensor:
        """Logits [B, P, V] of hidden states [B, P, D]."""
        return self._head(hidden)


class _Layer:
    def __init__(self, layer: Any, config: Any, packed: bool) -> None:
        attention, mlp = layer.self_attn, layer.mlp
        self.head_dim = int(attention.head_dim)
        self.scaling = float(attention.scaling)
        self.heads = int(config.num_attention_heads)
        self.kv_heads = int(config.num_key_value_heads)
        self.before_attention = _norm_of(layer.input_layernorm)
        self.before_mlp = _norm_of(layer.post_attention_layernorm)
        self.qkv = _Projection(packed, attention.q_proj, attention.k_proj, attention.v_proj)
        self.out = _Projection(packed, attention.o_proj)
        self.gate_up = _Projection(packed, mlp.gate_proj, mlp.up_proj)
        self.down = _Projection(packed, mlp.down_proj)
        self.head_norm: tuple[Tensor, Tensor] | None = None
        if hasattr(attention, "q_norm"):
            (query, eps), (key, _) = _norm_of(attention.q_norm), _norm_of(attention.k_norm)
            each = [query.expand(self.heads, -1), key.expand(self.kv_heads, -1)]
            self.head_norm = torch.cat(each).contiguous(), eps

    @property
    def projections(self) -> tuple[_Projection, ...]:
        """In the order of their use."""
        return self.qkv, self.out, self.gate_up, self.down

    def __call__(self, hidden: Tensor, rotation: Tensor, mask: Tensor | None, slot: Any) -> Tensor:
        batch, width, _ = hidden.shape
        size, heads, kv_heads = self.head_dim, self.heads, self.kv_heads
        dtype = self.out.plain.dtype
        normed = _rms_norm(hidden, *self.before_attention).to(dtype)
        mixed = self.qkv(normed).view(batch, width, -1, size)
        turned, values = mixed[:, :, : heads + kv_heads], mixed[:, :, heads + kv_heads :]
        if self.head_norm is not None:
            turned = _rms_norm(turned, *self.head_norm)
        # The rotary embedding of (x1, x2), halves of a head: (x1 cos - x2 sin, x2 cos + x1 sin).
        cos, sin = rotation[:, :, :1], rotation[:, :, 1:]
        turned = torch.addcmul(turned * cos, turned.roll(size // 2, -1), sin).to(dtype).transpose(1, 2)
        keys, values = slot.update(turned[:, heads:], values.transpose(1, 2))
        queries = turned[:, :heads]
        if mask is None:
            beyond = keys.shape[2] - width if width > 1 else 0
            out = scaled_dot_product_attention(
                pad(queries, (0, 0, 0, beyond)) if beyond else queries,
                keys,
                values,
                scale=self.scaling,
                is_causal=width > 1,
                enable_gqa=heads != kv_heads,
            )[:, :, :width]
        else:  # the query heads of a group stand below each other, see `block_attention`
            stacked = queries.reshape(batch, kv_heads, -1, size)
            out = scaled_dot_product_attention(stacked, keys, values, attn_mask=mask, scale=self.scaling)
            out = out.reshape(batch, heads, width, size)
        hidden = hidden + self.out(out.transpose(1, 2).reshape(batch, width, -1))
        gate, up = self.gate_up(_rms_norm(hidden, *self.before_mlp).to(dtype)).chunk(2, -1)
        return hidden.add_(self.down(silu(gate).mul_(up)))


class _Projection:
    """One or several linear modules of the same input as one matrix product.

    Args:
        packed: Keep a packed copy of the weights beside the modules' own.
        modules: They stay usable.

    Attributes:
        few: Up to so many rows are multiplied with the weights as they are.
        most: So many rows are multiplied at a time.
    """

    def __init__(self, packed: bool, *modules: nn.Linear) -> None:
        weights, biases = [m.weight.detach() for m in modules], [m.bias for m in modules]
        self.bias = None if biases[0] is None else torch.cat([b.detach() for b in biases])
        self.few = 0
        self.most = sys.maxsize
        self.plain = weights[0]
        if len(weights) > 1:  # no weight is stored twice: the modules' own become views
            self.plain = torch.cat(weights)
            for module, part in zip(modules, self.plain.split([len(w) for w in weights]), strict=True):
                module.weight.data = part
        deep = self.plain.dtype == torch.bfloat16 and self.plain.shape[1] > _DEPTH
        if deep and self.plain.nbytes <= _CACHED:
            self.most = _PIECE
        self.packed = torch.ops.mkldnn._reorder_linear_weight(self.plain, _ROWS) if packed else None

    def __call__(self, inputs: Tensor) -> Tensor:
        """[..., N] -> [..., M]."""
        shape, rows = inputs.shape[:-1], inputs.shape[:-1].numel()
        if rows > self.most:
            parts = inputs.reshape(rows, -1).split(self.most)
            return torch.cat([self(part) for part in parts]).view(*shape, -1)
        if self.packed is None or rows <= self.few:
            return linear(inputs, self.plain, self.bias)
        # oneDNN prepares, and keeps, a kernel for each number of rows: prompts have many lengths.
        padding = -rows % _ROWS if rows > _EXACT else 0
        if padding:
            inputs = pad(inputs.reshape(rows, -1), (0, 0, 0, padding))
        out = torch.ops.mkldnn._linear_pointwise(inputs, self.packed, self.bias, "none", [], "")
        return cast(Tensor, out[:rows].view(*shape, -1) if padding else out)


@torch.inference_mode()
def _choose_products(kinds: Iterable[Sequence[_Projection]]) -> None:
    """Set up to how many rows projections are faster with weights as they are. Processors differ.

    Args:
        kinds: Projections of the same shape in each, as they occur in a pass: their weights are not in the
            nearest cache there.
    """

    def seconds(projection: _Projection, few: int) -> float:
        projection.few = few
        inputs = projection.plain.new_ones(rows, projection.plain.shape[1])
        start = perf_counter()
        projection(inputs)
        return perf_counter() - start

    begin = perf_counter()
    for kind in kinds:
        chosen = 0
        for rows in _FEW:
            if perf_counter() - begin > _SECONDS:
                break
            trials = [kind[i % len(kind)] for i in range(_TRIALS)]
            packed = median(seconds(projection, 0) for projection in trials)
            if median(seconds(projection, rows) for projection in trials) > 0.95 * packed:
                break
            chosen = rows
        for projection in kind:
            projection.few = chosen


def _rms_norm(hidden: Tensor, weight: Tensor, eps: Tensor) -> Tensor:
    norm = torch.linalg.vector_norm(hidden, dim=-1, keepdim=True, dtype=torch.float32)
    scale = torch.addcmul(eps, norm, norm, value=1 / hidden.shape[-1]).rsqrt_()
    return (hidden * scale).mul_(weight)


def _norm_of(norm: Any) -> tuple[Tensor, Tensor]:
    return norm.weight.detach().float(), torch.tensor(float(norm.variance_epsilon))
