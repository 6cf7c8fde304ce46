"""The chat models that are measured. All of them tell a callback of every chunk, and are asked in one way.

TimedChatModel   this project's own, as it is; a chunk is a forward pass
PromptedModel    a peer that takes token ids: the same chat template in front of it, the same parser behind
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from mtp_agents.bench.agent.recorder import Limit
from mtp_model.chat_model import MTPChatModel
from mtp_model.errors import ContextLengthError
from mtp_model.langchain.messages import to_plain_messages
from mtp_model.langchain.tools import ToolLike, to_openai_tools

if TYPE_CHECKING:
    from mtp_model.grammar import Grammar
    from mtp_model.serve.engine import Engine

__all__ = ["OnToken", "PromptedModel", "TimedChatModel", "Written", "result_of"]

OnToken = Callable[[str], None]
"""Called with the text of each token as it comes."""

_compile = threading.local()


class TimedChatModel(MTPChatModel):
    """`MTPChatModel`, whose `invoke` tells callbacks when a pass is over, without streaming.

    `constrained=False` leaves the grammar away; the time for making it is added to the statistics.
    """

    constrained: bool = True
    limit: Any = None

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        limit: Limit = self.limit or Limit()
        _compile.seconds = 0.0
        call = self._prepare(messages, stop, kwargs)
        with closing(call.engine.run(call.request, self.timeout)) as steps:
            for step in steps:
                call.reader.chunk(step)
                limit.check()
                if run_manager is not None:
                    run_manager.on_llm_new_token("")
        result = call.reader.result()
        result.generations[0].message.response_metadata["decoding"]["compile_seconds"] = _compile.seconds
        return result

    def _grammar(self, engine: Engine, options: Any) -> Grammar | None:
        if not self.constrained:
            return None
        begin = perf_counter()
        grammar = super()._grammar(engine, options)
        _compile.seconds = perf_counter() - begin
        return grammar


class Written(NamedTuple):
    """What a peer wrote, beside its text: tokens, and those of the prompt that it found in its cache."""

    tokens: int
    cache_read: int


class PromptedModel(BaseChatModel):
    """A peer that writes text behind token ids, greedily; a subclass says how.

    Attributes:
        engine: The loaded checkpoint: chat template and parser.
        max_tokens: Most tokens to write.
        limit: When to break off.
    """

    engine: Any
    max_tokens: int
    limit: Any

    def write(self, prompt: list[int], most: int, on_token: OnToken) -> Written:
        """Write at most so many tokens, telling each; the end token is told as empty text, or not at all."""
        raise NotImplementedError

    def bind_tools(
        self, tools: Sequence[ToolLike], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        """Show tools to the model. A call cannot be forced."""
        return self.bind(tools=to_openai_tools(tools))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        checkpoint = self.engine.checkpoint
        prompt = self.engine.renderer.encode(to_plain_messages(messages), kwargs.get("tools") or ())
        room = checkpoint.max_positions - len(prompt)
        if room < 1:
            raise ContextLengthError(
                f"the prompt has {len(prompt)} tokens, and the model {checkpoint.max_positions} positions.",
                prompt_tokens=len(prompt),
                max_positions=checkpoint.max_positions,
            )
        pieces: list[str] = []

        def on_token(text: str) -> None:
            pieces.append(text)
            self.limit.check()
            if run_manager is not None:
                run_manager.on_llm_new_token(text)

        written = self.write(prompt, min(self.max_tokens, room), on_token)
        message = self._message("".join(pieces))
        message.additional_kwargs["passes"] = [{"text": text, "tokens": 1} for text in pieces]
        passes: dict[str, int] = {"forward_passes": written.tokens}
        message.usage_metadata = UsageMetadata(
            input_tokens=len(prompt),
            output_tokens=written.tokens,
            total_tokens=len(prompt) + written.tokens,
            input_token_details=InputTokenDetails(cache_read=written.cache_read),
            output_token_details=OutputTokenDetails(**passes),  # type: ignore[typeddict-item]
        )
        return result_of(message)

    def _message(self, text: str) -> AIMessage:
        parser = self.engine.parser()
        events = parser.feed(text) + parser.finish()
        parts = {
            kind: "".join(event.text for event in events if event.kind == kind)
            for kind in ("text", "reasoning")
        }
        return AIMessage(
            content=parts["text"],
            additional_kwargs={"reasoning_content": parts["reasoning"]},
            tool_calls=[
                tool_call(name=call.name, args=call.arguments, id=f"call_{uuid4().hex}")
                for call in (event.tool_call for event in events)
                if call is not None
            ],
            invalid_tool_calls=[
                invalid_tool_call(name=None, args=broken.text, id=f"call_{uuid4().hex}", error=broken.error)
                for broken in (event.invalid for event in events)
                if broken is not None
            ],
        )


def result_of(message: AIMessage) -> ChatResult:
    """A reply as LangChain wants it."""
    return ChatResult(generations=[ChatGeneration(message=message)])
