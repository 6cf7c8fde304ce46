r"""What an assistant wrote -> reasoning, text and tool calls, also while it is still writing.

    feed("<think>\nAdd th")  ->  reasoning "Add th"
    feed("em.\n</think>\n\n<tool_")  ->  reasoning "em."          (a tag may be beginning: held back)
    feed('call>\n{"name": "add", "arguments": {}}\n</tool_call>')  ->  tool_call add

`StreamParser` reads every format that marks its parts with opening and closing tags (Qwen3, Hermes). Formats
of another shape (Llama 3's bare JSON, Mistral's `[TOOL_CALLS]`) become further classes with the methods of
`TurnParser`; `parser_for` chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from mtp_model.prompt.calls import CallSyntaxError, InvalidToolCall, inside_string, parse_call
from mtp_model.prompt.messages import ToolCall

__all__ = [
    "HERMES",
    "InvalidToolCall",
    "ParsedTurn",
    "ParserEvent",
    "StreamParser",
    "TagFormat",
    "TurnParser",
    "parse_assistant",
    "parser_for",
]

Kind = Literal["reasoning", "text", "tool_call", "invalid_tool_call"]
Mode = Literal["reasoning", "text", "tool_call"]


@dataclass(frozen=True)
class TagFormat:
    """The tags of a format.

    Attributes:
        think: Opening and closing tag of the reasoning.
        call: Opening and closing tag of a tool call.
        arguments_key: Key of a call's arguments.
    """

    think: tuple[str, str]
    call: tuple[str, str]
    arguments_key: str = "arguments"

    @property
    def tags(self) -> frozenset[str]:
        """All tags: strings that the parser needs to see even where they are special tokens."""
        return frozenset((*self.think, *self.call))


HERMES = TagFormat(think=("<think>", "</think>"), call=("<tool_call>", "</tool_call>"))
"""Qwen3, Hermes and the embedded student."""


@dataclass(frozen=True)
class ParserEvent:
    """A piece of a turn.

    Attributes:
        kind: What it is.
        text: Piece of reasoning or text; of a call, what was written, its tags included.
        tool_call: The call, for `tool_call`.
        index: Position among the turn's calls, valid or not; 0 for text and reasoning.
        invalid: The broken call and its error, for `invalid_tool_call`.
    """

    kind: Kind
    text: str = ""
    tool_call: ToolCall | None = None
    index: int = 0
    invalid: InvalidToolCall | None = None


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
        """The turn has ended; return what was held back."""


class StreamParser:
    """Reads a turn whose parts stand between tags.

    Line breaks next to tags belong to the markup and are dropped, as templates put them back. Reasoning is
    recognised where no text precedes it, calls everywhere outside the reasoning. A closing tag inside a JSON
    string is part of the string.

    Args:
        opened: Whether the prompt already opened the reasoning.
        tags: Tags of the format.
    """

    def __init__(self, *, opened: bool = False, tags: TagFormat = HERMES) -> None:
        self._tags = tags
        self._mode: Mode = "reasoning" if opened else "text"
        self._buffer = ""  # text whose meaning is not certain yet
        self._fresh = True  # nothing of the current block was given out
        self._has_text = False
        self._calls = 0

    @property
    def mode(self) -> Mode:
        """What the text that comes next belongs to."""
        return self._mode

    def feed(self, text: str) -> list[ParserEvent]:
        """Take the next piece of text; return what is certain by now."""
        self._buffer += text
        return _joined(self._read(last=False))

    def finish(self) -> list[ParserEvent]:
        """The turn has ended; return what was held back. The parser takes no more."""
        return _joined(self._read(last=True))

    def _read(self, *, last: bool) -> Iterator[ParserEvent]:
        """Take whole blocks off the buffer, then the certain part of the current one."""
        while True:
            before = self._mode, self._buffer
            if self._mode == "tool_call":
                yield from self._read_call(last)
            else:
                yield from self._read_text(last)
            if (self._mode, self._buffer) == before:
                return

    def _read_text(self, last: bool) -> Iterator[ParserEvent]:
        """Text or reasoning, up to the next tag."""
        if self._mode == "text" and not self._has_text:
            begun, opening = self._buffer.lstrip(), self._tags.think[0]
            if begun.startswith(opening):
                self._buffer = begun[len(opening) :]
                self._enter("reasoning")
                return
            if opening.startswith(begun) and not last:
                return
        thinking = self._mode == "reasoning"
        tag = self._tags.think[1] if thinking else self._tags.call[0]
        piece, found, rest = self._buffer.partition(tag)
        if found:
            yield from self._piece(piece.rstrip("\n"))
            self._buffer = rest
            self._enter("text" if thinking else "tool_call")
            return
        certain = len(self._buffer) if last else len(self._buffer) - _held(self._buffer, tag)
        piece, self._buffer = self._buffer[:certain], self._buffer[certain:]
        yield from self._piece(piece)

    def _enter(self, mode: Mode) -> None:
        self._mode, self._fresh = mode, True

    def _piece(self, text: str) -> Iterator[ParserEvent]:
        """A piece of the current text or reasoning, without the line breaks of the markup before it."""
        after_call = self._has_text and self._mode == "text"
        if self._fresh and not (after_call and text.strip("\n")):
            text = text.lstrip("\n")
        if not text:
            return
        self._fresh = False
        if self._mode == "reasoning":
            yield ParserEvent("reasoning", text)
        else:
            self._has_text = True
            yield ParserEvent("text", text)

    def _read_call(self, last: bool) -> Iterator[ParserEvent]:
        """A call, once it is complete."""
        closing = self._tags.call[1]
        end = first = self._buffer.find(closing)
        while end >= 0 and inside_string(self._buffer[:end]):
            end = self._buffer.find(closing, end + 1)
        if end < 0 and last:
            end = first  # the string never ended: the call is broken where its tag would have closed it
        if end < 0 and not last:
            return
        cut = len(self._buffer) if end < 0 else end
        body, self._buffer = self._buffer[:cut], self._buffer[cut + len(closing) :]
        yield self._call(body, closed=end >= 0)
        self._enter("text")

    def _call(self, body: str, *, closed: bool) -> ParserEvent:
        index, self._calls = self._calls, self._calls + 1
        text = self._tags.call[0] + body + (self._tags.call[1] if closed else "")
        try:
            call = parse_call(body, arguments_key=self._tags.arguments_key)
        except CallSyntaxError as error:
            reason = str(error) if closed else f"the text ended before {self._tags.call[1]}: {error}"
            invalid = InvalidToolCall.of(text, reason)
            return ParserEvent("invalid_tool_call", text, index=index, invalid=invalid)
        return ParserEvent("tool_call", text, call, index)


def parser_for(chat_template: str, *, opened: bool = False) -> TurnParser:
    """The parser for what a model with this chat template writes.

    Args:
        chat_template: Jinja source.
        opened: Whether the generation prompt ends inside the reasoning.
    """
    # The only format so far. Text without tags passes through it unchanged.
    return StreamParser(opened=opened, tags=HERMES)


def parse_assistant(text: str, *, opened: bool = False) -> ParsedTurn:
    """Read a whole turn.

    Args:
        text: What the assistant wrote, without its closing token.
        opened: Whether the prompt already opened the reasoning.
    """
    parser = StreamParser(opened=opened)
    events = parser.feed(text) + parser.finish()
    return ParsedTurn(
        content="".join(event.text for event in events if event.kind == "text"),
        reasoning="".join(event.text for event in events if event.kind == "reasoning"),
        tool_calls=tuple(event.tool_call for event in events if event.tool_call),
        invalid_tool_calls=tuple(event.invalid for event in events if event.invalid),
    )


def _held(text: str, tag: str) -> int:
    """Characters at the end of `text` that may be markup: line breaks, then the beginning of the tag."""
    partial = max((size for size in range(1, len(tag)) if text.endswith(tag[:size])), default=0)
    body = text[: len(text) - partial]
    return len(text) - len(body.rstrip("\n"))


def _joined(events: Iterator[ParserEvent]) -> list[ParserEvent]:
    """The events, with neighbouring pieces of text or reasoning as one."""
    joined: list[ParserEvent] = []
    for event in events:
        if joined and event.kind == joined[-1].kind and event.kind in ("text", "reasoning"):
            joined[-1] = ParserEvent(event.kind, joined[-1].text + event.text)
        else:
            joined.append(event)
    return joined
