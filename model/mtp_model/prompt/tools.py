"""Tool definitions in one canonical order, so that equal tools give equal tokens."""

from __future__ import annotations

from typing import Any

_FIRST = ("type", "function", "name", "description", "enum", "items", "properties", "parameters", "required")


def canonical_tool(tool: dict[str, Any]) -> dict[str, Any]:
    """The tool with the keys of every schema in canonical order.

    Args:
        tool: Tool in OpenAI format, `{"type": "function", "function": {...}}`.

    Returns:
        The same JSON object: `type` and `description` lead, unknown keys keep their order at the end,
        names of properties keep theirs.
    """
    function = dict(tool["function"])
    function["parameters"] = canonical_schema(function.get("parameters") or _NO_PARAMETERS)
    ordered = {key: function[key] for key in ("name", "description", "parameters") if key in function}
    return {"type": "function", "function": ordered | function}


def canonical_schema(schema: Any) -> Any:
    """A JSON schema with its keywords in canonical order; see `canonical_tool`."""
    if isinstance(schema, list):
        return [canonical_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    keys = sorted(schema, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    ordered: dict[str, Any] = {}
    for key in keys:
        if key in ("properties", "$defs", "definitions") and isinstance(schema[key], dict):
            ordered[key] = {name: canonical_schema(part) for name, part in schema[key].items()}
        elif key in ("enum", "default", "const", "examples"):
            ordered[key] = schema[key]
        else:
            ordered[key] = canonical_schema(schema[key])
    if ordered.get("type") == "object" and "properties" in ordered:
        ordered.setdefault("required", [])
    return ordered


_NO_PARAMETERS: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
