"""One event per reply of the model, in a graph's custom stream: what the reply cost.

    {"type": "mtp_turn", "message_id": "lc_run--...", "tokens": 41, "passes": 7, "tokens_per_pass": 5.9,
     "block_sizes": {"1": 2, ...}, "cache_read": 212, "ttft_seconds": 0.02, "seconds": 0.11,
     "decoding": {"policy": "confadapt", ...}}

`run_turn` and `arun_turn` are for nodes of a `StateGraph`; `MTPMiddleware` does the same in `create_agent`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from langchain_core.tracers.context import register_configure_hook
from langgraph.config import get_stream_writer

from mtp_agents.passes import figures_of

__all__ = ["arun_turn", "run_turn", "timed_turn", "turn_event"]

Write = Callable[[dict[str, Any]], object]

_MEASURED = (
    *("forward_passes", "tokens_per_pass", "block_sizes"),
    *("prefill_seconds", "decode_seconds", "grammar_seconds", "steered"),
)


def run_turn(model: Runnable[Any, AIMessage], messages: Sequence[BaseMessage]) -> AIMessage:
    """Lets a model reply, and writes the reply's event to the stream of the graph that is running.

    Args:
        model: A chat model, also with tools bound to it.
        messages: The conversation.
    """
    with timed_turn(_writer()) as replied:
        reply = model.invoke(messages)
        replied(reply)
    return reply


async def arun_turn(model: Runnable[Any, AIMessage], messages: Sequence[BaseMessage]) -> AIMessage:
    """`run_turn` with asyncio: when the run is cancelled, decoding stops."""
    with timed_turn(_writer()) as replied:
        reply = await model.ainvoke(messages)
        replied(reply)
    return reply


@contextmanager
def timed_turn(write: Write) -> Iterator[Callable[[AIMessage], object]]:
    """Times the model's reply inside the block; call what it yields with the reply, to write the event.

    Args:
        write: Takes the event, such as the `stream_writer` of LangGraph's runtime.
    """
    clock = _Clock()
    token = _CLOCK.set(clock)
    try:
        yield lambda reply: write(
            turn_event(reply, seconds=perf_counter() - clock.start, ttft_seconds=clock.first)
        )
    finally:
        _CLOCK.reset(token)


def turn_event(reply: AIMessage, *, seconds: float, ttft_seconds: float | None = None) -> dict[str, Any]:
    """What a reply cost, as JSON. Passes are 0 where the model does not say them.

    Args:
        reply: The whole reply.
        seconds: Wall-clock time of the call.
        ttft_seconds: Time to the first pass; None takes the time that the model spent on reading the prompt,
            as a reply that was not streamed shows nothing before its end.
    """
    figures = figures_of(reply)
    decoding = reply.response_metadata.get("decoding", {})
    usage: dict[str, Any] = dict(reply.usage_metadata or {})
    return {
        "type": "mtp_turn",
        "message_id": reply.id,  # branches that run in parallel share the stream
        "tokens": figures.tokens,
        "passes": figures.passes,
        "tokens_per_pass": figures.tokens_per_pass,
        "block_sizes": {str(size): count for size, count in figures.block_sizes},
        "cache_read": (usage.get("input_token_details") or {}).get("cache_read", 0),
        "ttft_seconds": decoding.get("prefill_seconds") if ttft_seconds is None else ttft_seconds,
        "seconds": seconds,
        "decoding": {name: value for name, value in decoding.items() if name not in _MEASURED},
    }


class _Clock(BaseCallbackHandler):
    """Notes when the first chunk of a stream arrives."""

    run_inline = True  # an executor's hop per chunk would be slower than what it measures

    def __init__(self) -> None:
        self.start = perf_counter()
        self.first: float | None = None

    def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
        if self.first is None:
            self.first = perf_counter() - self.start


# LangChain gives a handler in this variable to every model that is called while it is set.
_CLOCK: ContextVar[_Clock | None] = ContextVar("mtp_turn_clock", default=None)
register_configure_hook(_CLOCK, inheritable=True)


def _writer() -> Write:
    """The stream of the running graph; nothing where a node is called by hand."""
    try:
        return get_stream_writer()
    except RuntimeError:
        return lambda event: None
