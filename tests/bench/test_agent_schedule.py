"""Order, time, failures and Ctrl-C of the agent benchmark, and the arithmetic of its rows."""

from collections import Counter
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.outputs import LLMResult

from mtp_agents.bench.agent.metrics import KEYS, PARTS, comparable, details_of, rows_of
from mtp_agents.bench.agent.models import result_of
from mtp_agents.bench.agent.recorder import Limit, OutOfTime, Recorder
from mtp_agents.bench.agent.report import to_json, to_tables
from mtp_agents.bench.agent.schedule import Measured, TaskRun, make_units, run_units, warm_up
from tests.bench.agents import Stub, agent_task, reply

TASKS = [agent_task(name) for name in "abcdef"]


def cases_of(*runners: Stub, concurrencies: tuple[int, ...] = (1,)) -> list[Measured]:
    return [Measured(runner, number) for number in concurrencies for runner in runners]


def run(cases: list[Measured], **more: Any) -> str:
    numbers = list(dict.fromkeys(one.concurrency for one in cases))
    units = make_units(TASKS, numbers, more.pop("rounds", 1))
    return run_units(cases, units, max_tokens=8, **{"limit": Limit(), **more})


def test_each_round_has_each_task_and_every_concurrency_comes_early() -> None:
    units = make_units(TASKS, [1, 4], rounds=2)
    alone = Counter(unit.tasks[0].name for unit in units if unit.concurrency == 1)
    assert alone == Counter({task.name: 2 for task in TASKS})
    together = [unit for unit in units if unit.concurrency == 4]
    assert all(len(unit.tasks) == 4 for unit in together)
    assert len(together) == 4
    assert {task.name for unit in together[:2] for task in unit.tasks} == set("abcdef")
    assert [unit.concurrency for unit in units[:2]] == [1, 4]


def test_all_runners_take_turns_within_a_unit() -> None:
    cases = cases_of(Stub(), Stub(policy="Verified"), Stub("hf", "greedy"), concurrencies=(1, 2))
    seen: list[int] = []
    assert run(cases, on_run=lambda: seen.append(1)) == "complete"
    assert len(seen) == 3 * 6 + 3 * 3
    for one in cases:
        assert sum(len(runs) for runs in one.runs.values()) == 6
        assert list(one.runs) == list(cases[0 if one.concurrency == 1 else 3].runs)
        assert all(len(run.turns) == 2 and run.success for runs in one.runs.values() for run in runs)


def test_the_warm_up_is_once_for_each_runner_and_not_counted() -> None:
    good, bad = Stub(), Stub("hf", before=lambda: fail("no memory"))
    cases = cases_of(good, bad, concurrencies=(1, 4))
    warm_up(cases, TASKS[0], Limit())
    assert (good.opened, bad.opened) == ([1], [1])
    assert not any(one.runs for one in cases)
    assert [one.failure for one in cases] == [None, "no memory"] * 2


def fail(text: str) -> None:
    raise ValueError(text)


def test_a_runner_that_fails_is_reported_and_the_others_go_on() -> None:
    calls: list[int] = []

    def third_time() -> None:
        calls.append(1)
        if len(calls) == 3:
            fail("the server is gone")

    cases = cases_of(Stub(), Stub("endpoint", "some model", None, None, before=third_time))
    assert run(cases) == "complete"
    document = to_json(cases, [], "complete", {}, None)
    assert [(row["runner"], row["tasks"]) for row in document["results"]] == [("mtp", 6), ("endpoint", 2)]
    (skipped,) = document["skipped"]
    assert (skipped["runner"], skipped["reason"]) == ("endpoint", "the server is gone")


def test_when_the_time_is_up_all_runners_have_run_the_same() -> None:
    cases = cases_of(Stub(), Stub(policy="Verified"), concurrencies=(1, 2))
    assert run(cases, deadline=perf_counter()) == "time"
    assert [len(one.runs) for one in cases] == [1, 1, 0, 0]  # the first unit begins in any case
    reasons = [one["reason"] for one in to_json(cases, [], "time", {}, None)["skipped"]]
    assert reasons == ["not reached: time"] * 2


def test_a_run_that_takes_too_long_is_broken_off_and_does_not_count() -> None:
    cases = cases_of(Stub(), Stub(policy="Verified"))
    assert run(cases, limit=Limit(deadline=0.0)) == "time"
    assert not any(one.runs for one in cases)
    with pytest.raises(OutOfTime):
        Limit(stopped=True).check()


def test_ctrl_c_leaves_what_was_measured() -> None:
    runs: list[int] = []

    def interrupt() -> None:
        runs.append(1)
        if len(runs) == 6:  # the third unit of two runners: one of them has run it
            raise KeyboardInterrupt

    cases = cases_of(Stub(before=interrupt), Stub(policy="Verified", before=interrupt))
    assert run(cases) == "interrupted"
    assert sorted(len(one.runs) for one in cases) == [2, 3]
    rows = to_json(cases, [], "interrupted", {}, None)["results"]
    assert [row["tasks"] for row in rows] == [2, 2]  # only what both have run is compared


def timed(message: Any, begin: float, *chunks: float, end: float) -> Recorder:
    """A recorder that saw one turn with these times."""
    recorder, run_id = Recorder(), uuid4()
    times = iter((begin, *chunks, end))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mtp_agents.bench.agent.recorder.perf_counter", lambda: next(times))
        recorder.on_chat_model_start(run_id=run_id)
        for _ in chunks:
            recorder.on_llm_new_token("", run_id=run_id)
        recorder.on_llm_end(LLMResult(generations=[result_of(message).generations]), run_id=run_id)
    return recorder


def measured(runner: Stub, *messages: Any) -> tuple[Measured, list[TaskRun]]:
    """A runner with one task of one-second turns, each followed by a tool of 0.1 s; 0.2 s are lost."""
    turns, tools = [], []
    for place, message in enumerate(messages):
        begin = 10 + 1.2 * place
        turns += timed(message, begin, begin + 0.4, begin + 0.6, begin + 1.0, end=begin + 1.0).turns
        tools.append((begin + 1.0, begin + 1.1))
    seconds = 1.2 * len(messages)
    return Measured(runner, 1), [TaskRun("a", seconds, True, tuple(turns), tuple(tools))]


def test_rows() -> None:
    plain = [reply("One.", 2, 1, 1), reply("Two.", 1, 1, 2, prompt=300, cached=100)]
    decoding = {
        "prefill_seconds": 0.3,
        "decode_seconds": 0.5,
        "grammar_seconds": 0.1,
        "compile_seconds": 0.05,
    }
    plain[0].response_metadata["decoding"] |= decoding
    other = [reply("One.", 4), reply("Three.", 2, 2, prompt=300)]
    counted = dict([measured(Stub(), *plain), measured(Stub(policy="Verified"), *other)])
    rows, details = rows_of(counted), details_of(counted)
    assert [tuple(row) for row in rows] == [KEYS] * 2
    assert rows[0] == {
        "runner": "mtp",
        "policy": "Static(1)",
        "reuse": True,
        "concurrency": 1,
        "tasks": 1,
        "success": 1.0,
        "task_seconds_p50": 2.4,
        "task_seconds_p95": 2.4,
        "ttft_ms_p50": 400.0,
        "tokens_per_pass": pytest.approx(8 / 6, abs=1e-3),
        "cache_read_share": 0.25,
    }
    assert rows[1]["tokens_per_pass"] == pytest.approx(8 / 3, abs=1e-3)
    first = details[0]
    assert first["tpot_ms_p50"] == pytest.approx((600 / 2 + 600 / 3) / 2)
    assert first["inter_chunk_ms_p50"] == pytest.approx(300)
    assert (first["turns"], first["tokens"], first["same_text"]) == (2, 8, 1)
    assert first["block_sizes"] == {"1": 4, "2": 2}
    # the first turn tells its times; the second one does not, so TTFT and what follows stand for them
    assert tuple(first["turn_ms"]) == PARTS
    expected = {"prefill": 350, "decode": 500, "grammar": 75, "tools": 100, "framework": 175}
    assert first["turn_ms"] == pytest.approx(expected)
    assert [point["prompt_tokens_p50"] for point in first["ttft_by_turn"]] == [100, 300]
    assert details[1]["same_text"] == 0


def test_the_grammars_time_is_never_counted_twice() -> None:
    """A reply of a single pass: its grammar was asked while the prompt was read."""
    message = reply("One.", 5)
    times = {"prefill_seconds": 0.3, "decode_seconds": 0.0, "grammar_seconds": 0.1}
    message.response_metadata["decoding"] |= times
    (turn,) = timed(message, 1.0, 1.4, end=1.5).turns
    assert (turn.prefill, turn.decode, turn.grammar) == (pytest.approx(0.2), 0, 0.1)


def test_turns_that_overlap_have_no_split() -> None:
    one, (single,) = measured(Stub(), reply("One.", 1), reply("Two.", 1))
    beside = timed(reply("Three.", 1), 10.2, 10.3, end=10.9).turns
    both = TaskRun(single.task, single.seconds, True, (*single.turns, *beside), ())
    assert details_of({one: [both]})[0]["turn_ms"] is None


def test_success_is_unknown_where_nobody_judges() -> None:
    cases = cases_of(Stub())
    units = make_units([agent_task("mine", success=None)], [1], 1)
    run_units(cases, units, max_tokens=8, limit=Limit())
    (row,) = rows_of(comparable(cases))
    assert row["success"] is None


def test_the_table_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    cases = cases_of(Stub("mtp, no grammar", "ConfAdapt(0.9)"), Stub("hf", "greedy", False, False))
    run(cases)
    document = to_json(cases, [], "complete", {}, None)
    document["results"][0] |= {"task_seconds_p95": 1234.5678, "ttft_ms_p50": 98765.4321}
    for table in to_tables(document):
        Console(width=80).print(table)
    shown = capsys.readouterr().out
    assert "mtp ConfAdapt(0.9) no grammar" in shown
    assert {"1235", "98765"} <= set(shown.split())
    assert "…" not in shown
