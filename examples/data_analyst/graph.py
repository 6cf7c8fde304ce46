"""The loop: the model looks, computes and draws, until it answers.

model ──► tools ──► model …
      ├─► explain (calls that are no JSON) ──► model …
      └─► END (no call)
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode
from langgraph.runtime import get_runtime

from mtp_agents import MTPChatModel, arun_turn, run_turn

from .context import Context
from .database import default_database
from .prompts import BROKEN_CALL, OUT_OF_CALLS
from .state import State
from .tools import make_tools

Update = dict[str, list[AnyMessage]]


def chat_model(context: Context) -> BaseChatModel:
    """The model of a run. Cheap: the weights are loaded once per process, when they are first used."""
    return MTPChatModel(**context.model_kwargs)


def build_graph(
    make_model: Callable[[Context], BaseChatModel] = chat_model,
    database: Path | None = None,
    charts: Path = Path("charts"),
) -> CompiledStateGraph[State, Context, State, State]:
    """Builds the analyst.

    Args:
        make_model: Makes the chat model of a run.
        database: A SQLite file; None for the example's own. It is only read.
        charts: Folder in which charts are written.
    """
    # The file is made when a tool first needs it: nothing touches the disk when the module is imported.
    tools = make_tools((lambda: database) if database else default_database, charts)

    def prepare(state: State) -> tuple[Context, Runnable[Any, AIMessage], list[AnyMessage]]:
        context = get_runtime(Context).context or Context()
        model = make_model(context).bind_tools(tools if context.free_sql else tools[:-1])
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
    builder.add_node("tools", ToolNode(tools, handle_tool_errors=lambda error: f"Error: {error}"))
    builder.add_node("explain", explain)
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", route, ["tools", "explain", END])
    builder.add_edge("tools", "model")
    builder.add_edge("explain", "model")
    return builder.compile(name="data_analyst")


def route(state: State) -> list[str] | str:
    """Calls are run, broken calls explained; otherwise the model has answered."""
    last = state.messages[-1]
    assert isinstance(last, AIMessage)
    return ["tools"] * bool(last.tool_calls) + ["explain"] * bool(last.invalid_tool_calls) or END


def explain(state: State) -> Update:
    """Answers calls that could not be read, so that the model tries again."""
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


def bounded(reply: AIMessage, state: State, context: Context) -> Update:
    """The model's reply; at the limit, one in plain words and without calls, so that the loop ends."""
    asked = max(place for place, message in enumerate(state.messages) if isinstance(message, HumanMessage))
    replies = sum(isinstance(message, AIMessage) for message in state.messages[asked:])
    if (reply.tool_calls or reply.invalid_tool_calls) and replies + 1 >= context.max_model_calls:
        text = OUT_OF_CALLS.format(limit=context.max_model_calls)
        reply = reply.model_copy(update={"content": text, "tool_calls": [], "invalid_tool_calls": []})
    return {"messages": [reply]}


graph = build_graph()
