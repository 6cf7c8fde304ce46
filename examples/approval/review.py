"""Asking a person: calls that need approval are shown, and run as they are, changed, or not at all.

The question and the answer have the form of LangChain's `HumanInTheLoopMiddleware`, which LangGraph's
interfaces know:

    {"action_requests": [{"name": "transfer", "args": {...}, "description": "..."}], "review_configs": [...]}
    {"decisions": [{"type": "approve"}]}
    {"decisions": [{"type": "edit", "edited_action": {"name": "transfer", "args": {...}}}]}
    {"decisions": [{"type": "reject", "message": "Not today."}]}
"""

from typing import Any, Literal, Self

from langchain_core.messages import AIMessage, AnyMessage, ToolCall, ToolMessage
from langgraph.prebuilt.tool_node import ToolCallWithContext
from langgraph.types import Command, Send, interrupt
from pydantic import BaseModel, ValidationError, model_validator

from .prompts import BAD_ANSWER, BROKEN_CALL, REFUSED
from .state import State
from .tools import NEEDS_APPROVAL


class Action(BaseModel):
    """A call of a tool."""

    name: str
    args: dict[str, Any]


class Decision(BaseModel):
    """What a person decided on one call."""

    type: Literal["approve", "edit", "reject"]
    edited_action: Action | None = None
    message: str = ""

    @model_validator(mode="after")
    def _edits_have_an_action(self) -> Self:
        if (self.type == "edit") != (self.edited_action is not None):
            raise ValueError("edited_action belongs to edit, and to nothing else")
        return self


class Answer(BaseModel):
    """One decision per call, in their order."""

    decisions: list[Decision]


def review(state: State) -> Command[str]:
    """Sends the calls of the last reply on to the tools, after a person has agreed to those that need it."""
    reply = state.messages[-1]
    assert isinstance(reply, AIMessage)
    asked = [call for call in reply.tool_calls if call["name"] in NEEDS_APPROVAL]
    decisions = {call["id"]: one for call, one in zip(asked, ask(asked) if asked else [], strict=True)}
    calls, refusals = [], [broken(call) for call in reply.invalid_tool_calls]
    allowed: list[ToolCall] = []
    for call in reply.tool_calls:
        decision = decisions.get(call["id"]) or Decision(type="approve")
        if decision.edited_action:
            call = {**call, **decision.edited_action.model_dump()}
        calls.append(call)
        if decision.type == "reject":
            refusals.append(refusal(call, decision.message))
        else:
            allowed.append(call)
    # The model must read what was really run: an edited call takes the place of its own.
    messages: list[AnyMessage] = [reply.model_copy(update={"tool_calls": calls}), *refusals]
    sent = [Send("tools", with_state(call, state)) for call in allowed]
    return Command(update={"messages": messages}, goto=sent or "model")


def ask(calls: list[ToolCall]) -> list[Decision]:
    """Stops the run until a person has decided; an answer that makes no sense is asked for again."""
    question: dict[str, Any] = {
        "action_requests": [
            {"name": call["name"], "args": call["args"], "description": spoken(call)} for call in calls
        ],
        "review_configs": [
            {"action_name": name, "allowed_decisions": ["approve", "edit", "reject"]}
            for name in dict.fromkeys(call["name"] for call in calls)
        ],
    }
    while True:
        given = interrupt(question)
        try:
            decisions = Answer.model_validate(given).decisions
            if len(decisions) == len(calls):
                return decisions
            error = f"{len(decisions)} decisions for {len(calls)} actions"
        except ValidationError as problem:
            error = problem.errors()[0]["msg"]
        question = {**question, "error": BAD_ANSWER.format(error=error)}


def spoken(call: ToolCall) -> str:
    """A call as people read it."""
    return f"{call['name']}: " + ", ".join(f"{name} {value}" for name, value in call["args"].items())


def with_state(call: ToolCall, state: State) -> ToolCallWithContext:
    """What `ToolNode` takes for a single call; plain data, as a checkpointer keeps it."""
    known = {"transfers": state.transfers}
    return {"__type": "tool_call_with_context", "tool_call": call, "state": known}


def refusal(call: ToolCall, message: str) -> ToolMessage:
    """What the model reads of a call that a person rejected."""
    text = REFUSED.format(message=message).strip()
    return ToolMessage(text, tool_call_id=call["id"] or "", name=call["name"], status="error")


def broken(call: Any) -> ToolMessage:
    """What the model reads of a call that is no JSON."""
    text = BROKEN_CALL.format(error=call.get("error") or "broken JSON")
    return ToolMessage(text, tool_call_id=call["id"] or "", name=call["name"] or "unknown", status="error")
