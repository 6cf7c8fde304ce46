"""What the agent knows while it works: the conversation, and the money that it moved."""

import operator
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages


class Transfer(TypedDict):
    """Money that went from one account to another."""

    source: str
    target: str
    amount: float


@dataclass
class State:
    """The state of one conversation. Going back to a checkpoint takes the transfers back as well."""

    messages: Annotated[list[AnyMessage], add_messages] = field(default_factory=list)
    transfers: Annotated[list[Transfer], operator.add] = field(default_factory=list)
