"""Anchors and regions: the sequences that the distillation passes run on.

For each anchor ``i`` a region of k - 1 tokens is appended behind the text, at the positions i+1 .. i+k-1::

    place      0 ... T-1          T ... T+k-2        T+k-1 ... T+2k-3      ...
    token      the text           region 0           region 1              ...
    position   0 ... T-1          i0+1 ... i0+k-1    i1+1 ... i1+k-1       ...

Text attends to text, causally. A region attends to the text up to its anchor and, causally, to itself; text
never sees a region. So the logits at an anchor and at its region propose the tokens i+1 .. i+k, just as the
decoder's block does (`mtp_model.layout`).

A region may begin with tokens that its student has written already (`continued`, `objective.roll_out`): it
then holds these a tokens and behind them the k - 1, as the decoder's next block would, and the logits at the
last of them and at the k - 1 propose the tokens i+a+1 .. i+a+k. All regions of a batch are equally wide, S =
P + k - 1 for P = the largest a; what a region does not use comes last in it, where nothing looks at it.

Letters: B rows, T text tokens, N regions per row, K (or k) block size, P written tokens at most, S tokens per
region, L = T + N S tokens in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from .batching import Batch

AnchorKind = Literal["stride", "random"]


@dataclass(frozen=True)
class Blocks:
    """A batch of text with the anchors of its regions.

    Attributes:
        ids: text, int64 [B, T], padded on the right.
        anchors: int64 [B, N], ascending; unused ones come last and are 0.
        used: bool [B, N], which regions exist.
        k: block size; every region proposes k tokens.
        continuations: the text's own tokens i+1 .. i+k behind each anchor, int64 [B, N, K]; 0 behind its end.
        written: bool [B, T], places whose next token is the model's to write.
        following: the text's own next token at each place, int64 [B, T]; 0 behind its end.
        prefix: tokens that regions begin with, int64 [B, N, P]; 0 behind their number. P is 0 where the
            regions begin at the text.
        prefix_lengths: their number a, int64 [B, N].
    """

    ids: Tensor
    anchors: Tensor
    used: Tensor
    k: int
    continuations: Tensor
    written: Tensor
    following: Tensor
    prefix: Tensor
    prefix_lengths: Tensor

    @property
    def text_length(self) -> int:
        """T."""
        return self.ids.shape[1]

    @property
    def region_size(self) -> int:
        """S."""
        return self.prefix.shape[2] + self.k - 1

    def part(self, index: int, parts: int) -> Blocks:
        """Every ``parts``-th row from ``index`` on; if there is none, the first row without its regions."""
        rows = torch.arange(index, len(self.ids), parts, device=self.ids.device)
        empty = not len(rows)
        rows = rows.new_zeros(1) if empty else rows
        used, written = self.used[rows] & (not empty), self.written[rows] & (not empty)
        regions = max(1, int(used.sum(dim=1).max()))
        anchors = torch.where(used, self.anchors[rows], 0)
        needed = written.any(dim=0).nonzero()
        length = 1 + max(int(anchors.max()), int(needed.max()) if len(needed) else 0)
        return Blocks(
            ids=self.ids[rows, :length],
            anchors=anchors[:, :regions],
            used=used[:, :regions],
            k=self.k,
            continuations=self.continuations[rows, :regions],
            written=written[:, :length],
            following=self.following[rows, :length],
            prefix=self.prefix[rows, :regions],
            prefix_lengths=self.prefix_lengths[rows, :regions],
        )

    def continued(self, tokens: Tensor, counts: Tensor, used: Tensor) -> Blocks:
        """The same anchors with regions that begin with more tokens.

        Args:
            tokens: what was proposed in these regions, int64 [B, N, K].
            counts: how many of them come behind the prefix, int64 [B, N], 1 to k.
            used: which regions go on, bool [B, N].
        """
        lengths = self.prefix_lengths + counts
        prefix = F.pad(self.prefix, (0, self.k))
        places = self.prefix_lengths[:, :, None] + torch.arange(self.k, device=tokens.device)
        prefix = prefix.scatter(2, places, tokens)[:, :, : int(lengths.max())]
        written = torch.arange(prefix.shape[2], device=tokens.device) < lengths[:, :, None]
        used = self.used & used
        return replace(self, prefix=torch.where(written, prefix, 0), prefix_lengths=lengths, used=used)

    @classmethod
    def joined(cls, stages: Sequence[Blocks]) -> Blocks:
        """Regions of several stages of the same anchors in one batch; those of an anchor are neighbours."""
        width = max(stage.prefix.shape[2] for stage in stages)

        def together(tensors: list[Tensor]) -> Tensor:
            return torch.stack(tensors, dim=2).flatten(1, 2)

        return replace(
            stages[0],
            anchors=together([stage.anchors for stage in stages]),
            used=together([stage.used for stage in stages]),
            continuations=together([stage.continuations for stage in stages]),
            prefix=together([F.pad(s.prefix, (0, width - s.prefix.shape[2])) for s in stages]),
            prefix_lengths=together([stage.prefix_lengths for stage in stages]),
        )

    def sequence(self, inner: Tensor) -> Tensor:
        """The text with regions appended, int64 [B, L].

        Args:
            inner: tokens of the regions behind their prefix, int64 [B, N, k-1], or what broadcasts to it.
        """
        regions = F.pad(self.prefix, (0, self.k - 1))
        inner = inner.expand(*self.anchors.shape, self.k - 1)
        regions = regions.scatter(2, self._columns()[:, :, 1:], inner)
        return torch.cat([self.ids, regions.flatten(1)], dim=1)

    def position_ids(self) -> Tensor:
        """Positions of all tokens, int64 [B, L]."""
        text = torch.arange(self.text_length, device=self.ids.device).expand_as(self.ids)
        steps = torch.arange(1, self.region_size + 1, device=self.ids.device)
        return torch.cat([text, (self.anchors[:, :, None] + steps).flatten(1)], dim=1)

    def places(self) -> Tensor:
        """Where in the sequence the k proposals of each region are read, int64 [B, N, K]."""
        columns = self._columns()
        starts = self.text_length + self.region_size * torch.arange(columns.shape[1], device=columns.device)
        return torch.where(columns < 0, self.anchors[:, :, None], starts[:, None] + columns)

    def dense_mask(self) -> Tensor:
        """Which place (row) sees which (column), bool [B, 1, L, L]."""
        text, own = self.text_length, self.own_mask(self.anchors.shape[1])
        rows, length = self.ids.shape[0], text + own.shape[0]
        mask = torch.zeros(rows, 1, length, length, dtype=torch.bool, device=self.ids.device)
        mask[:, :, :text, :text] = torch.ones_like(mask[0, 0, :text, :text]).tril()
        mask[:, 0, text:, :text] = self.text_mask(0, self.anchors.shape[1], text)
        mask[:, :, text:, text:] = own
        return mask

    def text_mask(self, first: int, last: int, text: int) -> Tensor:
        """Which of the first ``text`` tokens the regions first .. last-1 see, bool [B, tokens, text]."""
        columns = torch.arange(text, device=self.ids.device)
        seen = columns <= self.anchors[:, first:last, None]
        return seen.repeat_interleave(self.region_size, dim=1)

    def own_mask(self, regions: int) -> Tensor:
        """Which tokens of regions see which: causal within each, bool [tokens, tokens]."""
        size = self.region_size
        one = torch.ones(size, size, dtype=torch.bool, device=self.ids.device).tril()
        mask: Tensor = torch.block_diag(*[one] * regions)
        return mask

    def _columns(self) -> Tensor:
        """Columns of a region at which its k proposals are read, [B, N, K]; -1 is its anchor."""
        return self.prefix_lengths[:, :, None] + torch.arange(-1, self.k - 1, device=self.ids.device)


def anchor_mask(loss_mask: Tensor, stride: int, offset: int) -> Tensor:
    """Places that are anchors, bool [B, T].

    A place can be an anchor if the token behind it is the model's to write. In each assistant turn the last
    prompt token is one (the first block of a turn is always decoded from there), and then every ``stride``-th
    place from ``offset`` on. The last anchor's block holds the turn's end token, so no region starts behind
    the end.

    Args:
        loss_mask: bool [B, T], true where the token is the model's to write.
        stride: distance of anchors.
        offset: in [0, stride); places from the turn's first anchor.
    """
    possible = _written(loss_mask)
    first = possible.clone()
    first[:, 1:] &= ~possible[:, :-1]
    place = torch.arange(loss_mask.shape[1], device=loss_mask.device).expand_as(loss_mask)
    start = torch.where(first, place, 0).cummax(dim=1).values
    since = place - start
    return possible & ((since == 0) | ((since >= offset) & ((since - offset) % stride == 0)))


def make_blocks(
    batch: Batch,
    k: int,
    *,
    stride: int = 1,
    offset: int = 0,
    max_regions: int | None = None,
    anchors: AnchorKind = "stride",
    generator: torch.Generator | None = None,
) -> Blocks:
    """Choose anchors and cut the text behind the last one, which nothing needs.

    Args:
        batch: the text.
        k: block size, at least 2.
        stride: distance of anchors at least; k where k is larger, so that regular regions do not overlap.
        offset: of the anchors in each turn, any integer >= 0.
        max_regions: N at most; where a row has more anchors, a random choice of them.
        anchors: ``stride`` as in `anchor_mask`, or ``random``: in each row as many places as the stride would
            give, drawn from all at which the next token is the model's to write.
        generator: of random choices, on the CPU.
    """
    stride = max(k, stride)
    chosen = anchor_mask(batch.loss_mask, stride, offset % stride)
    counts = chosen.sum(dim=1)
    limit = int(counts.max()) if max_regions is None else max_regions
    if anchors == "random" or int(counts.max()) > limit:
        counts = counts.clamp(max=limit)
        chosen = _draw(_written(batch.loss_mask) if anchors == "random" else chosen, counts, generator)
    width = chosen.shape[1]
    place = torch.arange(width, device=chosen.device).expand_as(chosen)
    places = torch.where(chosen, place, width).sort(dim=1).values[:, : max(1, int(counts.max()))]
    used = places < width
    places = torch.where(used, places, 0)
    length = int(places.max()) + 1
    return Blocks(
        ids=batch.ids[:, :length],
        anchors=places,
        used=used,
        k=k,
        continuations=_continuations(batch.ids, places, k),
        written=_written(batch.loss_mask)[:, :length],
        following=F.pad(batch.ids[:, 1:], (0, 1))[:, :length],
        prefix=places.new_zeros(*places.shape, 0),
        prefix_lengths=torch.zeros_like(places),
    )


def text_alone(batch: Batch) -> Blocks:
    """A batch of which only next tokens are asked: no anchors, and one region per row, which is unused."""
    rows = batch.ids.new_zeros(len(batch.ids), 1)
    return Blocks(
        ids=batch.ids,
        anchors=rows,
        used=rows.bool(),
        k=2,
        continuations=rows.new_zeros(*rows.shape, 2),
        written=_written(batch.loss_mask),
        following=F.pad(batch.ids[:, 1:], (0, 1)),
        prefix=rows.new_zeros(*rows.shape, 0),
        prefix_lengths=rows,
    )


def _draw(possible: Tensor, counts: Tensor, generator: torch.Generator | None) -> Tensor:
    """So many random places of each row: bool [B, T] and int64 [B] to bool [B, T]."""
    lot = torch.rand(possible.shape, generator=generator).to(possible.device)
    order = torch.where(possible, lot, -1.0).argsort(dim=1, descending=True)
    first = torch.arange(possible.shape[1], device=possible.device) < counts[:, None]
    return torch.zeros_like(possible).scatter(1, order, first) & possible


def _written(loss_mask: Tensor) -> Tensor:
    """Places whose next token is the model's to write, bool [B, T]."""
    return F.pad(loss_mask[:, 1:], (0, 1))


def _continuations(ids: Tensor, anchors: Tensor, k: int) -> Tensor:
    padded = F.pad(ids, (0, k))
    places = anchors[:, :, None] + torch.arange(1, k + 1, device=ids.device)
    return padded.gather(1, places.flatten(1)).view_as(places)
