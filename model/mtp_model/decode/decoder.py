"""Decode prompts with a checkpoint: one as a stream of passes, or many at once."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.support import check_supported
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode.budget import CacheBudget
from mtp_model.decode.device_loop import Progress
from mtp_model.decode.events import DecodeStats, Generation, PassEvent
from mtp_model.decode.forward import Attention, BlockModel
from mtp_model.decode.loops import device_loops
from mtp_model.decode.prefixes import PrefixStore
from mtp_model.decode.reading import chunk_size
from mtp_model.decode.rows import Request, Row, make_request
from mtp_model.decode.session import Outcome, Session
from mtp_model.errors import ConfigError, MissingMaskTokenWarning
from mtp_model.grammar import Grammar

__all__ = ["PREFIX_BYTES", "Decoder", "TokenStream"]

PREFIX_BYTES = 2**30
"""Bytes of keys and values that are kept for later prompts, unless the user says otherwise."""

T = TypeVar("T", DecodingPolicy, GenerationOptions)


class Decoder:
    """Runs a checkpoint.

    It may be used from several threads: each call has its own cache. What calls computed is kept, and a later
    prompt that begins with the same tokens computes only the rest (`DecodeStats.cached_tokens`).

    Args:
        checkpoint: What `load_checkpoint` returned.
        prefix_bytes: Bytes of keys and values to keep at most; 0 computes every prompt from its beginning.
        max_rows: Most rows that `generate` decodes at the same time; the others wait.
        prefill_chunk: Prompt tokens that are read between two passes of other rows, so that a long prompt
            does not hold them up; None for 256 on the CPU and 1024 elsewhere.
        loop: "host" to decide after each pass what the next one is, in blocks as narrow as they can be, or
            "device" to start passes ahead and decide acceptance, stops and budgets on the device, without
            waiting for it, in blocks of one width (CUDA graphs where there is CUDA, on which it has not been
            run yet). Both write the same text. While a row is in the batch that the device loop does not
            cover, the whole batch takes the host loop: stop strings, logprobs, `Verified` with temperature,
            and grammars, but for text that they leave free, as in front of tool calls that nobody forces.
        attention: "sdpa", or "flex" for FlexAttention: no mask is written out, and of each row only the
            columns that it has are read. It is for CUDA, where it is compiled at the first pass and has not
            been run yet; on the CPU it is slow.
        kv_cache_bytes: Bytes of keys and values that the rows of one call may take together, each counted
            with all the tokens that it may write. Rows of `generate` that do not fit beside others wait; a
            request that could never run gets an `OutOfMemoryError`. None for no limit. Kept prefixes do not
            count.

    Raises:
        ConfigError: An argument makes no sense.
        UnsupportedModelError: The architecture cannot decode in blocks.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        prefix_bytes: int = PREFIX_BYTES,
        max_rows: int = 32,
        prefill_chunk: int | None = None,
        loop: Literal["device", "host"] = "host",
        attention: Attention = "sdpa",
        kv_cache_bytes: int | None = None,
    ) -> None:
        check_supported(checkpoint.model.config, type(checkpoint.model), checkpoint.name)
        if max_rows < 1:
            raise ConfigError(f"Decoder(max_rows={max_rows}): at least one row is needed.")
        self.checkpoint = checkpoint
        self.max_rows = max_rows
        self.prefill_chunk = chunk_size(prefill_chunk, checkpoint)
        self.prefixes = PrefixStore(prefix_bytes)
        self._model = BlockModel(checkpoint, attention)
        self.budget = CacheBudget(self._model, self.prefill_chunk, kv_cache_bytes)
        self._warned = False
        self._loops = device_loops(loop, checkpoint, self._model)
        self.budget.ahead = self._loops is not None

    def stream(
        self,
        prompt_ids: Sequence[int],
        policy: DecodingPolicy | None = None,
        options: GenerationOptions | None = None,
        *,
        grammar: Grammar | None = None,
    ) -> TokenStream:
        """Decode one prompt, a forward pass at a time.

        Args:
            prompt_ids: Token ids.
            policy: None for plain decoding, `Static(1)`.
            options: None for greedy decoding to the end of the context.
            grammar: What the answer must look like; None for any text.

        Returns:
            An iterator of one event per forward pass, the first for the pass that reads the prompt. Nothing
            runs before the first `next()`; `close()` stops at once.

        Raises:
            EmptyPromptError: No token.
            ContextLengthError: No room for an answer.
            PromptError: Ids that the model does not know.
            ConfigError: A policy that the checkpoint cannot follow.
        """
        return TokenStream(self, self.request(prompt_ids, policy, options, grammar))

    def generate(
        self,
        prompts: Sequence[Sequence[int]],
        policies: DecodingPolicy | Sequence[DecodingPolicy] | None = None,
        options: GenerationOptions | Sequence[GenerationOptions] | None = None,
    ) -> list[Generation]:
        """Decode many prompts together; each gets the tokens that it would get alone.

        Args:
            prompts: Token ids of each prompt.
            policies: One for all, or one per prompt; None for `Static(1)`.
            options: One for all, or one per prompt.

        Returns:
            A generation per prompt, in the same order.

        Raises:
            ConfigError: The numbers of prompts, policies and options differ; else as `stream`.
            OutOfMemoryError: One of them needs more memory than there is, or than `kv_cache_bytes`.
        """
        each_policy = _per_prompt(policies, len(prompts), "policies")
        each_options = _per_prompt(options, len(prompts), "options")
        requests = [
            self.request(prompt, policy, option)
            for prompt, policy, option in zip(prompts, each_policy, each_options, strict=True)
        ]
        for request in requests:
            self.budget.check(request)
        waiting = deque(enumerate(requests))
        session = self.session()
        finished: dict[int, Generation] = {}
        running: dict[int, Row] = {}
        while waiting or session.rows:
            while waiting and len(session.rows) < self.max_rows and session.fits(waiting[0][1]):
                index, request = waiting.popleft()
                running[index] = _raised(session.add(request, index))
            for outcome in session.step():
                _raised(outcome)
            for index in [index for index, row in running.items() if row.finish_reason]:
                finished[index] = running.pop(index).generation()
        return [finished[index] for index in range(len(prompts))]

    def session(self) -> Session:
        """An empty batch of this decoder, which shares its kept prefixes."""
        loop = self._loops.take() if self._loops else None
        session = Session(self.checkpoint, self._model, self.prefixes, self.prefill_chunk, self.budget, loop)
        if self._loops and loop:
            self._loops.lend(loop, session)
        return session

    def warm_up(
        self,
        policies: Sequence[DecodingPolicy] = (Static(1), ConfAdapt(), Verified()),
        *,
        rows: int = 8,
        context: int | None = None,
        memory: int | None = None,
        progress: Progress = lambda done, of: None,
    ) -> None:
        """Prepare the device loop for the next session, instead of when a shape of a pass first occurs.

        It allocates keys and values, and on CUDA captures a graph for each number of rows (1, 2, 4, ...),
        each k and each length of the context (256, 512, ...). Without the device loop it does nothing.

        Args:
            policies: Those that will be used.
            rows: Most rows at a time.
            context: Most tokens of a prompt and its answer; None for all positions of the model.
            memory: Bytes for keys and values; None for `kv_cache_bytes`, or without it 90 % of what
                is free.
            progress: Called with the number of passes that are prepared, and of all.

        Raises:
            OutOfMemoryError: It does not fit.
            ConfigError: A policy that the checkpoint cannot follow, or no row or token.
        """
        if self._loops is None:
            return
        context = self.checkpoint.max_positions if context is None else context
        requests = [self.request([0], policy) for policy in policies]
        self._loops.warm_up(
            requests, rows, context, self.budget.limit if memory is None else memory, progress
        )

    def request(
        self,
        prompt_ids: Sequence[int],
        policy: DecodingPolicy | None = None,
        options: GenerationOptions | None = None,
        grammar: Grammar | None = None,
    ) -> Request:
        """Check a prompt and resolve its policy and options; see `stream` for the errors."""
        policy = Static(1) if policy is None else policy
        if not self.checkpoint.mask_token_ids and policy != Static(1):
            self._warn_no_mask()
            policy = Static(1)
        fixed_width = self._model.fixed_width or self._loops is not None
        options = options or GenerationOptions()
        return make_request(self.checkpoint, prompt_ids, policy, options, grammar, fixed_width=fixed_width)

    def _warn_no_mask(self) -> None:
        """Once per decoder."""
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self.checkpoint.name} has no mask token, so it is decoded one token per pass. Train it to "
                f"write several: `mtp-train distill --model {self.checkpoint.name}`; or, if it is a student "
                "already, name its mask: load_checkpoint(..., mask_token=...).",
                MissingMaskTokenWarning,
                stacklevel=4,
            )


class TokenStream(Iterator[PassEvent]):
    """The passes of one prompt.

    Attributes:
        stats: Counts and times so far.
    """

    def __init__(self, decoder: Decoder, request: Request) -> None:
        self._decoder = decoder
        self._request = request
        self._session: Session | None = None
        self._row: Row | None = None
        self._closed = False

    @property
    def stats(self) -> DecodeStats:
        """Counts and times so far."""
        return self._row.stats if self._row else DecodeStats(prompt_tokens=len(self._request.prompt))

    def generation(self) -> Generation:
        """Everything so far as one generation; `finish_reason` is "length" if it was closed early."""
        if self._row is None:
            return Generation([], "length", self.stats)
        return self._row.generation()

    def __iter__(self) -> TokenStream:
        return self

    def __next__(self) -> PassEvent:
        if self._closed:
            raise StopIteration
        try:
            if self._session is None:
                self._session = self._decoder.session()
                self._row, event = self._session.add(self._request)
            else:
                while not (outcomes := self._session.step()):
                    pass
                ((_, event),) = outcomes
            if isinstance(event, Exception):
                raise event
        except BaseException:
            self._closed, self._session = True, None  # the cache may be half written: not kept
            raise
        if event.finish_reason:
            self.close()
        return event

    def close(self) -> None:
        """Stop decoding; the cache of what was computed is kept for the next stream."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None and self._row in session.rows:
            session.remove(self._row)

    def __enter__(self) -> TokenStream:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _raised(outcome: Outcome) -> Row:
    """The row of an outcome; its error is raised."""
    row, event = outcome
    if isinstance(event, Exception):
        raise event
    return row


def _per_prompt(values: T | Sequence[T] | None, count: int, name: str) -> Sequence[T | None]:
    """One value for each prompt."""
    if not isinstance(values, Sequence):
        return [values] * count
    if len(values) != count:
        raise ConfigError(
            f"generate() got {count} prompts but {len(values)} {name}: give one for all, or one for each."
        )
    return values
