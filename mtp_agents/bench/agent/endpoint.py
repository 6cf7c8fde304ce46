"""Any server with OpenAI's chat interface, as a chat model and as a runner.

The server has its own chat template and parser, so what it reads is not certain to be what others read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

import httpx
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    convert_to_openai_messages,
    message_chunk_to_message,
)
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatResult
from langchain_core.runnables import Runnable

from mtp_agents.bench.agent.models import result_of
from mtp_agents.bench.agent.recorder import Limit
from mtp_agents.bench.agent.runners import MakeModel
from mtp_agents.bench.runners import Unavailable
from mtp_model.errors import ConfigError
from mtp_model.langchain.tools import ToolLike, to_openai_tools

__all__ = ["ENDPOINT", "EndpointModel", "EndpointRunner", "open_endpoint", "server_events"]

ENDPOINT = "endpoint"
PATIENCE = 0.2
"""Seconds between looks at the limit while a server says nothing."""

KEY_VARIABLE = "OPENAI_API_KEY"
"""Environment variable: sent to the endpoint if it is set, as OpenAI's own client does."""


class EndpointModel(BaseChatModel):
    """A chat model behind OpenAI's chat completions, streamed, greedy.

    Attributes:
        client: An httpx client whose base is the URL that ends in `/v1`.
        model: What the server calls the model.
        max_tokens: Most tokens to write.
        limit: When to break off.
    """

    client: Any
    model: str
    max_tokens: int
    limit: Any

    @property
    def _llm_type(self) -> str:
        return "openai-endpoint"

    def bind_tools(
        self, tools: Sequence[ToolLike], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        """Show tools to the model."""
        choice = {} if tool_choice is None else {"tool_choice": _choice(tool_choice)}
        return self.bind(tools=to_openai_tools(tools), **choice)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        request = {
            "model": self.model,
            "messages": [_to_openai(message) for message in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            **{name: kwargs[name] for name in ("tools", "tool_choice") if kwargs.get(name)},
        }
        whole = AIMessageChunk(content="")
        for part in server_events(self.client, "chat/completions", request, self.limit):
            self.limit.check()
            usage = _usage(part.get("usage"))
            delta = part["choices"][0].get("delta", {}) if part.get("choices") else {}
            chunk = _chunk(delta, usage)
            if run_manager is not None and (
                chunk.content or chunk.additional_kwargs or chunk.tool_call_chunks
            ):
                run_manager.on_llm_new_token(str(chunk.content))
            whole = whole + chunk
        reply = message_chunk_to_message(whole)
        assert isinstance(reply, AIMessage)
        return result_of(reply)


@dataclass(frozen=True)
class EndpointRunner:
    """An endpoint; what it keeps between runs is its own affair."""

    client: httpx.Client = field(repr=False)
    policy: str
    name: str = ENDPOINT
    reuse: bool | None = None
    grammar: bool | None = None

    @contextmanager
    def open(self, concurrency: int) -> Iterator[MakeModel]:
        """Nothing to do."""

        def make(max_tokens: int, limit: Limit) -> BaseChatModel:
            return EndpointModel(client=self.client, model=self.policy, max_tokens=max_tokens, limit=limit)

        yield make


def open_endpoint(url: str, model: str | None) -> EndpointRunner:
    """Ask a server what it serves.

    Args:
        url: Up to and including `/v1`.
        model: What the server calls the model; None for the first one that it names.

    Raises:
        ConfigError: It is no URL, nobody answers there, or it serves no such model.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigError(f"--endpoint {url}: give a URL such as http://127.0.0.1:8000/v1.")
    key = os.environ.get(KEY_VARIABLE)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = httpx.Client(
        base_url=url.rstrip("/") + "/",
        headers=headers,
        timeout=600,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
    try:
        answer = client.get("models", timeout=10)
        answer.raise_for_status()
        known = [str(one["id"]) for one in answer.json()["data"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        client.close()
        raise ConfigError(
            f"--endpoint {url}: asked for {url.rstrip('/')}/models, and got no list of models: "
            f"{str(error) or type(error).__name__}. Start the server, or give the URL that ends in /v1."
        ) from error
    if not known or (model is not None and model not in known):
        client.close()
        raise ConfigError(
            f"--endpoint {url}: it does not serve {model or 'any model'}. It serves: "
            f"{', '.join(known) or 'nothing'}."
        )
    return EndpointRunner(client, model or known[0])


def server_events(
    client: httpx.Client, path: str, request: dict[str, Any], limit: Limit
) -> Iterator[dict[str, Any]]:
    """The parts of a streamed answer.

    A thread of its own reads them, so that a server that says nothing can be left at any time.

    Raises:
        Unavailable: The server does not answer, or refuses.
        OutOfTime: See `Limit`.
    """
    parts: SimpleQueue[dict[str, Any] | Unavailable | None] = SimpleQueue()
    left = Event()
    Thread(target=_read, args=(client, path, request, parts, left), daemon=True).start()
    try:
        while True:
            try:
                part = parts.get(timeout=PATIENCE)
            except Empty:
                limit.check()
                continue
            if isinstance(part, Unavailable):
                raise part
            if part is None:
                return
            yield part
    finally:
        left.set()


def _read(
    client: httpx.Client,
    path: str,
    request: dict[str, Any],
    parts: SimpleQueue[dict[str, Any] | Unavailable | None],
    left: Event,
) -> None:
    """Puts the parts of an answer into a queue: behind the last one None, or why there are no more."""
    end: Unavailable | None = None
    try:
        with client.stream("POST", path, json=request) as answer:
            if answer.is_error:
                answer.read()
                raise Unavailable(f"{answer.url} answers {answer.status_code}: {answer.text[:200]}")
            for line in answer.iter_lines():
                if left.is_set():
                    return
                if line.startswith("data: ") and line != "data: [DONE]":
                    part = json.loads(line.removeprefix("data: "))
                    if "error" in part:
                        raise Unavailable(f"{answer.url} reports an error: {str(part['error'])[:200]}")
                    parts.put(part)
    except Unavailable as error:
        end = error
    except Exception as error:  # httpx's, and an answer that is no JSON
        end = Unavailable(f"{client.base_url} does not answer: {str(error) or type(error).__name__}")
    finally:
        parts.put(end)


def _to_openai(message: BaseMessage) -> dict[str, Any]:
    """A message in OpenAI's form; the reasoning as servers of open models name it."""
    converted: Any = convert_to_openai_messages(message)
    reasoning = message.additional_kwargs.get("reasoning_content")
    return {**converted, "reasoning_content": reasoning} if reasoning else dict(converted)


def _choice(choice: Any) -> Any:
    """LangChain's words for a forced call in OpenAI's form."""
    if choice in (True, "any"):
        return "required"
    if isinstance(choice, str) and choice not in ("auto", "none", "required"):
        return {"type": "function", "function": {"name": choice}}
    return choice


def _chunk(delta: dict[str, Any], usage: UsageMetadata | None) -> AIMessageChunk:
    reasoning = delta.get("reasoning_content") or delta.get("reasoning")
    return AIMessageChunk(
        content=delta.get("content") or "",
        additional_kwargs={"reasoning_content": reasoning} if reasoning else {},
        tool_call_chunks=[
            tool_call_chunk(
                name=call.get("function", {}).get("name"),
                args=call.get("function", {}).get("arguments"),
                id=call.get("id"),
                index=call.get("index", 0),
            )
            for call in delta.get("tool_calls") or ()
        ],
        usage_metadata=usage,
    )


def _usage(usage: dict[str, Any] | None) -> UsageMetadata | None:
    if not usage:
        return None
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return UsageMetadata(
        input_tokens=usage["prompt_tokens"],
        output_tokens=usage["completion_tokens"],
        total_tokens=usage["prompt_tokens"] + usage["completion_tokens"],
        input_token_details=InputTokenDetails(cache_read=cached),
    )
