"""Call a Hugging Face model on a block: positions, mask and columns are given explicitly.

The model's own modules run, or on the CPU, where it can be, their lean form (`mtp_model.decode.lean`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch.nn.attention.flex_attention import BlockMask

from mtp_model.decode.attention import BLOCK_ATTENTION, stack_groups
from mtp_model.decode.cache import BUCKET, RowCache, round_up
from mtp_model.decode.costs import measured_costs
from mtp_model.decode.flex import plan_tiles
from mtp_model.decode.lean import LeanLayers, lean_layers
from mtp_model.decode.pace import Pace
from mtp_model.decode.threads import PassThreads
from mtp_model.errors import ConfigError

if TYPE_CHECKING:
    from mtp_model.checkpoint import Checkpoint

__all__ = ["Attention", "BlockModel"]

Attention = Literal["sdpa", "flex"]

PLAIN_HEADS = frozenset({"llama", "mistral", "qwen2", "qwen3"})
"""Model types whose logits are lm_head(hidden) and nothing else, so that the head runs on few columns."""


class BlockModel:
    """The model as the step sees it: blocks in, logits at the proposal columns out.

    Attributes:
        device: Where the weights are.
        fixed_width: Whether every block has the same width (accelerators); else only columns in use are fed.
        layers: Number of layers, for the cache.
        module: The unmodified model.
        threads: Chooses the threads of a pass on the CPU; None elsewhere.

    Raises:
        ConfigError: FlexAttention, for a model that has other attention than this code knows.
    """

    def __init__(self, checkpoint: Checkpoint, attention: Attention = "sdpa") -> None:
        self.device = checkpoint.device
        self.fixed_width = checkpoint.device.type != "cpu"
        config: Any = checkpoint.model.config
        self.layers = int(config.num_hidden_layers)
        self.module = self._model = checkpoint.model
        self._last_position = checkpoint.max_positions - 1
        plain = config.model_type in PLAIN_HEADS
        self._head = checkpoint.model.get_output_embeddings() if plain else None
        self._dtype = checkpoint.dtype
        self._groups = 1
        self._lean: LeanLayers | None = None
        if plain and config._attn_implementation in ("sdpa", BLOCK_ATTENTION):
            checkpoint.model.set_attn_implementation(BLOCK_ATTENTION)  # equals sdpa for every other caller
            self._groups = config.num_attention_heads // config.num_key_value_heads
            self._lean = lean_layers(checkpoint.model) if attention == "sdpa" else None
        elif attention != "sdpa":
            raise ConfigError(
                f"attention={attention!r}: {checkpoint.name} is a {config.model_type} model, and this is for "
                f"{', '.join(sorted(PLAIN_HEADS))}. Leave `attention` out."
            )
        self._align = 1 if self._lean is None else self._lean.align
        self._flex = attention == "flex"
        on_cpu = checkpoint.device.type == "cpu"
        self.threads = PassThreads(checkpoint.model, self.layers) if on_cpu else None
        self._band: torch.Tensor = torch.empty(0, 0)  # see _band_mask

    @cached_property
    def pace(self) -> Pace:
        """Chooses k for `k_max="auto"`. The first use measures passes, which takes about half a second."""
        return Pace(measured_costs(self))

    @cached_property
    def column_bytes(self) -> int:
        """Bytes of the keys and values of one token. The first use asks a pass."""
        cache, token = self.new_cache(), torch.zeros(1, 1, dtype=torch.int64, device=self.device)
        cache.reserve(1, 1)
        with torch.inference_mode():
            self.one_row(cache, 0, 0, token, token, 1)
        return cache.nbytes() // cache.columns

    def new_cache(self) -> RowCache:
        """An empty cache for this model."""
        return RowCache(self.layers)

    def one_row(
        self,
        cache: RowCache,
        slot: int,
        start: int,
        block: torch.Tensor,
        positions: torch.Tensor,
        proposals: int,
    ) -> torch.Tensor:
        """A pass of one row whose length the host knows: the cache is sliced, and the mask is a view.

        Args:
            cache: Holds `start` committed columns in `slot`.
            slot: The row's place in the cache.
            start: Committed tokens.
            block: [1, W] int64; the proposals are its last columns.
            positions: [1, W] int64.
            proposals: P.

        Returns:
            Logits [1, P, V] float32.
        """
        width = block.shape[1]
        used = round_up(start + width, self._align)
        cache.one_row(slot, start, used)
        # Without a mask: a first block is plainly causal, and one query sees all columns if all are in use.
        plain = start == 0 if width > 1 else self._align == 1
        mask = None if plain else self._band_mask(start, width, used)
        with self._used_threads(width):
            return self._logits(cache, block, positions, mask, None, proposals)

    def many_rows(
        self,
        cache: RowCache,
        used: int,
        block: torch.Tensor,
        positions: torch.Tensor,
        first: torch.Tensor,
        proposals: int,
    ) -> torch.Tensor:
        """A pass of the rows in slots 0 .. B-1, each with its own length.

        Args:
            cache: Holds each row's committed columns.
            used: Columns that the longest row needs, the block included.
            block: [B, W] int64.
            positions: [B, W] int64, also the columns that are written.
            first: [B] int64, each row's first proposal column.
            proposals: P.

        Returns:
            Logits [B, P, V] float32.
        """
        used = min(round_up(used, BUCKET if self.fixed_width else self._align), cache.columns)
        cache.many_rows(positions, used)
        if self._flex:
            plan = plan_tiles(positions, used, self._groups)
            return self._logits(cache, block, positions, plan, first, proposals)
        column = torch.arange(used, device=self.device)
        hidden = column > positions[..., None]
        mask = torch.zeros(hidden.shape, dtype=self._dtype, device=self.device)
        mask = mask.masked_fill_(hidden, torch.finfo(self._dtype).min)[:, None]
        with self._used_threads(block.numel()):
            return self._logits(cache, block, positions, mask, first, proposals)

    def _used_threads(self, tokens: int) -> AbstractContextManager[None]:
        return nullcontext() if self.threads is None else self.threads.used(tokens)

    def _logits(
        self,
        cache: RowCache,
        block: torch.Tensor,
        positions: torch.Tensor,
        mask: torch.Tensor | BlockMask | None,
        first: torch.Tensor | None,
        proposals: int,
    ) -> torch.Tensor:
        """Run the model. `first` None means that the proposals are the last columns."""
        # Masks may stand past the end of the context. What they propose is never emitted.
        positions = positions.clamp(max=self._last_position)
        if isinstance(mask, torch.Tensor):
            mask = stack_groups(mask, self._groups)
        if self._lean is not None:
            assert not isinstance(mask, BlockMask)
            hidden = self._lean(cache, block, positions, mask)
            return self._lean.head(_columns(hidden, first, proposals)).float()
        inputs = {"input_ids": block, "position_ids": positions, "attention_mask": mask, "use_cache": True}
        if self._head is None:
            keep = proposals if first is None else 0
            logits: torch.Tensor = self._model(**inputs, past_key_values=cache, logits_to_keep=keep).logits
            return _columns(logits, first, proposals).float()
        base = self._model.base_model
        hidden = base(**inputs, past_key_values=cache).last_hidden_state
        logits = self._head(_columns(hidden, first, proposals))
        return logits.float()

    def _band_mask(self, start: int, width: int, used: int) -> torch.Tensor:
        """Additive mask [1, 1, W, used]: row i of the block sees the columns up to start + i.

        For blocks it is a view into one table, whose diagonal is found by where the view begins.
        """
        band = self._band
        rows, columns = band.shape
        # Too tall for the table: the rest of a prompt behind a kept prefix. On CUDA kernels want a mask that
        # begins at an aligned address, as a view into the table does not.
        if width > 64 or self.fixed_width:
            return _causal(width, used, start, self._dtype, self.device)[None, None]
        if used - start > rows or start + rows > columns:
            rows = max(rows, round_up(used - start, 32))
            columns = round_up(start + rows, 1024)
            band = self._band = _causal(rows, columns, columns - rows, self._dtype, self.device)
        offset = columns - rows - start
        return band[None, None, :width, offset : offset + used]


def _causal(rows: int, columns: int, start: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """[rows, columns]: 0 where column <= start + row, else the lowest number of the type."""
    low = torch.full((rows, columns), torch.finfo(dtype).min, dtype=dtype, device=device)
    return low.triu_(start + 1)


def _columns(values: torch.Tensor, first: torch.Tensor | None, count: int) -> torch.Tensor:
    """`count` columns of [B, W, X]: from `first` [B] on, clamped to the block, or the last ones."""
    if first is None:
        return values[:, -count:]
    index = first[:, None] + torch.arange(count, device=values.device)
    index = index.clamp(max=values.shape[1] - 1)[..., None]
    return values.gather(1, index.expand(-1, -1, values.shape[-1]))
