"""LangChain's `create_agent`, with middleware around its loop and an answer that is data.

ToolErrors                a tool that fails is read, not raised
SummarizationMiddleware   a conversation that grows too long is summed up
ModelCallLimitMiddleware  the loop ends
MTPMiddleware             the run's settings reach the model; each reply reports its passes
ToolStrategy              the agent is done when it files a report
"""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ModelCallLimitMiddleware, SummarizationMiddleware
from langchain.agents.structured_output import ToolStrategy
from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from mtp_agents import MTPChatModel, MTPMiddleware

from .context import Context
from .errors import ToolErrors
from .prompts import SYSTEM_PROMPT
from .state import file_report
from .tools import TOOLS

MAX_MODEL_CALLS = 12
SUMMARISE_AT = ("tokens", 4000)  # the embedded student has 8k positions
KEEP = ("messages", 8)


def build_graph(
    model: BaseChatModel | None = None, checkpointer: BaseCheckpointSaver[Any] | None = None
) -> CompiledStateGraph[Any, Context, Any, Any]:
    """Builds the agent.

    Args:
        model: Chat model; None for a student, which a run's settings may replace.
        checkpointer: Keeps conversations; `langgraph dev` brings its own.
    """
    model = model or MTPChatModel()
    return create_agent(
        model,
        TOOLS,
        system_prompt=SYSTEM_PROMPT,
        middleware=[
            ToolErrors(),
            SummarizationMiddleware(model, trigger=SUMMARISE_AT, keep=KEEP),
            ModelCallLimitMiddleware(run_limit=MAX_MODEL_CALLS),
            MTPMiddleware(),
        ],
        response_format=ToolStrategy(file_report, tool_message_content="The report is filed."),
        context_schema=Context,
        checkpointer=checkpointer,
        name="ready_made",
    )


graph = build_graph()
