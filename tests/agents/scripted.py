"""A chat model that solves problems of the shop by heart, in chunks like those of `MTPChatModel`."""

import json
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

Turn = list[tuple[str, dict[str, Any]]] | str
Script = list[Turn]

PRICES = [84.5, 61.25, 12.75, 23.9]
SOLUTION: Script = [
    [("list_articles", {})],
    [("unit_price", {"product": product}) for product in ("camera", "jacket", "bottle", "torch")],
    [("sum_amounts", {"amounts": PRICES})],
    [("price_of_pieces", {"price": 23.9, "quantity": 6})],
    [("take_off_percent", {"amount": 143.4, "percent": 15})],
    [("submit_order", {"customer": "Sofia", "line": {"product": "jacket", "quantity": 4}})],
    "It is 182.4. That is 121.89. Ordered: K7413.",
]


SUM: Script = [*SOLUTION[:3], "It is 182.4."]
"""What the demo asks for."""


class Scripted(BaseChatModel):
    """Says the turns of a script, `size` words per pass; a call with the name "" is broken JSON.

    `scripts` holds other scripts for certain questions; `bound` collects the options of `bind_tools`.
    """

    script: Script = SOLUTION
    scripts: dict[str, Script] = Field(default_factory=dict)
    size: int = 4
    bound: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        self.bound.append({"tools": [tool.name for tool in tools], **kwargs})
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        whole = None
        for chunk in self._stream(messages):
            whole = chunk.message if whole is None else whole + chunk.message
        assert isinstance(whole, AIMessageChunk)
        reply = AIMessage(
            **{k: v for k, v in whole.model_dump().items() if k in AIMessage.model_fields and k != "type"}
        )
        return ChatResult(generations=[ChatGeneration(message=reply)])

    def _stream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        asked = max(place for place, message in enumerate(messages) if isinstance(message, HumanMessage))
        script = self.scripts.get(str(messages[asked].text), self.script)
        turn = script[sum(isinstance(message, AIMessage) for message in messages[asked:]) % len(script)]
        thought = f"This is step {len(messages)}, so I go on."
        calls = [] if isinstance(turn, str) else turn
        said = turn if isinstance(turn, str) else "\n".join(json.dumps(call) for call in calls)
        words = f"<think> {thought} </think> {said}".split(" ")
        blocks = [words[start : start + self.size] for start in range(0, len(words), self.size)]
        for index, block in enumerate(blocks):
            last = index == len(blocks) - 1
            yield ChatGenerationChunk(
                message=self._chunk(block, calls if last else [], turn, last, len(words), len(blocks))
            )

    def _chunk(
        self, block: list[str], calls: Any, turn: Any, last: bool, tokens: int, passes: int
    ) -> AIMessageChunk:
        chunks = [
            tool_call_chunk(
                name=name or "unit_price",
                args=json.dumps(args) if name else '<tool_call>{"product": }</tool_call>',
                id=f"call_{tokens}_{place}",
                index=place,
            )
            for place, (name, args) in enumerate(calls)
        ]
        if not last:
            return AIMessageChunk(
                content="",
                additional_kwargs={"passes": [{"text": " ".join(block) + " ", "tokens": len(block)}]},
            )
        details: Any = {"forward_passes": passes}
        return AIMessageChunk(
            content=turn if isinstance(turn, str) else "",
            additional_kwargs={"passes": [{"text": " ".join(block), "tokens": len(block)}]},
            tool_call_chunks=chunks,
            chunk_position="last",
            usage_metadata=UsageMetadata(
                input_tokens=10,
                output_tokens=tokens,
                total_tokens=tokens + 10,
                output_token_details=details,
            ),
            response_metadata={"decoding": {"block_sizes": {str(len(block)): 1}}},
        )
