import asyncio
import threading
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from mtp_agents.demo.agent import load_example
from tests.agents.scripted import Script, Scripted

PLANNER = load_example("parallel_planner")
QUESTION = {"messages": [HumanMessage("Go.")]}
CITIES = ["Oslo", "Lima", "Cairo"]


def ask(*cities: str) -> list[tuple[str, dict[str, Any]]]:
    return [("get_city_report", {"city": city}) for city in cities]


def worker(city: str, *turns: Any) -> dict[str, Script]:
    return {f"What is the weather forecast for {city}?": list(turns)}


def loop(city: str, answer: str) -> dict[str, Script]:
    return worker(city, [("weather_forecast", {"city": city}), ("rain_chance", {"city": city})], answer)


WORKERS = loop("Oslo", "cloudy") | loop("Lima", "sunny") | loop("Cairo", "hot")
PLAN: Script = [ask(*CITIES), "Oslo: cloudy, Lima: sunny, Cairo: hot."]


def run(plan: Script, workers: dict[str, Script] = WORKERS, **settings: Any) -> dict[str, Any]:
    graph = PLANNER.build_graph(lambda context: Scripted(script=plan, scripts=workers))
    state: dict[str, Any] = graph.invoke(QUESTION, context=PLANNER.Context(**settings))
    return state


def results(state: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


def test_each_call_gets_a_worker_and_their_reports_meet() -> None:
    state = run(PLAN)
    asked = state["messages"][1]
    assert isinstance(asked, AIMessage)
    assert [(message.tool_call_id, message.text) for message in results(state)] == [
        (call["id"], text) for call, text in zip(asked.tool_calls, ["cloudy", "sunny", "hot"], strict=True)
    ]
    assert state["reports"] == [
        {"city": city, "text": text} for city, text in zip(CITIES, ["cloudy", "sunny", "hot"], strict=True)
    ]
    assert state["messages"][-1].text == PLAN[-1]
    assert len(state["messages"]) == 6  # the workers' own messages stay with them


@pytest.mark.parametrize("use_async", [False, True])
def test_workers_run_at_the_same_time(use_async: bool) -> None:
    meeting = threading.Barrier(len(CITIES), timeout=30)

    class Meeting(Scripted):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            if "forecast" in str(messages[-1].text):
                meeting.wait()  # nobody goes on before all are here
            return super()._generate(messages, *args, **kwargs)

    graph = PLANNER.build_graph(lambda context: Meeting(script=PLAN, scripts=WORKERS, disable_streaming=True))
    state = asyncio.run(graph.ainvoke(QUESTION)) if use_async else graph.invoke(QUESTION)
    assert len(state["reports"]) == 3


def test_events_of_planner_and_workers_are_in_one_stream() -> None:
    graph = PLANNER.build_graph(lambda context: Scripted(script=PLAN, scripts=WORKERS))
    parts = graph.stream(QUESTION, context=PLANNER.Context(), stream_mode="custom", subgraphs=True)
    writers = [place[0].split(":")[0] if place else "planner" for place, event in parts]
    assert writers == ["planner", *["worker"] * 2 * len(CITIES), "planner"]


def test_workers_have_their_runs_settings() -> None:
    seen = []

    def make_model(context: Any) -> Scripted:
        seen.append(context.decoding)
        return Scripted(script=PLAN, scripts=WORKERS)

    PLANNER.build_graph(make_model).invoke(QUESTION, context=PLANNER.Context(decoding="verified"))
    assert seen == ["verified"] * 8


def test_a_tools_error_is_read_by_its_worker_and_an_unfinished_worker_by_the_planner() -> None:
    workers = worker("Atlantis", [("rain_chance", {"city": "Atlantis"})], "unknown") | worker(
        "Oslo", [("rain_chance", {"city": "Oslo"})]
    )
    state = run([ask("Atlantis", "Oslo"), "I see."], workers, max_worker_calls=2)
    assert [message.text for message in results(state)] == [
        "unknown", "Error: The worker gave up after 2 steps.",
    ]  # fmt: skip
    assert [message.status for message in results(state)] == ["success", "error"]
    assert len(state["reports"]) == 1


def test_more_calls_than_workers_and_broken_calls_are_explained() -> None:
    state = run([[*ask(*CITIES), ("", {})], "Fine."], max_workers=2)
    texts = [message.text.split(" (")[0] for message in results(state)]
    assert texts == [
        "Error: There are only 2 workers. Ask for this one later.",
        "Error: this is not a valid tool call",
        "cloudy",
        "sunny",
    ]
    for call in (("get_city_report", {"town": "Oslo"}), ("rain_chance", {"city": "Oslo"})):
        state = run([[call], "Fine."])
        assert results(state)[0].text == "Error: There is only get_city_report, and it needs a city."
    state = run([[("", {})], "Fine."])
    assert state["messages"][-1].text == "Fine."


def test_the_planner_may_plan_again_and_ends_at_its_limit() -> None:
    state = run([ask("Oslo"), ask("Lima"), "Both."])
    assert [report["city"] for report in state["reports"]] == ["Oslo", "Lima"]
    state = run([ask("Oslo")], max_rounds=3)
    assert state["messages"][-1].text == "I could not finish within 3 rounds."
    assert len(state["reports"]) == 2
