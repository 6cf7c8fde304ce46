"""A tool that raises does not end the run: the model reads the error."""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import ToolMessage
from langchain_core.tools import ToolException
from langgraph.types import Command

from .prompts import FAILED

Result = ToolMessage | Command[Any]


class ToolErrors(AgentMiddleware[Any, Any, Any]):
    """Shows the model the errors that tools raise on purpose; anything else is a bug, and ends the run."""

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Result]
    ) -> Result:
        """Runs the tool."""
        try:
            return handler(request)
        except ToolException as error:
            return failed(request, error)

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Result]]
    ) -> Result:
        """Runs the tool."""
        try:
            return await handler(request)
        except ToolException as error:
            return failed(request, error)


def failed(request: ToolCallRequest, error: Exception) -> ToolMessage:
    """What the model reads."""
    call = request.tool_call
    text = FAILED.format(error=error)
    return ToolMessage(text, tool_call_id=call["id"] or "", name=call["name"], status="error")
