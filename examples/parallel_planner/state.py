"""What the planner, and what a worker knows."""

import operator
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages


class Report(TypedDict):
    """What a worker found out."""

    city: str
    text: str


@dataclass
class State:
    """The state of a conversation with the planner; `reports` grows in the order of its calls."""

    messages: Annotated[list[AnyMessage], add_messages] = field(default_factory=list)
    reports: Annotated[list[Report], operator.add] = field(default_factory=list)


class Job(TypedDict):
    """What a worker is given: its city, and the planner's call that it answers."""

    city: str
    call_id: str


@dataclass
class WorkerState:
    """The state of one worker; nobody else sees it."""

    messages: Annotated[list[AnyMessage], add_messages] = field(default_factory=list)
