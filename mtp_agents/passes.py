"""Forward passes in the stream of a chat model: `AIMessageChunk` -> `Pass`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

__all__ = ["Figures", "Pass", "figures_of", "passes_of"]


@dataclass(frozen=True)
class Pass:
    """What one forward pass wrote.

    Attributes:
        text: All that it wrote, tags of reasoning and calls included.
        tokens: Number of tokens, the one that ends the reply included.
    """

    text: str
    tokens: int


@dataclass(frozen=True)
class Figures:
    """Cost of one reply or of several.

    Attributes:
        tokens: Tokens written.
        passes: Forward passes that wrote them; 0 if the model does not say.
        block_sizes: Tokens of a pass -> number of such passes.
    """

    tokens: int = 0
    passes: int = 0
    block_sizes: tuple[tuple[int, int], ...] = ()

    @property
    def tokens_per_pass(self) -> float:
        """Tokens written per forward pass."""
        return self.tokens / self.passes if self.passes else 0.0

    def __add__(self, other: Figures) -> Figures:
        sizes = dict(self.block_sizes)
        for size, count in other.block_sizes:
            sizes[size] = sizes.get(size, 0) + count
        return Figures(self.tokens + other.tokens, self.passes + other.passes, tuple(sorted(sizes.items())))


def passes_of(message: AIMessage) -> Iterator[Pass]:
    """The forward passes of a chunk (one) or of a whole reply (all of them), in order."""
    for one in message.additional_kwargs.get("passes", ()):
        yield Pass(one["text"], one["tokens"])


def figures_of(message: AIMessage) -> Figures:
    """Cost of a whole reply, from its usage and its statistics."""
    usage: dict[str, Any] = dict(message.usage_metadata or {})
    decoding = message.response_metadata.get("decoding", {})
    sizes = {int(size): count for size, count in decoding.get("block_sizes", {}).items()}
    return Figures(
        tokens=usage.get("output_tokens", 0),
        passes=(usage.get("output_token_details") or {}).get("forward_passes", 0),
        block_sizes=tuple(sorted(sizes.items())),
    )
