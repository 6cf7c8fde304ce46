"""Turns of Mistral models: a tag, then calls as a JSON list or as names with arguments."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from mtp_model.formats import BEFORE_ARGUMENTS, BEFORE_ID, MISTRAL, TurnFormat
from mtp_model.prompt.base import BaseParser, partial
from mtp_model.prompt.calls import inside_string
from mtp_model.prompt.events import Mode, ParserEvent
from mtp_model.prompt.growing import CallReader

__all__ = ["MistralParser"]

_ID, _ARGUMENTS = re.escape(BEFORE_ID), re.escape(BEFORE_ARGUMENTS)
_HEAD = re.compile(rf"([^{{\[]*)(?:{_ID}([^{{\[]*))?(?:{_ARGUMENTS}|(?=\{{))")


class MistralParser(BaseParser):
    """Reads a turn whose calls follow `[TOOL_CALLS]`, in either form, whichever the template has.

    The tag inside a JSON string is part of the string.

    Args:
        opened: Whether the prompt already opened the reasoning.
        form: The tags.
    """

    def __init__(self, *, opened: bool = False, form: TurnFormat = MISTRAL) -> None:
        super().__init__(opened=opened, form=form)
        self._call: CallReader | None = None
        self._listed = False  # inside a list
        self._before = ""  # what was written in front of the call's JSON

    def _enter(self, mode: Mode) -> None:
        super()._enter(mode)
        self._call, self._listed = None, False
        self._before = self._form.opening

    def _read_call(self, last: bool) -> Iterator[ParserEvent]:
        if self._call is None:
            self._buffer = self._buffer.lstrip(" \t\r\n," if self._listed else None)
            if self._listed:
                self._read_list(last)
            else:
                self._read_head(last)
        if self._call is not None:
            yield from self._grow(self._call, last)

    def _read_list(self, last: bool) -> None:
        """In a list, in front of a call."""
        if self._buffer.startswith("]"):
            self._buffer = self._buffer[1:]
            self._enter("text")
        elif self._buffer or (last and self._before):  # a list without a call is a broken call
            self._call = CallReader(self._form, self._next_call())
        elif last:
            self._enter("text")

    def _read_head(self, last: bool) -> None:
        """Behind the tag: a list begins, or the name of a tool."""
        tags = (BEFORE_ID, BEFORE_ARGUMENTS, self._form.opening)
        begun = self._buffer
        if begun.startswith("[") and not any(tag.startswith(begun) or begun.startswith(tag) for tag in tags):
            self._buffer, self._listed = begun[1:], True
            self._before += "["
        elif head := _HEAD.match(begun):
            self._buffer = begun[head.end() :]
            self._before += head[0]
            self._call = CallReader(self._form, self._next_call(), head[1].strip(), (head[2] or "").strip())
        elif last or self._form.opening in begun:
            self._call = CallReader(self._form, self._next_call(), "")

    def _grow(self, call: CallReader, last: bool) -> Iterator[ParserEvent]:
        tag = self._form.opening
        first = self._buffer.find(tag)
        certain = len(self._buffer)
        if first >= 0:
            certain = first
        elif not last:
            certain -= partial(self._buffer, tag)
        piece, self._buffer = self._buffer[:certain], self._buffer[certain:]
        yield from call.feed(piece)
        if first >= 0 and not call.complete and inside_string(call.body):
            ahead = copy.deepcopy(call.scan)
            ahead.feed(self._buffer)
            if ahead.end is not None:  # the string that holds the tag has ended, and the call too
                yield from call.feed(self._buffer)
                self._buffer = ""
            elif not last:
                return
        if call.complete:
            self._buffer = call.cut() + self._buffer
            yield from call.end(self._before)
            self._behind()
        elif first >= 0 or last:
            ended = "the next call began" if first >= 0 else "the text ended"
            yield from call.end(self._before, complaint=f"{ended} before this call did: ")
            self._enter("text")

    def _behind(self) -> None:
        """Behind a call that is complete."""
        if self._listed:
            self._call, self._before = None, ""
        else:
            self._enter("text")
