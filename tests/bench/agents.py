"""Agents whose model says what a script says, at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult
from pydantic import Field

from mtp_agents.bench.agent.models import result_of
from mtp_agents.bench.agent.recorder import Limit, Recorder
from mtp_agents.bench.agent.tasks import AgentTask, Attempt


def reply(text: str, *sizes: int, prompt: int = 100, cached: int = 0, **more: Any) -> AIMessage:
    """A reply of passes of these sizes."""
    passes = [{"text": text if place == 0 else "", "tokens": size} for place, size in enumerate(sizes)]
    tokens = sum(sizes)
    return AIMessage(
        text,
        additional_kwargs={"passes": passes},
        usage_metadata={
            "input_tokens": prompt,
            "output_tokens": tokens,
            "total_tokens": prompt + tokens,
            "input_token_details": {"cache_read": cached},
            "output_token_details": {"forward_passes": len(sizes)},  # type: ignore[typeddict-unknown-key]
        },
        response_metadata={"decoding": {"block_sizes": {str(size): sizes.count(size) for size in sizes}}},
        **more,
    )


class Says(BaseChatModel):
    """Says its replies in turn, a chunk per pass."""

    replies: list[AIMessage]
    limit: Any = None
    said: list[int] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "says"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        message = self.replies[len(self.said) % len(self.replies)]
        self.said.append(1)
        for _ in message.additional_kwargs.get("passes", ()):
            if self.limit is not None:
                self.limit.check()
            run_manager.on_llm_new_token("")
        # each call its own message: graphs give them ids
        return result_of(message.model_copy(deep=True))


@dataclass(frozen=True, eq=False)
class Stub:
    """A runner whose model is `Says`; `opened` lists the concurrencies."""

    name: str = "mtp"
    policy: str = "Static(1)"
    reuse: bool | None = True
    grammar: bool | None = True
    replies: tuple[AIMessage, ...] = (reply("Yes.", 1, 1, 1), reply("No.", 1, 1))
    before: Callable[[], None] = lambda: None
    opened: list[int] = field(default_factory=list)

    @contextmanager
    def open(self, concurrency: int) -> Iterator[Any]:
        self.opened.append(concurrency)
        self.before()

        def make(max_tokens: int, limit: Limit) -> Says:
            return Says(replies=list(self.replies), limit=limit, said=[])

        yield make


def agent_task(name: str, *, turns: int = 2, success: bool | None = True) -> AgentTask:
    """Asks the model so often."""

    def prepare(model: BaseChatModel, recorder: Recorder) -> Attempt:
        def run(config: Any) -> Mapping[str, Any]:
            messages: list[BaseMessage] = [HumanMessage(f"What about <{name}>?")]
            for _ in range(turns):
                messages.append(model.invoke(messages, config))
                with recorder.tool():
                    pass
            return {"messages": messages}

        return Attempt(run, lambda state: success)

    return AgentTask(name, prepare, f"What about {name}?")
