"""The scores beside the embedded weights are true: recorded tasks give the recorded outcomes again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mtp_model.decode import Decoder
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.evaluate import default_policies, evaluate, factory_of, heldout_task
from mtp_trainer.rollout import CallTool, run_agent
from mtp_trainer.toolworld.tasks import Session

SCORES = Path(__file__).parents[2] / "model/mtp_model/checkpoint/embedded/scores.json"
SAMPLE = 30  # tasks that the quick test runs, evenly from all domains


def recorded() -> dict[str, Any]:
    scores: dict[str, Any] = json.loads(SCORES.read_text(encoding="utf-8"))
    return scores


def caller(session: Session) -> CallTool:
    return lambda call: session.call(call).text


@pytest.mark.timeout(900)  # two minutes on a slow machine
def test_recorded_outcomes_come_again(embedded: Any) -> None:
    scores = recorded()
    assert scores["dtype"] == "float32", "the type that every machine has"
    decoder, renderer = Decoder(embedded), PromptRenderer(embedded.tokenizer)
    total, differing = scores["tasks"], []
    factory = factory_of(embedded)
    for index in range(0, total, max(1, total // SAMPLE)):
        task = heldout_task(index, total)
        grammar = factory.calls(task.tools, required=False) if scores["grammar"] and task.tools else None
        for name, policy in default_policies().items():
            session = task.session()
            run = run_agent(decoder, renderer, policy, task.messages, task.tools, caller(session), grammar)
            solved = task.check(session, run.answer).ok
            row = scores["outcomes"][name]
            if (solved, run.passes) != (row["solved"][index] == "1", row["forward_passes"][index]):
                differing.append((index, name))
    # Greedy and float32, so equal but for ties that another processor breaks otherwise.
    assert len(differing) <= 3, differing


def test_the_recorded_table_sums_up_the_recorded_outcomes() -> None:
    scores = recorded()
    for name, row in scores["policies"].items():
        outcomes = scores["outcomes"][name]
        assert len(outcomes["solved"]) == len(outcomes["forward_passes"]) == scores["tasks"]
        assert sum(outcomes["forward_passes"]) == row["forward_passes"]
        assert row["tokens_per_pass"] == pytest.approx(row["tokens"] / row["forward_passes"], abs=0.001)


FLOORS = {  # a student that ships is no worse than this in any of it
    "static1": {"success": 0.75, "success_unseen_tools": 0.45, "tokens_per_pass": 1.0},
    "confadapt": {"success": 0.58, "success_unseen_tools": 0.35, "tokens_per_pass": 4.9},
    "verified": {"success": 0.75, "success_unseen_tools": 0.45, "tokens_per_pass": 4.7, "identical": 1.0},
}


@pytest.mark.parametrize("policy", FLOORS)
def test_the_student_that_ships_is_above_the_floors(policy: str) -> None:
    reached = recorded()["policies"][policy]
    assert all(reached[figure] >= floor for figure, floor in FLOORS[policy].items()), reached


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_recorded_table_comes_again(embedded: Any) -> None:
    scores = recorded()
    policies, grammar = default_policies(), scores["grammar"]
    report = evaluate(None, scores["tasks"], policies, grammar=grammar, workers=2, dtype=scores["dtype"])
    for name, row in report["policies"].items():
        for figure in ("success", "success_unseen_tools", "tokens_per_pass", "identical"):
            assert row[figure] == pytest.approx(scores["policies"][name][figure], rel=0.02, abs=0.01)
