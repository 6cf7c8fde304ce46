"""What the parsers of all formats share: text and reasoning, and tags that come in pieces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from mtp_model.formats import TurnFormat
from mtp_model.prompt.events import Mode, ParserEvent

__all__ = ["BaseParser", "partial"]


class BaseParser(ABC):
    """Reads text, reasoning between its tags, and leaves calls to its subclasses.

    Line breaks next to tags belong to the markup and are dropped, as templates put them back. Reasoning is
    recognised where no text precedes it, calls everywhere outside the reasoning.

    Args:
        opened: Whether the prompt already opened the reasoning.
        form: How the model writes its turns.
    """

    def __init__(self, *, opened: bool, form: TurnFormat) -> None:
        self._form = form
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

    @abstractmethod
    def _read_call(self, last: bool) -> Iterator[ParserEvent]:
        """Take what is certain of a call off the buffer, which begins behind the opening tag."""

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
        if self._mode == "text" and self._begins(last):
            return
        thinking = self._mode == "reasoning"
        tag = self._form.think[1] if thinking else self._form.opening
        piece, found, rest = self._buffer.partition(tag)
        if found:
            yield from self._piece(piece.rstrip("\n"))
            self._buffer = rest
            self._enter("text" if thinking else "tool_call")
            return
        certain = len(self._buffer) if last else len(self._buffer) - _held(self._buffer, tag)
        piece, self._buffer = self._buffer[:certain], self._buffer[certain:]
        yield from self._piece(piece)

    def _begins(self, last: bool) -> bool:
        """Whether something that may only stand at the beginning was taken, or may be coming."""
        if self._has_text:
            return False
        begun, opening = self._buffer.lstrip(), self._form.think[0]
        if begun.startswith(opening):
            self._buffer = begun[len(opening) :]
            self._enter("reasoning")
            return True
        return opening.startswith(begun) and not last

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

    def _next_call(self) -> int:
        """Index of a call that begins."""
        index, self._calls = self._calls, self._calls + 1
        return index


def partial(text: str, tag: str) -> int:
    """Characters at the end of `text` that may be the beginning of the tag."""
    return max((size for size in range(1, len(tag)) if text.endswith(tag[:size])), default=0)


def _held(text: str, tag: str) -> int:
    """Characters at the end of `text` that may be markup: line breaks, then the beginning of the tag."""
    body = text[: len(text) - partial(text, tag)]
    return len(text) - len(body.rstrip("\n"))


def _joined(events: Iterator[ParserEvent]) -> list[ParserEvent]:
    """The events, with neighbouring pieces of the same text, reasoning or arguments as one."""
    joined: list[ParserEvent] = []
    for event in events:
        last = joined[-1] if joined else None
        growing = event.kind in ("text", "reasoning", "call_arguments")
        if last and growing and (event.kind, event.index) == (last.kind, last.index):
            joined[-1] = ParserEvent(event.kind, last.text + event.text, index=event.index)
        else:
            joined.append(event)
    return joined
