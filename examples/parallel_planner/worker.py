"""A worker: a tool loop of its own on one city. Its answer goes back to the planner as a tool's result."""

import asyncio
from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode
from langgraph.runtime import get_runtime

from mtp_agents import arun_turn, run_turn

from .context import Context
from .prompts import TASK, WORKER
from .state import WorkerState
from .tools import WORKER_TOOLS

Update = dict[str, list[AnyMessage]]


def build_worker(
    make_model: Callable[[Context], BaseChatModel],
) -> CompiledStateGraph[WorkerState, Context, WorkerState, WorkerState]:
    """Builds the workers' graph; every worker is one run of it."""

    def prepare(state: WorkerState) -> tuple[Runnable[Any, AIMessage], list[AnyMessage]]:
        model = make_model(get_runtime(Context).context or Context()).bind_tools(WORKER_TOOLS)
        return model, [SystemMessage(WORKER), *state.messages]

    def reply(state: WorkerState) -> Update:
        return {"messages": [run_turn(*prepare(state))]}

    async def areply(state: WorkerState) -> Update:
        return {"messages": [await arun_turn(*await asyncio.to_thread(prepare, state))]}

    builder = StateGraph(WorkerState, context_schema=Context)
    builder.add_node("model", RunnableLambda(reply, areply))
    builder.add_node("tools", ToolNode(WORKER_TOOLS, handle_tool_errors=lambda error: f"Error: {error}"))
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", route, ["tools", END])
    builder.add_edge("tools", "model")
    return builder.compile(name="worker")


def route(state: WorkerState) -> str:
    """On to the tools, unless the worker has answered, or has had its share of replies."""
    last = state.messages[-1]
    assert isinstance(last, AIMessage)
    limit = (get_runtime(Context).context or Context()).max_worker_calls
    replies = sum(isinstance(message, AIMessage) for message in state.messages)
    return "tools" if last.tool_calls and replies < limit else END


def task_for(city: str) -> dict[str, list[HumanMessage]]:
    """A worker's first state."""
    return {"messages": [HumanMessage(TASK.format(city=city))]}


def report_of(messages: list[AnyMessage]) -> str | None:
    """What a worker answered; None if it did not come to an answer."""
    last = messages[-1]
    assert isinstance(last, AIMessage)
    unfinished = last.tool_calls or last.invalid_tool_calls
    return None if unfinished else str(last.text).strip() or None
