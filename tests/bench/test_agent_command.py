"""`mtp-agents bench agent` as users type it, on the embedded student."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mtp_agents.bench.agent import schedule
from mtp_agents.bench.agent.metrics import KEYS
from mtp_agents.bench.agent.options import QUICK, make_options
from mtp_agents.cli import app

RUN = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"})
SMALL = "--tasks 2 --examples none --rounds 1 --max-tokens 12 --seconds 100".split()


@pytest.fixture(autouse=True)
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra `bench` were not installed, on every machine."""

    def find(name: str, *rest: Any) -> Any:
        return None if name in {"xllamacpp", "gguf", "matplotlib"} else importlib.util.find_spec(name, *rest)

    for module in ("llamacpp", "agent.picture"):
        monkeypatch.setattr(f"mtp_agents.bench.{module}.find_spec", find)


def bench(out: Path, *more: str) -> Result:
    return RUN.invoke(app, ["bench", "agent", "--quick", *SMALL, "--out", str(out), *more])


def test_the_last_line_is_the_document(embedded: Any, tmp_path: Path) -> None:
    done = bench(tmp_path, "--concurrency", "1,2")
    assert done.exit_code == 0, done.output
    *table, line = done.stdout.splitlines()
    document = json.loads(line)
    assert "ConfAdapt(0.9)" in "\n".join(table)
    assert [tuple(row) for row in document["results"]] == [KEYS] * 12
    assert {row["runner"] for row in document["results"]} == {"mtp", "mtp, no grammar", "hf"}
    assert {row["concurrency"] for row in document["results"]} == {1, 2}
    for row, detail in zip(document["results"], document["details"], strict=True):
        assert row["tasks"] == len(detail["runs"]) == 2
        assert 0 < row["task_seconds_p50"] <= row["task_seconds_p95"]
        assert row["tokens_per_pass"] >= 1
        assert (row["cache_read_share"] == 0) >= (row["reuse"] is False)
        if row["policy"] == "Verified":
            assert detail["same_text"] == 1
    assert document["ending"] == "complete"
    assert document["model"]["name"] == "embedded"
    assert json.loads((tmp_path / "agent.json").read_text()) == document
    assert "ConfAdapt(0.9)" in (tmp_path / "agent.html").read_text()
    (skipped,) = document["skipped"]
    assert skipped["runner"] == "llama.cpp"
    assert "pip install 'mtp-agents[bench]'" in skipped["reason"]
    told = " ".join(done.stderr.split())
    assert "not measured: llama.cpp" in told
    assert "The picture needs matplotlib: pip install 'mtp-agents[bench]'" in told
    assert "| transformers generate |" in (tmp_path / "agent.md").read_text()
    assert not list(tmp_path.glob("*.png"))


def test_with_matplotlib_there_is_a_picture(
    embedded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.undo()
    done = bench(tmp_path, "--concurrency", "1", "--peers", "none", "--tasks", "1")
    assert done.exit_code == 0, done.output
    assert {file.suffix for file in tmp_path.glob("agent.*")} == {".json", ".html", ".md", ".png", ".svg"}


def test_ctrl_c_writes_the_report(embedded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together, runs = schedule._run_together, []

    def interrupted(make_model: Any, unit: Any, max_tokens: int, limit: Any) -> Any:
        if max_tokens != schedule.WARM_UP_TOKENS:
            runs.append(unit)
            if len(runs) == 3:
                raise KeyboardInterrupt
        return together(make_model, unit, max_tokens, limit)

    monkeypatch.setattr(schedule, "_run_together", interrupted)
    monkeypatch.setattr(schedule, "WARM_UP_TOKENS", 1)
    done = bench(tmp_path, "--concurrency", "1", "--peers", "none", "--json")
    assert done.exit_code == 130
    document = json.loads(done.stdout.splitlines()[-1])
    assert document["ending"] == "interrupted"
    assert len(document["results"]) == 2
    assert sum(one["reason"] == "not reached: interrupted" for one in document["skipped"]) == 3
    assert "Interrupted" in (tmp_path / "agent.html").read_text()
    assert "those of the runs so far" in done.stderr


def test_quick_is_small_and_has_a_limit() -> None:
    quick = make_options(quick=True)
    assert quick == QUICK
    assert quick.seconds is not None
    assert quick.seconds + 15 < 120
    assert make_options(quick=True, tasks=3, concurrency="8").concurrencies == (8,)
    assert make_options().seconds is None
    assert make_options(quick=True, examples="approval").examples > quick.examples


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "0", "--examples", "none"], "give a number of toolworld tasks"),
        (["--tasks", "-1"], "give a number of toolworld tasks"),
        (["--examples", "demo"], "'demo' is not known: use reasoning_agent"),
        (["--peers", "vllm"], "use hf, llama.cpp, or none"),
        (["--concurrency", "0"], "for example 1,4,8"),
        (["--concurrency", "100"], "at most 64"),
        (["--rounds", "0"], "--rounds 0: give at least 1"),
        (["--max-tokens", "0"], "--max-tokens 0: give at least 1"),
        (["--question", "Hello?"], "--graph and --question belong together"),
        (["--endpoint-model", "x"], "give the --endpoint"),
        (["--graph", "agent", "--question", "Hello?"], "write MODULE:FUNCTION"),
        (["--graph", "a:b", "--question", "Hello?", "--tasks", "3"], "--tasks 3: with --graph"),
        (["--endpoint", "http://127.0.0.1:9/v1"], "Start the server"),
        (["--model", "./no/such/folder"], "no such folder"),
        (["--out", "/dev/null/x"], "cannot be made"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_1(arguments: list[str], message: str, tmp_path: Path) -> None:
    out = [] if "--out" in arguments else ["--out", str(tmp_path)]
    done = RUN.invoke(app, ["bench", "agent", *arguments, *out])
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("mtp-agents: ")
    assert message in line
