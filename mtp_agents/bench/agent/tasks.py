"""What an agent is asked: held-out toolworld tasks, questions for the examples, a graph of the user's own."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig

from mtp_agents.bench.agent.loop import State, answer_of, build_loop, to_langchain
from mtp_agents.bench.agent.recorder import Recorder
from mtp_model.chat_model import MTPChatModel
from mtp_model.errors import ConfigError
from mtp_trainer.evaluate import heldout_task

__all__ = ["AgentTask", "Attempt", "NotAGraphError", "graph_tasks", "toolworld_tasks"]

HELD_OUT = 160
"""Held-out tasks to draw from; 40 % of them have tools that training never shows."""


class NotAGraphError(ConfigError):
    """What was given as a graph is none, or not one for agents."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at a task, ready to run.

    Attributes:
        run: Runs the agent; returns the state at the end.
        judge: Whether that solved the task; None where nobody knows.
    """

    run: Callable[[RunnableConfig], Mapping[str, Any]]
    judge: Callable[[Mapping[str, Any]], bool | None]


@dataclass(frozen=True)
class AgentTask:
    """A task that any model can be asked.

    Attributes:
        name: Name, for reports.
        prepare: Makes an attempt with a model; what it does is not timed.
        opening: The request, for reports.
    """

    name: str
    prepare: Callable[[BaseChatModel, Recorder], Attempt]
    opening: str


def toolworld_tasks(count: int, turns: int) -> list[AgentTask]:
    """Held-out tasks, spread over the domains; always the same ones.

    Args:
        count: How many.
        turns: Most replies of the model.
    """
    spread = random.Random(0).sample(range(HELD_OUT), min(count, HELD_OUT))
    return [_toolworld_task(index, turns) for index in spread]


def _toolworld_task(index: int, turns: int) -> AgentTask:
    task = heldout_task(index, HELD_OUT)

    def prepare(model: BaseChatModel, recorder: Recorder) -> Attempt:
        session = task.session()
        graph = build_loop(task, session, model, recorder, turns)
        messages: list[Any] = [to_langchain(message) for message in task.messages]
        return Attempt(
            lambda config: graph.invoke(State(messages), config),
            lambda state: task.check(session, answer_of(state["messages"])).ok,
        )

    return AgentTask(f"toolworld/{task.domain}-{index}", prepare, task.messages[-1].content)


def graph_tasks(source: str, questions: Sequence[str]) -> list[AgentTask]:
    """A task for each question to a graph of the user's own. Nobody knows what is right there.

    Args:
        source: `MODULE:FUNCTION` or `FILE.py:FUNCTION`; the function takes a chat model and returns a
            compiled graph whose state has `messages`.
        questions: What to ask.

    Raises:
        NotAGraphError: There is no such function, or it makes no graph.
    """
    build = load_builder(source)
    _made(source, build, MTPChatModel())  # loads nothing: a mistake shows before minutes have passed

    def task(number: int, question: str) -> AgentTask:
        def prepare(model: BaseChatModel, recorder: Recorder) -> Attempt:
            graph = _made(source, build, model)

            def run(config: RunnableConfig) -> Mapping[str, Any]:
                state = graph.invoke({"messages": [HumanMessage(question)]}, config)
                if not isinstance(state, Mapping) or "messages" not in state:
                    raise NotAGraphError(
                        f"--graph {source}: the graph's state at the end is a {type(state).__name__} without "
                        "messages. Give an agent whose state has a list `messages`."
                    )
                return state

            return Attempt(run, lambda state: None)

        return AgentTask(f"{source}/{number}", prepare, question)

    return [task(number, question) for number, question in enumerate(questions, 1)]


def load_builder(source: str) -> Callable[[BaseChatModel], Any]:
    """The function that `MODULE:FUNCTION` or `FILE.py:FUNCTION` names.

    Raises:
        NotAGraphError: There is none.
    """
    place, colon, name = source.rpartition(":")
    if not colon or not place or not name.isidentifier():
        raise NotAGraphError(
            f"--graph {source!r}: write MODULE:FUNCTION or FILE.py:FUNCTION, for example agent.py:build. The "
            "function takes a chat model and returns a compiled graph."
        )
    try:
        module = _from_file(Path(place)) if place.endswith(".py") else _from_path(place)
        found = getattr(module, name)
    except AttributeError as error:
        raise NotAGraphError(f"--graph {source}: {place} has no {name!r}.") from error
    except Exception as error:  # whatever a module of the user's raises while it is imported
        raise NotAGraphError(
            f"--graph {source}: {place} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if isinstance(found, Runnable):
        raise NotAGraphError(
            f"--graph {source}: {name} is a graph that has its model already. Give a function that takes "
            "a chat model and returns the compiled graph, so that several models can be measured in it."
        )
    if not callable(found):
        raise NotAGraphError(
            f"--graph {source}: {name} is a {type(found).__name__}. Give a function that takes a chat model "
            "and returns a compiled graph."
        )
    return found  # type: ignore[no-any-return]


def _made(source: str, build: Callable[[BaseChatModel], Any], model: BaseChatModel) -> Any:
    try:
        graph = build(model)
    except Exception as error:  # the user's own code
        raise NotAGraphError(
            f"--graph {source}: the function failed, given a chat model: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(graph, Runnable):
        hint = " Compile it first." if hasattr(graph, "compile") else ""
        raise NotAGraphError(
            f"--graph {source}: the function returned a {type(graph).__name__}, which is not a compiled "
            f"graph.{hint}"
        )
    return graph


def _from_path(name: str) -> Any:
    if "" not in sys.path:
        sys.path.insert(0, "")  # as `python -m` does: modules of the current folder
    return import_module(name)


def _from_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
