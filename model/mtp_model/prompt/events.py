"""What parsers of turns give out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from mtp_model.prompt.calls import InvalidToolCall
from mtp_model.prompt.messages import ToolCall

__all__ = ["Kind", "Mode", "ParsedTurn", "ParserEvent", "TurnParser"]

Kind = Literal["reasoning", "text", "call_begin", "call_arguments", "tool_call", "invalid_tool_call"]
Mode = Literal["reasoning", "text", "tool_call"]


@dataclass(frozen=True)
class ParserEvent:
    """A piece of a turn.

    A call comes as one `call_begin`, any number of `call_arguments`, and `tool_call` or `invalid_tool_call`
    at its end. Of a call that is valid, the pieces of arguments joined are the JSON of its arguments, as the
    model wrote it. Of a broken one they are what it wrote from the arguments on, or all of it if they never
    began.

    Attributes:
        kind: What it is.
        text: Piece of reasoning, text or arguments; at the end of a call all that was written, tags included.
        tool_call: The call, for `tool_call`.
        index: Position among the turn's calls, valid or not; 0 for text and reasoning.
        invalid: The broken call and its error, for `invalid_tool_call`.
        name: Name of the tool, for `call_begin`; empty if a broken call has none.
    """

    kind: Kind
    text: str = ""
    tool_call: ToolCall | None = None
    index: int = 0
    invalid: InvalidToolCall | None = None
    name: str = ""


@dataclass(frozen=True)
class ParsedTurn:
    """A whole assistant turn.

    Attributes:
        content: Text for the user.
        reasoning: What was thought before.
        tool_calls: Calls in the order written.
        invalid_tool_calls: Broken calls, each with its error.
    """

    content: str
    reasoning: str
    tool_calls: tuple[ToolCall, ...]
    invalid_tool_calls: tuple[InvalidToolCall, ...]


class TurnParser(Protocol):
    """Reads one assistant turn as it is written."""

    @property
    def mode(self) -> Mode:
        """What the text that comes next belongs to, as far as is known."""

    def feed(self, text: str) -> list[ParserEvent]:
        """Take the next piece of text; return what is certain by now."""

    def finish(self) -> list[ParserEvent]:
        """The turn has ended; return what was held back. The parser takes no more."""
