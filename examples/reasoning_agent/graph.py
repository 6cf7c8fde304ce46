"""The loop: the model thinks and asks for tools, the tools run, until the model answers.

    ┌──────────► explain (calls that are no JSON) ─┐
model ─────────► tools ────────────────────────────┴─► model …
    └──────────► END (no call)
"""

import asyncio
from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import ToolException
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolInvocationError
from langgraph.runtime import get_runtime

from mtp_agents import MTPChatModel, arun_turn, run_turn

from .context import Context
from .prompts import BROKEN_CALL, OUT_OF_CALLS
from .state import State
from .tools import TOOLS

Update = dict[str, list[AnyMessage]]


def chat_model(context: Context) -> BaseChatModel:
    """The model of a run. Cheap: the weights are loaded once per process, when they are first used."""
    return MTPChatModel(**context.model_kwargs)


def build_graph(
    make_model: Callable[[Context], BaseChatModel] = chat_model,
) -> CompiledStateGraph[State, Context, State, State]:
    """Builds the agent.

    Args:
        make_model: Makes the chat model of a run; replace it to use any other LangChain chat model.
    """

    def prepare(state: State) -> tuple[Context, Runnable[Any, AIMessage], list[AnyMessage]]:
        # LangGraph Studio may start a run without settings
        context = get_runtime(Context).context or Context()
        model = make_model(context).bind_tools(TOOLS)
        return context, model, [SystemMessage(context.system_prompt), *state.messages]

    def reply(state: State) -> Update:
        context, model, conversation = prepare(state)
        return bounded(run_turn(model, conversation), state, context)

    async def areply(state: State) -> Update:  # a run that is cancelled stops decoding
        # Making a model reads its configuration from the disk: nothing for the event loop.
        context, model, conversation = await asyncio.to_thread(prepare, state)
        return bounded(await arun_turn(model, conversation), state, context)

    builder = StateGraph(State, context_schema=Context)
    builder.add_node("model", RunnableLambda(reply, areply))
    builder.add_node("tools", ToolNode(TOOLS, handle_tool_errors=error_text))
    builder.add_node("explain", explain)
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", route, ["tools", "explain", END])
    builder.add_edge("tools", "model")
    builder.add_edge("explain", "model")
    return builder.compile(name="reasoning_agent")


def bounded(reply: AIMessage, state: State, context: Context) -> Update:
    """The model's reply, or a plain one at the limit."""
    if wants_tools(reply) and calls_so_far(state.messages) + 1 >= context.max_model_calls:
        reply = give_up(reply, context.max_model_calls)
    return {"messages": [reply]}


def route(state: State) -> list[str] | str:
    """Where to go after the model: calls are run, broken calls explained; otherwise it has answered."""
    last = state.messages[-1]
    assert isinstance(last, AIMessage)
    nodes = ["tools"] * bool(last.tool_calls) + ["explain"] * bool(last.invalid_tool_calls)
    return nodes or END


def explain(state: State) -> Update:
    """Answers calls that could not be read, so that the model tries again and the loop does not just end."""
    last = state.messages[-1]
    assert isinstance(last, AIMessage)
    return {
        "messages": [
            ToolMessage(
                BROKEN_CALL.format(error=call.get("error") or "broken JSON"),
                tool_call_id=call["id"] or "",
                name=call["name"] or "unknown",
                status="error",
            )
            for call in last.invalid_tool_calls
        ]
    }


def error_text(error: Exception) -> str:
    """What the model reads of a tool that failed: one line, without a traceback."""
    if isinstance(error, ToolInvocationError):
        wrong = error.filtered_errors or error.source.errors()
        return "Error: " + " ".join(
            f"Argument '{'.'.join(map(str, one['loc']))}': {one['msg']}." for one in wrong
        )
    if isinstance(error, ToolException):
        return f"Error: {error}"
    return f"Error: {type(error).__name__}: {error}"


def wants_tools(reply: AIMessage) -> bool:
    """Whether a reply asks for tools, well or badly."""
    return bool(reply.tool_calls or reply.invalid_tool_calls)


def calls_so_far(messages: list[AnyMessage]) -> int:
    """Replies of the model since the user spoke last."""
    count = 0
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            break
        count += isinstance(message, AIMessage)
    return count


def give_up(reply: AIMessage, limit: int) -> AIMessage:
    """The reply in plain words and without its calls, so that the loop ends."""
    changes: dict[str, Any] = {
        "content": OUT_OF_CALLS.format(limit=limit),
        "tool_calls": [],
        "invalid_tool_calls": [],
    }
    return reply.model_copy(update=changes)


graph = build_graph()
