"""One run of an agent's graph: events while it works, figures when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter
from typing import Any, Protocol

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage

from mtp_agents.passes import Figures, Pass, figures_of, passes_of

__all__ = ["AgentEvent", "AgentRun", "Graph", "load_example", "run_agent"]

AgentEvent = Pass | AIMessage | ToolMessage
"""A forward pass; a whole reply, when it is complete; the result of a tool."""


class Graph(Protocol):
    """What this module needs of a compiled LangGraph graph."""

    def stream(self, input: Any, /, **kwargs: Any) -> Iterator[Any]:
        """See `langgraph.graph.state.CompiledStateGraph.stream`."""


@dataclass(frozen=True)
class AgentRun:
    """What a run came to.

    Attributes:
        answer: Text of the last message.
        seconds: Wall-clock time of the whole graph: model, tools and LangGraph.
        figures: Tokens and forward passes of all replies.
        replies: Number of the model's replies.
        tool_calls: Number of tools that were run.
        state: The graph's state at the end.
    """

    answer: str
    seconds: float
    figures: Figures
    replies: int
    tool_calls: int
    state: Mapping[str, Any]


def load_example(name: str) -> Any:
    """The module `graph` of an example agent, with `build_graph`, `graph` and `Context`."""
    return import_module(f"mtp_agents.examples.{name}.graph")


def run_agent(
    graph: Graph, question: str, context: Any, listener: Callable[[AgentEvent], None] = lambda event: None
) -> AgentRun:
    """Runs a graph on one question.

    Args:
        graph: Its state has `messages`.
        question: What the user says.
        context: The run's settings.
        listener: Called with each event. What it does counts as time of the run.
    """
    messages: list[BaseMessage] = []
    state: Mapping[str, Any] = {}
    start = perf_counter()
    parts = graph.stream(
        {"messages": [HumanMessage(question)]}, context=context, stream_mode=["messages", "updates", "values"]
    )
    for mode, part in parts:
        if mode == "values":
            state = part
            continue
        for event in _passes(part) if mode == "messages" else _messages(part):
            listener(event)
            if isinstance(event, (AIMessage, ToolMessage)):
                messages.append(event)
    seconds = perf_counter() - start
    replies = [message for message in messages if isinstance(message, AIMessage)]
    return AgentRun(
        answer=str(replies[-1].text).strip() if replies else "",
        seconds=seconds,
        figures=sum(map(figures_of, replies), Figures()),
        replies=len(replies),
        tool_calls=sum(isinstance(message, ToolMessage) for message in messages),
        state=state,
    )


def _passes(part: tuple[BaseMessage, dict[str, Any]]) -> Iterator[AgentEvent]:
    message, _ = part
    # Tools' results and replies that a node rewrote come here as well, but as whole messages.
    if isinstance(message, AIMessageChunk):
        yield from passes_of(message)


def _messages(update: Mapping[str, Any]) -> Iterator[AgentEvent]:
    for written in update.values():
        # A node with several tools writes several updates.
        for one in written if isinstance(written, list) else [written]:
            for message in (one or {}).get("messages", ()):
                if isinstance(message, (AIMessage, ToolMessage)):
                    yield message
