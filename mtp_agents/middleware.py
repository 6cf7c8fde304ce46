"""`MTPMiddleware`: a run's settings to the model of `create_agent`, and what each reply cost to Studio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.messages import AIMessage

from mtp_agents.settings import MTPSettings
from mtp_agents.turns import timed_turn
from mtp_model.chat_model import MTPChatModel

try:
    from langchain.agents.middleware import AgentMiddleware
    from langchain.agents.middleware.types import ModelRequest, ModelResponse
except ImportError as error:
    raise ImportError(
        "MTPMiddleware is for create_agent of the package langchain, which is not installed: "
        "pip install 'langchain>=1.0'. For graphs of your own, mtp_agents.run_turn needs no langchain."
    ) from error

__all__ = ["MTPMiddleware"]


class MTPMiddleware(AgentMiddleware[Any, Any, Any]):
    """Decoding settings per run, and one custom event per reply.

    Example:
        >>> agent = create_agent(
        ...     MTPChatModel(), tools, middleware=[MTPMiddleware()], context_schema=MTPSettings
        ... )
        >>> agent.stream(question, context=MTPSettings(decoding="verified"), stream_mode="custom")

    The settings are the run's context, where that is an `MTPSettings`. Only an `MTPChatModel` gets them:
    other models raise a TypeError at options that they do not know. What another middleware put into
    `model_settings` stays. The event is that of `mtp_agents.turns`, for any model.

    Put it last, so that it is next to the model: then each call that a retry makes has its own event.
    """

    def wrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], ModelResponse[Any]],
    ) -> ModelResponse[Any]:
        """Calls the model with the run's settings."""
        with timed_turn(request.runtime.stream_writer) as replied:
            response = handler(_with_settings(request))
            replied(_reply(response))
        return response

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Calls the model with the run's settings."""
        with timed_turn(request.runtime.stream_writer) as replied:
            response = await handler(_with_settings(request))
            replied(_reply(response))
        return response


def _with_settings(request: ModelRequest[Any]) -> ModelRequest[Any]:
    settings = request.runtime.context
    if not isinstance(settings, MTPSettings) or not isinstance(request.model, MTPChatModel):
        return request
    return request.override(model_settings={**settings.model_kwargs, **request.model_settings})


def _reply(response: ModelResponse[Any]) -> AIMessage:
    """The model's message; with structured output, results of that follow it."""
    return next(message for message in response.result if isinstance(message, AIMessage))
