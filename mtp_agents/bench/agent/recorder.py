"""What happens in one run of an agent, seen from LangChain's callbacks: the model's calls and the tools."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from time import perf_counter
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, LLMResult

__all__ = ["Limit", "OutOfTime", "Recorder", "Turn"]


class OutOfTime(Exception):
    """A run was broken off: its time was up, or the user pressed Ctrl-C."""


@dataclass
class Limit:
    """When runs are broken off; models ask at every chunk.

    Attributes:
        deadline: In seconds of `perf_counter`; None for never.
        stopped: Whether the user wants an end.
    """

    deadline: float | None = None
    stopped: bool = False

    def check(self) -> None:
        """Raise `OutOfTime` if this run must end."""
        if self.stopped or (self.deadline is not None and perf_counter() > self.deadline):
            raise OutOfTime


@dataclass(frozen=True)
class Turn:
    """One call of the model.

    Attributes:
        begin: When it was called, in seconds of `perf_counter`.
        seconds: How long it took.
        ttft: Seconds to the first chunk.
        gaps: Seconds between chunks.
        first_tokens: Tokens of the first chunk.
        tokens: Tokens written.
        prompt_tokens: Tokens of the prompt.
        cache_read: Those of them that were not computed anew.
        passes: Forward passes; None if the model does not tell.
        block_sizes: Tokens of a pass -> number of such passes.
        prefill: Seconds for reading the prompt.
        decode: Seconds for the passes behind it.
        grammar: Seconds for the grammar, which are not in the two before.
        message: The reply.
    """

    begin: float
    seconds: float
    ttft: float
    gaps: tuple[float, ...]
    first_tokens: int
    tokens: int
    prompt_tokens: int
    cache_read: int
    passes: int | None
    block_sizes: dict[int, int]
    prefill: float
    decode: float
    grammar: float
    message: AIMessage = field(repr=False)

    @property
    def text(self) -> str:
        """All that was written, tags included where the model shows them."""
        passes = self.message.additional_kwargs.get("passes")
        if passes:
            return "".join(one["text"] for one in passes)
        calls = [json.dumps([call["name"], call["args"]]) for call in self.message.tool_calls]
        return "\n".join([str(self.message.text), *calls])


class Recorder(BaseCallbackHandler):
    """Collects the turns and the tools' time of one run. Several threads may call it."""

    run_inline = True  # an executor's hop per chunk would be slower than what it measures

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.tools: list[tuple[float, float]] = []  # begin and end
        self._open: dict[Any, list[float]] = {}  # begin, and the time of each chunk
        self._lock = threading.Lock()

    @property
    def ignore_chain(self) -> bool:
        """Nodes and edges of a graph are not looked at."""
        return True

    @contextmanager
    def tool(self) -> Iterator[None]:
        """A tool that LangChain knows nothing of is running."""
        begin = perf_counter()
        try:
            yield
        finally:
            self.tools.append((begin, perf_counter()))

    def on_chat_model_start(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        """A turn begins."""
        self._open[run_id] = [perf_counter()]

    def on_llm_new_token(self, token: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """A chunk of it."""
        self._open[run_id].append(perf_counter())

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        """It is over."""
        now = perf_counter()
        generation = response.generations[0][0]
        assert isinstance(generation, ChatGeneration)
        assert isinstance(generation.message, AIMessage)
        turn = _turn(generation.message, self._open.pop(run_id), now)
        with self._lock:
            self.turns.append(turn)

    def on_tool_start(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        """A tool begins."""
        self._open[run_id] = [perf_counter()]

    def on_tool_end(self, output: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """It has a result."""
        self.tools.append((self._open.pop(run_id)[0], perf_counter()))

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """It failed."""
        self.on_tool_end(None, run_id=run_id)


def _turn(message: AIMessage, times: Sequence[float], end: float) -> Turn:
    begin, *chunks = times
    decoding: dict[str, Any] = message.response_metadata.get("decoding", {})
    usage: dict[str, Any] = dict(message.usage_metadata or {})
    details = usage.get("output_token_details") or {}
    passes = message.additional_kwargs.get("passes") or ()
    ttft = (chunks[0] if chunks else end) - begin
    gaps = tuple(after - before for before, after in pairwise(chunks))
    in_passes = decoding.get("grammar_seconds", 0.0)
    # A model that does not tell: what comes before the first chunk counts as reading the prompt.
    prefill = decoding.get("prefill_seconds", ttft)
    decode = decoding.get("decode_seconds", sum(gaps)) - in_passes
    return Turn(
        begin=begin,
        seconds=end - begin,
        ttft=ttft,
        gaps=gaps,
        first_tokens=passes[0]["tokens"] if passes else 1,
        tokens=usage.get("output_tokens", 0),
        prompt_tokens=usage.get("input_tokens", 0),
        cache_read=(usage.get("input_token_details") or {}).get("cache_read", 0),
        passes=details.get("forward_passes"),
        block_sizes={int(size): count for size, count in decoding.get("block_sizes", {}).items()},
        prefill=prefill + min(0.0, decode),  # a reply of one pass: its grammar's time is in that pass
        decode=max(0.0, decode),
        grammar=in_passes + decoding.get("compile_seconds", 0.0),
        message=message,
    )
