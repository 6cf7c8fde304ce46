"""What the agent knows while it works: the conversation, and the charts that it drew."""

import operator
from dataclasses import dataclass, field
from typing import Annotated

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages


@dataclass
class State:
    """The state of one conversation; `charts` are paths of SVG files."""

    messages: Annotated[list[AnyMessage], add_messages] = field(default_factory=list)
    charts: Annotated[list[str], operator.add] = field(default_factory=list)
