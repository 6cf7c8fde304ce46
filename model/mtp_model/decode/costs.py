"""What a forward pass costs, by rows, columns and context: a short measurement, corrected by later passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import torch

if TYPE_CHECKING:
    from mtp_model.decode.forward import BlockModel

__all__ = ["PassCosts", "measure_costs", "measured_costs"]

ROWS = (1, 4, 16)
WIDTHS = (1, 4, 16)
CONTEXT = 128
SECONDS = 0.5
"""When this much time is over, no further pass of the measurement begins."""

_measured: WeakKeyDictionary[torch.nn.Module, PassCosts] = WeakKeyDictionary()


class PassCosts:
    """Seconds of a pass.

    Args:
        table: Seconds by rows and columns fed, on the full grid `ROWS` x `WIDTHS`.
    """

    def __init__(self, table: Mapping[tuple[int, int], float]) -> None:
        self._table = dict(table)
        self._factors: dict[tuple[int, int, int], float] = {}

    def seconds(self, rows: int, width: int, context: int) -> float:
        """Expected seconds of a pass.

        Args:
            rows: B.
            width: W, the columns fed.
            context: Columns of the longest row.
        """
        return self._base(rows, width) * self._factors.get(_bucket(rows, width, context), 1.0)

    def observe(self, rows: int, width: int, context: int, seconds: float) -> None:
        """Take in a pass: the factor for passes of about this size follows it. An outlier counts little."""
        key = _bucket(rows, width, context)
        seen = seconds / self._base(rows, width)
        known = self._factors.get(key)
        self._factors[key] = seen if known is None else known + 0.1 * (min(seen, 3 * known) - known)

    def _base(self, rows: int, width: int) -> float:
        by_rows = [(b, _on_line([(w, self._table[b, w]) for w in WIDTHS], width)) for b in ROWS]
        return max(_on_line(by_rows, rows), min(self._table.values()))


def measured_costs(model: BlockModel) -> PassCosts:
    """The costs of a model's passes, measured once per process."""
    if (costs := _measured.get(model.module)) is None:
        costs = _measured[model.module] = measure_costs(model)
    return costs


@torch.inference_mode()
def measure_costs(model: BlockModel, limit: float = SECONDS) -> PassCosts:
    """Time a few passes. Sizes that are not reached count as if arithmetic were the limit.

    Args:
        model: Its weights.
        limit: Seconds after which no further pass begins, but for the first.
    """
    begin, table = perf_counter(), dict[tuple[int, int], float]()
    cache = model.new_cache()
    for rows in ROWS:
        for width in (WIDTHS[0], WIDTHS[-1], *WIDTHS[1:-1]):
            for _ in range(4):  # the first is a warm-up, unless it is all there is time for
                if table and perf_counter() - begin > limit:
                    break
                start = perf_counter()
                cache.reserve(rows, CONTEXT + width)
                _pass(model, cache, rows, width)
                seconds = perf_counter() - start
                table[rows, width] = min(seconds, table.get((rows, width), seconds))
    dearest = max(seconds / (rows * width) for (rows, width), seconds in table.items())
    full = {(b, w): table.get((b, w), dearest * b * w) for b in ROWS for w in WIDTHS}
    return PassCosts(full)


def _pass(model: BlockModel, cache: object, rows: int, width: int) -> None:
    block = torch.zeros(rows, width, dtype=torch.int64, device=model.device)
    positions = (CONTEXT + torch.arange(width, device=model.device)).expand(rows, width)
    proposals = (width + 1) // 2
    if rows == 1 and not model.fixed_width:
        logits = model.one_row(cache, 0, CONTEXT, block, positions, proposals)  # type: ignore[arg-type]
    else:
        first = torch.zeros(rows, dtype=torch.int64, device=model.device)
        logits = model.many_rows(cache, CONTEXT + width, block, positions, first, proposals)  # type: ignore[arg-type]
    logits.argmax(-1).cpu()  # waits for the device


def _bucket(rows: int, width: int, context: int) -> tuple[int, int, int]:
    return (rows - 1).bit_length(), (width - 1).bit_length(), context.bit_length()


def _on_line(points: Sequence[tuple[int, float]], x: float) -> float:
    """Linear between the points, and on along the last two beyond them."""
    place = next((i for i, (at, _) in enumerate(points[1:-1], 1) if x <= at), len(points) - 1)
    (x0, y0), (x1, y1) = points[place - 1], points[place]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
