"""Rows that are decoded together: add a row, step all of them, drop the finished ones.

    session.fits(request)           whether the budget has room for it now
    session.begin(request, index)   take in a request; its prompt waits
    session.read()                  read a chunk of the prompts; at its prompt's end a row writes a block
    session.step()                  one pass over all rows; rows that end leave their slot
    session.remove(row)             cancel a row
    session.add(request, index)     begin, and read the whole prompt at once

A row's place in `rows` is its slot in the cache. When one leaves, the last row moves into its slot, so the
rows in use are always the first ones. What a row computed is kept for later prompts (`PrefixStore`). The
worker that serves many callers builds on these calls; the Decoder is the simplest user.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter

import numpy as np
import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.memory import is_out_of_memory
from mtp_model.decode.budget import CacheBudget
from mtp_model.decode.cache import BUCKET, RowCache
from mtp_model.decode.constrained import put_back
from mtp_model.decode.device_loop import DeviceLoop
from mtp_model.decode.events import PassEvent
from mtp_model.decode.failures import computed_nan, no_memory
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.loops import runs_ahead
from mtp_model.decode.outcome import take
from mtp_model.decode.pace import PERIOD, Pace
from mtp_model.decode.prefixes import KeptSequence, PrefixStore
from mtp_model.decode.reading import Reading, chunk_size
from mtp_model.decode.rows import Request, Row, join_rows, make_rules, new_row, select_rows
from mtp_model.decode.sharing import Place, computed, waits
from mtp_model.decode.step import Forward, Rows, Rules, Written, block_step
from mtp_model.errors import OutOfMemoryError
from mtp_model.layout import width

__all__ = ["Outcome", "Session"]


Outcome = tuple[Row, PassEvent | Exception]
"""What a pass gave a row, or why it cannot go on."""


class Session:
    """A batch of rows over one cache.

    Args:
        checkpoint: Tokenizer and mask tokens.
        model: Its weights as the step sees them.
        prefixes: Where rows find what earlier ones computed, and leave their own; None for nowhere.
        prefill_chunk: Tokens of prompts that one `read` reads; None for the default of the device.
        budget: What the keys and values of the rows may take; None for no limit.
        loop: Runs passes ahead while it covers all rows, in its own cache; None for the host loop only.

    Attributes:
        rows: Those that `step` advances.
        cache: Their keys and values.
        prefill_chunk: Tokens of prompts that one `read` reads.

    Raises:
        ConfigError: `prefill_chunk` is no positive integer.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: BlockModel,
        prefixes: PrefixStore | None = None,
        prefill_chunk: int | None = None,
        budget: CacheBudget | None = None,
        loop: DeviceLoop | None = None,
    ) -> None:
        self.rows: list[Row] = []
        self.prefill_chunk = chunk_size(prefill_chunk, checkpoint)
        self._readings: deque[Reading] = deque()
        self._pace: Pace | None = None  # as soon as a row leaves k open
        self._passes = 0
        self.cache = model.new_cache() if loop is None else loop.cache
        self._loop = loop
        self._prefixes = prefixes
        self._budget = budget or CacheBudget(model, self.prefill_chunk)
        self._checkpoint = checkpoint
        self._model = model
        self._state: Rows | None = None
        self._rules: Rules | None = None
        self._logits = torch.empty(0)  # of the last pass, [B, P, V]

    def fits(self, request: Request) -> bool:
        """Whether a request's keys and values find room beside those that run; always, if none does."""
        rows = [*self.rows, *(reading.row for reading in self._readings)]
        return not rows or self._budget.fits([*(row.request for row in rows), request])

    def begin(self, request: Request, index: int = 0) -> Row:
        """Take in a request. Nothing is computed: `read` reads its prompt.

        Raises:
            OutOfMemoryError: The budget is too small for it, even alone.
        """
        reading = self._reading(request, index)
        self._readings.append(reading)
        return reading.row

    @torch.inference_mode()
    def read(self) -> list[Outcome]:
        """Read on in the prompts, each in its turn, until a chunk's worth of tokens was read in all.

        Returns:
            For each prompt that came to its end, the first block of its row, which `step` advances from now
            on; for each that failed, its error. Rows that are over are dropped.
        """
        outcomes: list[Outcome] = []
        left = self.prefill_chunk
        while self._readings and left > 0:
            reading = self._readings.popleft()
            row = reading.row
            if not reading.begun and self._waits(row):
                self._readings.append(reading)  # the one that it waits for is there, and goes on
                continue
            try:
                outcome = self._read_on(reading)
            except Exception as error:  # whatever it is, it belongs to this row alone
                row.failed = True
                outcome = row, self._relieved(row, error) if is_out_of_memory(error) else error
            left -= reading.taken
            if outcome is None:
                self._readings.append(reading)
            else:
                outcomes.append(outcome)
        return outcomes

    @torch.inference_mode()
    def add(self, request: Request, index: int = 0) -> Outcome:
        """`begin`, and read the whole prompt at once. A row that ends with its first block takes no slot."""
        reading = self._reading(request, index)
        try:
            while (outcome := self._read_on(reading)) is None:
                pass
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            reading.row.failed = True
            outcome = reading.row, self._relieved(reading.row, error)
        return outcome

    def _waits(self, row: Row) -> bool:
        """Whether a prompt waits for another one, which is in `_readings` and goes on."""
        reading = [other.row for other in self._readings if other.begun]
        return bool(reading) and waits(row, reading, self._places(), self._prefixes)

    def _places(self) -> list[Place]:
        """Where rows and prompts on their way have what they computed."""
        batch: list[Place] = [(row, self.cache, slot) for slot, row in enumerate(self.rows)]
        return batch + [(r.row, r.cache, 0) for r in self._readings if r.cache is not None]

    def _reserve(self, rows: int, columns: int, reading: Reading | None = None) -> None:
        """Make room in the batch's cache, within the budget. `reading` is the one whose turn it is."""
        longest = max(map(self._extent, self.rows), default=0)
        self.cache.reserve(rows, max(columns, longest), self._most(reading))

    def _most(self, reading: Reading | None = None) -> int | None:
        """Columns of all slots together that the cache should have at most."""
        readings = [*self._readings, *([reading] if reading else [])]
        return self._budget.shared([each.row.request for each in readings])

    def _extent(self, row: Row) -> int:
        """Columns of a row that must not get lost."""
        return row.length if self._loop is None else self._loop.extent(row)

    def _read_on(self, reading: Reading) -> Outcome | None:
        """A prompt's next chunk. The last one is a pass that also writes the row's first block."""
        self._reserve(len(self.rows), 0, reading)  # gives back what the reading's own cache needs
        if not reading.begun:
            reading.begin(self._model, *computed(reading.row, self._places(), self._prefixes))
        if not reading.last:
            reading.read(self._model)
            return None
        begin = perf_counter() - reading.seconds
        reading.taken = reading.row.pending
        row, request, slot = reading.row, reading.row.request, len(self.rows)
        expected = len(request.prompt) + min(request.budget, BUCKET)
        self._reserve(slot + 1, expected + width(request.k), reading)
        if reading.kept is not None:
            self.cache.copy_in(slot, reading.kept.layers, row.length)
        cache, place = (self.cache, slot) if reading.cache is None else (reading.cache, 0)
        device = self._model.device
        state = Rows(
            lengths=torch.tensor([row.length], device=device),
            pending=torch.tensor([row.pending], device=device),
            drafts=torch.tensor([0], device=device),
            lead=torch.tensor([request.prompt[row.length :]], device=device),
        )
        if request.auto:
            self._pace = self._model.pace
            self._pace.enter(row)
        rules = make_rules([row], self._checkpoint.mask_token_ids, device)
        forward = self._one_row(cache, place, row.length, row.k)
        state, written = block_step(forward, state, rules, row.pending + row.k - 1, row.k)
        state, (outcome,) = self._take([row], written, state, rules, begin)
        if row.over:
            self._keep(row, cache, place)
            return outcome
        if cache is not self.cache:
            self.cache.copy_in(slot, cache.view(place, row.length), row.length)
        self.rows.append(row)
        self._state = join_rows(self._state, state)
        self._rules = None
        return outcome

    @torch.inference_mode()
    def step(self) -> list[Outcome]:
        """One forward pass over all rows, in slot order. Rows that are over are dropped.

        With the device loop it is the oldest pass on its way, which rows that came since are not part of;
        where a row's grammar begins to hold, there may be no outcome for it.
        """
        begin = perf_counter()
        rows, state = self.rows, self._state
        if not rows or state is None:
            return []
        if self._loop is not None and (outcomes := self._device_step(self._loop, state)) is not None:
            return outcomes
        self._choose_k()
        if self._rules is None:
            self._rules = make_rules(rows, self._checkpoint.mask_token_ids, self._model.device)
        columns, proposals = self._shape()
        used = max(row.length for row in rows) + columns
        try:
            self._reserve(len(rows), used)
            if len(rows) == 1 and not self._model.fixed_width:
                forward = self._one_row(self.cache, 0, rows[0].length, proposals)
            else:
                forward = self._many_rows(used, proposals)
            state, written = block_step(forward, state, self._rules, columns, proposals)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return [self._give_up_longest(error)]
        self._state, outcomes = self._take(list(rows), written, state, self._rules, begin)
        if self._pace is not None:
            self._pace.fed(rows, columns, used, perf_counter() - begin)
        for row, _ in outcomes:
            if row.over:
                self.remove(row)
        return outcomes

    def _device_step(self, loop: DeviceLoop, state: Rows) -> list[Outcome] | None:
        """A pass of the device loop; None if some row cannot run ahead, and the last pass has been read."""
        rows = list(self.rows)
        try:
            busy = loop.busy(rows)
            if all(map(runs_ahead, rows)):
                self._state = loop.advance(rows, state, self._most())
            elif not busy:
                return None
            events = loop.take(rows)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return [self._give_up_longest(error)]
        for row in loop.taken_over:
            self._take_over(row)
        for row, _ in events:
            if row.over:
                self.remove(row)
        return self._outcomes(events)

    def _take_over(self, row: Row) -> None:
        """The host goes on with a row of the device loop: from now on the state is what the row says."""
        assert self._state is not None
        if row.drafts:  # no grammar has changed what the pass wrote
            self._state = replace(self._state)  # another state, so that the device loop loads it anew
        else:
            place, pending = self.rows.index(row), row.ids[row.length :]
            self._state = put_back(self._state, place, row.length, pending)

    def _give_up_longest(self, error: Exception) -> Outcome:
        """A pass found no memory: the longest row ends. The next pass does again what this one did not."""
        row = max(self.rows, key=lambda row: row.length)
        row.failed = True
        self.remove(row)
        return row, self._relieved(row, error)

    def _relieved(self, row: Row, error: Exception) -> OutOfMemoryError:
        """Free what can be spared, and say what happened to a row."""
        if self._prefixes is not None:
            self._prefixes.clear()
        if self._loop is not None and self._loop.graphs is not None:
            self._loop.graphs.clear()  # what they take goes back to the device
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        return no_memory(row, self._model.device, error)

    def remove(self, row: Row) -> None:
        """Free a row's slot; the last row moves into it. A prompt that is still being read is dropped."""
        for reading in [reading for reading in self._readings if reading.row is row]:
            self._readings.remove(reading)
            if reading.cache is not None:
                self._keep(row, reading.cache, 0)
            return
        slot, last = self.rows.index(row), len(self.rows) - 1
        self._keep(row, self.cache, slot)
        order = list(range(last))
        if slot != last:
            with torch.inference_mode():
                moving = self.rows[last]
                self.cache.move_row(last, slot, self._extent(moving))
            self.rows[slot] = self.rows[last]
            order[slot] = last
        self.rows.pop()
        self._rules = None
        with torch.inference_mode():
            self._state = select_rows(self._state, order) if self._state is not None and order else None

    def _keep(self, row: Row, cache: RowCache, slot: int) -> None:
        """Leave what a row computed to later prompts."""
        reuse = row.request.options.reuse_prefix
        with torch.inference_mode():
            if row.failed:
                cache.clear(slot)
            elif self._prefixes is not None and self._prefixes.limit and row.length and reuse:
                try:
                    layers = cache.copy_out(slot, row.length)
                except Exception as error:
                    if not is_out_of_memory(error):
                        raise
                    self._prefixes.clear()  # nobody needs them so much
                else:
                    ids = np.asarray(row.ids[: row.length], dtype=np.int64)
                    self._prefixes.put(KeptSequence(ids, layers))

    def _reading(self, request: Request, index: int) -> Reading:
        self._budget.check(request)
        return Reading(new_row(self._checkpoint, request, index), self.prefill_chunk)

    def _choose_k(self) -> None:
        """Every few passes, and when rows came or went: k of the rows that leave it open."""
        self._passes += 1
        if self._pace is None or (self._rules is not None and self._passes % PERIOD):
            return
        leaving = [row for row in self.rows if row.acceptance is not None]
        if not leaving:
            return
        k = self._pace.choose(self.rows, max(row.length for row in self.rows))
        for row in leaving:
            row.k = min(k, row.request.k)
        self._rules = None

    def _shape(self) -> tuple[int, int]:
        """Columns to feed and proposals to read: those in use on the CPU, the fixed block elsewhere."""
        columns = max(row.pending + row.drafts + row.k - 1 for row in self.rows)
        proposals = max(row.drafts + row.k for row in self.rows)
        if not self._model.fixed_width:
            return columns, proposals
        largest = max(row.k for row in self.rows)
        lossless = any(row.request.lossless for row in self.rows)
        # In use may be more where k has just become smaller.
        return max(width(largest), columns), max(width(largest) if lossless else largest, proposals)

    def _one_row(self, cache: RowCache, slot: int, start: int, proposals: int) -> Forward:
        def forward(block: torch.Tensor, positions: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
            self._logits = self._model.one_row(cache, slot, start, block, positions, proposals)
            return self._logits

        return forward

    def _many_rows(self, used: int, proposals: int) -> Forward:
        def forward(block: torch.Tensor, positions: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
            self._logits = self._model.many_rows(self.cache, used, block, positions, first, proposals)
            return self._logits

        return forward

    def _take(
        self, rows: list[Row], written: Written, state: Rows, rules: Rules, begin: float
    ) -> tuple[Rows, list[Outcome]]:
        """Hand what a pass wrote to its rows; see `mtp_model.decode.outcome`."""
        fixed_width, pace = self._model.fixed_width, self._pace
        state, events = take(
            rows, written, state, rules, self._logits, begin, fixed_width=fixed_width, pace=pace
        )
        return state, self._outcomes(zip(rows, events, strict=True))

    def _outcomes(self, events: Iterable[tuple[Row, PassEvent | None]]) -> list[Outcome]:
        return [(row, event or computed_nan(self._checkpoint)) for row, event in events]
