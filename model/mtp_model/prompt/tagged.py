"""Turns of Qwen3, Hermes and the embedded student: calls are JSON objects between two tags."""

from __future__ import annotations

from collections.abc import Iterator

from mtp_model.formats import HERMES, TurnFormat
from mtp_model.prompt.base import BaseParser, partial
from mtp_model.prompt.calls import inside_string
from mtp_model.prompt.events import Mode, ParserEvent
from mtp_model.prompt.growing import CallReader

__all__ = ["StreamParser"]


class StreamParser(BaseParser):
    """Reads a turn whose parts stand between tags. A closing tag inside a JSON string is part of the string.

    Args:
        opened: Whether the prompt already opened the reasoning.
        form: The tags.
    """

    def __init__(self, *, opened: bool = False, form: TurnFormat = HERMES) -> None:
        super().__init__(opened=opened, form=form)
        self._call = CallReader(form, 0)

    def _enter(self, mode: Mode) -> None:
        super()._enter(mode)
        if mode == "tool_call":
            self._call = CallReader(self._form, self._next_call())

    def _read_call(self, last: bool) -> Iterator[ParserEvent]:
        call, closing = self._call, self._form.closing
        end = first = self._buffer.find(closing)
        while end >= 0 and inside_string(call.body + self._buffer[:end]):
            end = self._buffer.find(closing, end + 1)
        if end < 0 and last:
            end = first  # the string never ended: the call is broken where its tag would have closed it
        if end >= 0:
            certain = end
        elif last:
            certain = len(self._buffer)
        else:  # behind a tag it is not certain whether the string that holds it ends
            certain = first if first >= 0 else len(self._buffer) - partial(self._buffer, closing)
        piece, self._buffer = self._buffer[:certain], self._buffer[certain:]
        yield from call.feed(piece)
        if end >= 0:
            self._buffer = self._buffer[len(closing) :]
            yield from call.end(self._form.opening, closing)
            self._enter("text")
        elif last:
            yield from call.end(self._form.opening, complaint=f"the text ended before {closing}: ")
            self._enter("text")
