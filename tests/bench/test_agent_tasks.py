"""What agents are asked, and that right answers are told from wrong ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage

from mtp_agents.bench.agent.examples import NAMES, QUESTIONS, example_tasks
from mtp_agents.bench.agent.loop import to_langchain
from mtp_agents.bench.agent.recorder import Recorder
from mtp_agents.bench.agent.tasks import HELD_OUT, AgentTask, NotAGraphError, graph_tasks, toolworld_tasks
from mtp_trainer.evaluate import heldout_task
from tests.agents.scripted import SUM, Scripted
from tests.bench.agents import Says, reply


def attempt(task: AgentTask, model: BaseChatModel) -> tuple[bool | None, Recorder]:
    recorder = Recorder()
    made = task.prepare(model, recorder)
    return made.judge(made.run({"callbacks": [recorder]})), recorder


@pytest.mark.parametrize("task", toolworld_tasks(6, turns=16), ids=lambda task: task.name)
def test_the_gold_solution_of_a_toolworld_task_is_right(task: AgentTask) -> None:
    gold = heldout_task(int(task.name.rpartition("-")[2]), HELD_OUT)
    said = [to_langchain(message) for message in gold.gold if message.role == "assistant"]
    right, recorder = attempt(task, Says(replies=said))
    assert right is True
    assert len(recorder.turns) == len(said)
    assert len(recorder.tools) == gold.calls
    wrong, _ = attempt(task, Says(replies=[AIMessage("I do not know.")]))
    assert wrong is False


def test_a_toolworld_task_ends_after_its_turns_and_at_a_broken_call() -> None:
    task, _ = toolworld_tasks(2, turns=3)
    again = AIMessage("", tool_calls=[{"name": "nothing", "args": {}, "id": "1"}])
    right, recorder = attempt(task, Says(replies=[again]))
    assert (right, len(recorder.turns)) == (False, 3)
    broken = AIMessage("", invalid_tool_calls=[{"name": "a", "args": "{", "id": "1", "error": "no JSON"}])
    assert len(attempt(task, Says(replies=[broken]))[1].turns) == 1


def test_toolworld_tasks_are_always_the_same_and_of_many_kinds() -> None:
    names = [task.name for task in toolworld_tasks(32, 8)]
    assert names == [task.name for task in toolworld_tasks(32, 8)]
    assert names[:8] == [task.name for task in toolworld_tasks(8, 8)]
    assert len({name.rpartition("-")[0] for name in names}) >= 8


RIGHT: dict[str, list[Any]] = {
    "How many pieces of torch": [[("pieces_left", {"product": "torch"})], "There are 26."],
    "Compute a statistic": [
        [("compute_statistic", {"table": "sales", "column": "amount", "kind": "sum"})],
        "It is 1435.85.",
    ],
    "Get the report of every city": [
        [("get_city_report", {"city": city}) for city in ("Oslo", "Lima", "Cairo")],
        "9, 24 and 35 degrees.",
    ],
    "Transfer 40": [
        [("transfer", {"source": "Anna", "target": "Tom", "amount": 40})],
        [("get_balance", {"account": "Tom"})],
        "Tom has 160.",
    ],
    "Get the price of the product": [
        [("get_price", {"product": "bottle"})],
        [("file_report", {"product": "bottle", "amount": 12.75})],
    ],
    "Add up": SUM,
    "What is the price of jacket": [[("unit_price", {"product": "jacket"})], "It costs 61.25."],
    "List all tables": [[("list_tables", {})], "products and sales"],
    "Please do this": [
        [("compute_statistic", {"table": "sales", "column": "amount", "kind": "largest"})],
        [("draw_chart", {"table": "sales", "column": "amount", "group": "region"})],
        "The largest is 245.",
    ],
}
WEATHER: dict[str, list[Any]] = {
    f"What is the weather forecast for {city}?": [[("weather_forecast", {"city": city})], f"{city}: fine."]
    for city in ("Oslo", "Lima", "Cairo")
}


def every_example(folder: Path) -> Iterator[AgentTask]:
    yield from example_tasks(NAMES, len(QUESTIONS), 12, folder)


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=lambda n: f"{QUESTIONS[n].example}-{n}")
def test_a_right_answer_of_an_example_is_told_from_a_wrong_one(number: int, tmp_path: Path) -> None:
    task = list(every_example(tmp_path))[number]
    (script,) = [script for start, script in RIGHT.items() if task.opening.startswith(start)]
    right, recorder = attempt(task, Scripted(script=script, scripts=WEATHER))
    assert right is True
    assert recorder.turns
    assert recorder.tools
    if task.name.startswith("ready_made"):  # an answer in words is no report, so the agent would ask again
        script = [[("file_report", {"product": "bottle", "amount": 1})]]
    else:
        script = ["It is 7."]
    assert attempt(task, Scripted(script=script, scripts=WEATHER))[0] is False


def test_examples_by_name_and_number(tmp_path: Path) -> None:
    two = example_tasks(("approval", "reasoning_agent"), 2, 4, tmp_path)
    assert [task.name.split("/")[0] for task in two] == ["reasoning_agent", "approval"]


# --- a graph of the user's own ------------------------------------------------------------------

AGENT = """
from langgraph.graph import START, MessagesState, StateGraph
from typing import TypedDict

def build(model):
    def reply(state):
        return {"messages": [model.invoke(state["messages"])]}
    builder = StateGraph(MessagesState)
    builder.add_node("model", reply)
    builder.add_edge(START, "model")
    return builder.compile()

class Other(TypedDict):
    text: str

def other(model):
    builder = StateGraph(Other)
    builder.add_node("model", lambda state: {"text": "hello"})
    builder.add_edge(START, "model")
    return builder.compile()

def uncompiled(model):
    return StateGraph(MessagesState)

def nothing(model):
    return None

def wrong():
    return None

graph = build(None)
number = 3
"""


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    file = tmp_path / "my_agent.py"
    file.write_text(AGENT)
    return file


def test_a_graph_of_the_users_own(agent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = graph_tasks(f"{agent}:build", ["Hello?", "Who is there?"])
    assert (first.opening, second.opening) == ("Hello?", "Who is there?")
    success, recorder = attempt(first, Says(replies=[reply("Hello!", 2, 1)]))
    assert success is None
    assert [turn.text for turn in recorder.turns] == ["Hello!"]
    monkeypatch.chdir(agent.parent)
    assert graph_tasks("my_agent:build", ["Hello?"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("graph", "is a graph that has its model already. Give a function"),
        ("number", "number is a int. Give a function"),
        ("uncompiled", "returned a StateGraph, which is not a compiled graph. Compile it first"),
        ("nothing", "returned a NoneType"),
        ("wrong", "the function failed, given a chat model: TypeError"),
        ("missing", "has no 'missing'"),
    ],
)
def test_a_graph_that_is_none_is_said(agent: Path, name: str, message: str) -> None:
    with pytest.raises(NotAGraphError, match=message):
        graph_tasks(f"{agent}:{name}", ["Hello?"])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("my_agent", "write MODULE:FUNCTION"),
        ("no.such.module:build", "cannot be imported: ModuleNotFoundError"),
        ("no/such/file.py:build", "cannot be imported: FileNotFoundError"),
    ],
)
def test_a_graph_that_is_not_there_is_said(source: str, message: str) -> None:
    with pytest.raises(NotAGraphError, match=message):
        graph_tasks(source, ["Hello?"])


def test_a_graph_without_messages_is_said(agent: Path) -> None:
    (task,) = graph_tasks(f"{agent}:other", ["Hello?"])
    with pytest.raises(NotAGraphError, match="without messages"):
        attempt(task, Says(replies=[AIMessage("Hi")]))
