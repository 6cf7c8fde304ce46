import json
from typing import Any

from mtp_model.prompt.tools import canonical_schema, canonical_tool

SCHEMA: dict[str, Any] = {
    "required": ["b"],
    "properties": {
        "b": {"enum": [{"type": 1, "description": 2}], "description": "B", "type": "object"},
        "type": {"items": {"type": "string", "description": "x"}, "type": "array"},
    },
    "$defs": {"required": {"title": "t", "type": "string"}},
    "type": "object",
}


def scrambled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: scrambled(value[key]) for key in reversed(value)}
    return [scrambled(part) for part in value] if isinstance(value, list) else value


def test_equal_schemas_render_equally_however_their_keywords_are_ordered() -> None:
    other = scrambled(SCHEMA)
    other["properties"] = {name: other["properties"][name] for name in SCHEMA["properties"]}
    other["properties"]["b"]["enum"] = SCHEMA["properties"]["b"]["enum"]
    canonical = canonical_schema(SCHEMA)
    assert canonical == SCHEMA
    assert json.dumps(canonical_schema(other)) == json.dumps(canonical)
    assert list(canonical) == ["type", "properties", "required", "$defs"]


def test_names_of_properties_and_values_keep_their_order() -> None:
    canonical = canonical_schema(SCHEMA)
    assert list(canonical["properties"]) == ["b", "type"]
    assert list(canonical["properties"]["b"]["enum"][0]) == ["type", "description"]
    assert list(canonical["$defs"]) == ["required"]


def test_a_tool_without_parameters_has_an_empty_schema() -> None:
    empty = {"type": "object", "properties": {}, "required": []}
    tool = {"function": {"parameters": None, "strict": True, "name": "now"}, "type": "function"}
    assert canonical_tool(tool) == {
        "type": "function",
        "function": {"name": "now", "parameters": empty, "strict": True},
    }
    assert list(canonical_tool(tool)["function"]) == ["name", "parameters", "strict"]
    assert (
        canonical_tool({"type": "function", "function": {"name": "now"}})["function"]["parameters"] == empty
    )


def test_the_given_tool_is_left_as_it_is() -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": scrambled(SCHEMA)}}
    before = json.dumps(tool)
    canonical_tool(tool)
    assert json.dumps(tool) == before
