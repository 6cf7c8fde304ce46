import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from pydantic import ValidationError

from mtp_agents.demo.agent import load_example
from tests.agents.scripted import SOLUTION, Script, Scripted

AGENT = load_example("reasoning_agent")


def run(script: Script, **settings: Any) -> dict[str, Any]:
    graph = AGENT.build_graph(lambda context: Scripted(script=script))
    result: dict[str, Any] = graph.invoke(
        {"messages": [HumanMessage("Go.")]}, context=AGENT.Context(**settings)
    )
    return result


def results(state: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


def test_the_loop_runs_tools_until_the_model_answers() -> None:
    state = run(SOLUTION)
    shown = [message.text for message in results(state)]
    assert shown == [
        '{"products": ["camera", "jacket", "bottle", "torch"]}',
        "84.5", "61.25", "12.75", "23.9",
        "182.4", "143.4", "121.89", "K7413",
    ]  # fmt: skip
    assert state["messages"][-1].text == SOLUTION[-1]
    assert state["orders"] == [{"code": "K7413", "customer": "Sofia", "product": "jacket", "quantity": 4}]


def test_orders_reduce_the_stock_of_their_own_run_only() -> None:
    order = ("submit_order", {"customer": "Igor", "line": {"product": "camera", "quantity": 5}})
    stock = ("pieces_left", {"product": "camera"})
    for _ in range(2):
        state = run([[stock], [order], [stock], [order], "done"])
        assert [message.text for message in results(state)] == [
            "9", "K7413", "4", "Error: Only 4 of camera in stock.",
        ]  # fmt: skip
        assert len(state["orders"]) == 1


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (
            ("unit_price", {"product": "moon"}),
            "Error: No product 'moon'. Products: camera, jacket, bottle, torch.",
        ),
        (("unit_price", {}), "Error: Argument 'product': Field required."),
        (
            ("price_of_pieces", {"price": "x", "quantity": 2}),
            "Error: Argument 'price': Input should be a valid number",
        ),
        (("no_such_tool", {}), "Error: no_such_tool is not a valid tool"),
    ],
)
def test_tool_errors_go_to_the_model(call: tuple[str, dict[str, Any]], error: str) -> None:
    state = run([[call], "I see."])
    (result,) = results(state)
    assert result.status == "error"
    assert result.text.startswith(error)
    assert state["messages"][-1].text == "I see."


def test_broken_calls_are_explained_and_the_loop_goes_on() -> None:
    state = run([[("", {}), ("unit_price", {"product": "torch"})], "Better now."])
    texts = {message.text.split(" (")[0] for message in results(state)}
    assert texts == {"23.9", "Error: this is not a valid tool call"}
    assert state["messages"][-1].text == "Better now."


@pytest.mark.parametrize("turn", [[("list_articles", {})], [("", {})]])
def test_the_loop_ends_at_its_limit(turn: Any) -> None:
    state = run([turn], max_model_calls=3)
    replies = [message for message in state["messages"] if isinstance(message, AIMessage)]
    assert len(replies) == 3
    assert replies[-1].text == "I could not finish within 3 steps."
    assert not replies[-1].tool_calls
    assert not replies[-1].invalid_tool_calls


def test_the_limit_counts_anew_with_each_question() -> None:
    graph = AGENT.build_graph(lambda context: Scripted(script=[[("list_articles", {})], "Fine."]))
    context = AGENT.Context(max_model_calls=2)
    state = graph.invoke({"messages": [HumanMessage("One.")]}, context=context)
    state = graph.invoke({"messages": [*state["messages"], HumanMessage("Two.")]}, context=context)
    assert state["messages"][-1].text == "Fine."


def test_settings_are_checked() -> None:
    assert repr(AGENT.Context(decoding="static", k=4).policy) == "Static(k=4)"
    assert (
        repr(AGENT.Context(decoding="confadapt", threshold=0.7).policy)
        == "ConfAdapt(threshold=0.7, k_max=16)"
    )
    with pytest.raises(ValidationError, match="threshold"):
        AGENT.Context(threshold=1.5)
    with pytest.raises(ValidationError, match="decoding"):
        AGENT.Context(decoding="fast")
    with pytest.raises(ValidationError, match="max_model_calls"):
        AGENT.Context(max_model_calls=0)


def test_the_default_model_follows_the_settings() -> None:
    model = AGENT.chat_model(AGENT.Context(decoding="verified", k=8, max_tokens=50, model="some/student"))
    assert (repr(model.decoding), model.max_tokens, model.model) == (
        "Verified(k_max=8, draft_threshold=0.5)", 50, "some/student",
    )  # fmt: skip


def test_replies_report_their_passes_and_run_with_asyncio_too() -> None:
    graph = AGENT.build_graph(lambda context: Scripted(script=SOLUTION))
    question = {"messages": [HumanMessage("Go.")]}
    parts = list(graph.stream(question, context=AGENT.Context(), stream_mode=["messages", "custom"]))
    events = [part for mode, part in parts if mode == "custom"]
    assert [event["type"] for event in events] == ["mtp_turn"] * len(SOLUTION)
    assert all(0 < event["ttft_seconds"] <= event["seconds"] for event in events)
    state = asyncio.run(graph.ainvoke(question))
    assert state["messages"][-1].text == SOLUTION[-1]
