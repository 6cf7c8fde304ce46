"""Every domain's gold solutions are true, and the two splits share nothing that must be held out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import Any

import jsonschema
import pytest

from mtp_model.prompt.messages import ToolCall
from mtp_trainer.evaluate import heldout_task
from mtp_trainer.toolworld import words
from mtp_trainer.toolworld.domains import SEEN, UNSEEN
from mtp_trainer.toolworld.tasks import MAX_CALLS, Task, make_task

CASES = [(d.name, False, split) for d in SEEN for split in ("train", "heldout")]
CASES += [(d.name, True, "heldout") for d in UNSEEN]


def tasks_of(name: str, unseen: bool, split: words.Split, count: int) -> list[Task]:
    return [make_task(seed, split, unseen=unseen, domain=name) for seed in range(count)]


@pytest.mark.parametrize(("name", "unseen", "split"), CASES)
def test_gold_solution_solves_its_task(name: str, unseen: bool, split: words.Split) -> None:
    for task in tasks_of(name, unseen, split, 60):
        session = task.session()
        results = [session.call(call).text for message in task.gold for call in message.tool_calls]
        assert results == [message.content for message in task.gold if message.role == "tool"], task.id
        verdict = task.check(session, task.gold[-1].content)
        assert verdict.ok, (task.id, verdict.reason)


@pytest.mark.parametrize(("name", "unseen", "split"), CASES)
def test_gold_calls_are_valid_under_the_tools_schemas(name: str, unseen: bool, split: words.Split) -> None:
    for task in tasks_of(name, unseen, split, 30):
        schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in task.tools}
        assert len(schemas) == len(task.tools), "tool names must differ"
        for schema in schemas.values():
            jsonschema.Draft202012Validator.check_schema(schema)
        for message in task.gold:
            for call in message.tool_calls:
                jsonschema.validate(call.arguments, schemas[call.name])


@pytest.mark.parametrize(("name", "unseen", "split"), CASES)
def test_wrong_arguments_are_errors_of_the_tool(name: str, unseen: bool, split: words.Split) -> None:
    for task in tasks_of(name, unseen, split, 30):
        for call in (call for message in task.gold for call in message.tool_calls):
            for key, value in call.arguments.items():
                for wrong in _wrong(value):
                    changed = ToolCall(call.name, {**call.arguments, key: wrong})
                    assert isinstance(task.session().call(changed).text, str)


def _wrong(value: Any) -> list[Any]:
    """Values of the same type that nobody asked for."""
    if isinstance(value, str):
        return ["", "Marucas", value[:-1]]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [0, -1, 10**9]
    return [[]] if isinstance(value, list) else [{}] if isinstance(value, dict) else [not value]


def test_what_the_toolworld_covers() -> None:
    assert len(SEEN) >= 12
    assert not {d.name for d in SEEN} & {d.name for d in UNSEEN}
    tasks = [make_task(seed, "train") for seed in range(1500)]
    calls = Counter(task.calls for task in tasks)
    assert set(range(10)) <= set(calls)
    assert max(calls) <= MAX_CALLS
    gold = [message for task in tasks for message in task.gold]
    assert any(len(message.tool_calls) > 2 for message in gold), "parallel calls"
    assert any(message.content.startswith("Error:") for message in gold if message.role == "tool")
    types: set[str] = set()
    for task in tasks:
        for tool in task.tools:
            parameters = tool["function"]["parameters"]
            types |= {schema["type"] for schema in parameters["properties"].values()}
            types |= {"enum"} if "enum" in str(parameters) else set()
            types |= {"none"} if not parameters["properties"] else set()
            types |= {"optional"} if len(parameters["required"]) < len(parameters["properties"]) else set()
    wanted = {"string", "integer", "number", "boolean", "array", "object", "enum", "none", "optional"}
    assert wanted <= types
    arguments = "".join(str(call.arguments) for message in gold for call in message.tool_calls)
    for first, last in (("é", "é"), ("а", "я"), ("一", "龠"), ("ぁ", "ヶ")):
        assert any(first <= letter <= last for letter in arguments), (first, last)


def test_heldout_wordings_and_values_are_not_trained_on() -> None:
    options = [f"option {i}" for i in range(10)]
    drawn: dict[str, set[str]] = {}
    import random

    for split in ("train", "heldout"):
        rng = random.Random(0)
        drawn[split] = {words.choose(rng, options, split) for _ in range(300)}
        drawn[split] |= {words.invented_word(rng, split) for _ in range(500)}
        drawn[split] |= set(words.pool(words.NAMES, split))
    assert not drawn["train"] & drawn["heldout"]
    train = {make_task(seed, "train").messages[-1].content for seed in range(300)}
    heldout = {make_task(seed, "heldout").messages[-1].content for seed in range(300)}
    assert len(train & heldout) <= 3  # greetings have few wordings


def test_exercises_are_for_training_alone() -> None:
    exercises = {domain.name for domain in SEEN if domain.training_only}
    assert exercises == {"errands"}
    assert exercises <= {make_task(seed, "train").domain for seed in range(100)}
    assert not exercises & {make_task(seed, "heldout").domain for seed in range(300)}
    assert not exercises & {heldout_task(index, 100).domain for index in range(100)}


def test_tasks_are_the_same_in_every_process() -> None:
    code = (
        "from mtp_trainer.toolworld.tasks import make_task; print([make_task(s, 'train') for s in range(40)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
