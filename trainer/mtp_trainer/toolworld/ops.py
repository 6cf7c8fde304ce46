"""Tools of the toolworld: what an operation means (`Op`) and how one task dresses it (`Skin`).

An `Op` is the meaning of a tool: a function on the world with semantic parameters. A `Skin` is one
appearance of it: tool name, description, parameter names, nesting, extra optional parameters and the
shape of the result are drawn per task, so that a student must read schemas instead of knowing tools.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from mtp_trainer.toolworld.words import Split, any_word, choose, held_out

World = dict[str, Any]
JsonSchema = dict[str, Any]
Wrap = Literal["bare", "result", "named"]  # how a result is shown: as it is, or as the value of a key

STRING: JsonSchema = {"type": "string"}
INTEGER: JsonSchema = {"type": "integer"}
NUMBER: JsonSchema = {"type": "number"}
BOOLEAN: JsonSchema = {"type": "boolean"}
STRINGS: JsonSchema = {"type": "array", "items": {"type": "string"}}
NUMBERS: JsonSchema = {"type": "array", "items": {"type": "number"}}


def enum(*values: str) -> JsonSchema:
    """Schema of a string that is one of `values`."""
    return {"type": "string", "enum": list(values)}


class ToolFailure(Exception):
    """A tool cannot do what it was asked; the message is what the model reads."""


@dataclass(frozen=True)
class P:
    """One semantic parameter of an `Op`.

    Attributes:
        key: Name of the argument of `Op.fn`.
        schema: JSON schema of the value, without description.
        names: Names that a skin may give it, most natural first; the last ones are held out.
        docs: Descriptions that a skin may give it (may be empty: then the name must say it all).
        optional: Whether a call may leave it out.
    """

    key: str
    schema: JsonSchema
    names: tuple[str, ...]
    docs: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Op:
    """The meaning of a tool.

    Attributes:
        key: Name by which scenarios call it.
        names: Tool names that a skin may use, in snake_case; the last ones are held out.
        docs: Descriptions, likewise.
        params: Semantic parameters.
        fn: `fn(world, **arguments)` returns a JSON value or raises `ToolFailure`.
        result: Key under which a skin may wrap a bare result.
    """

    key: str
    names: tuple[str, ...]
    docs: tuple[str, ...]
    params: tuple[P, ...]
    fn: Callable[..., Any]
    result: str = "result"


@dataclass(frozen=True)
class Skin:
    """One appearance of an `Op` in one task."""

    op: Op
    name: str
    doc: str
    params: dict[str, str]  # semantic key -> shown name
    param_docs: dict[str, str]
    group: tuple[str, tuple[str, ...]] | None = None  # (object name, semantic keys inside it)
    extra: tuple[str, JsonSchema] | None = None  # an optional parameter that no task needs
    wrap: Wrap = "bare"

    def schema(self) -> dict[str, Any]:
        """The tool in OpenAI format, keys in the order that prompts use."""
        shown: dict[str, JsonSchema] = {}
        required: list[str] = []
        inner: dict[str, JsonSchema] = {}
        inner_required: list[str] = []
        for p in self.op.params:
            grouped = self.group is not None and p.key in self.group[1]
            into, need = (inner, inner_required) if grouped else (shown, required)
            into[self.params[p.key]] = _described(p.schema, self.param_docs.get(p.key, ""))
            if not p.optional:
                need.append(self.params[p.key])
        if self.group is not None:
            shown[self.group[0]] = {"type": "object", "properties": inner, "required": inner_required}
            required.append(self.group[0])
        if self.extra is not None:
            shown[self.extra[0]] = self.extra[1]
        parameters = {"type": "object", "properties": shown, "required": required}
        function = {"name": self.name, "description": self.doc, "parameters": parameters}
        return {"type": "function", "function": function}

    def arguments(self, semantic: dict[str, Any]) -> dict[str, Any]:
        """Semantic arguments as this skin's JSON arguments, in the schema's order."""
        shown: dict[str, Any] = {}
        inner: dict[str, Any] = {}
        for p in self.op.params:
            if p.key in semantic:
                grouped = self.group is not None and p.key in self.group[1]
                (inner if grouped else shown)[self.params[p.key]] = semantic[p.key]
        if self.group is not None:
            shown[self.group[0]] = inner
        return shown

    def semantic(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The reverse of `arguments`; raises `ToolFailure` on what the schema does not allow."""
        flat = dict(arguments)
        if self.group is not None:
            inner = flat.pop(self.group[0], None)
            if not isinstance(inner, dict):
                raise ToolFailure(f"Missing object '{self.group[0]}'.")
            flat |= inner
        if self.extra is not None:
            flat.pop(self.extra[0], None)
        result: dict[str, Any] = {}
        for p in self.op.params:
            name = self.params[p.key]
            if name in flat:
                result[p.key] = _checked(name, flat.pop(name), p.schema)
            elif not p.optional:
                raise ToolFailure(f"Missing argument '{name}'.")
        if flat:
            raise ToolFailure(f"Unknown argument '{next(iter(flat))}'.")
        return result

    def show(self, value: Any) -> str:
        """A result as the text of a tool message."""
        if self.wrap == "bare" and not isinstance(value, dict):
            return value if isinstance(value, str) else to_json(value)
        if isinstance(value, dict):
            return to_json(value)
        return to_json({"result" if self.wrap == "result" else self.op.result: value})


def to_json(value: Any) -> str:
    """JSON in the spacing of chat templates' `tojson`, accents and CJK unescaped."""
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> int | float:
    """A number as tools return it: at most two decimals, no trailing `.0`."""
    rounded = round(value + 0.0, 2)
    return int(rounded) if rounded == math.floor(rounded) else rounded


def make_skin(op: Op, rng: random.Random, split: Split, taken: set[str]) -> Skin:
    """Draws an appearance for `op` whose tool name is not in `taken` (which is updated)."""
    while True:
        name = _tool_name(op, rng, split)
        if name not in taken:
            taken.add(name)
            break
    params: dict[str, str] = {}
    docs: dict[str, str] = {}
    for p in op.params:
        invented = p.docs and rng.random() < 0.12
        shown = any_word(rng, split) if invented else _drawn_name(p.names, p.docs, rng, split)
        if shown in params.values():
            shown = f"{p.key}_{len(params)}"
        natural = shown in p.names
        params[p.key] = shown
        if p.docs and (not natural or rng.random() < 0.6):
            docs[p.key] = _drawn_doc(p.docs, p.names, rng, split)
    group = None
    keys = tuple(p.key for p in op.params if not p.optional)
    if len(keys) >= 2 and rng.random() < 0.08:
        group = (rng.choice(("data", "request", "details", "input")), keys[-rng.randint(2, len(keys)) :])
        if group[0] in params.values():
            group = None
    extra = None
    if rng.random() < 0.12:
        extra = rng.choice(_EXTRAS)
        if extra[0] in params.values():
            extra = None
    wraps: tuple[Wrap, ...] = ("bare", "bare", "result", "named")
    wrap = rng.choice(wraps)
    doc = _drawn_doc(op.docs, op.names, rng, split, end=".")
    return Skin(op, name, doc, params, docs, group, extra, wrap)


# A model that starts from nothing knows no word that it has never read. So training reads the words of
# held-out names in descriptions and the words of held-out descriptions in names; the names and the
# descriptions themselves stay held out.
_BORROWED = 0.15
_FILLERS = frozenset(
    "a an the of to that it is its in on at by for from with what which how has be and or this".split()
)


def _drawn_doc(
    docs: Sequence[str], names: Sequence[str], rng: random.Random, split: Split, end: str = ""
) -> str:
    held = held_out(names)
    if split == "train" and held and rng.random() < _BORROWED:
        words = rng.choice(held).replace("_", " ")
        return rng.choice((words.capitalize(), f"To {words}" if end else f"The {words}")) + end
    return choose(rng, docs, split)


def _drawn_name(names: Sequence[str], docs: Sequence[str], rng: random.Random, split: Split) -> str:
    held = held_out(docs)
    if split == "train" and held and rng.random() < _BORROWED:
        words = [word for word in re.findall(r"[a-z]+", rng.choice(held).lower()) if word not in _FILLERS]
        name = "_".join(words[: rng.randint(1, 3)])
        if name and name not in held_out(names):
            return name
    return choose(rng, names, split)


_EXTRAS: tuple[tuple[str, JsonSchema], ...] = (
    ("verbose", {"type": "boolean", "description": "More detail in the result"}),
    ("note", {"type": "string", "description": "Optional note"}),
    ("lang", {"type": "string", "enum": ["en", "de", "fr"]}),
    ("dry_run", {"type": "boolean"}),
    ("timeout", {"type": "integer", "description": "Seconds to wait"}),
)


# Words that real interfaces put around a name: they make names unpredictable, so that they must be read.
_BEFORE = "my app do run api new fast std user web client sys tool main quick".split()
_AFTER = "tool now api v2 v3 fn call 2 task action one service op step request".split()


def _varied(name: str, rng: random.Random, split: Split) -> str:
    kind = rng.randrange(3)
    other = any_word(rng, split) if rng.random() < 0.3 else ""
    if kind == 0:
        return f"{other or choose(rng, _BEFORE, split)}_{name}"
    if kind == 1:
        return f"{name}_{other or choose(rng, _AFTER, split)}"
    return "_".join(reversed(name.split("_")))


def _tool_name(op: Op, rng: random.Random, split: Split) -> str:
    roll = rng.random()
    if roll < 0.1:
        word = any_word(rng, split)
        return f"{word}_{any_word(rng, split)}" if rng.random() < 0.3 else word
    name = _drawn_name(op.names, op.docs, rng, split)
    if rng.random() < 0.4:
        name = _varied(name, rng, split)
    if roll < 0.25:
        head, *rest = name.split("_")
        return head + "".join(part.capitalize() for part in rest)
    if roll < 0.29:
        return f"{any_word(rng, split)}_{name}"
    return name


def _described(schema: JsonSchema, doc: str) -> JsonSchema:
    if not doc:
        return schema
    return {"type": schema["type"], "description": doc, **{k: v for k, v in schema.items() if k != "type"}}


def _checked(name: str, value: Any, schema: JsonSchema) -> Any:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "array": (list,),
        "object": (dict,),
    }
    kind = schema["type"]
    wrong_bool = isinstance(value, bool) and kind != "boolean"
    if wrong_bool or not isinstance(value, kinds[kind]):
        raise ToolFailure(f"Argument '{name}' must be of type {kind}.")
    if "enum" in schema and value not in schema["enum"]:
        raise ToolFailure(f"Argument '{name}' must be one of {', '.join(schema['enum'])}.")
    return value


@dataclass(frozen=True)
class ToolResult:
    """What a tool call gave: the text of the tool message, the bare value, and whether it succeeded."""

    text: str
    value: Any = None
    ok: bool = True


@dataclass
class Toolbox:
    """The skinned tools of one task, in the order in which the prompt shows them."""

    skins: list[Skin] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)  # tools of other domains, for which this world is empty

    def schemas(self) -> list[dict[str, Any]]:
        """All tools in OpenAI format."""
        return [skin.schema() for skin in self.skins]

    def call(self, world: World, name: str, arguments: dict[str, Any]) -> ToolResult:
        """Runs a tool on `world`, which it may change."""
        skin = next((s for s in self.skins if s.name == name), None)
        if skin is None:
            return ToolResult(f"Error: unknown tool '{name}'.", f"unknown tool '{name}'.", ok=False)
        try:
            semantic = skin.semantic(arguments)
            counts = world.setdefault("_counts", {})
            counts[skin.op.key] = counts.get(skin.op.key, 0) + 1
            if counts[skin.op.key] in world.get("_outages", {}).get(skin.op.key, ()):
                raise ToolFailure("Temporarily unavailable. Try again.")
            if name in self.foreign:
                raise ToolFailure("Nothing found.")
            value = skin.op.fn(world, **semantic)
            return ToolResult(skin.show(value), value)
        except ToolFailure as failure:
            return ToolResult(f"Error: {failure}", str(failure), ok=False)
