"""The checker refuses wrong attempts, and tools answer bad calls with errors that help."""

from __future__ import annotations

import random

import pytest

from mtp_model.prompt.messages import ToolCall
from mtp_trainer.toolworld.domains import SEEN
from mtp_trainer.toolworld.inventions import Slot, make_op
from mtp_trainer.toolworld.ops import INTEGER
from mtp_trainer.toolworld.scene import Scene
from mtp_trainer.toolworld.tasks import Task, contains, make_task


def gold_session(task: Task) -> tuple[object, str]:
    session = task.session()
    for message in task.gold:
        for call in message.tool_calls:
            session.call(call)
    return session, task.gold[-1].content


def changing_task() -> Task:
    """A task whose gold solution changes the world."""
    tasks = (make_task(seed, "heldout", domain="bank") for seed in range(200))
    return next(task for task in tasks if task.start["accounts"] != task.final["accounts"])


def test_an_answer_without_the_value_is_wrong() -> None:
    task = changing_task()
    session, _ = gold_session(task)
    verdict = task.check(session, "Done.")  # type: ignore[arg-type]
    assert not verdict.ok
    assert "lacks" in verdict.reason


def test_doing_nothing_is_wrong_even_with_the_right_answer() -> None:
    task = changing_task()
    verdict = task.check(task.session(), task.gold[-1].content)
    assert not verdict.ok
    assert "state" in verdict.reason


def test_a_needless_call_is_wrong_where_no_tool_is_needed() -> None:
    tasks = (make_task(seed, "heldout", domain="talk") for seed in range(100))
    task = next(t for t in tasks if t.tools)
    session = task.session()
    session.call(ToolCall(task.tools[0]["function"]["name"]))
    assert not task.check(session, task.gold[-1].content).ok


def test_a_session_leaves_the_task_alone() -> None:
    task = changing_task()
    before = repr(task.start)
    gold_session(task)
    assert repr(task.start) == before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda skin: ToolCall("no_such_tool"), "unknown tool"),
        (lambda skin: ToolCall(skin.name), "Missing"),
        (lambda skin: ToolCall(skin.name, skin.arguments({"account": "Anna"}) | {"zzz": 1}), "zzz"),
        (lambda skin: ToolCall(skin.name, skin.arguments({"account": 5})), "must be of type string"),
        (lambda skin: ToolCall(skin.name, skin.arguments({"account": "Nobody"})), "No account 'Nobody'"),
    ],
)
def test_bad_calls_get_errors(call: object, message: str) -> None:
    tasks = (make_task(seed, "train", domain="bank") for seed in range(100))
    task = next(t for t in tasks if any(skin.op.key == "balance" for skin in t.toolbox.skins))
    skin = next(skin for skin in task.toolbox.skins if skin.op.key == "balance")
    result = task.session().call(call(skin))  # type: ignore[operator]
    assert not result.ok
    assert result.text.startswith("Error: ")
    assert message in result.text


def test_an_unknown_domain_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no domain 'banking'.*bank"):
        make_task(0, "train", domain="banking")
    with pytest.raises(ValueError, match=r"no domain 'banking'.*bank"):
        make_task(0, "train", emphasis={"banking": 2, "bank": 2})


def test_emphasis_draws_a_domain_more_often_and_leaves_the_rest_as_it_is() -> None:
    plain = [make_task(seed, "train").domain for seed in range(400)]
    often = [make_task(seed, "train", emphasis={"bank": 100}).domain for seed in range(400)]
    assert often.count("bank") > 200 > 40 > plain.count("bank")
    assert make_task(3, "train", emphasis={"bank": 1}).gold == make_task(3, "train").gold


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("It is 12.50 euros.", 12.5, True),
        ("It is 125.", 12.5, False),
        ("It is 112.5.", 12.5, False),
        ("-3 degrees", -3, True),
        ("3 degrees", -3, False),
        ("The owner is ZOË.", "Zoë", True),
        ("It is true.", True, True),
        ("a, b", ["a", "b"], True),
        ("a", ["a", "b"], False),
    ],
)
def test_contains(text: str, value: object, expected: bool) -> None:
    assert contains(text, value) is expected


def test_a_parameter_may_have_the_name_of_an_argument_of_the_script() -> None:
    # An invented name was once "why", which `Scene.call` took for its own argument.
    scene = Scene(next(d for d in SEEN if d.name == "invented"), random.Random(0), "train")
    slots = [Slot(name, name, INTEGER, "integer") for name in ("why", "op", "world", "self")]
    made = make_op(scene, "key", "paint", "wall", slots, ("status", "ok"), query=False)
    scene.define(made)
    scene.ask("?")
    assert scene.call("key", "paint the wall", **{slot.name: 1 for slot in slots}) == "ok"


def test_a_name_stands_for_one_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    # A person and a company once had the same name, and the script passed a failed look-up on.
    names = [f"N{i}" for i in range(14)]
    monkeypatch.setattr(Scene, "title", lambda scene: scene.rng.choice(names))
    monkeypatch.setattr(Scene, "people", lambda scene, count: scene.rng.sample(names, count))
    for seed in range(30):
        assert len(make_task(seed, "train", domain="knowledge").start["facts"]) == 2 + 3 + 2 + 4
