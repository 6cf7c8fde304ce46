"""The forms of tool calls in Lark, llguidance's language of grammars."""

from __future__ import annotations

import json
from collections.abc import Callable

from mtp_model.formats import BEFORE_ARGUMENTS, BEFORE_ID, TurnFormat

__all__ = ["CallForm"]

_ID = "/[a-zA-Z0-9]{9}/"


class CallForm:
    """Writes grammars of calls. The rule `call` holds one call, without the tags around it.

    Args:
        form: How the model writes calls.
        fragment: Tag -> Lark: a token by its id, or text.
    """

    def __init__(self, form: TurnFormat, fragment: Callable[[str], str]) -> None:
        self._form = form
        self._fragment = fragment

    def call(self, name: str, arguments: str) -> str:
        """One call.

        Args:
            name: The tool.
            arguments: Rule of its arguments.
        """
        form = self._form
        if form.style == "named":
            id_ = f"{self._fragment(BEFORE_ID)} {_ID} " if form.call_ids else ""
            return f"{json.dumps(name)} {id_}{self._fragment(BEFORE_ARGUMENTS)} {arguments}"
        head = json.dumps(f'{{"name": {json.dumps(name)}, "{form.arguments_key}": ')
        if form.style == "list" and form.call_ids:
            before_id, behind_id = json.dumps(', "id": "'), json.dumps('"}')
            return f"{head} {arguments} {before_id} {_ID} {behind_id}"
        return f'{head} {arguments} "}}"'

    def all(self, parallel: bool) -> str:
        """All calls of an answer, with their tags."""
        opening = "" if self._form.style == "bare" else self._fragment(self._form.opening)
        whole = f"{opening} {self.behind_opening(parallel)}".strip()
        between = {"tagged": '"\\n"', "bare": '"; "', "named": ""}.get(self._form.style)
        if not parallel or between is None:
            return whole
        return f"{whole} ({between} {whole})*"

    def behind_opening(self, parallel: bool) -> str:
        """A call behind its opening tag, or all of a list."""
        if self._form.style == "tagged":
            return f'"\\n" call "\\n" {self._fragment(self._form.closing)}'
        if self._form.style == "list":
            more = ' (", " call)*' if parallel else ""
            return f'{json.dumps(self._form.gap + "[")} call{more} "]"'
        return "call"
