"""The example agents' questions, and how to tell a right answer.

They are worded as in the toolworld, the embedded student's school.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from mtp_agents.bench.agent.recorder import Recorder
from mtp_agents.bench.agent.tasks import AgentTask, Attempt
from mtp_agents.demo.agent import load_example
from mtp_agents.demo.problem import DEFAULT
from mtp_trainer.toolworld.tasks import contains

__all__ = ["NAMES", "QUESTIONS", "Question", "example_tasks"]

Judge = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Question:
    """A question for an example agent.

    Attributes:
        example: Name of its folder.
        text: What is asked.
        judge: Whether the state at the end is right.
    """

    example: str
    text: str
    judge: Judge


def _states(*values: Any) -> Judge:
    return lambda state: contains(str(state["messages"][-1].text), list(values))


def _both(*judges: Judge) -> Judge:
    return lambda state: all(judge(state) for judge in judges)


def _demo(state: Mapping[str, Any]) -> bool:
    return DEFAULT.judge(str(state["messages"][-1].text), state) is True


QUESTIONS = (
    Question("reasoning_agent", "How many pieces of torch are in stock?", _states(26)),
    Question(
        "data_analyst",
        "Compute a statistic with table sales, column amount and kind sum.",
        _states(1435.85),
    ),
    Question(
        "parallel_planner",
        "Get the report of every city in this list: Oslo, Lima, Cairo.",
        _both(
            _states(9, 24, 35),
            lambda state: [one["city"] for one in state["reports"]] == ["Oslo", "Lima", "Cairo"],
        ),
    ),
    Question(
        "approval",
        "Transfer 40 from Anna to Tom and tell me the new balance of Tom.",
        _both(_states(160), lambda state: len(state["transfers"]) == 1),
    ),
    Question(
        "ready_made",
        "Get the price of the product bottle, then file a report with the price that you get as amount and "
        "product bottle.",
        lambda state: state.get("structured_response") == {"product": "bottle", "amount": 12.75},
    ),
    Question("reasoning_agent", DEFAULT.question, _demo),
    Question("reasoning_agent", "What is the price of jacket?", _states(61.25)),
    Question("data_analyst", "List all tables.", _states("products", "sales")),
    Question(
        "data_analyst",
        "Please do this:\n"
        "1. compute a statistic with table sales, column amount and kind largest\n"
        "2. draw a chart with table sales, column amount and group region",
        _both(_states(245), lambda state: len(state["charts"]) == 1),
    ),
)
NAMES = tuple(dict.fromkeys(question.example for question in QUESTIONS))


def example_tasks(names: tuple[str, ...], count: int, turns: int, folder: Path) -> list[AgentTask]:
    """The first questions for some examples.

    Args:
        names: Of `NAMES`.
        count: Most questions.
        turns: Most replies of the model.
        folder: Where charts go.

    Raises:
        ImportError: An example needs a package that is not installed.
    """
    chosen = [question for question in QUESTIONS if question.example in names][:count]
    return [_task(question, turns, folder) for question in chosen]


def _task(question: Question, turns: int, folder: Path) -> AgentTask:
    module = load_example(question.example)
    context = _context(module.Context, turns)

    def prepare(model: BaseChatModel, recorder: Recorder) -> Attempt:
        graph = _graph(question.example, module, model, folder)

        def run(config: RunnableConfig) -> Mapping[str, Any]:
            thread: RunnableConfig = {**config, "configurable": {"thread_id": uuid4().hex}}
            state = graph.invoke({"messages": [("user", question.text)]}, thread, context=context)
            while interrupts := state.get("__interrupt__"):
                requests = interrupts[0].value["action_requests"]
                approved: Command[Any] = Command(
                    resume={"decisions": [{"type": "approve"} for _ in requests]}
                )
                state = graph.invoke(approved, thread, context=context)
            return state  # type: ignore[no-any-return]

        return Attempt(run, question.judge)

    words = re.findall(r"\w+", question.text)[:4]
    return AgentTask(f"{question.example}/{'-'.join(words).lower()}", prepare, question.text)


def _context(schema: Any, turns: int) -> Any:
    """Settings with limits. None where there is no limit to set: its settings would go before the model's."""
    limits = {"max_model_calls": turns, "max_rounds": min(turns, 4)}
    known = {name: limit for name, limit in limits.items() if name in schema.model_fields}
    return schema(**known) if known else None


def _graph(name: str, module: Any, model: BaseChatModel, folder: Path) -> Any:
    if name == "ready_made":
        return module.build_graph(model)
    more: dict[str, Any] = {}
    if name == "data_analyst":
        more["charts"] = folder
    if name == "approval":
        more["checkpointer"] = InMemorySaver()  # a run that waits for a person is kept there
    return module.build_graph(lambda context: model, **more)
