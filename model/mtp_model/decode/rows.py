"""The host's side of a row: its request, its tokens, and the tensors made from many of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode.events import DecodeStats, FinishReason, Generation, PassEvent, TokenLogprob
from mtp_model.decode.pace import Acceptance
from mtp_model.decode.sampling import SamplingRules
from mtp_model.decode.step import Rows, Rules
from mtp_model.decode.stops import StopScanner
from mtp_model.errors import ConfigError, ContextLengthError, EmptyPromptError, PromptError
from mtp_model.grammar import Constraint, Grammar
from mtp_model.layout import mask_tokens

__all__ = ["Request", "Row", "join_rows", "make_request", "make_rules", "new_row", "select_rows"]


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt with everything resolved: policy as numbers, budget, seed, stop tokens.

    Attributes:
        prompt: Token ids, at least one.
        k: Most tokens per pass.
        auto: Whether k is chosen anew while it runs, from 1 to `k`.
        threshold: What a proposal must reach; 0 takes all.
        lossless: Whether proposals become drafts that the next pass checks.
        budget: Most tokens to write.
        seed: In [0, 2^63).
        stop_token_ids: All ids that end the text.
        options: As given.
        grammar: What the answer must look like; None for any text.
    """

    prompt: tuple[int, ...]
    k: int
    auto: bool
    threshold: float
    lossless: bool
    budget: int
    seed: int
    stop_token_ids: frozenset[int]
    options: GenerationOptions
    grammar: Grammar | None = None


def make_request(
    checkpoint: Checkpoint,
    prompt: Sequence[int],
    policy: DecodingPolicy,
    options: GenerationOptions,
    grammar: Grammar | None = None,
    *,
    fixed_width: bool = False,
) -> Request:
    """Check a prompt and resolve its policy and options against a checkpoint.

    With `fixed_width` a smaller k would save nothing, and "auto" is the largest.

    Raises:
        EmptyPromptError: The prompt has no token.
        PromptError: It holds an id outside the vocabulary.
        ContextLengthError: It leaves no room for a single token.
        ConfigError: `Static(k)` with more tokens per pass than the student can propose, or no policy at all.
    """
    vocabulary = embedding_rows(checkpoint.model)
    if not prompt:
        raise EmptyPromptError("the prompt has no token. Give at least one, e.g. the begin-of-text token.")
    if not (min(prompt) >= 0 and max(prompt) < vocabulary):
        raise PromptError(
            f"the prompt holds ids from {min(prompt)} to {max(prompt)}, but {checkpoint.name} knows 0 to "
            f"{vocabulary - 1}. Encode it with this checkpoint's tokenizer."
        )
    room = checkpoint.max_positions - len(prompt)
    if room < 1:
        raise ContextLengthError(
            f"the prompt has {len(prompt)} tokens, but {checkpoint.name} has {checkpoint.max_positions} "
            "positions for prompt and answer together. Shorten it: trim or summarise the conversation.",
            prompt_tokens=len(prompt),
            max_positions=checkpoint.max_positions,
        )
    k, threshold, lossless = _resolve(policy, checkpoint)
    auto = isinstance(policy, ConfAdapt | Verified) and policy.k_max == "auto"
    limit = options.max_new_tokens
    return Request(
        prompt=tuple(prompt),
        k=k,
        auto=auto and k > 1 and not fixed_width,
        threshold=threshold,
        lossless=lossless and k > 1,
        budget=room if limit is None else min(limit, room),
        seed=secrets.randbits(63) if options.seed is None else options.seed % 2**63,
        stop_token_ids=frozenset((*checkpoint.stop_token_ids, *options.stop_token_ids)),
        options=options,
        grammar=grammar,
    )


def _resolve(policy: DecodingPolicy, checkpoint: Checkpoint) -> tuple[int, float, bool]:
    """k, threshold and losslessness. `k_max` of a policy is lowered to the student's own."""
    match policy:
        case Static(k):
            if k > checkpoint.k_max:
                raise ConfigError(
                    f"Static({k}): {checkpoint.name} was trained for at most {checkpoint.k_max} tokens per "
                    f"pass. Use Static({checkpoint.k_max}) or less, or ConfAdapt, which adapts by itself."
                )
            return k, 0.0, False
        case ConfAdapt(threshold, k_max):
            return _lowered(k_max, checkpoint), threshold, False
        case Verified(k_max, draft_threshold):
            return _lowered(k_max, checkpoint), draft_threshold, True
    raise ConfigError(f"{policy!r} is no decoding policy: use Static, ConfAdapt or Verified.")


def _lowered(k_max: int | Literal["auto"], checkpoint: Checkpoint) -> int:
    return checkpoint.k_max if k_max == "auto" else min(k_max, checkpoint.k_max)


@dataclass(slots=True)
class Row:
    """One sequence being decoded.

    Attributes:
        index: Number that its events carry.
        request: What was asked for.
        scanner: Finds where the text ends.
        ids: The prompt and every token that was written, also those behind a stop.
        k: Most tokens of its next pass: `request.k`, or less if that is chosen while it runs.
        length: Committed tokens in the cache: the entries of ids[:length] are there.
        pending: Tokens that the next pass feeds.
        drafts: Proposals that the next pass checks.
        written: The text's tokens so far, held-back ones included.
        confidences: Their probabilities.
        logprobs: Their log-probabilities, if the request asks for them.
        shown: How many of them were in events.
        stats: Counts and times.
        finish_reason: None while it goes on.
        stop: What ended the text.
        trailing_text: See `PassEvent`.
        failed: Whether the model computed no numbers for it.
        constraint: Where the answer is in its grammar.
        acceptance: What its passes write, if k is chosen while it runs; else None.
        asked: Tokens beyond the first that its latest pass proposed, if k is chosen.
    """

    index: int
    request: Request
    scanner: StopScanner
    ids: list[int]
    k: int
    length: int = 0
    pending: int = 0
    drafts: int = 0
    written: list[int] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    shown: int = 0
    stats: DecodeStats = field(default_factory=DecodeStats)
    finish_reason: FinishReason | None = None
    stop: int | str | None = None
    trailing_text: str = ""
    failed: bool = False
    constraint: Constraint | None = None
    acceptance: Acceptance | None = None
    asked: int = 0

    @property
    def over(self) -> bool:
        """Whether no pass follows."""
        return self.failed or self.finish_reason is not None

    def advance(
        self,
        tokens: list[int],
        confidences: list[float],
        accepted: int,
        drafts: int,
        seconds: float,
        logprobs: list[TokenLogprob] | None = None,
        grammar_seconds: float = 0.0,
        bound: Sequence[bool] | None = None,
    ) -> PassEvent:
        """Take over what a pass wrote and tell what of it may be shown.

        Args:
            tokens: All tokens that the pass emitted for this row.
            confidences: Their probabilities.
            accepted: How many of them were drafts that the pass itself committed to the cache.
            drafts: Proposals to check next.
            seconds: Duration of the pass.
            logprobs: One for each token, if the request asks for them.
            grammar_seconds: Part of it in which the grammar was asked.
            bound: For each token whether a grammar bound it; None: none of them.
        """
        self.length += self.pending + accepted
        self.pending, self.drafts = len(tokens) - accepted, drafts
        self.ids += tokens
        left = self.request.budget - self.stats.tokens
        taken = self.scanner.feed(tokens[:left], bound)
        self.written += tokens[: taken.consumed]
        self.confidences += confidences[: taken.consumed]
        self.logprobs += (logprobs or [])[: taken.consumed]
        released, self.stop, self.trailing_text = taken.released, taken.stop, taken.trailing_text
        if taken.stop is not None:
            self.finish_reason = "stop"
        elif taken.consumed == left:
            self.finish_reason = "length"
            released = self.scanner.all_released()
        if self.finish_reason:
            del self.written[released:], self.confidences[released:], self.logprobs[released:]
        event = PassEvent(
            row=self.index,
            pass_index=self.stats.passes,
            token_ids=tuple(self.written[self.shown : released]),
            confidences=tuple(self.confidences[self.shown : released]),
            finish_reason=self.finish_reason,
            seconds=seconds,
            block_size=taken.consumed,
            stop=self.stop,
            trailing_text=self.trailing_text,
            logprobs=None if logprobs is None else tuple(self.logprobs[self.shown : released]),
            grammar_seconds=grammar_seconds,
        )
        self.shown = max(self.shown, released)
        self.stats.add(event)
        return event

    def generation(self) -> Generation:
        """The finished row."""
        return Generation(
            token_ids=list(self.written),
            finish_reason=self.finish_reason or "length",
            stats=self.stats,
            stop=self.stop,
            trailing_text=self.trailing_text,
            logprobs=None if self.request.options.logprobs is None else tuple(self.logprobs),
        )


def new_row(checkpoint: Checkpoint, request: Request, index: int) -> Row:
    """A row whose prompt has not been read."""
    tokenizer = checkpoint.tokenizer

    def decode(ids: list[int]) -> str:
        return str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))

    scanner = StopScanner(decode, request.stop_token_ids, request.options.stop_strings)
    row = Row(index, request, scanner, list(request.prompt), request.k, pending=len(request.prompt))
    if request.grammar:
        row.constraint = request.grammar.start(request.budget, request.options.json_bounds)
    row.stats.prompt_tokens = len(request.prompt)
    return row


def make_rules(rows: Sequence[Row], mask_token_ids: tuple[int, ...], device: torch.device) -> Rules:
    """The policies and options of some rows as tensors."""
    requests = [row.request for row in rows]
    options = [request.options for request in requests]
    largest = max(row.k for row in rows)

    def tensor(values: Sequence[float], dtype: torch.dtype) -> torch.Tensor:
        return torch.tensor(values, dtype=dtype, device=device)

    sampling = None
    if any(option.temperature > 0 for option in options):
        sampling = SamplingRules(
            temperature=tensor([option.temperature for option in options], torch.float32),
            top_p=tensor([option.top_p for option in options], torch.float32),
            top_k=tensor([option.top_k for option in options], torch.int64),
            min_p=tensor([option.min_p for option in options], torch.float32),
            seed=tensor([request.seed for request in requests], torch.int64),
            largest_top_k=max(option.top_k for option in options),
            any_top_p=any(option.top_p < 1 for option in options),
            any_min_p=any(option.min_p > 0 for option in options),
            all_columns=any(r.lossless and r.options.temperature > 0 for r in requests),
        )
    return Rules(
        k=tensor([row.k for row in rows], torch.int64),
        threshold=tensor([request.threshold for request in requests], torch.float32),
        lossless=tensor([request.lossless for request in requests], torch.bool),
        masks=tensor(mask_tokens(mask_token_ids, largest - 1) if largest > 1 else (), torch.int64),
        banned=tensor(mask_token_ids, torch.int64),
        sampling=sampling,
    )


def join_rows(first: Rows | None, second: Rows) -> Rows:
    """Put the rows of two states below each other."""
    if first is None:
        return second
    width = max(first.lead.shape[1], second.lead.shape[1])
    leads = [torch.nn.functional.pad(s.lead, (0, width - s.lead.shape[1])) for s in (first, second)]
    return Rows(
        torch.cat([first.lengths, second.lengths]),
        torch.cat([first.pending, second.pending]),
        torch.cat([first.drafts, second.drafts]),
        torch.cat(leads),
    )


def select_rows(rows: Rows, order: list[int]) -> Rows:
    """Keep the rows at these places, in this order."""
    # Not `device=`, which would wait for the passes on their way.
    index = torch.tensor(order, dtype=torch.int64).to(rows.lead.device, non_blocking=True)
    return Rows(rows.lengths[index], rows.pending[index], rows.drafts[index], rows.lead[index])
