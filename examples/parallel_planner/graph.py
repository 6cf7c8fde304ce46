"""Fan out and join: one worker per call of the planner, all at once; the planner answers from their reports.

              ┌─► worker ─┐
planner ──────┼─► worker ─┼──► planner …
        │     └─► worker ─┘
        └───► END (no call)

The workers of a round run at the same time, so their replies share forward passes, and they begin with the
same words, so what was computed of those is shared as well.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolCall, ToolMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import get_runtime
from langgraph.types import Command, Send

from mtp_agents import MTPChatModel, arun_turn, run_turn

from .context import Context
from .prompts import BROKEN_CALL, NO_REPORT, NO_SUCH_CALL, OUT_OF_ROUNDS, PLANNER, TOO_MANY
from .state import Job, Report, State
from .tools import PLANNER_TOOLS
from .worker import build_worker, report_of, task_for


def chat_model(context: Context) -> BaseChatModel:
    """The model of a run. Cheap: the weights are loaded once per process, when they are first used."""
    return MTPChatModel(**context.model_kwargs)


def build_graph(
    make_model: Callable[[Context], BaseChatModel] = chat_model,
) -> CompiledStateGraph[State, Context, State, State]:
    """Builds the planner and its workers.

    Args:
        make_model: Makes the chat model of a run, for the planner and for each worker.
    """
    worker = build_worker(make_model)

    def prepare(state: State) -> tuple[Runnable[Any, AIMessage], list[AnyMessage]]:
        model = make_model(settings()).bind_tools(PLANNER_TOOLS)
        return model, [SystemMessage(PLANNER), *state.messages]

    def plan(state: State) -> Command[str]:
        return fan_out(run_turn(*prepare(state)), state)

    async def aplan(state: State) -> Command[str]:
        # Making a model reads its configuration from the disk: nothing for the event loop.
        return fan_out(await arun_turn(*await asyncio.to_thread(prepare, state)), state)

    def work(job: Job) -> dict[str, Any]:
        return reported(job, worker.invoke(task_for(job["city"]), context=settings()))

    async def awork(job: Job) -> dict[str, Any]:
        return reported(job, await worker.ainvoke(task_for(job["city"]), context=settings()))

    builder = StateGraph(State, context_schema=Context)
    builder.add_node("planner", RunnableLambda(plan, aplan), destinations=("worker", "planner", END))
    builder.add_node("worker", RunnableLambda(work, awork), input_schema=Job)
    builder.add_edge(START, "planner")
    builder.add_edge("worker", "planner")
    return builder.compile(name="parallel_planner")


def settings() -> Context:
    """The settings of the run; LangGraph Studio may start one without."""
    return get_runtime(Context).context or Context()


def fan_out(reply: AIMessage, state: State) -> Command[str]:
    """A worker per call, up to the limits; the answer, if there is no call."""
    if not reply.tool_calls and not reply.invalid_tool_calls:
        return Command(update={"messages": [reply]}, goto=END)
    limits = settings()
    if rounds(state.messages) + 1 >= limits.max_rounds:
        text = OUT_OF_ROUNDS.format(limit=limits.max_rounds)
        said = reply.model_copy(update={"content": text, "tool_calls": [], "invalid_tool_calls": []})
        return Command(update={"messages": [said]}, goto=END)
    calls = [call for call in reply.tool_calls if is_job(call)]
    sent, refused = calls[: limits.max_workers], calls[limits.max_workers :]
    unread = [
        *(
            failed(call, NO_SUCH_CALL.format(tool=PLANNER_TOOLS[0].name))
            for call in reply.tool_calls
            if not is_job(call)
        ),
        *(failed(call, TOO_MANY.format(limit=limits.max_workers)) for call in refused),
        *(
            failed(call, BROKEN_CALL.format(error=call.get("error") or "broken JSON"))
            for call in reply.invalid_tool_calls
        ),
    ]
    jobs = [Send("worker", Job(city=call["args"]["city"], call_id=call["id"] or "")) for call in sent]
    return Command(update={"messages": [reply, *unread]}, goto=jobs or "planner")


def is_job(call: ToolCall) -> bool:
    """Whether a worker can do it: not every model is held to the tool's schema."""
    return call["name"] == PLANNER_TOOLS[0].name and isinstance(call["args"].get("city"), str)


def rounds(messages: list[AnyMessage]) -> int:
    """Replies of the planner since the user spoke last."""
    asked = max(place for place, message in enumerate(messages) if isinstance(message, HumanMessage))
    return sum(isinstance(message, AIMessage) for message in messages[asked:])


def reported(job: Job, outcome: dict[str, Any]) -> dict[str, Any]:
    """A worker's report, as the result of the planner's call."""
    text = report_of(outcome["messages"])
    if text is None:
        failure = NO_REPORT.format(limit=settings().max_worker_calls)
        return {"messages": [failed({"id": job["call_id"], "name": PLANNER_TOOLS[0].name}, failure)]}
    result = ToolMessage(text, tool_call_id=job["call_id"], name=PLANNER_TOOLS[0].name)
    return {"messages": [result], "reports": [Report(city=job["city"], text=text)]}


def failed(call: Any, text: str) -> ToolMessage:
    """What the planner reads of a call that came to nothing."""
    return ToolMessage(text, tool_call_id=call["id"] or "", name=call["name"] or "unknown", status="error")


graph = build_graph()
