"""Follows the JSON of a tool call character by character, to know its parts before it is complete."""

from __future__ import annotations

import json

__all__ = ["CallScanner"]

_USUAL = frozenset({"name", "arguments", "parameters", "type", "id"})  # keys that calls have


class CallScanner:
    """Finds the parts of a call in JSON that is still being written, and may turn out to be broken.

    Args:
        arguments_keys: Keys that the arguments may have; none of them: the JSON is the arguments themselves.

    Attributes:
        text: All that was fed.
        name: The tool's name, once its string has ended.
        id: The call's id, likewise.
        keys: Keys of the object so far.
        start: Where in the text the arguments' object begins; None before, or if they are no object.
        stop: Where it ends; None before.
        end: Where the whole object ends; None before.
        foreign: Whether the text is no object.
        strange: Whether something came before name and arguments that calls do not have: this JSON may be no
            call at all.
    """

    def __init__(self, arguments_keys: tuple[str, ...] = ()) -> None:
        self._arguments_keys = arguments_keys
        self.text = ""
        self.name = self.id = ""
        self.keys: list[str] = []
        self.start: int | None = None
        self.stop: int | None = None
        self.end: int | None = None
        self.foreign = self.strange = False
        self._outer = 1 if arguments_keys else 0  # depth at which the arguments stand
        self._depth = 0
        self._quote = 0  # where the last string begins
        self._inside = self._escaped = False  # in a string; behind a backslash in it
        self._value = False  # behind a key's colon

    @property
    def has_both(self) -> bool:
        """Whether the object has a name and arguments of some kind, and nothing strange before them."""
        arguments = not set(self._arguments_keys).isdisjoint(self.keys)
        return bool(self.name) and arguments and not self.strange

    def feed(self, text: str) -> int:
        """Go on; stops behind the object. Returns how many characters were read."""
        place = len(self.text)
        self.text += text
        for read, character in enumerate(text):
            if self.end is not None or self.foreign:
                self.text = self.text[: place + read]
                return read
            self._step(character, place + read)
        return len(text)

    def _step(self, character: str, place: int) -> None:
        if self._inside:
            if self._escaped:
                self._escaped = False
            elif character == "\\":
                self._escaped = True
            elif character == '"':
                self._inside = False
                if self._depth == self._outer == 1:
                    self._string(self.text[self._quote : place + 1])
        elif self._depth == 0:
            if character == "{":
                self._open(character, place)
            else:
                self.foreign = not character.isspace()
        elif character == '"':
            self._inside, self._quote = True, place
        elif character in "{[":
            self._open(character, place)
        elif character in "}]":
            self._close(place)
        elif self._depth == 1 and character in ":,":
            self._value = character == ":"
        elif self._depth == 1 and not self._value and not character.isspace():
            self._estrange()

    def _open(self, bracket: str, place: int) -> None:
        if bracket == "{" and self._depth == self._outer and self.start is None:
            key = self.keys[-1] if self._value and self.keys else None
            if not self._arguments_keys or key in self._arguments_keys:
                self.start = place
        self._depth += 1

    def _close(self, place: int) -> None:
        self._depth -= 1
        if self._depth == self._outer and self.start is not None and self.stop is None:
            self.stop = place + 1
        if self._depth == 0:
            self.end = place + 1

    def _string(self, literal: str) -> None:
        """A string of the outer object: a key, or a value."""
        try:
            text = json.loads(literal, strict=False)
        except ValueError:
            return
        if not self._value:
            self.keys.append(text)
            if text not in _USUAL:
                self._estrange()
        elif self.keys and self.keys[-1] == "name":
            self.name = self.name or text
        elif self.keys and self.keys[-1] == "id":
            self.id = self.id or text

    def _estrange(self) -> None:
        self.strange = self.strange or not self.has_both
