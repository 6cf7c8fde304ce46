"""Passes of the engine -> LangChain chunks and messages, usage and statistics.

A step's token ids pass the Detokenizer and the TurnParser; each step becomes one AIMessageChunk, and all of
them together one AIMessage.
"""

from __future__ import annotations

import json
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
from mtp_model.prompt.parse import ParserEvent, TurnParser

if TYPE_CHECKING:
    from mtp_model.decode import DecodeStats, Generation
    from mtp_model.prompt.detokenize import Detokenizer
    from mtp_model.serve import Step

__all__ = ["PROVIDER", "TurnReader", "decoding_statistics", "usage_of"]

PROVIDER = "mtp_agents"


@dataclass
class _Turn:
    """What was said so far."""

    text: str = ""
    reasoning: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list)
    invalid_tool_calls: list[InvalidToolCall] = field(default_factory=list)
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
    """

    def __init__(
        self,
        detokenizer: Detokenizer,
        parser: TurnParser,
        count: Callable[[str], int],
        model_name: str,
        policy: DecodingPolicy,
        to_bytes: Callable[[int], bytes | None] = lambda token_id: None,
    ) -> None:
        self._to_bytes = to_bytes
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
            additional["invalid_tool_calls"] = [_explanation(call) for call in turn.invalid_tool_calls]
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
        chunks = []
        for event in events:
            call_id = f"call_{uuid4().hex[:24]}"
            if event.tool_call is not None:
                name, arguments = event.tool_call.name, event.tool_call.arguments
                self._turn.tool_calls.append(tool_call(name=name, args=arguments, id=call_id))
                text_of_arguments = json.dumps(arguments, ensure_ascii=False)
                chunks.append(
                    tool_call_chunk(name=name, args=text_of_arguments, id=call_id, index=event.index)
                )
            elif event.invalid is not None:
                broken = event.invalid
                call = invalid_tool_call(
                    name=broken.name or None, args=broken.text, id=call_id, error=broken.error
                )
                self._turn.invalid_tool_calls.append(call)
                # LangChain mends broken JSON in chunks; the tags around it keep it as broken as it is.
                chunks.append(
                    tool_call_chunk(name=call["name"], args=broken.text, id=call_id, index=event.index)
                )
                additional.setdefault("invalid_tool_calls", []).append(_explanation(call))
        return text, additional, chunks

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
    }


def _explanation(call: InvalidToolCall) -> dict[str, Any]:
    """The error of a broken call, which LangChain drops when it merges chunks."""
    return {"id": call["id"], "error": call["error"]}
