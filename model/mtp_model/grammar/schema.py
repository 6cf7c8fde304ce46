"""JSON schemas and tools -> grammars for llguidance."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import llguidance.hf
from llguidance import LLMatcher

from mtp_model.errors import SchemaError
from mtp_model.formats import HERMES, TurnFormat
from mtp_model.grammar.closing import Closing, Pieces
from mtp_model.grammar.constraint import Grammar, Phase
from mtp_model.grammar.forms import CallForm

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

__all__ = ["GrammarFactory"]

# The spacing of the chat templates' `tojson`: a call reads the same when the template renders it again.
_JSON = {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}

_LEAST_RESERVE = 64
"""Tokens for what stands around the arguments of a call."""


class GrammarFactory:
    """Grammars for one tokenizer.

    Args:
        tokenizer: A fast tokenizer.
        vocabulary: Number of logits V of the model.
        end_token_ids: Tokens that end an answer.
        opened: Whether the prompt itself opens the reasoning.
        closed: Whether the prompt itself closes the reasoning, so that none may follow.
        form: How the model marks calls and reasoning.

    Raises:
        SchemaError: The tokenizer cannot be used for grammars.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        vocabulary: int,
        end_token_ids: Sequence[int],
        *,
        opened: bool = False,
        closed: bool = False,
        form: TurnFormat = HERMES,
    ) -> None:
        self._tokenizer = tokenizer
        self._vocabulary = vocabulary
        self._ends = tuple(end_token_ids)
        self._opened = opened
        self._closed = closed
        self._form = form
        self._calls = CallForm(form, self._fragment)
        fast: PreTrainedTokenizerFast = tokenizer  # type: ignore[assignment]
        try:
            self._ll: LLTokenizer = llguidance.hf.from_tokenizer(
                fast, n_vocab=vocabulary, eos_token=list(self._ends)
            )
        except Exception as error:  # llguidance raises several types for what it cannot read
            raise SchemaError(
                f"the tokenizer {tokenizer.name_or_path!r} cannot be used for constrained decoding: {error}. "
                "Use one of the tokenizers library (tokenizer.json), or leave tool_choice and response "
                "formats alone."
            ) from error
        self._pieces = Pieces(self._ll)

    def calls(
        self,
        tools: Sequence[Mapping[str, Any]],
        *,
        required: bool,
        parallel: bool = True,
        reasoning: bool = True,
        lenient: bool = False,
    ) -> Grammar | None:
        """Tool calls that fit their schemas.

        Args:
            tools: In OpenAI format; those that may be called.
            required: Whether the answer must call; else calls are free to come, and only they are bound.
            parallel: Whether several calls may follow each other.
            reasoning: Whether the model may think before a call that is required.
            lenient: Leave out what cannot be enforced of a schema, instead of refusing it.

        Returns:
            The grammar; None if no call is required and it cannot be told from the first token of a call that
            one begins: the model's tags are no tokens of their own.

        Raises:
            SchemaError: A tool's schema is invalid or not supported: the message names tool and place.
        """
        if not required and not self._has_trigger:
            return None
        rules = self._tool_rules(tools, lenient)
        calls = self._calls.all(parallel)
        closing = self._closing([tool["function"].get("parameters") or {} for tool in tools])
        if not required:
            return self._when_they_come(calls, rules, parallel, closing)
        return self._after_reasoning(
            self._matcher(f"start: {calls}\n{rules}"),
            self._matcher(f"start: {self._gap} {calls}\n{rules}"),
            reasoning,
            closing,
        )

    @property
    def _has_trigger(self) -> bool:
        """Whether calls begin with a token that tells them from text."""
        tags = () if self._form.style == "bare" else (self._form.opening, self._form.closing)
        return all(self._single(tag) is not None for tag in tags if tag)

    @property
    def _gap(self) -> str:
        """What stands between the reasoning and the answer, in Lark."""
        return json.dumps(self._form.gap) if self._form.style == "tagged" else ""

    def _when_they_come(self, calls: str, rules: str, parallel: bool, closing: Closing) -> Grammar | None:
        """Calls that nobody forces: all is free up to the token that begins one."""
        if self._form.style == "bare":
            return self._instead_of_text(calls, rules, closing)
        bound = self._matcher(f"start: {self._calls.behind_opening(parallel)}\n{rules}")
        again = 0 if parallel and self._form.style != "list" else None
        text = Phase(None, trigger=self._single(self._form.opening), follows=1)
        return self._grammar(closing, text, Phase(bound, follows=again))

    def _instead_of_text(self, calls: str, rules: str, closing: Closing) -> Grammar | None:
        """Bare calls, if the first token of the answer is one with which they begin; else free text."""
        begin = list(self._matcher(f"start: {calls}\n{rules}")().compute_ff_tokens())[:1]
        if not begin:
            return None
        tag = self._single(self._form.opening)
        if tag is not None:
            calls = f"{self._fragment(self._form.opening)}? {calls}"
            begin.append(tag)
        bound = self._matcher(f"start: {calls}\n{rules}")
        return self._grammar(closing, Phase(bound, begins_with=tuple(begin)), Phase(None), direct=1)

    def json(
        self,
        schema: Mapping[str, Any],
        name: str = "response_format",
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        parallel: bool = True,
        reasoning: bool = True,
        lenient: bool = False,
    ) -> Grammar:
        """An answer that is JSON of a schema, behind the reasoning if there is any, or a call instead.

        Args:
            schema: Of the answer; it is enforced in full.
            name: How to call it in an error.
            tools: Tools in OpenAI format that may be called in place of the answer.
            parallel: Whether several calls may follow each other.
            reasoning: Whether the model may think first.
            lenient: Leave out what cannot be enforced of a tool's schema, instead of refusing it.

        Raises:
            SchemaError: A schema is invalid or not supported.
        """
        rules = f"value: %json {json.dumps(self._checked(schema, name))}"
        if tools:
            rules += f" | {self._calls.all(parallel)}\n{self._tool_rules(tools, lenient)}"
        return self._after_reasoning(
            self._matcher(f"start: value\n{rules}"),
            self._matcher(f"start: {self._gap} value\n{rules}"),
            reasoning,
            self._closing([schema, *(tool["function"].get("parameters") or {} for tool in tools)]),
        )

    def _after_reasoning(self, plain: Any, behind: Any, reasoning: bool, closing: Closing) -> Grammar:
        """A bound answer: at once, or behind reasoning, which is free but must end."""
        think, thought = (self._single(tag) for tag in self._form.think)
        if not reasoning or self._closed or thought is None or (think is None and not self._opened):
            return self._grammar(closing, Phase(plain))
        begin = () if self._opened or think is None else (think,)
        thoughts = Phase(None, trigger=thought, follows=2, may_end=False, begins_with=begin)
        # phase 0 is left for phase 1 when the first token does not open the reasoning
        return self._grammar(closing, thoughts, Phase(plain), Phase(behind), direct=1)

    def _grammar(self, closing: Closing, *phases: Phase, direct: int | None = None) -> Grammar:
        return Grammar(phases, self._ends, self._vocabulary, closing, direct)

    def _closing(self, schemas: Sequence[Mapping[str, Any]]) -> Closing:
        names = {
            name
            for schema in schemas
            for _, part in [("$", schema), *_parts(schema, "$")]
            for name in part.get("required") or ()
        }
        # a schema says more than a short instance of it
        longest = max(len(self._ll.tokenize_str(json.dumps(schema))) for schema in schemas)
        required = frozenset(json.dumps(name, ensure_ascii=False)[1:-1].encode() for name in names)
        return Closing(self._pieces, required, _LEAST_RESERVE + longest)

    def _matcher(self, lark: str) -> Any:
        matcher = LLMatcher(self._ll, lark, log_level=0)
        if matcher.is_error():
            raise SchemaError(f"the grammar of the tools cannot be compiled: {matcher.get_error()}")
        return matcher.deep_copy

    def _tool_rules(self, tools: Sequence[Mapping[str, Any]], lenient: bool) -> str:
        lines = ["call: " + " | ".join(f"call_{i}" for i in range(len(tools)))]
        for index, tool in enumerate(tools):
            function = tool["function"]
            owner = f"tool {function['name']!r}"
            schema = self._checked(function.get("parameters") or {}, owner, lenient)
            call = self._calls.call(function["name"], f"args_{index}")
            lines += [f"call_{index}: {call}", f"args_{index}: %json {json.dumps(schema)}"]
        return "\n".join(lines)

    def _checked(self, schema: Mapping[str, Any], owner: str, lenient: bool = False) -> dict[str, Any]:
        """The schema as llguidance takes it; an error says where it is wrong."""
        closed = _closed({"type": "object", "properties": {}} if not schema else dict(schema))
        options = {**_JSON, "lenient": lenient}
        complaint = self._complaint(closed, lenient)
        if complaint:
            place, reason = self._blame(closed, complaint)
            raise SchemaError(
                f"the schema of {owner} cannot be enforced: {reason} (at {place}). Change that part of the "
                "schema."
            )
        return {**closed, "x-guidance": options}

    def _complaint(self, schema: Mapping[str, Any], lenient: bool = False) -> str:
        options: Any = {**_JSON, "lenient": lenient}
        grammar = LLMatcher.grammar_from_json_schema(dict(schema), defaults=options)
        wrong, messages = LLMatcher.validate_grammar_with_warnings(grammar, self._ll)
        return messages[0] if wrong else ""

    def _blame(self, schema: Mapping[str, Any], complaint: str) -> tuple[str, str]:
        """The smallest part of a schema that is refused for itself, and why."""
        place, reason = "$", complaint
        definitions = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
        for path, part in _parts(schema, "$"):
            found = self._complaint({**definitions, **part})
            if found and len(path) > len(place):
                place, reason = path, found
        return place, reason

    def _single(self, tag: str) -> int | None:
        """The id of a tag that is one token."""
        ids = self._tokenizer(tag, add_special_tokens=False)["input_ids"]
        return ids[0] if len(ids) == 1 else None

    def _fragment(self, tag: str) -> str:
        """A tag in Lark: a token by its id, or text."""
        token = self._single(tag)
        return json.dumps(tag) if token is None or not self._ll.is_special_token(token) else f"<[{token}]>"


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A copy in which objects that list their properties have no others, unless they say so."""
    closed: dict[str, Any] = copy.deepcopy(schema)
    for _, part in [("$", closed), *_parts(closed, "$")]:
        if "properties" in part and "additionalProperties" not in part:
            part["additionalProperties"] = False
    return closed


def _parts(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All schemas inside a schema, with their paths."""
    for key in ("properties", "$defs", "definitions", "patternProperties"):
        inner = schema.get(key)
        for name, part in inner.items() if isinstance(inner, Mapping) else ():
            yield from _with_parts(part, f"{path}.{key}.{name}")
    for key in ("items", "additionalProperties", "not"):
        yield from _with_parts(schema.get(key), f"{path}.{key}")
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        inner = schema.get(key)
        for index, part in enumerate(inner if isinstance(inner, list) else ()):
            yield from _with_parts(part, f"{path}.{key}[{index}]")


def _with_parts(part: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        yield from _parts(part, path)
