"""The device loop's fixed tensors: rows come and go in them, and a captured graph finds them in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch

from mtp_model.decode.device_step import DeviceRows, entry_size
from mtp_model.decode.rows import Row, make_rules
from mtp_model.decode.sampling import SamplingRules
from mtp_model.decode.step import Rows, Rules
from mtp_model.layout import mask_tokens, width

__all__ = ["STOPS", "DeviceState", "power_of_two"]

STOPS = 16
"""Most tokens of a row behind which the device does not go on with it."""


T = TypeVar("T", Rows, Rules, SamplingRules)


def power_of_two(value: int) -> int:
    """The smallest one that is at least `value`."""
    return 1 << (value - 1).bit_length()


class DeviceState:
    """Memory for `slots` rows of at most `k` tokens per pass.

    Args:
        slots: Rows.
        k: K.
        mask_token_ids: Of the student.
        device: Where it is.
    """

    def __init__(self, slots: int, k: int, mask_token_ids: tuple[int, ...], device: torch.device) -> None:
        def whole(*shape: int) -> torch.Tensor:
            return torch.zeros(slots, *shape, dtype=torch.int64, device=device)

        def number() -> torch.Tensor:
            return torch.zeros(slots, dtype=torch.float32, device=device)

        self.slots, self.k = slots, k
        self._rows = Rows(whole(), whole(), whole(), whole(k))
        self._rules = Rules(
            k=whole(),
            threshold=number(),
            lossless=whole().bool(),
            masks=torch.tensor(mask_tokens(mask_token_ids, k - 1), dtype=torch.int64, device=device),
            banned=torch.tensor(mask_token_ids, dtype=torch.int64, device=device),
            sampling=None,
        )
        self._sampling = SamplingRules(
            number(),
            number(),
            whole(),
            number(),
            whole(),
            0,
            any_top_p=False,
            any_min_p=False,
            all_columns=False,
        )
        self._limits, self._stops = whole(), whole(STOPS)
        # Two places more: what a row that has just come is, and what a place without a row is.
        self._done = torch.zeros(slots + 2, dtype=torch.bool, device=device)
        self._done[slots + 1] = True
        self._entries = torch.zeros(slots * entry_size(k), dtype=torch.int32, device=device)
        self._loaded: list[Row | None] = []
        self._masks = mask_token_ids
        self._device = device

    def grown(self, slots: int, k: int) -> DeviceState:
        """One that holds more, with the same rows: `load` must follow."""
        other = DeviceState(max(slots, self.slots), max(k, self.k), self._masks, self._device)
        other._done[: self.slots] = self._done[: self.slots]
        other._loaded = self._loaded
        return other

    def forget(self, row: Row) -> None:
        """The host takes a row over: when it is loaded again, it is as one that has just come."""
        self._loaded = [None if other is row else other for other in self._loaded]

    def load(
        self, rows: Sequence[Row], state: Rows | None, batch: int, k: int, *, lossless: bool = False
    ) -> tuple[Rows, DeviceRows]:
        """Put rows in the first places, whatever was there. Nothing waits for the device.

        Args:
            rows: Rows that the device loop covers.
            state: Theirs, on the device; perhaps a view of what is here. None without rows.
            batch: B, at least as many; the places behind the rows are done.
            k: K of the pass, at least that of every row.
            lossless: Read the proposals of lossless rows in any case.

        Returns:
            The rows' state as a view, and what a pass over all B places reads and writes.
        """
        count = len(rows)
        before = {id(row): place for place, row in enumerate(self._loaded)}
        came = [before.get(id(row), self.slots) for row in rows] + [self.slots + 1] * (batch - count)
        self._done[:batch] = self._done[self._moved(came)]
        self._loaded = list(rows)
        here = _first(self._rows, batch)
        here.lengths[count:], here.pending[count:], here.drafts[count:] = 0, 1, 0
        if state is not None:
            lead = min(k, state.lead.shape[1])
            here.lead[:count, :lead] = state.lead[:, :lead]
            for name in ("lengths", "pending", "drafts"):
                getattr(here, name)[:count] = getattr(state, name)
        sampling = self._load_rules(rows) if rows else None
        view = replace(here, lead=here.lead[:, :k])
        at = DeviceRows(
            rows=view,
            rules=replace(_first(self._rules, batch), masks=self._rules.masks[: k - 1], sampling=sampling),
            proposals=width(k) if lossless or any(row.request.lossless for row in rows) else k,
            limits=self._limits[:batch],
            stops=self._stops[:batch],
            done=self._done[:batch],
            entry=self._entries[: batch * entry_size(k)].view(batch, -1),
        )
        if sampling is not None:
            at = replace(at, rules=replace(at.rules, sampling=_first(sampling, batch)))
        return _first(view, count), at

    def _load_rules(self, rows: Sequence[Row]) -> SamplingRules | None:
        """Copy the rows' policies and options; return how to sample, whole, or None if all are greedy."""
        count, requests = len(rows), [row.request for row in rows]
        self._put(self._stops[:count], torch.tensor([_stops(row) for row in rows]))
        self._put(self._limits[:count], torch.tensor([len(r.prompt) + r.budget for r in requests]))
        made = make_rules(list(rows), self._masks, torch.device("cpu"))
        for name in ("k", "threshold", "lossless"):
            self._put(getattr(self._rules, name)[:count], getattr(made, name))
        if (sampling := made.sampling) is None:
            return None
        for name in ("temperature", "top_p", "top_k", "min_p", "seed"):
            self._put(getattr(self._sampling, name)[:count], getattr(sampling, name))
        return replace(
            self._sampling,
            # A larger limit chooses the same tokens, and gives fewer different graphs.
            largest_top_k=power_of_two(sampling.largest_top_k) if sampling.largest_top_k else 0,
            any_top_p=sampling.any_top_p,
            any_min_p=sampling.any_min_p,
        )

    def _put(self, target: torch.Tensor, values: torch.Tensor) -> None:
        target.copy_(values, non_blocking=True)  # from pageable memory: read before the call returns

    def _moved(self, values: list[int]) -> torch.Tensor:
        return torch.tensor(values).to(self._device, non_blocking=True)


def _stops(row: Row) -> list[int]:
    """Tokens behind which the device does not go on with a row: the end's, and where its grammar begins."""
    triggers = [] if row.constraint is None or row.constraint.trigger is None else [row.constraint.trigger]
    return [*sorted(row.request.stop_token_ids), *triggers, *[-1] * STOPS][:STOPS]


def _first(values: T, count: int) -> T:
    """Views of the first `count` rows of each tensor with one value per row."""
    changed: dict[str, Any] = {}
    for field in fields(values):
        value = getattr(values, field.name)
        if isinstance(value, torch.Tensor) and field.name not in ("masks", "banned"):
            changed[field.name] = value[:count]
    return replace(values, **changed)
