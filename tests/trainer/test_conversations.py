"""The shapes in which datasets hold conversations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mtp_model.prompt.messages import Message, ToolCall
from mtp_trainer.conversations import RowError, conversation_of
from tests.trainer.llama import WEATHER, agent_row

PLAIN = (Message("user", "Two?"), Message("assistant", "Yes."))
SYSTEM = Message("system", "Be brief.")


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [{"role": "user", "content": "Two?"}, {"role": "assistant", "content": "Yes."}]},
        {"conversations": [{"from": "human", "value": "Two?"}, {"from": "gpt", "value": "Yes."}]},
        {"conversations": json.dumps([{"from": "human", "value": "Two?"}, {"from": "gpt", "value": "Yes."}])},
        {"conversation": [{"role": "User", "content": "Two?"}, {"role": "Assistant", "content": "Yes."}]},
        {"prompt": "Two?", "response": "Yes."},
        {"question": "Two?", "answer": "Yes.", "id": 7},
        {"instruction": "Two?", "input": "", "output": "Yes."},
        {
            "prompt": [{"role": "user", "content": "Two?"}],
            "completion": [{"role": "assistant", "content": "Yes."}],
        },
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Two?"}]}]}
        | {"x": 1}
        | {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Two"}, {"type": "text", "text": "?"}]},
                {"role": "assistant", "content": "Yes."},
                {"role": "user", "content": "nothing is learned from what follows the last answer"},
            ]
        },
    ],
)
def test_shapes_of_plain_chats(row: dict[str, Any]) -> None:
    assert conversation_of(row).messages == PLAIN


def test_a_system_prompt_beside_the_messages() -> None:
    row = {"system": "Be brief.", "prompt": "Two?", "response": "Yes."}
    assert conversation_of(row).messages == (SYSTEM, *PLAIN)
    both = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Two?"}]
    told = {"role": "assistant", "content": "Yes."}
    assert conversation_of({"system": "x", "messages": [*both, told]}).messages == (SYSTEM, *PLAIN)


def test_instructions_with_an_input() -> None:
    row = {"instruction": "Translate.", "input": "Ja.", "output": "Yes."}
    assert conversation_of(row).messages[0] == Message("user", "Translate.\n\nJa.")


CALL = ToolCall("weather", {"city": "Köln"}, "c1")
RESULT = Message("tool", "21", name="weather", tool_call_id="c1")


def test_calls_in_openai_form() -> None:
    found = conversation_of(agent_row("Köln", 21))
    assert found.tools == (WEATHER,)
    assert found.messages[1:3] == (Message("assistant", tool_calls=(CALL,)), RESULT)
    assert found.question == "What is the weather in Köln?"


@pytest.mark.parametrize("tools", [json.dumps([WEATHER]), [WEATHER["function"]], json.dumps(WEATHER)])
def test_tools_in_other_forms(tools: Any) -> None:
    assert conversation_of(agent_row("Köln", 21) | {"tools": tools}).tools == (WEATHER,)


def test_calls_in_the_text_and_in_sharegpt_turns() -> None:
    call = '<tool_call>\n{"name": "weather", "arguments": {"city": "Köln"}}\n</tool_call>'
    turns = [
        {"from": "human", "value": "Weather?"},
        {"from": "gpt", "value": f"<think>\nLook.\n</think>\n{call}"},
        {"from": "tool", "value": "<tool_response>\n21\n</tool_response>"},
        {"from": "function_call", "value": '{"name": "weather", "arguments": {"city": "Bonn"}}'},
        {"from": "observation", "value": "20"},
        {"from": "gpt", "value": "21 and 20."},
    ]
    first, one, second, other = conversation_of({"conversations": turns}).messages[1:5]
    assert first.reasoning == "Look." and first.content == ""
    assert first.tool_calls[0].arguments == {"city": "Köln"}
    assert one == Message("tool", "21", name="weather", tool_call_id=first.tool_calls[0].id)
    assert second.tool_calls[0].arguments == {"city": "Bonn"}
    assert other.tool_call_id == second.tool_calls[0].id != first.tool_calls[0].id


def test_results_that_name_their_calls_in_another_order() -> None:
    calls = [{"id": i, "type": "function", "function": {"name": i, "arguments": {}}} for i in ("a", "b")]
    results = [{"role": "tool", "tool_call_id": i, "content": i} for i in ("b", "a")]
    row = {
        "messages": [
            {"role": "assistant", "tool_calls": calls},
            *results,
            {"role": "assistant", "content": "x"},
        ]
    }
    assert [m.name for m in conversation_of(row).messages[1:3]] == ["b", "a"]


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning", "thinking"])
def test_reasoning_beside_the_content(key: str) -> None:
    turn = {"role": "assistant", "content": "Yes.", key: "Count."}
    found = conversation_of({"messages": [{"role": "user", "content": "Two?"}, turn]})
    assert found.messages[1] == Message("assistant", "Yes.", "Count.")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "Once upon a time"}, "no conversation: the row has the keys text; needed are messages"),
        ({"prompt": "Two?"}, "no assistant turn"),
        ({"messages": []}, "no assistant turn"),
        ({"messages": [{"role": "user", "content": "Two?"}]}, "no assistant turn"),
        ({"messages": [{"role": "assistant", "content": ""}]}, "empty assistant turns"),
        ({"messages": [{"role": "narrator", "content": "x"}]}, "unknown role: 'narrator'; known are system"),
        ({"messages": ["Two?"]}, "messages that are no objects"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "content that is no text"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"function": {}}]}]}, "a broken tool call"),
        ({"messages": [{"role": "assistant", "content": "<tool_call>{</tool_call>"}]}, "a broken tool call"),
        ({"prompt": "Two?", "response": "Yes.", "tools": [{"x": 1}]}, "a broken tool definition"),
    ],
)
def test_what_is_no_conversation(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        conversation_of(row)
