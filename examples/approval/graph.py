"""The loop, with a person in it.

model ──► review ──► (a person: approve, edit, reject) ──► tools ──► model …
      └─► END (no call)
"""

import asyncio
from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode
from langgraph.runtime import get_runtime

from mtp_agents import MTPChatModel, arun_turn, run_turn

from .context import Context
from .prompts import OUT_OF_CALLS
from .review import review
from .state import State
from .tools import TOOLS

Update = dict[str, list[AnyMessage]]


def chat_model(context: Context) -> BaseChatModel:
    """The model of a run. Cheap: the weights are loaded once per process, when they are first used."""
    return MTPChatModel(**context.model_kwargs)


def build_graph(
    make_model: Callable[[Context], BaseChatModel] = chat_model,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
) -> CompiledStateGraph[State, Context, State, State]:
    """Builds the agent.

    Args:
        make_model: Makes the chat model of a run.
        checkpointer: Where a run that waits for a person is kept. Needed, unless a server brings its own, as
            `langgraph dev` does.
    """

    def prepare(state: State) -> tuple[Context, Runnable[Any, AIMessage], list[AnyMessage]]:
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
    builder.add_node("review", review, destinations=("tools", "model"))
    builder.add_node("tools", ToolNode(TOOLS, handle_tool_errors=lambda error: f"Error: {error}"))
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", route, ["review", END])
    builder.add_edge("tools", "model")
    return builder.compile(checkpointer=checkpointer, name="approval")


def route(state: State) -> str:
    """Every call goes through the review."""
    last = state.messages[-1]
    assert isinstance(last, AIMessage)
    return "review" if last.tool_calls or last.invalid_tool_calls else END


def bounded(reply: AIMessage, state: State, context: Context) -> Update:
    """The model's reply; at the limit, one in plain words and without calls, so that the loop ends."""
    asked = max(place for place, message in enumerate(state.messages) if isinstance(message, HumanMessage))
    replies = sum(isinstance(message, AIMessage) for message in state.messages[asked:])
    if (reply.tool_calls or reply.invalid_tool_calls) and replies + 1 >= context.max_model_calls:
        text = OUT_OF_CALLS.format(limit=context.max_model_calls)
        reply = reply.model_copy(update={"content": text, "tool_calls": [], "invalid_tool_calls": []})
    return {"messages": [reply]}


graph = build_graph()
