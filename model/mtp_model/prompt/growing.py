"""A tool call while it is written: its name first, then its arguments as they grow, at last the whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from mtp_model.formats import TurnFormat
from mtp_model.prompt.calls import CallSyntaxError, InvalidToolCall, parse_arguments, parse_call
from mtp_model.prompt.events import ParserEvent
from mtp_model.prompt.messages import ToolCall
from mtp_model.prompt.scan import CallScanner

__all__ = ["CallReader"]

_ALIASES = ("parameters", "arguments")  # Llama 3 is taught the first, and writes either


class CallReader:
    """Reads the JSON of one call. What it has given out never depends on how the text came in pieces.

    Args:
        form: How the call is written.
        index: Position among the turn's calls.
        name: The tool, where its name stands before the JSON ("named").
        call_id: The call's id, likewise.
    """

    def __init__(self, form: TurnFormat, index: int, name: str | None = None, call_id: str = "") -> None:
        self._form = form
        self._index = index
        self._name = name
        self._id = call_id
        keys = _ALIASES if form.style == "bare" else (form.arguments_key,)
        self.scan = CallScanner(keys if name is None else ())
        self.body = ""
        self._begun = False
        self._given = 0  # characters of the arguments that were given out

    @property
    def complete(self) -> bool:
        """Whether the JSON object has ended."""
        return self.scan.end is not None

    @property
    def certain(self) -> bool:
        """Whether this is a call, and of which tool: bare JSON is one if it has a name and arguments."""
        if self._form.style == "bare":
            return self.scan.has_both
        return bool(self.scan.name if self._name is None else self._name)

    def feed(self, text: str) -> Iterator[ParserEvent]:
        """Take more of the JSON; give out what is certain by now."""
        self.body += text
        self.scan.feed(text)
        if self.certain:
            yield from self._grow(self._name or self.scan.name)

    def cut(self) -> str:
        """Take off what was fed behind the object."""
        body, self.body = self.body, self.body[: self.scan.end]
        return body[len(self.body) :]

    def end(self, before: str = "", after: str = "", complaint: str = "") -> Iterator[ParserEvent]:
        """The call is over; it is valid or broken.

        Args:
            before: Tags in front of the JSON.
            after: Tags behind it.
            complaint: What is wrong if the JSON is broken, to begin the error with.
        """
        text = before + self.body + after
        try:
            call = self._parse()
        except CallSyntaxError as error:
            yield from self._broken(text, complaint + str(error), after)
            return
        yield from self._grow(call.name)
        if self.scan.start is None:  # none were written, or in another form than an object
            yield self._arguments(json.dumps(call.arguments, ensure_ascii=False))
        yield ParserEvent("tool_call", text, call, self._index)

    def _grow(self, name: str) -> Iterator[ParserEvent]:
        """What is new of the call."""
        if not self._begun:
            self._begun = True
            yield ParserEvent("call_begin", index=self._index, name=name)
        if self.scan.start is not None:
            piece = self.body[self.scan.start + self._given : self.scan.stop]
            self._given += len(piece)
            if piece:
                yield self._arguments(piece)

    def _parse(self) -> ToolCall:
        scan = self.scan
        if self._name is not None:
            return replace(parse_arguments(self.body, self._name), id=self._id)
        known = [key for key in scan.keys if key in _ALIASES] if self._form.style == "bare" else []
        call = parse_call(self.body, arguments_key=known[0] if known else self._form.arguments_key)
        # What was given out is the first of its kind; JSON with a key twice would mean the last.
        written = None if scan.start is None else json.loads(self.body[scan.start : scan.stop], strict=False)
        if call.name != scan.name or (written is not None and written != call.arguments):
            raise CallSyntaxError("the tool call says its name or its arguments twice")
        return replace(call, id=scan.id) if self._form.call_ids else call

    def _broken(self, text: str, error: str, after: str) -> Iterator[ParserEvent]:
        name = (self._name or self.scan.name) if self._begun else ""
        invalid = InvalidToolCall.of(text, error, name)
        if self._begun and self.scan.start is not None:
            rest = self.body[self.scan.start + self._given :] + after
        else:
            rest = text
        if not self._begun:
            yield ParserEvent("call_begin", index=self._index, name=invalid.name)
        if rest:
            yield self._arguments(rest)
        yield ParserEvent("invalid_tool_call", text, index=self._index, invalid=invalid)

    def _arguments(self, piece: str) -> ParserEvent:
        return ParserEvent("call_arguments", piece, index=self._index)
