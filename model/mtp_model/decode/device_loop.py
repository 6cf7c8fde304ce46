"""The loop that stays on the device: the host starts passes ahead and reads their outcomes later.

    loop.advance(rows, state)   start passes until enough of them are on their way
    loop.take(rows)             wait for the oldest one, and tell its rows what it wrote

Acceptance, stop tokens, budgets and lengths are decided on the device (`device_step`), so no pass waits for
the host. A row that ends goes on computing the same block without consequences until the host has noticed.
The host counts again what it reads, with the same code as in the host loop, and so makes the same events.

Behind the token with which a row's grammar begins to hold, the device stops as at an end, and the host takes
the row over (`taken_over`): what the grammar makes of the block, and all passes until its text is free again,
are the host's.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from time import perf_counter

import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.memory import is_out_of_memory
from mtp_model.decode.cache import BUCKET
from mtp_model.decode.constrained import mend
from mtp_model.decode.device_state import DeviceState, power_of_two
from mtp_model.decode.device_step import HEADER, DeviceRows, device_step
from mtp_model.decode.events import PassEvent
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.graphs import Graphs, plan_cache
from mtp_model.decode.outcome import forced_room
from mtp_model.decode.ring import Ring
from mtp_model.decode.rows import Row
from mtp_model.decode.step import Rows
from mtp_model.errors import OutOfMemoryError
from mtp_model.layout import largest_k, width

__all__ = ["AHEAD", "DeviceLoop", "Progress"]

AHEAD = 3
"""Passes on their way at most. Two keep a device busy; the third makes up for a late host."""

Progress = Callable[[int, int], object]
"""Called with the number of graphs that are captured, and of all."""


@dataclass(slots=True)
class _Flight:
    """A pass on its way: its rows in their places, K, and when it was started."""

    rows: list[Row | None]  # None where the host has taken a row over since
    k: int
    begin: float


class DeviceLoop:
    """Passes over the rows of one session at a time.

    Args:
        checkpoint: Mask tokens.
        model: Its weights as the step sees them.
        ahead: Passes on their way at most, at least 1.

    Attributes:
        cache: Keys and values of the rows. It stays in its place, since graphs point to it.
        taken_over: Rows that the latest `take` gave to the host; the caller tells the device what it says.
    """

    def __init__(self, checkpoint: Checkpoint, model: BlockModel, ahead: int = AHEAD) -> None:
        self.cache = model.new_cache()
        self.graphs = Graphs(model.device) if model.device.type == "cuda" else None
        self._model = model
        self._checkpoint = checkpoint
        self._ahead = ahead
        self._ring = Ring(ahead, model.device)
        self._flights: deque[_Flight] = deque()
        self._memory = DeviceState(1, 1, checkpoint.mask_token_ids, model.device)
        self._state: Rows | None = None
        self._at: DeviceRows | None = None
        self._places = -1  # moves of the cache that the graphs point to
        self._read_at = 0.0
        self.taken_over: list[Row] = []

    def reset(self) -> None:
        """Forget the session before: the next one begins as if nothing had been computed."""
        while self._flights:
            self._skip()
        self._state = self._at = None
        with torch.inference_mode():
            for slot in range(self.cache.rows):
                self.cache.clear(slot)

    def busy(self, rows: Sequence[Row]) -> bool:
        """Whether a pass over some of these rows is on its way. Passes over none of them are forgotten."""
        live = {id(row) for row in rows}
        while self._flights and not any(id(row) in live for row in self._flights[0].rows):
            self._skip()
        return bool(self._flights)

    def extent(self, row: Row) -> int:
        """Columns that may hold what the device has committed of a row: the host learns of it later."""
        return self._reach(row) if self._flights else row.length

    def advance(self, rows: list[Row], state: Rows, most: int | None = None) -> Rows:
        """Start passes until enough are on their way, or more would find no row to write for.

        Args:
            rows: Rows that run ahead, in the order of their slots.
            state: Theirs; as soon as rows come or go another one than this returned.
            most: Columns of all slots together that the cache should have at most; see `RowCache.reserve`.

        Returns:
            Their state from now on: a view of what the passes change.

        Raises:
            RuntimeError: Memory ran out. Nothing is lost: no state has changed in the pass that failed.
        """
        if state is not self._state:
            self._state, self._at = self._load(rows, state, len(rows), max(row.k for row in rows))
        while len(self._flights) < self._ahead and any(
            row.request.budget - row.stats.tokens > len(self._flights) for row in rows
        ):
            self._start(rows, most)
        assert self._state is not None
        return self._state

    def take(self, rows: Sequence[Row]) -> list[tuple[Row, PassEvent | None]]:
        """Wait for the oldest pass on its way.

        Args:
            rows: Those that still are in the session; what was written for others is dropped.

        Returns:
            What the pass wrote for each of them that it had, None for NaN.
        """
        flight, numbers = self._flights.popleft(), self._ring.read()
        live, now = {id(row) for row in rows}, perf_counter()
        seconds, self._read_at = now - max(flight.begin, self._read_at), now
        confidences = numbers[:, HEADER + flight.k :].contiguous().view(torch.float32).tolist()
        events: list[tuple[Row, PassEvent | None]] = []
        self.taken_over = []
        for row, told, all_sure in zip(flight.rows, numbers.tolist(), confidences, strict=True):
            if row is None or id(row) not in live:
                continue
            count, pending, drafts = told[:HEADER]
            tokens, sure = told[HEADER : HEADER + count], all_sure[:count]
            if not all(math.isfinite(value) for value in sure):
                row.failed = True
                events.append((row, None))
            elif row.constraint is None:
                events.append((row, row.advance(tokens, sure, count - pending, drafts, seconds)))
            elif (event := self._follow(row, tokens, sure, count - pending, drafts, seconds)) is not None:
                events.append((row, event))
        return events

    def _follow(
        self, row: Row, tokens: list[int], sure: list[float], accepted: int, drafts: int, seconds: float
    ) -> PassEvent | None:
        """Move a row's grammar on with what a pass wrote in its free text; the host takes over if that ends.

        None if the grammar refuses all of it, since the tokens that are left do not suffice for what would
        follow: the host then does the pass again.
        """
        constraint, begin = row.constraint, perf_counter()
        assert constraint is not None
        if constraint.trigger in tokens:
            self._hand_over(row)
        room = forced_room(row, len(tokens), self._model.fixed_width)
        mended = mend(row, constraint, tokens, sure, accepted, None, None, room)
        if not mended.tokens:
            row.drafts = 0
            return None
        if mended.changed:
            tokens, sure, accepted, drafts = mended.tokens, mended.confidences, mended.accepted, 0
        asked = perf_counter() - begin
        return row.advance(tokens, sure, accepted, drafts, seconds, grammar_seconds=asked)

    def _hand_over(self, row: Row) -> None:
        """The device has stopped behind a row's free text: it has no part in the passes on their way."""
        self._memory.forget(row)
        for flight in self._flights:
            flight.rows = [None if other is row else other for other in flight.rows]
        self.taken_over.append(row)

    @torch.inference_mode()
    def warm_up(
        self, shapes: Sequence[tuple[int, bool]], rows: int, columns: int, memory: int, progress: Progress
    ) -> None:
        """Allocate for `rows` rows of `columns` columns and prepare all passes over them.

        On CUDA that captures their graphs, for greedy rows; those for a way of sampling follow when it first
        occurs. Elsewhere each pass is run once.

        Args:
            shapes: For each policy its k and whether it is lossless.
            rows: Most rows.
            columns: Most columns of a row, its block not included.
            memory: Bytes that there are for keys and values.
            progress: Told after each pass that is prepared.

        Raises:
            OutOfMemoryError: Keys and values need more than `memory`, or the passes more than there is.
        """
        k = max(self._largest(k) for k, _ in shapes)
        config = self._model.module.config
        most = power_of_two(rows)
        columns = plan_cache(config, self._checkpoint.dtype, most, columns + 3 * k, memory)
        sizes = [1 << n for n in range(most.bit_length())]
        windows = sorted({min(BUCKET << n, columns) for n in range((columns // BUCKET).bit_length() + 1)})
        every = sorted({(self._largest(k), lossless) for k, lossless in shapes})
        cases = list(product(reversed(sizes), reversed(every), reversed(windows)))  # the largest first
        try:
            self.cache.reserve(most, columns)
            for number, (batch, (k, lossless), used) in enumerate(cases):
                _, at = self._load([], None, batch, k, lossless=lossless)
                self._prepare(at, used)
                progress(number + 1, len(cases))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemoryError(
                f"there is no memory on {self._model.device} to prepare passes of {rows} rows of {columns} "
                f"columns ({str(error).splitlines()[0]}). Ask for fewer rows or a shorter context."
            ) from None
        self._state = self._at = None

    def _largest(self, k: int) -> int:
        """K of a pass for rows with this k: powers of two, so that there are few, as far as masks reach."""
        return min(power_of_two(k), largest_k(self._checkpoint.mask_token_ids) or power_of_two(k))

    def _load(
        self, rows: list[Row], state: Rows | None, batch: int, k: int, *, lossless: bool = False
    ) -> tuple[Rows, DeviceRows]:
        batch, k = power_of_two(batch), self._largest(k)
        if batch > self._memory.slots or k > self._memory.k:
            self._memory = self._memory.grown(batch, k)
            self._places = -1
        return self._memory.load(rows, state, batch, k, lossless=lossless)

    def _start(self, rows: list[Row], most: int | None) -> None:
        assert self._at is not None
        begin = perf_counter()
        behind = max(self._reach(row) for row in rows)
        self._run(self._at, behind + width(self._at.rows.lead.shape[1]), most)
        self._ring.write(self._at.entry[: len(rows)])
        self._flights.append(_Flight(list(rows), self._at.rows.lead.shape[1], begin))

    def _reach(self, row: Row) -> int:
        """Columns before a row's next block, at most."""
        end = len(row.request.prompt) + row.request.budget + row.k
        return min(row.length + row.pending + len(self._flights) * row.k, end)

    def _run(self, at: DeviceRows, used: int, most: int | None = None) -> None:
        """One pass whose longest row needs `used` columns."""
        batch = len(at.done)
        self.cache.reserve(batch, used, most)
        # Few different windows, so that there are few graphs.
        window = min(BUCKET * power_of_two(-(-used // BUCKET)), self.cache.columns)
        step = partial(device_step, self._forward(at, window), at)
        if self.graphs is None:
            step()
            return
        self._check_places()
        self.graphs.run(_key(at, window), step, partial(self._rehearse, at))

    def _prepare(self, at: DeviceRows, window: int) -> None:
        """Capture a pass, or run it where there are no graphs. All its places are done."""
        step = partial(device_step, self._forward(at, window), at)
        self._rehearse(at, step)
        if self.graphs is not None:
            self._check_places()
            self.graphs.capture(_key(at, window), step, partial(self._rehearse, at))

    def _check_places(self) -> None:
        """Graphs point to memory: after it has moved they are captured anew."""
        assert self.graphs is not None
        if self.cache.moves != self._places:
            self.graphs.clear()
            self._places = self.cache.moves

    def _rehearse(self, at: DeviceRows, step: Callable[[], None]) -> None:
        """Run a pass as if all rows were done: nothing of them changes but columns that are not committed."""
        done = at.done.clone()
        at.done.fill_(True)
        try:
            step()
        finally:  # memory may run out here: then the rows go on without this graph
            at.done.copy_(done)

    def _forward(self, at: DeviceRows, window: int) -> Callable[..., torch.Tensor]:
        def forward(block: torch.Tensor, positions: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
            return self._model.many_rows(self.cache, window, block, positions, first, at.proposals)

        return forward

    def _skip(self) -> None:
        self._flights.popleft()
        self._ring.skip()


def _key(at: DeviceRows, window: int) -> Hashable:
    """What distinguishes a pass's graph."""
    sampling = at.rules.sampling
    how = None
    if sampling is not None:
        how = sampling.largest_top_k, sampling.any_top_p, sampling.any_min_p
    return len(at.done), at.rows.lead.shape[1], at.proposals, window, how
