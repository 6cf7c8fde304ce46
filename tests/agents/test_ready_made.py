import asyncio
import importlib
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import ToolException
from langgraph.checkpoint.memory import InMemorySaver

from mtp_agents.demo.agent import load_example
from tests.agents.scripted import Script, Scripted

READY_MADE = load_example("ready_made")
TOOLS = importlib.import_module("mtp_agents.examples.ready_made.tools")
QUESTION = {"messages": [HumanMessage("Go.")]}
REPORT = ("file_report", {"product": "bottle", "amount": 38.25})
SCRIPT: Script = [
    [("get_price", {"product": "bottle"})],
    [("calculate", {"formula": "3 * 12.75"})],
    [REPORT],
]


def run(script: Script, **settings: Any) -> dict[str, Any]:
    graph = READY_MADE.build_graph(Scripted(script=script))
    state: dict[str, Any] = graph.invoke(QUESTION, context=READY_MADE.Context(**settings))
    return state


def results(state: dict[str, Any]) -> list[str]:
    return [str(message.text) for message in state["messages"] if isinstance(message, ToolMessage)]


def test_it_is_done_when_it_files_a_report() -> None:
    state = run(SCRIPT)
    assert results(state) == ["12.75", "38.25", "The report is filed."]
    assert state["structured_response"] == REPORT[1]


def test_every_reply_has_to_call_something() -> None:
    model = Scripted(script=SCRIPT)
    READY_MADE.build_graph(model).invoke(QUESTION)
    assert model.bound == [{"tools": ["get_price", "calculate", "file_report"], "tool_choice": "any"}] * 3


@pytest.mark.parametrize("use_async", [False, True])
def test_tool_errors_go_to_the_model(use_async: bool) -> None:
    graph = READY_MADE.build_graph(Scripted(script=[[("get_price", {"product": "moon"})], [REPORT]]))
    state = asyncio.run(graph.ainvoke(QUESTION)) if use_async else graph.invoke(QUESTION)
    assert results(state)[0] == "Error: No product 'moon'. Products: camera, jacket, bottle, torch."


def test_a_report_that_is_wrong_is_asked_for_again() -> None:
    state = run([[("file_report", {"product": "bottle", "amount": "lots"})], [REPORT]])
    assert "amount" in results(state)[0]
    assert state["structured_response"] == REPORT[1]


def test_the_loop_ends_at_its_limit() -> None:
    state = run(SCRIPT[:1])
    replies = [message for message in state["messages"] if isinstance(message, AIMessage)]
    assert len(replies) == READY_MADE.MAX_MODEL_CALLS + 1
    assert "limit" in str(replies[-1].text)
    assert state.get("structured_response") is None


def test_each_reply_reports_its_passes() -> None:
    graph = READY_MADE.build_graph(Scripted(script=SCRIPT))
    events = list(graph.stream(QUESTION, context=READY_MADE.Context(), stream_mode="custom"))
    assert [event["type"] for event in events] == ["mtp_turn"] * 3


def test_long_conversations_are_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(READY_MADE, "SUMMARISE_AT", ("messages", 10))
    seen: list[list[Any]] = []

    class Listening(Scripted):
        def _stream(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append(messages)
            yield from super()._stream(messages, *args, **kwargs)

    graph = READY_MADE.build_graph(Listening(script=[[REPORT]]), InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    for number in range(5):
        state = graph.invoke({"messages": [HumanMessage(f"Question {number}.")]}, thread)
    assert any("summary" in str(message.text).lower() for message in state["messages"])
    assert len(state["messages"]) < 15
    assert isinstance(seen[-1][0], SystemMessage)


@pytest.mark.parametrize(
    ("formula", "value"),
    [("3 * 12.75", 38.25), ("-(1 + 2) * 4", -12), ("7 / 2", 3.5), (" 2 - -2 ", 4), ("1e3", 1000)],
)
def test_formulas(formula: str, value: float) -> None:
    assert TOOLS.calculate.invoke({"formula": formula}) == value


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "a", "2 ** 9", "True", "'x' * 3", "1 if 1 else 2", "", "1 / 0", "(" * 500, "1j",
     "9" * 400 + " * 1.0", "lambda: 1", "[1][0]", "1, 2", "-" * 20000 + "1"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(ToolException):
        TOOLS.calculate.invoke({"formula": formula})
