"""Passes of the engine -> LangChain chunks and messages, usage and statistics.

A step's token ids pass the Detokenizer and the TurnParser; each step becomes one AIMessageChunk, and all of
them together one AIMessage. A tool call begins with a chunk that has its name and id; its arguments follow as
they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.messages.tool import (
    ToolCall,
    ToolCallChunk,
    invalid_tool_call,
    tool_call,
    tool_call_chunk,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from mtp_model.config import DecodingPolicy
from mtp_model.langchain.logprobs import openai_logprobs
from mtp_model.langchain.options import describe_policy
from mtp_model.prompt.calls import inside_string
from mtp_model.prompt.events import ParserEvent, TurnParser

if TYPE_CHECKING:
    from mtp_model.decode import DecodeStats, Generation
    from mtp_model.prompt.detokenize import Detokenizer
    from mtp_model.serve import Step

__all__ = ["PROVIDER", "TurnReader", "decoding_statistics", "usage_of"]

PROVIDER = "mtp_agents"


@dataclass
class _Call:
    """A call that is being written."""

    id: str
    name: str | None
    arguments: str = ""


@dataclass
class _Turn:
    """What was said so far."""

    text: str = ""
    reasoning: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list)
    invalid_tool_calls: list[InvalidToolCall] = field(default_factory=list)
    explanations: list[dict[str, str]] = field(default_factory=list)  # LangChain drops errors when it merges
    calls: dict[int, _Call] = field(default_factory=dict)
    passes: list[dict[str, Any]] = field(default_factory=list)
    logprobs: list[dict[str, Any]] | None = None


class TurnReader:
    """Turns the steps of one answer into chunks, and all of them into a message.

    Args:
        detokenizer: Token ids -> text.
        parser: Text -> reasoning, text and calls.
        count: Text -> its number of tokens, for the usage.
        model_name: For `response_metadata`.
        policy: The policy that is followed.
        to_bytes: Token id -> its bytes, for log-probabilities.
        first_call: Index of the first call's chunks.
    """

    def __init__(
        self,
        detokenizer: Detokenizer,
        parser: TurnParser,
        count: Callable[[str], int],
        model_name: str,
        policy: DecodingPolicy,
        to_bytes: Callable[[int], bytes | None] = lambda token_id: None,
        first_call: int = 0,
    ) -> None:
        self._to_bytes = to_bytes
        self._first_call = first_call
        self._detokenizer = detokenizer
        self._parser = parser
        self._count = count
        self._model_name = model_name
        self._policy = policy
        self._turn = _Turn()
        self._usage: UsageMetadata | None = None
        self._metadata: dict[str, Any] = {}

    def chunk(self, step: Step) -> ChatGenerationChunk:
        """The chunk of one pass. It may hold no text: then the pass is still to be seen in its `passes`."""
        event, generation = step.event, step.generation
        written = self._detokenizer.feed(event.token_ids)
        if generation is not None:
            written += self._detokenizer.finish() + generation.trailing_text
        events = self._parser.feed(written)
        if generation is not None:
            events += self._parser.finish()
        text, additional, calls = self._take(events)
        one_pass = {"text": written, "tokens": event.block_size}
        self._turn.passes.append(one_pass)
        additional["passes"] = [one_pass]
        if generation is not None:
            self._end(generation)
        metadata = dict(self._metadata)
        if event.logprobs is not None:
            entries = openai_logprobs(event.logprobs, self._to_bytes)
            self._turn.logprobs = self._turn.logprobs or []
            self._turn.logprobs += entries
            metadata["logprobs"] = {"content": entries}  # merging chunks joins the lists
        return ChatGenerationChunk(
            message=AIMessageChunk(
                content=text,
                additional_kwargs=additional,
                tool_call_chunks=calls,
                response_metadata=metadata,
                usage_metadata=self._usage,
                chunk_position=None if generation is None else "last",
            )
        )

    def result(self) -> ChatResult:
        """The whole answer."""
        turn = self._turn
        additional: dict[str, Any] = {"passes": turn.passes}
        if turn.reasoning:
            additional["reasoning_content"] = turn.reasoning
        if turn.invalid_tool_calls:
            additional["invalid_tool_calls"] = turn.explanations
        metadata = dict(self._metadata)
        if turn.logprobs is not None:
            metadata["logprobs"] = {"content": turn.logprobs}
        message = AIMessage(
            content=turn.text,
            additional_kwargs=additional,
            tool_calls=turn.tool_calls,
            invalid_tool_calls=turn.invalid_tool_calls,
            response_metadata=metadata,
            usage_metadata=self._usage,
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _take(self, events: Sequence[ParserEvent]) -> tuple[str, dict[str, Any], list[ToolCallChunk]]:
        """A pass's text, additional_kwargs and call chunks; keeps them for the whole message, too."""
        text = "".join(event.text for event in events if event.kind == "text")
        reasoning = "".join(event.text for event in events if event.kind == "reasoning")
        self._turn.text += text
        self._turn.reasoning += reasoning
        additional: dict[str, Any] = {"reasoning_content": reasoning} if reasoning else {}
        chunks: dict[int, ToolCallChunk] = {}  # one for each call: LangChain merges none within a message
        for event in events:
            if event.kind == "call_begin":
                call = self._turn.calls[event.index] = _Call(f"call_{uuid4().hex[:24]}", event.name or None)
                chunks[event.index] = self._call_chunk(event.index, call.name, call.id)
            elif event.kind == "call_arguments":
                self._lengthen(chunks, event.index, event.text)
            elif event.tool_call is not None:
                call = self._turn.calls[event.index]
                made = tool_call(name=event.tool_call.name, args=event.tool_call.arguments, id=call.id)
                self._turn.tool_calls.append(made)
            elif event.invalid is not None:
                call = self._turn.calls[event.index]
                self._lengthen(chunks, event.index, _beyond_mending(call.arguments))
                self._turn.invalid_tool_calls.append(
                    invalid_tool_call(
                        name=call.name, args=call.arguments, id=call.id, error=event.invalid.error
                    )
                )
                explained = {"id": call.id, "error": event.invalid.error, "text": event.invalid.text}
                self._turn.explanations.append(explained)
                additional.setdefault("invalid_tool_calls", []).append(explained)
        return text, additional, list(chunks.values())

    def _lengthen(self, chunks: dict[int, ToolCallChunk], index: int, piece: str) -> None:
        """More of a call's arguments."""
        if not piece:
            return
        self._turn.calls[index].arguments += piece
        if index not in chunks:
            chunks[index] = self._call_chunk(index, None, None)
        chunks[index]["args"] = (chunks[index]["args"] or "") + piece

    def _call_chunk(self, index: int, name: str | None, call_id: str | None) -> ToolCallChunk:
        return tool_call_chunk(name=name, args="", id=call_id, index=self._first_call + index)

    def _end(self, generation: Generation) -> None:
        self._usage = usage_of(generation.stats, self._count(self._turn.reasoning))
        self._metadata = {
            "finish_reason": generation.finish_reason,
            "model_name": self._model_name,
            "model_provider": PROVIDER,
            "decoding": decoding_statistics(self._policy, generation.stats),
        }


def usage_of(stats: DecodeStats, reasoning_tokens: int) -> UsageMetadata:
    """Tokens read and written. `forward_passes` is summed over messages like the tokens are."""
    written: dict[str, int] = {"reasoning": reasoning_tokens, "forward_passes": stats.passes}
    return UsageMetadata(
        input_tokens=stats.prompt_tokens,
        output_tokens=stats.tokens,
        total_tokens=stats.prompt_tokens + stats.tokens,
        input_token_details=InputTokenDetails(cache_read=stats.cached_tokens),
        output_token_details=OutputTokenDetails(**written),  # type: ignore[typeddict-item]
    )


def decoding_statistics(policy: DecodingPolicy, stats: DecodeStats) -> dict[str, Any]:
    """How an answer was decoded, as JSON: policy, passes, block sizes (as strings), seconds."""
    return {
        **describe_policy(policy),
        "forward_passes": stats.passes,
        "tokens_per_pass": stats.tokens_per_pass,
        "block_sizes": {str(size): count for size, count in sorted(stats.block_sizes.items())},
        "prefill_seconds": stats.prefill_seconds,
        "decode_seconds": stats.decode_seconds,
        "steered": stats.steered,
        "grammar_seconds": stats.grammar_seconds,
    }


def _beyond_mending(arguments: str) -> str:
    """What to put behind a broken call's arguments so that they stay broken when chunks are merged.

    LangChain mends JSON that is incomplete, and takes nothing for no arguments. It gives up on a bracket that
    closes another one, outside of strings.
    """
    if arguments.lstrip()[:1] not in ("", "{"):
        return ""  # never an object, whatever is mended
    quotes = next(quotes for quotes in ("", '"', '""') if not inside_string(arguments + quotes))
    return f"{quotes}[}}"
