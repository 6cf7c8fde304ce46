import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from mtp_agents.demo.agent import load_example
from tests.agents.scripted import Script, Scripted

APPROVAL = load_example("approval")
QUESTION = {"messages": [HumanMessage("Go.")]}
THREAD: Any = {"configurable": {"thread_id": "1"}}
PAY = ("transfer", {"source": "Anna", "target": "Tom", "amount": 40})
LOOK = ("get_balance", {"account": "Tom"})
SCRIPT: Script = [[PAY], [LOOK], "Done."]


def build(script: Script = SCRIPT, checkpointer: Any = None) -> Any:
    return APPROVAL.build_graph(lambda context: Scripted(script=script), checkpointer or InMemorySaver())


def decide(*decisions: dict[str, Any]) -> Command[Any]:
    return Command(resume={"decisions": list(decisions)})


def results(state: Any) -> list[str]:
    return [str(message.text) for message in state["messages"] if isinstance(message, ToolMessage)]


def asked(state: Any) -> Any:
    (one,) = state["__interrupt__"]
    return one.value


def test_a_transfer_waits_for_a_person() -> None:
    graph = build()
    state = graph.invoke(QUESTION, THREAD)
    assert asked(state) == {
        "action_requests": [
            {
                "name": "transfer",
                "args": PAY[1],
                "description": "transfer: source Anna, target Tom, amount 40",
            }
        ],
        "review_configs": [{"action_name": "transfer", "allowed_decisions": ["approve", "edit", "reject"]}],
    }
    assert state["transfers"] == []


def test_approved() -> None:
    graph = build()
    graph.invoke(QUESTION, THREAD)
    state = graph.invoke(decide({"type": "approve"}), THREAD)
    assert results(state) == ["done", "160"]
    assert state["transfers"] == [{"source": "Anna", "target": "Tom", "amount": 40}]
    assert state["messages"][-1].text == "Done."


def test_edited_and_the_model_reads_what_was_run() -> None:
    graph = build()
    graph.invoke(QUESTION, THREAD)
    changed = {"name": "transfer", "args": {**PAY[1], "amount": 5}}
    state = graph.invoke(decide({"type": "edit", "edited_action": changed}), THREAD)
    assert results(state) == ["done", "125"]
    replies = [message for message in state["messages"] if isinstance(message, AIMessage)]
    assert replies[0].tool_calls[0]["args"]["amount"] == 5
    assert len(replies) == 3


def test_rejected() -> None:
    graph = build()
    graph.invoke(QUESTION, THREAD)
    state = graph.invoke(decide({"type": "reject", "message": "Not today."}), THREAD)
    assert results(state) == ["Error: The user does not allow this. Not today.", "120"]
    assert state["transfers"] == []


def test_several_calls_are_asked_about_at_once() -> None:
    back = ("transfer", {"source": "Tom", "target": "Anna", "amount": 1})
    graph = build([[PAY, LOOK, back], "Done."])
    state = graph.invoke(QUESTION, THREAD)
    assert [request["args"]["source"] for request in asked(state)["action_requests"]] == ["Anna", "Tom"]
    state = graph.invoke(decide({"type": "reject"}, {"type": "approve"}), THREAD)
    assert sorted(results(state)) == ["120", "Error: The user does not allow this.", "done"]
    assert state["transfers"] == [{"source": "Tom", "target": "Anna", "amount": 1}]


@pytest.mark.parametrize(
    "answer",
    ["yes", {"decisions": []}, {"decisions": [{"type": "perhaps"}]}, {"decisions": [{"type": "edit"}]}],
)
def test_an_answer_that_makes_no_sense_is_asked_for_again(answer: Any) -> None:
    graph = build()
    graph.invoke(QUESTION, THREAD)
    state = graph.invoke(Command(resume=answer), THREAD)
    assert "could not be used" in asked(state)["error"]
    assert state["transfers"] == []
    state = graph.invoke(decide({"type": "approve"}), THREAD)
    assert results(state) == ["done", "160"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (("transfer", {**PAY[1], "amount": 900}), "Error: Balance too low: Anna has 640."),
        (("transfer", {**PAY[1], "amount": -1}), "Error: Balance too low: Anna has 640."),
        (("transfer", {**PAY[1], "target": "Moon"}), "Error: No account 'Moon'."),
    ],
)
def test_what_is_approved_may_still_fail(call: Any, error: str) -> None:
    graph = build([[call], "I see."])
    graph.invoke(QUESTION, THREAD)
    state = graph.invoke(decide({"type": "approve"}), THREAD)
    assert results(state)[0].startswith(error)
    assert state["transfers"] == []


def test_looking_needs_nobody_and_broken_calls_are_explained() -> None:
    state = build([[LOOK], [("", {})], "120."]).invoke(QUESTION, THREAD)
    assert results(state)[0] == "120"
    assert results(state)[1].startswith("Error: this is not a valid tool call")
    assert state["messages"][-1].text == "120."


def test_the_loop_ends_at_its_limit() -> None:
    state = build([[LOOK]]).invoke(QUESTION, THREAD, context=APPROVAL.Context(max_model_calls=3))
    assert state["messages"][-1].text == "I could not finish within 3 steps."


def test_a_run_waits_in_sqlite_for_another_process(tmp_path: Path) -> None:
    file = str(tmp_path / "runs.db")
    with SqliteSaver.from_conn_string(file) as saver:
        build(checkpointer=saver).invoke(QUESTION, THREAD)
    with SqliteSaver.from_conn_string(file) as saver:
        graph = build(checkpointer=saver)
        assert graph.get_state(THREAD).next == ("review",)
        state = graph.invoke(decide({"type": "approve"}), THREAD)
        assert results(state) == ["done", "160"]


def test_going_back_to_the_question_takes_the_money_back() -> None:
    graph = build()
    graph.invoke(QUESTION, THREAD)
    waiting = graph.get_state(THREAD).config
    paid = graph.invoke(decide({"type": "approve"}), THREAD)
    assert results(paid)[-1] == "160"
    fork = graph.update_state(waiting, None)
    assert asked(graph.invoke(None, fork))["action_requests"][0]["args"] == PAY[1]
    refused = graph.invoke(decide({"type": "reject"}), THREAD)
    assert results(refused)[-1] == "120"


def test_with_asyncio() -> None:
    async def talk() -> Any:
        graph = build()
        await graph.ainvoke(QUESTION, THREAD)
        return await graph.ainvoke(decide({"type": "approve"}), THREAD)

    assert results(asyncio.run(talk())) == ["done", "160"]
