"""What the agent knows while it works: the conversation, and the orders that it placed."""

import operator
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages


class Order(TypedDict):
    """An order that a tool placed."""

    code: str
    customer: str
    product: str
    quantity: int


@dataclass
class State:
    """The state of one conversation.

    The shop's orders live here, and not in a global variable: so each run starts with a fresh shop, and
    going back to a checkpoint takes the orders back as well.
    """

    messages: Annotated[list[AnyMessage], add_messages] = field(default_factory=list)
    orders: Annotated[list[Order], operator.add] = field(default_factory=list)
