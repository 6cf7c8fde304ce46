"""Grammars of a checkpoint's answers, compiled once for the same tools."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from mtp_model.errors import SchemaError
from mtp_model.grammar import Grammar, GrammarFactory

__all__ = ["Grammars"]

KEPT = 64
"""Grammars that are kept; an agent uses the same few again and again."""


class Grammars:
    """Makes grammars and keeps the last ones. It may be used from several threads.

    Args:
        new_factory: Makes the factory, at the first use: wrapping a large tokenizer takes a second.
    """

    def __init__(self, new_factory: Callable[[], GrammarFactory]) -> None:
        self._new_factory = new_factory
        self._kept: OrderedDict[str, Grammar | None] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def _factory(self) -> GrammarFactory:
        return self._new_factory()

    def calls(
        self, tools: Sequence[Mapping[str, Any]], *, required: bool, parallel: bool, strict: bool
    ) -> Grammar | None:
        """Tool calls; None where this model's calls cannot be constrained and need not be.

        Raises:
            SchemaError: A schema is invalid, or it cannot be enforced in full and `strict` says that it must.
        """
        try:
            factory = self._factory
        except SchemaError:  # the form of its calls, or the tokenizer
            if strict or required:
                raise
            return None
        return self._made(
            ["calls", list(tools), required, parallel, strict],
            lambda: factory.calls(tools, required=required, parallel=parallel, lenient=not strict),
        )

    def answer(
        self,
        schema: Mapping[str, Any],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        parallel: bool = True,
        strict: bool = False,
    ) -> Grammar:
        """An answer in JSON, or calls of tools in its place.

        Raises:
            SchemaError: A schema is invalid, or it cannot be enforced; of tools only if `strict` says so.
        """
        grammar = self._made(
            ["answer", dict(schema), list(tools), parallel, strict],
            lambda: self._factory.json(schema, tools=tools, parallel=parallel, lenient=not strict),
        )
        assert grammar is not None
        return grammar

    def _made(self, key: list[Any], make: Callable[[], Grammar | None]) -> Grammar | None:
        name = json.dumps(key, default=repr)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        grammar = make()
        with self._lock:
            self._kept[name] = grammar
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return grammar
