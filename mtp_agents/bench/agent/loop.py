"""The graph that runs toolworld tasks: the model, its tools, and back, until it answers.

model ──► tools ──► model …
      └─► END (no call, or a broken one)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.graph.state import CompiledStateGraph

from mtp_agents.bench.agent.recorder import Recorder
from mtp_model.prompt.messages import Message, ToolCall
from mtp_trainer.toolworld.tasks import Session, Task

__all__ = ["State", "answer_of", "build_loop", "to_langchain"]


@dataclass
class State:
    """A conversation."""

    messages: Annotated[list[AnyMessage], add_messages] = field(default_factory=list)


def build_loop(
    task: Task, session: Session, model: BaseChatModel, recorder: Recorder, turns: int
) -> CompiledStateGraph[State, None, State, State]:
    """Builds the agent for one attempt at a task.

    Args:
        task: Its tools are shown to the model.
        session: The attempt, on which they run.
        model: Any chat model.
        recorder: Is told when tools run.
        turns: Most replies of the model.
    """
    bound = model.bind_tools(task.tools)

    def reply(state: State) -> dict[str, Any]:
        return {"messages": [bound.invoke(state.messages)]}

    def tools(state: State) -> dict[str, Any]:
        return {"messages": [result(call) for call in _last(state).tool_calls]}

    def result(call: Any) -> ToolMessage:
        with recorder.tool():
            text = session.call(ToolCall(call["name"], call["args"], call["id"])).text
        return ToolMessage(text, tool_call_id=call["id"], name=call["name"])

    def route(state: State) -> str:
        last = _last(state)
        replies = sum(isinstance(message, AIMessage) for message in state.messages) - before
        goes_on = last.tool_calls and not last.invalid_tool_calls and replies < turns
        return "tools" if goes_on else END

    before = sum(message.role == "assistant" for message in task.messages)
    builder = StateGraph(State)
    builder.add_node("model", reply)
    builder.add_node("tools", tools)
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", route, ["tools", END])
    builder.add_edge("tools", "model")
    return builder.compile(name="toolworld")


def answer_of(messages: list[BaseMessage]) -> str:
    """The text of the last reply; nothing if it still wants tools."""
    last = messages[-1] if messages else None
    if not isinstance(last, AIMessage) or last.tool_calls or last.invalid_tool_calls:
        return ""
    return str(last.text)


def to_langchain(message: Message) -> BaseMessage:
    """A plain message as LangChain's."""
    if message.role == "system":
        return SystemMessage(message.content)
    if message.role == "user":
        return HumanMessage(message.content)
    if message.role == "tool":
        return ToolMessage(message.content, tool_call_id=message.tool_call_id, name=message.name)
    kept = {"reasoning_content": message.reasoning} if message.reasoning else {}
    calls = [{"name": call.name, "args": call.arguments, "id": call.id} for call in message.tool_calls]
    return AIMessage(message.content, additional_kwargs=kept, tool_calls=calls)


def _last(state: State) -> AIMessage:
    last = state.messages[-1]
    assert isinstance(last, AIMessage)
    return last
