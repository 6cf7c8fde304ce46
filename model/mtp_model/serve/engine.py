"""A loaded checkpoint, ready to answer: renderer, decoder, worker, and the way back to the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from functools import cached_property, partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Literal

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.config import DecodingPolicy, GenerationOptions, Static
from mtp_model.decode import Decoder
from mtp_model.decode.device_loop import Progress
from mtp_model.decode.rows import Request
from mtp_model.errors import PromptError, RequestTimeoutError, SchemaError
from mtp_model.formats import HERMES, TurnFormat, format_of
from mtp_model.grammar import Grammar, GrammarFactory
from mtp_model.prompt.detokenize import Detokenizer
from mtp_model.prompt.parse import TurnParser, parser_of
from mtp_model.prompt.render import PromptRenderer
from mtp_model.prompt.token_bytes import TokenBytes
from mtp_model.serve.grammars import Grammars
from mtp_model.serve.worker import Step, Worker

__all__ = ["Engine"]


class Engine:
    """One loaded checkpoint. All its requests run on one thread, in one batch, whoever asks.

    Args:
        checkpoint: What `load_checkpoint` returned.
        loop: See `Decoder`.
        attention: See `Decoder`.

    Raises:
        ConfigError: The device loop, for a model that needs the host; FlexAttention, for one that has none.
        UnsupportedModelError: See `Decoder`.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        loop: Literal["host", "device"] = "host",
        attention: Literal["sdpa", "flex"] = "sdpa",
    ) -> None:
        self.checkpoint = checkpoint
        self.decoder = Decoder(checkpoint, loop=loop, attention=attention)
        self.worker = Worker(f"mtp-{checkpoint.name}", self.decoder.session)
        self._openings: dict[bool | None, str] = {}
        self._grammars: dict[bool | None, Grammars] = {}

    @cached_property
    def renderer(self) -> PromptRenderer:
        """Messages -> token ids.

        Raises:
            PromptError: The tokenizer has no chat template.
        """
        return PromptRenderer(self.checkpoint.tokenizer)

    @cached_property
    def form(self) -> TurnFormat:
        """How the model marks reasoning and calls; the tags of Hermes where the template does not tell."""
        return format_of(self.checkpoint.tokenizer.chat_template) or HERMES

    def _turn_opening(self, thinking: bool | None) -> str:
        """How the generation prompt ends; some templates open the reasoning there, or close it as empty."""
        if thinking not in self._openings:
            try:
                opening = self.renderer.turn_opening(thinking)
            except PromptError:
                opening = ()  # as with Mistral, an assistant's turn begins where the user's ends
            self._openings[thinking] = str(self.checkpoint.tokenizer.decode(list(opening))).rstrip()
        return self._openings[thinking]

    def _opens_reasoning(self, thinking: bool | None) -> bool:
        return self._turn_opening(thinking).endswith(self.form.think[0])

    def _closes_reasoning(self, thinking: bool | None) -> bool:
        """Whether no reasoning follows the prompt: it is closed there, or the template knows none."""
        known = any(tag in str(self.checkpoint.tokenizer.chat_template) for tag in self.form.think)
        return not known or self._turn_opening(thinking).endswith(self.form.think[1])

    def grammars(self, thinking: bool | None = None) -> Grammars:
        """Grammars of this checkpoint's answers, behind prompts that were rendered with this `thinking`."""
        return self._grammars.setdefault(thinking, Grammars(partial(self._new_factory, thinking)))

    def _new_factory(self, thinking: bool | None) -> GrammarFactory:
        checkpoint = self.checkpoint
        if format_of(checkpoint.tokenizer.chat_template) is None:
            raise SchemaError(
                f"{checkpoint.name} writes tool calls in a form that is not known, so they cannot be "
                "constrained; known are those of Hermes and Qwen, Llama 3 and Mistral. Leave tool_choice and "
                "response formats alone."
            )
        return GrammarFactory(
            checkpoint.tokenizer,
            embedding_rows(checkpoint.model),
            checkpoint.stop_token_ids,
            opened=self._opens_reasoning(thinking),
            closed=self._closes_reasoning(thinking),
            form=self.form,
        )

    def parser(self, *, answers: bool = False, thinking: bool | None = None) -> TurnParser:
        """A parser for one answer.

        Args:
            answers: Whether an answer in JSON was asked for: then bare JSON is no call.
            thinking: With what the prompt was rendered.
        """
        return parser_of(self.form, opened=self._opens_reasoning(thinking), answers=answers)

    def detokenizer(self) -> Detokenizer:
        """A detokenizer for one answer."""
        return Detokenizer(self.checkpoint.tokenizer, keep=self.form.tags)

    @cached_property
    def token_bytes(self) -> TokenBytes:
        """Token id -> its bytes."""
        return TokenBytes(self.checkpoint.tokenizer)

    def effective(self, policy: DecodingPolicy) -> DecodingPolicy:
        """The policy that the decoder follows: a model without a mask token writes single tokens."""
        return policy if self.checkpoint.mask_token_ids else Static(1)

    def request(
        self,
        prompt_ids: Sequence[int],
        policy: DecodingPolicy,
        options: GenerationOptions,
        grammar: Grammar | None = None,
    ) -> Request:
        """Check a request; nothing is computed yet. See `Decoder.stream` for the errors."""
        return self.decoder.request(prompt_ids, policy, options, grammar)

    def run(self, request: Request, timeout: float | None = None) -> Generator[Step, None, None]:
        """The passes of a request, as they come. Closing the iterator stops the request.

        Raises:
            RequestTimeoutError: It took longer than `timeout` seconds.
        """
        steps: SimpleQueue[Step | BaseException] = SimpleQueue()
        end = None if timeout is None else monotonic() + timeout
        job = self.worker.submit(request, steps.put)
        try:
            while True:
                left = None if end is None else max(0.0, end - monotonic())
                step = self._remembered(request, _raised(steps.get(timeout=left)))
                yield step
                if step.generation is not None:
                    return
        except Empty:
            raise _too_long(timeout) from None
        finally:
            job.cancel()

    async def arun(self, request: Request, timeout: float | None = None) -> AsyncGenerator[Step, None]:
        """As `run`; the event loop is never blocked. Cancelling the task stops the request."""
        loop = asyncio.get_running_loop()
        steps: asyncio.Queue[Step | BaseException] = asyncio.Queue()
        end = None if timeout is None else loop.time() + timeout
        job = self.worker.submit(request, lambda step: loop.call_soon_threadsafe(steps.put_nowait, step))
        try:
            while True:
                try:
                    async with asyncio.timeout_at(end):
                        received = await steps.get()
                except TimeoutError:
                    raise _too_long(timeout) from None
                step = self._remembered(request, _raised(received))
                yield step
                if step.generation is not None:
                    return
        finally:
            job.cancel()

    def _remembered(self, request: Request, step: Step) -> Step:
        """The same step; a whole turn's ids are kept for the next prompt of its conversation."""
        if step.generation is not None and self.checkpoint.tokenizer.chat_template:
            self.renderer.remember(request.prompt, step.generation.token_ids)
        return step

    def limit_prefixes(self, limit: int) -> None:
        """Keep at most so many bytes of earlier prompts and answers, from now on."""
        if limit != self.decoder.prefixes.limit:
            self.decoder.prefixes.resize(limit)

    def limit_cache(self, limit: int) -> None:
        """Let the keys and values of running requests take at most so many bytes together, from now on."""
        self.decoder.budget.limit = limit

    def warm_up(
        self, policies: Sequence[DecodingPolicy], rows: int, context: int | None, progress: Progress
    ) -> None:
        """Prepare the device loop as soon as no request runs; those that come meanwhile wait.

        Args:
            policies: See `Decoder.warm_up`, as for the others.
            rows: Most requests at a time, of the worker's slots.
            context: Most tokens of a prompt and its answer.
            progress: Called on the worker's thread.

        Raises:
            OutOfMemoryError: It does not fit.
            ConfigError: A policy that the checkpoint cannot follow, or no row or token.
        """
        self.worker.between(
            lambda: self.decoder.warm_up(
                policies, rows=min(rows, self.worker.slots), context=context, progress=progress
            )
        )

    def close(self) -> None:
        """End the worker and free its caches."""
        self.worker.close()
        self.decoder.prefixes.clear()


def _too_long(timeout: float | None) -> RequestTimeoutError:
    return RequestTimeoutError(
        f"The answer was not complete after timeout={timeout} seconds, so the call was stopped. Allow more "
        "time, or less text: max_tokens."
    )


def _raised(step: Step | BaseException) -> Step:
    if isinstance(step, BaseException):
        raise step
    return step
