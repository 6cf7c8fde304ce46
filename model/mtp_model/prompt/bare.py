"""Turns of Llama 3: a call is a bare JSON object, and the whole answer."""

from __future__ import annotations

from collections.abc import Iterator

from mtp_model.formats import LLAMA3, TurnFormat
from mtp_model.prompt.base import BaseParser
from mtp_model.prompt.events import Mode, ParserEvent
from mtp_model.prompt.growing import CallReader

__all__ = ["BareParser"]

_BETWEEN = " \t\r\n;,"  # what may stand between two calls


class BareParser(BaseParser):
    """Reads a turn whose calls are JSON objects without tags, one behind the other.

    An object is a call if the answer begins with it, or it follows a call, and it has a name and arguments,
    with no key before them that calls do not have. Other JSON is text. What follows `<|python_tag|>` can only
    be a call: if it is none, it is a broken one.

    Args:
        opened: Whether the prompt already opened the reasoning.
        form: The tags.
        answers: Whether bare JSON is an answer that was asked for, and no call.
    """

    def __init__(self, *, opened: bool = False, form: TurnFormat = LLAMA3, answers: bool = False) -> None:
        super().__init__(opened=opened, form=form)
        self._answers = answers
        self._call: CallReader | None = None  # what is a call, or may be one
        self._tagged = False

    @property
    def mode(self) -> Mode:
        """What the text that comes next belongs to, as far as is known."""
        if self._call and not self._tagged and not self._call.certain:
            return "text"
        return self._mode

    def _begins(self, last: bool) -> bool:
        if super()._begins(last):
            return True
        if not self._fresh:
            return False
        begun = self._buffer.lstrip(_BETWEEN if self._calls else None)
        if begun.startswith("{") and not self._answers:
            self._buffer = begun
            super()._enter("tool_call")
            self._call, self._tagged = CallReader(self._form, self._calls), False
            return True
        if self._form.opening.startswith(begun) and not last:
            return True
        if self._calls:
            self._buffer = begun
        return False

    def _enter(self, mode: Mode) -> None:
        super()._enter(mode)
        if mode == "tool_call":
            self._call, self._tagged = CallReader(self._form, self._calls), True

    def _read_call(self, last: bool) -> Iterator[ParserEvent]:
        call = self._call
        assert call is not None
        piece, self._buffer = self._buffer, ""
        yield from call.feed(piece)
        if call.complete:
            self._buffer = call.cut()
        elif not last and (self._tagged or not (call.scan.strange or call.scan.foreign)):
            return
        self._call = None
        self._enter("text")
        if self._tagged or call.certain:
            self._next_call()
            complaint = "" if call.complete else "the text ended before the call did: "
            yield from call.end(self._form.opening if self._tagged else "", complaint=complaint)
        else:
            yield from self._piece(call.body)
