"""The examples on the embedded student: right tools, right values, right results.

The questions are worded as in the toolworld, the student's school: it is a small specialist.
"""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from mtp_agents import MTPChatModel
from mtp_agents.demo.agent import load_example
from mtp_model.serve.registry import clear_prefixes
from mtp_trainer.toolworld.tasks import contains
from tests.agents.scripted import Scripted

THREAD: Any = {"configurable": {"thread_id": "1"}}
# What the student itself writes; ConfAdapt changes its text, often for the worse (scores.json).
# A student that goes astray must not write on for minutes.
LIMITS: Any = {"decoding": "verified", "max_tokens": 200}
UNDER_TRAINED = pytest.mark.xfail(
    strict=True, reason="the student that ships is under-trained: see its scores.json"
)


@pytest.fixture(autouse=True)
def _needs_the_student(embedded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where a student that errs may draw a chart


def ask(text: str) -> Any:
    return {"messages": [("user", text)]}


def calls(state: Any) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["name"], call["args"])
        for message in state["messages"]
        for call in getattr(message, "tool_calls", ())
    ]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the price of jacket?", 61.25),
        ("How many pieces of torch are in stock?", 26),
        ("Order 2 pieces of bottle for Igor.", "K7413"),
    ],
)
def test_reasoning_agent(question: str, answer: Any) -> None:
    example = load_example("reasoning_agent")
    state = example.graph.invoke(ask(question), context=example.Context(**LIMITS, max_model_calls=6))
    assert contains(state["messages"][-1].text, answer)
    assert len(state["orders"]) == question.startswith("Order")


@pytest.mark.parametrize(
    ("question", "call", "answer"),
    [
        ("List all tables.", ("list_tables", {}), ["products", "sales"]),
        (
            "Compute a statistic with table sales, column amount and kind sum.",
            ("compute_statistic", {"table": "sales", "column": "amount", "kind": "sum"}),
            1435.85,
        ),
        pytest.param(
            "Use the calculator: start with 457, subtract 280.5.",
            ("calculate", {"a": 457, "operator": "subtract", "b": 280.5}),
            176.5,
            marks=UNDER_TRAINED,
        ),
    ],
)
def test_data_analyst(question: str, call: Any, answer: Any) -> None:
    example = load_example("data_analyst")
    state = example.graph.invoke(ask(question), context=example.Context(**LIMITS, max_model_calls=6))
    assert calls(state) == [call]
    assert contains(state["messages"][-1].text, answer)


def test_data_analyst_computes_and_draws(tmp_path: Path) -> None:
    example = load_example("data_analyst")
    graph = example.build_graph(charts=tmp_path)
    question = (
        "Please do this:\n"
        "1. compute a statistic with table sales, column amount and kind largest\n"
        "2. draw a chart with table sales, column amount and group region"
    )
    state = graph.invoke(ask(question), context=example.Context(**LIMITS, max_model_calls=8))
    assert contains(state["messages"][-1].text, 245)
    (chart,) = state["charts"]
    texts = [text.text for text in ET.parse(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert {"north", "454.75"} <= set(texts)


class Fanned(Scripted):
    """Plans by heart; its workers are the student."""

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        if tools[0].name == "get_city_report":
            return self
        return MTPChatModel(**LIMITS).bind_tools(tools, **kwargs)


def test_workers_that_start_together_compute_their_common_prompt_once() -> None:
    example = load_example("parallel_planner")
    cities = [("get_city_report", {"city": city}) for city in ("Oslo", "Lima", "Cairo")]
    clear_prefixes()
    graph = example.build_graph(lambda context: Fanned(script=[cities, "Done."]))
    context = example.Context(**LIMITS, max_worker_calls=1)
    stream = graph.stream(ask("Go."), context=context, stream_mode="custom", subgraphs=True)
    read = sorted(event["cache_read"] for place, event in stream if place)
    assert len(read) == 3
    assert read[0] == 0
    assert read[1] > 64, "the instructions and the tools, which the first worker's prompt begins with"


@UNDER_TRAINED
def test_parallel_planner() -> None:
    example = load_example("parallel_planner")
    question = "Get the report of every city in this list: Oslo, Lima, Cairo."
    parts = list(
        example.graph.stream(
            ask(question),
            context=example.Context(**LIMITS, max_rounds=3),
            stream_mode=["values", "custom"],
            subgraphs=True,
        )
    )
    state = [part for place, mode, part in parts if mode == "values" and not place][-1]
    events = [part for place, mode, part in parts if mode == "custom" and place]
    assert [report["city"] for report in state["reports"]] == ["Oslo", "Lima", "Cairo"]
    weather = [("cloudy", 9), ("sunny", 24), ("hot", 35)]
    for report, (sky, degrees) in zip(state["reports"], weather, strict=True):
        assert contains(report["text"], [sky, degrees])
        assert contains(state["messages"][-1].text, [sky, degrees])
    assert sum(event["cache_read"] > 0 for event in events) >= 3  # each worker's second reply, at least


@pytest.mark.parametrize(
    ("decision", "balance"),
    [({"type": "approve"}, 160), ({"type": "reject"}, 120)],
    ids=["approve", "reject"],
)
def test_approval(tmp_path: Path, decision: dict[str, Any], balance: int) -> None:
    example = load_example("approval")
    question = "Transfer 40 from Anna to Tom and tell me the new balance of Tom."
    context = example.Context(**LIMITS, max_model_calls=6)
    with SqliteSaver.from_conn_string(str(tmp_path / "runs.db")) as saver:
        graph = example.build_graph(checkpointer=saver)
        state = graph.invoke(ask(question), THREAD, context=context)
        (asked,) = state["__interrupt__"]
        assert asked.value["action_requests"][0]["args"] == {"source": "Anna", "target": "Tom", "amount": 40}
        state = graph.invoke(Command(resume={"decisions": [decision]}), THREAD, context=context)
    assert len(state["transfers"]) == (decision["type"] == "approve")
    if decision["type"] == "approve":
        assert contains(state["messages"][-1].text, balance)
    else:
        assert not contains(state["messages"][-1].text, 160)


@UNDER_TRAINED
def test_ready_made() -> None:
    example = load_example("ready_made")
    question = (
        "Get the price of the product bottle, then file a report with the price that you get as amount "
        "and product bottle."
    )
    state = example.graph.invoke(ask(question), context=example.Context(**LIMITS))
    assert state["structured_response"] == {"product": "bottle", "amount": 12.75}
