"""Order, rounds, failures, Ctrl-C, and the arithmetic of the rows."""

import pytest

from mtp_agents.bench.metrics import conversion, detail_of, rows_of
from mtp_agents.bench.models import Subject
from mtp_agents.bench.report import to_json
from mtp_agents.bench.runners import Unavailable
from mtp_agents.bench.schedule import in_turn, run_cases
from tests.bench.stub import Stub, measured


def test_each_round_runs_every_case_once_and_one_shape_after_the_other(subject: Subject) -> None:
    runners = [Stub(), Stub(policy="ConfAdapt"), Stub(engine="hf", policy="greedy")]
    cases = [measured(subject, runner, batch, 64) for batch in (1, 4, 8) for runner in runners]
    rounds = [in_turn(cases, turn) for turn in range(4)]
    for order in rounds:
        assert sorted(map(id, order)) == sorted(map(id, cases))
        batches = [one.case.batch for one in order]
        assert [batches[place] for place in (0, 3, 6)] == [batches[place] for place in (2, 5, 8)]
    assert rounds[0] != rounds[1]
    assert rounds == [in_turn(cases, turn) for turn in range(4)]
    assert rounds != [in_turn(cases, turn, seed=1) for turn in range(4)]


def test_the_warm_up_is_short_and_not_counted(subject: Subject) -> None:
    cases = [measured(subject, Stub()), measured(subject, Stub(policy="Verified"))]
    runs: list[None] = []
    assert run_cases(cases, tokens=48, rounds=3, on_run=lambda: runs.append(None)) == "complete"
    for one in cases:
        assert one.case.runner.calls == [32, 48, 48, 48]  # type: ignore[attr-defined]
        assert len(one.samples) == 3
    assert len(runs) == 8


def fail() -> None:
    raise Unavailable("no such thing")


def test_a_case_that_fails_is_reported_and_the_others_go_on(subject: Subject) -> None:
    cases = [measured(subject, Stub(before=fail, policy="Verified")), measured(subject, Stub())]
    assert run_cases(cases, tokens=48, rounds=2) == "complete"
    document = to_json(cases, [], "complete", {})
    assert [row["policy"] for row in document["results"]] == ["Static(1)"]
    (skipped,) = document["skipped"]
    assert (skipped["policy"], skipped["reason"]) == ("Verified", "no such thing")


def test_ctrl_c_leaves_what_was_measured(subject: Subject) -> None:
    seen: list[int] = []

    def interrupt() -> None:
        seen.append(1)
        if len(seen) == 4:  # the second round of two cases
            raise KeyboardInterrupt

    cases = [
        measured(subject, Stub(before=interrupt)),
        measured(subject, Stub(before=interrupt, policy="Verified")),
    ]
    assert run_cases(cases, tokens=48, rounds=5) == "interrupted"
    document = to_json(cases, [], "interrupted", {})
    assert document["ending"] == "interrupted"
    assert len(document["results"]) == 1
    assert [one["reason"] for one in document["skipped"]] == ["not reached: interrupted"]


def test_when_the_time_is_up_every_case_has_a_run(subject: Subject) -> None:
    cases = [measured(subject, Stub()), measured(subject, Stub(policy="Verified"))]
    assert run_cases(cases, tokens=48, rounds=5, deadline=0.0) == "time"
    assert [len(one.samples) for one in cases] == [1, 1]


def test_conversion_is_one_where_every_saved_pass_is_saved_time() -> None:
    assert conversion(300.0, 100.0, 3.0) == 1
    assert conversion(200.0, 100.0, 4.0) == 0.5


def test_rows(subject: Subject) -> None:
    cases = [
        measured(subject, Stub(seconds=(9.0, 1.0, 1.1))),
        measured(subject, Stub(policy="ConfAdapt", seconds=(0.5,), passes=25, model_seconds=0.4)),
        measured(subject, Stub(engine="hf", policy="greedy", seconds=(2.0,))),
        measured(subject, Stub(engine="hf", policy="prompt lookup", seconds=(1.0,), passes=50)),
        measured(subject, Stub(policy="ConfAdapt", passes=25), batch=4),
    ]
    run_cases(cases, tokens=48, rounds=3)
    rows = rows_of(cases)
    assert [list(row) for row in rows] == [
        [
            "model",
            "engine",
            "policy",
            "loop",
            "batch",
            "context",
            "tokens_per_s",
            "tokens_per_pass",
            "conversion",
            "idle_share",
        ]
    ] * len(cases)
    types = (str, str, str, str, int, int, float, float, float, float)
    for row in rows[:4]:
        assert tuple(map(type, row.values())) == types
    assert [row["tokens_per_pass"] for row in rows] == [1, 4, 1, 2, 4]
    assert rows[0]["tokens_per_s"] == pytest.approx(100 / 1.1, rel=1e-3)  # the median
    assert rows[1]["tokens_per_s"] == 200
    assert rows[1]["conversion"] == pytest.approx(200 / (100 / 1.1) / 4, rel=1e-3)
    assert rows[1]["idle_share"] == pytest.approx(0.2)
    assert [rows[place]["conversion"] for place in (0, 2, 3)] == [1, 1, 1]  # against their own engine
    assert rows[4]["conversion"] is None  # Static(1) was not measured in this shape
    assert [detail_of(one, cases)["same_text"] for one in cases] == [1, 1, 1, 1, None]
