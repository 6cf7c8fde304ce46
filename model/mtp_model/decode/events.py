"""What decoding tells its caller: one event per forward pass, and the whole generation at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["DecodeStats", "FinishReason", "Generation", "PassEvent", "TokenLogprob"]

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """How likely the model finds a token: its own log-softmax, in float32.

    Temperature, top_k, top_p, min_p and a grammar do not count. Mask tokens are never emitted: no share.
    The distribution is the one that the token was taken from: with `Verified` and `Static(1)` that of
    ordinary decoding; for the second and later tokens of a pass with `ConfAdapt` and `Static(k)` that of the
    block at this depth, which the tokens before it in the block did not enter.

    Attributes:
        token_id: The token.
        logprob: Its log-probability.
        top: The most likely tokens in its place with their log-probabilities, the likeliest first.
        forced: Whether a grammar left no choice and the model was not asked; then logprob is 0.0 and top is
            empty.
    """

    token_id: int
    logprob: float
    top: tuple[tuple[int, float], ...] = ()
    forced: bool = False


@dataclass(frozen=True, slots=True)
class PassEvent:
    """The outcome of one forward pass for one row.

    The `token_ids` of a row's events, joined, are the `token_ids` of its `Generation`.

    Attributes:
        row: Index of the prompt in its batch; 0 for a stream.
        pass_index: 0 for the pass that reads the prompt (and already writes the first block), then 1, 2, ...
        token_ids: Tokens to show. Never the stop token that ended the text. Normally all that this pass
            wrote; tokens that may be the beginning of a stop string are held back until a later pass decides.
        confidences: Probability of each of `token_ids`, in (0, 1].
        finish_reason: None while the row goes on; "stop" for a stop token or a stop string, "length" at
            `max_new_tokens` or at the end of the context.
        seconds: Wall-clock time of the pass.
        block_size: Tokens that this pass wrote, held-back ones and the stop token included.
        stop: The stop token id or stop string that ended the text, else None.
        trailing_text: With a stop string that begins inside a token: that token's characters before the stop
            string (the token itself is not in `token_ids`). Otherwise empty.
        logprobs: One for each of `token_ids` if `GenerationOptions.logprobs` asks for them, else None.
        grammar_seconds: Part of `seconds` in which the row's grammar was asked.
    """

    row: int
    pass_index: int
    token_ids: tuple[int, ...]
    confidences: tuple[float, ...]
    finish_reason: FinishReason | None
    seconds: float
    block_size: int
    stop: int | str | None = None
    trailing_text: str = ""
    logprobs: tuple[TokenLogprob, ...] | None = None
    grammar_seconds: float = 0.0


@dataclass(slots=True)
class DecodeStats:
    """Counts and times of one generation.

    Attributes:
        prompt_tokens: Length of the prompt.
        cached_tokens: How many of them were read from a kept cache instead of being computed.
        tokens: Tokens written, the stop token or the tokens of the stop string included.
        passes: Forward passes; reading the prompt counts as one, in however many chunks it is read.
        block_sizes: Histogram: tokens written by a pass -> number of such passes.
        prefill_seconds: Wall-clock time of reading the prompt and writing the first block.
        decode_seconds: Wall-clock time of the later passes. In a batch a pass is shared by its rows.
        steered: Tokens of a constrained answer that led to its end in place of the model's choice, because of
            `JSONBounds` or because the tokens that were left only just sufficed. Above 0 the answer is valid,
            but something in it may be cut short.
        grammar_seconds: Part of both in which the row's grammar was asked.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    tokens: int = 0
    passes: int = 0
    block_sizes: dict[int, int] = field(default_factory=dict)
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0
    steered: int = 0
    grammar_seconds: float = 0.0

    @property
    def tokens_per_pass(self) -> float:
        """Mean number of tokens written by a forward pass; 0 before the first."""
        return self.tokens / self.passes if self.passes else 0.0

    def add(self, event: PassEvent) -> None:
        """Count one pass."""
        self.tokens += event.block_size
        self.passes += 1
        self.grammar_seconds += event.grammar_seconds
        self.block_sizes[event.block_size] = self.block_sizes.get(event.block_size, 0) + 1
        if event.pass_index == 0:
            self.prefill_seconds += event.seconds
        else:
            self.decode_seconds += event.seconds


@dataclass(frozen=True, slots=True)
class Generation:
    """One finished row.

    Attributes:
        token_ids: The text's tokens, without the stop token or the stop string.
        finish_reason: "stop" or "length".
        stats: Counts and times.
        stop: The stop token id or stop string that ended the text; None with "length".
        trailing_text: See `PassEvent.trailing_text`.
        logprobs: See `PassEvent.logprobs`.
    """

    token_ids: list[int]
    finish_reason: FinishReason
    stats: DecodeStats
    stop: int | str | None = None
    trailing_text: str = ""
    logprobs: tuple[TokenLogprob, ...] | None = None
