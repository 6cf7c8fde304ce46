from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from mtp_model.errors import EmptyPromptError, MessageError
from mtp_model.langchain.messages import to_plain_messages
from mtp_model.prompt.messages import Message, ToolCall

CALL = AIMessage("", tool_calls=[{"name": "add", "args": {"a": 1}, "id": "c1"}])


def test_a_conversation_with_tools_in_both_directions() -> None:
    asked = AIMessage(
        "I will add.",
        additional_kwargs={"reasoning_content": "Add them."},
        tool_calls=[{"name": "add", "args": {"a": 1}, "id": "c1"}],
    )
    assert to_plain_messages(
        [
            SystemMessage("Be brief."),
            HumanMessage([{"type": "text", "text": "one "}, "and two"]),
            asked,
            ToolMessage("3", tool_call_id="c1"),
            AIMessage([{"type": "reasoning", "reasoning": "Say it."}, {"type": "text", "text": "Three."}]),
        ]
    ) == [
        Message("system", "Be brief."),
        Message("user", "one and two"),
        Message("assistant", "I will add.", "Add them.", (ToolCall("add", {"a": 1}, "c1"),)),
        Message("tool", "3", name="add", tool_call_id="c1"),
        Message("assistant", "Three.", "Say it."),
    ]


def test_content_blocks_that_repeat_the_calls_are_not_text() -> None:
    block = {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1}}
    message = AIMessage([{"type": "text", "text": "ok"}, block], tool_calls=CALL.tool_calls)
    assert to_plain_messages([message]) == [
        Message("assistant", "ok", "", (ToolCall("add", {"a": 1}, "c1"),))
    ]


def test_a_broken_call_stays_readable_and_may_be_answered() -> None:
    broken = {"name": "add", "args": "<tool_call>\n{", "id": "c9", "error": "no JSON"}
    history = [AIMessage("Hm.", invalid_tool_calls=[broken]), ToolMessage("no JSON", tool_call_id="c9")]
    assistant, answer = to_plain_messages(history)
    assert assistant == Message("assistant", "Hm.\n<tool_call>\n{")
    assert answer == Message("tool", "no JSON", name="add", tool_call_id="c9")


@pytest.mark.parametrize(
    ("role", "plain"),
    [("user", "user"), ("Developer", "system"), ("assistant", "assistant"), ("system", "system")],
)
def test_roles_by_name(role: str, plain: str) -> None:
    assert [m.role for m in to_plain_messages([ChatMessage("x", role=role)])] == [plain]


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([ToolMessage("3", tool_call_id="c1")], r"answers the tool call 'c1'.*calls so far: none"),
        ([CALL, ToolMessage("3", tool_call_id="c2")], r"'c2'.*calls so far: 'c1'.*cut before it"),
        ([ToolMessage("3", tool_call_id="c1"), CALL], r"messages\[0\] \(ToolMessage\)"),
        ([ChatMessage("x", role="narrator")], r"role 'narrator'.*Use a SystemMessage"),
        ([FunctionMessage("x", name="f")], r"type 'function'"),
    ],
)
def test_malformed_conversations_are_refused(messages: list[BaseMessage], complaint: str) -> None:
    with pytest.raises(MessageError, match=complaint):
        to_plain_messages(messages)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image_url", "image_url": {"url": "https://example.org/x.png"}},
        {"type": "image", "url": "https://example.org/x.png"},
        {"type": "text", "text": None},
        {"type": "audio", "base64": "AAAA", "mime_type": "audio/wav"},
    ],
)
@pytest.mark.parametrize("kind", [HumanMessage, SystemMessage, AIMessage])
def test_content_that_is_no_text_is_refused(kind: Any, block: dict[str, Any]) -> None:
    with pytest.raises(MessageError, match=rf"messages\[0\].*type '{block['type']}'.*text only"):
        to_plain_messages([kind([block])])


def test_an_empty_conversation_is_refused() -> None:
    with pytest.raises(EmptyPromptError, match="at least one message"):
        to_plain_messages([])


def test_parts_of_a_conversation_can_be_counted() -> None:
    assert to_plain_messages([], complete=False) == []
    (part,) = to_plain_messages([ToolMessage("3", tool_call_id="c1")], complete=False)
    assert part.role == "tool"
