"""Rows that are decoded together: add a row, step all of them, drop the finished ones.

    session.add(request, index)   one pass over the prompt and the first masks; writes the first block
    session.step()                one pass over all rows; rows that end leave their slot
    session.remove(row)           cancel a row

A row's place in `rows` is its slot in the cache. When one leaves, the last row moves into its slot, so the
rows in use are always the first ones. What a row computed is kept for later prompts (`PrefixStore`). The
worker that serves many callers builds on these calls; the Decoder is the simplest user.
"""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.decode.cache import BUCKET
from mtp_model.decode.constrained import mend, put_back
from mtp_model.decode.events import PassEvent, TokenLogprob
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.logprobs import after_mending, pack, unpack
from mtp_model.decode.prefixes import KeptSequence, PrefixStore
from mtp_model.decode.rows import Request, Row, join_rows, make_rules, select_rows
from mtp_model.decode.step import Forward, Rows, Rules, Written, block_step
from mtp_model.decode.stops import StopScanner
from mtp_model.errors import CheckpointError
from mtp_model.layout import width

__all__ = ["Outcome", "Session"]


Outcome = tuple[Row, PassEvent | CheckpointError]
"""What a pass gave a row, or why it cannot go on."""


class Session:
    """A batch of rows over one cache.

    Args:
        checkpoint: Tokenizer and mask tokens.
        model: Its weights as the step sees them.
        prefixes: Where rows find what earlier ones computed, and leave their own; None for nowhere.
    """

    def __init__(
        self, checkpoint: Checkpoint, model: BlockModel, prefixes: PrefixStore | None = None
    ) -> None:
        self.rows: list[Row] = []
        self.cache = model.new_cache()
        self._prefixes = prefixes
        self._checkpoint = checkpoint
        self._model = model
        self._state: Rows | None = None
        self._rules: Rules | None = None
        self._logits = torch.empty(0)  # of the last pass, [B, P, V]

    @torch.inference_mode()
    def add(self, request: Request, index: int = 0) -> Outcome:
        """Read a prompt into a free slot and write its first block. A row that ends with it takes no slot."""
        begin = perf_counter()
        slot = len(self.rows)
        kept, start = None, 0
        if self._prefixes and request.options.reuse_prefix:
            kept, start = self._prefixes.longest(request.prompt)
        row = self._new_row(request, index, start)
        expected = len(request.prompt) + min(request.budget, BUCKET)
        self.cache.reserve(slot + 1, expected + width(request.k))
        if kept is not None:
            self.cache.copy_in(slot, kept.layers, start)
        device = self._model.device
        state = Rows(
            lengths=torch.tensor([start], device=device),
            pending=torch.tensor([row.pending], device=device),
            drafts=torch.tensor([0], device=device),
            lead=torch.tensor([request.prompt[start:]], device=device),
        )
        rules = make_rules([row], self._checkpoint.mask_token_ids, device)
        forward = self._one_row(slot, start, request.k)
        state, written = block_step(forward, state, rules, row.pending + request.k - 1, request.k)
        state, (outcome,) = self._take([row], written, state, rules, begin)
        if row.over:
            self._keep(row, slot)
        else:
            self.rows.append(row)
            self._state = join_rows(self._state, state)
            self._rules = None
        return outcome

    @torch.inference_mode()
    def step(self) -> list[Outcome]:
        """One forward pass over all rows, in slot order. Rows that are over are dropped."""
        begin = perf_counter()
        rows, state = self.rows, self._state
        if not rows or state is None:
            return []
        if self._rules is None:
            self._rules = make_rules(rows, self._checkpoint.mask_token_ids, self._model.device)
        columns, proposals = self._shape()
        used = max(row.length for row in rows) + columns
        self.cache.reserve(len(rows), used)
        if len(rows) == 1 and not self._model.fixed_width:
            forward = self._one_row(0, rows[0].length, proposals)
        else:
            forward = self._many_rows(used, proposals)
        state, written = block_step(forward, state, self._rules, columns, proposals)
        self._state, outcomes = self._take(list(rows), written, state, self._rules, begin)
        for row, _ in outcomes:
            if row.over:
                self.remove(row)
        return outcomes

    def remove(self, row: Row) -> None:
        """Free a row's slot; the last row moves into it."""
        slot, last = self.rows.index(row), len(self.rows) - 1
        self._keep(row, slot)
        order = list(range(last))
        if slot != last:
            with torch.inference_mode():
                self.cache.move_row(last, slot, self.rows[last].length)
            self.rows[slot] = self.rows[last]
            order[slot] = last
        self.rows.pop()
        self._rules = None
        with torch.inference_mode():
            self._state = select_rows(self._state, order) if self._state is not None and order else None

    def _keep(self, row: Row, slot: int) -> None:
        """Leave what a row computed to later prompts."""
        reuse = row.request.options.reuse_prefix
        with torch.inference_mode():
            if row.failed:
                self.cache.clear(slot)
            elif self._prefixes is not None and self._prefixes.limit and row.length and reuse:
                layers = self.cache.copy_out(slot, row.length)
                self._prefixes.put(KeptSequence(np.asarray(row.ids[: row.length], dtype=np.int64), layers))

    def _new_row(self, request: Request, index: int, start: int) -> Row:
        tokenizer = self._checkpoint.tokenizer

        def decode(ids: list[int]) -> str:
            return str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))

        scanner = StopScanner(decode, request.stop_token_ids, request.options.stop_strings)
        row = Row(index, request, scanner, list(request.prompt), length=start)
        row.pending = len(request.prompt) - start
        row.constraint = request.grammar.start() if request.grammar else None
        row.stats.prompt_tokens, row.stats.cached_tokens = len(request.prompt), start
        return row

    def _shape(self) -> tuple[int, int]:
        """Columns to feed and proposals to read: those in use on the CPU, the fixed block elsewhere."""
        if not self._model.fixed_width:
            columns = max(row.pending + row.drafts + row.request.k - 1 for row in self.rows)
            return columns, max(row.drafts + row.request.k for row in self.rows)
        largest = max(row.request.k for row in self.rows)
        lossless = any(row.request.lossless for row in self.rows)
        return width(largest), width(largest) if lossless else largest

    def _one_row(self, slot: int, start: int, proposals: int) -> Forward:
        def forward(block: torch.Tensor, positions: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
            self._logits = self._model.one_row(self.cache, slot, start, block, positions, proposals)
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
        """Read a pass's outcome, the only transfer from the device, and hand it to the rows.

        Returns:
            The state, which a grammar may have changed, and what each row wrote.
        """
        numbers = torch.cat(
            [
                written.count[:, None],
                state.drafts[:, None],
                state.pending[:, None],
                written.tokens,
                written.confidence.view(torch.int32).long(),
            ],
            dim=1,
        )
        numbers, asked = _on_host(numbers, pack(rows, self._logits, written.tokens))
        proposals = written.tokens.shape[1]
        every_token = numbers[:, 3 : 3 + proposals].tolist()
        every_confidence = numbers[:, 3 + proposals :].int().view(torch.float32).tolist()
        every_logprob: list[list[TokenLogprob] | None] = [None] * len(rows)
        if asked is not None:
            every_logprob = unpack(rows, asked, every_token, self._logits.shape[-1])
        outcomes: list[Outcome] = []
        for place, (row, (count, drafts, pending)) in enumerate(
            zip(rows, numbers[:, :3].tolist(), strict=True)
        ):
            tokens, sure, accepted = (
                every_token[place][:count],
                every_confidence[place][:count],
                count - pending,
            )
            if not all(math.isfinite(value) for value in sure):
                row.failed = True
                outcomes.append((row, self._nan()))
                continue
            logprobs = every_logprob[place]
            logprobs = None if logprobs is None else logprobs[:count]
            asked_at = perf_counter()
            if row.constraint is not None:
                sampled = row.request.options.temperature > 0
                sampling = rules.sampling.row(place) if rules.sampling and sampled else None
                logits, room = self._logits[place], self._room(row, len(tokens))
                mended = mend(row, row.constraint, tokens, sure, accepted, logits, sampling, room)
                if mended.changed:
                    logprobs = None if logprobs is None else after_mending(logprobs, mended)
                    tokens, sure, accepted, drafts = mended.tokens, mended.confidences, mended.accepted, 0
                    length = row.length + row.pending + accepted
                    state = put_back(state, place, length, tokens[accepted:])
            now = perf_counter()
            grammar = now - asked_at if row.constraint is not None else 0.0
            event = row.advance(tokens, sure, accepted, drafts, now - begin, logprobs, grammar)
            outcomes.append((row, event))
        return state, outcomes

    def _room(self, row: Row, written: int) -> int | None:
        """How many forced tokens may follow what a pass wrote; None: any number.

        `Static` writes what the model writes, so that it stays the baseline; a block of fixed width takes k.
        """
        if row.request.threshold == 0 and not row.request.lossless:
            return 0
        return row.request.k - written if self._model.fixed_width else None

    def _nan(self) -> CheckpointError:
        return CheckpointError(
            f"{self._checkpoint.name} computed NaN in {self._checkpoint.dtype}: its weights are damaged or "
            "overflow in this type. Load it with dtype='float32', or fetch it again."
        )


def _on_host(numbers: torch.Tensor, more: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Both tensors on the host, by one transfer; the second is flat and often absent."""
    if more is None:
        return numbers.cpu(), None
    both = torch.cat([numbers.flatten(), more]).cpu()
    return both[: numbers.numel()].view(numbers.shape), both[numbers.numel() :]
