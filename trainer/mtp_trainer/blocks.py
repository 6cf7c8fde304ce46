"""Anchors and regions: the sequences that the distillation passes run on.

For each anchor ``i`` a region of k - 1 tokens is appended behind the text, at the positions i+1 .. i+k-1::

    place      0 ... T-1          T ... T+k-2        T+k-1 ... T+2k-3      ...
    token      the text           region 0           region 1              ...
    position   0 ... T-1          i0+1 ... i0+k-1    i1+1 ... i1+k-1       ...

Text attends to text, causally. A region attends to the text up to its anchor and, causally, to itself; text
never sees a region. So the logits at an anchor and at its region propose the tokens i+1 .. i+k, just as the
decoder's block does (`mtp_model.layout`).

Letters: B rows, T text tokens, N regions per row, K (or k) block size, L = T + N(k-1) tokens in all.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .batching import Batch


@dataclass(frozen=True)
class Blocks:
    """A batch of text with the anchors of its regions.

    Attributes:
        ids: text, int64 [B, T], padded on the right.
        anchors: int64 [B, N], ascending; unused ones come last and are 0.
        used: bool [B, N], which regions exist.
        k: block size; every region holds k - 1 tokens.
        continuations: the text's own tokens i+1 .. i+k behind each anchor, int64 [B, N, K]; 0 behind its end.
        written: bool [B, T], places whose next token is the model's to write.
        following: the text's own next token at each place, int64 [B, T]; 0 behind its end.
    """

    ids: Tensor
    anchors: Tensor
    used: Tensor
    k: int
    continuations: Tensor
    written: Tensor
    following: Tensor

    @property
    def text_length(self) -> int:
        """T."""
        return self.ids.shape[1]

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
        )

    def sequence(self, inner: Tensor) -> Tensor:
        """The text with regions appended, int64 [B, L].

        Args:
            inner: tokens of the regions, int64 [B, N, k-1], or what broadcasts to it.
        """
        shape = (*self.anchors.shape, self.k - 1)
        return torch.cat([self.ids, inner.expand(shape).flatten(1)], dim=1)

    def position_ids(self) -> Tensor:
        """Positions of all tokens, int64 [B, L]."""
        text = torch.arange(self.text_length, device=self.ids.device).expand_as(self.ids)
        return torch.cat([text, (self.anchors[:, :, None] + self._steps()).flatten(1)], dim=1)

    def places(self) -> Tensor:
        """Where in the sequence the k proposals of each region are read, int64 [B, N, K]."""
        rows, regions = self.anchors.shape
        inner = self.text_length + torch.arange(regions * (self.k - 1), device=self.ids.device)
        inner = inner.view(1, regions, self.k - 1).expand(rows, -1, -1)
        return torch.cat([self.anchors[:, :, None], inner], dim=2)

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
        return seen.repeat_interleave(self.k - 1, dim=1)

    def own_mask(self, regions: int) -> Tensor:
        """Which tokens of regions see which: causal within each, bool [tokens, tokens]."""
        one = torch.ones(self.k - 1, self.k - 1, dtype=torch.bool, device=self.ids.device).tril()
        mask: Tensor = torch.block_diag(*[one] * regions)
        return mask

    def _steps(self) -> Tensor:
        return torch.arange(1, self.k, device=self.ids.device)


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
    generator: torch.Generator | None = None,
) -> Blocks:
    """Choose anchors and cut the text behind the last one, which nothing needs.

    Args:
        batch: the text.
        k: block size, at least 2.
        stride: distance of anchors at least; k where k is larger, so that regular regions do not overlap.
        offset: of the anchors in each turn, any integer >= 0.
        max_regions: N at most; where a row has more anchors, a random choice of them.
        generator: of that choice, on the CPU.
    """
    stride = max(k, stride)
    chosen = anchor_mask(batch.loss_mask, stride, offset % stride)
    count = max(1, int(chosen.sum(dim=1).max()))
    if max_regions is not None and count > max_regions:
        count = max_regions
        lot = torch.rand(chosen.shape, generator=generator).to(chosen.device)
        kept = torch.where(chosen, lot, -1.0).topk(count, dim=1)
        chosen = torch.zeros_like(chosen).scatter(1, kept.indices, kept.values >= 0)
    width = chosen.shape[1]
    place = torch.arange(width, device=chosen.device).expand_as(chosen)
    anchors = torch.where(chosen, place, width).sort(dim=1).values[:, :count]
    used = anchors < width
    anchors = torch.where(used, anchors, 0)
    length = int(anchors.max()) + 1
    return Blocks(
        ids=batch.ids[:, :length],
        anchors=anchors,
        used=used,
        k=k,
        continuations=_continuations(batch.ids, anchors, k),
        written=_written(batch.loss_mask)[:, :length],
        following=torch.nn.functional.pad(batch.ids[:, 1:], (0, 1))[:, :length],
    )


def _written(loss_mask: Tensor) -> Tensor:
    """Places whose next token is the model's to write, bool [B, T]."""
    return torch.nn.functional.pad(loss_mask[:, 1:], (0, 1))


def _continuations(ids: Tensor, anchors: Tensor, k: int) -> Tensor:
    padded = torch.nn.functional.pad(ids, (0, k))
    places = anchors[:, :, None] + torch.arange(1, k + 1, device=ids.device)
    return padded.gather(1, places.flatten(1)).view_as(places)
