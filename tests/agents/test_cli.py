import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mtp_agents.cli import app

RUN = CliRunner(env={"COLUMNS": "120", "NO_COLOR": "1"})


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"], ["chat", "-h"], ["doctor", "--help"]])
def test_help(arguments: list[str]) -> None:
    done = RUN.invoke(app, arguments)
    assert done.exit_code == 0
    assert "Usage" in done.stdout


def test_version() -> None:
    done = RUN.invoke(app, ["--version"])
    assert (done.exit_code, done.stdout.strip()) == (0, "0.1.0")


def test_help_imports_nothing_heavy(root: Path) -> None:
    code = (
        "import sys; from mtp_agents.cli import app; app(['--help'], standalone_mode=False); "
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert loaded.isdisjoint(
        {"torch", "transformers", "langchain_core", "langgraph", "mtp_model", "mtp_trainer"}
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo", "--decoding", "fast"], "use 'static', 'confadapt' or 'verified'"),
        (["demo", "--decoding", "confadapt", "--threshold", "0"], "(0, 1]"),
        (["demo", "--decoding", "confadapt", "--threshold", "1.01"], "(0, 1]"),
        (["demo", "--k", "0"], "1 to 256"),
        (["demo", "--compare", "0"], "at least 1"),
        (["demo", "--model", "./no/such/folder"], "no such folder"),
        (["chat", "--decoding", "fast"], "use 'static', 'confadapt' or 'verified'"),
        (["chat", "--model", "./no/such/folder"], "no such folder"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_1(arguments: list[str], message: str) -> None:
    done = RUN.invoke(app, arguments)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("mtp-agents: ")
    assert message in line


def test_json_is_all_that_stdout_gets(example: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtp_agents.demo.main.load_example", lambda name: example)
    done = RUN.invoke(app, ["demo", "--json", "--no-color"])
    assert done.exit_code == 0, done.stderr
    (line,) = done.stdout.splitlines()
    keys = "question answer correct policy tokens passes tokens_per_pass seconds baseline speedup"
    assert set(keys.split()) <= json.loads(line).keys()
    assert "Add up the prices" in done.stderr


def test_chat_reads_lines_until_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.agents.scripted import Scripted

    monkeypatch.setattr(Scripted, "get_num_tokens", lambda self, text: 1)
    monkeypatch.setattr(
        "mtp_agents.chat.model_maker", lambda model: lambda policy: Scripted(script=["Hi there."])
    )
    done = RUN.invoke(app, ["chat", "--no-color"], input="Hello\n/policy static\n")
    assert done.exit_code == 0, done.stderr
    assert "there.₄" in done.stdout
    assert "Static(k=1)" in done.stdout


def test_doctor_reports_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtp_model.checkpoint.locate.EMBEDDED", tmp_path)
    done = RUN.invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert "make train-student" in done.stdout
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 2**20)
    (tmp_path / "config.json").write_text(
        '{"architectures": ["Qwen3ForCausalLM"], "mtp": {"k_range": [2, 16]}}'
    )
    scores = {
        "tasks": 500,
        "policies": {"static1": {"success": 0.957, "tokens_per_pass": 1.0, "identical": 1.0}},
    }
    (tmp_path / "scores.json").write_text(json.dumps(scores))
    done = RUN.invoke(app, ["doctor"])
    assert done.exit_code == 0
    for part in (
        "torch",
        "CPU",
        "GPU",
        "1.0 MiB",
        "Qwen3ForCausalLM",
        "2 to 16",
        "500 held-out tasks",
        "95.7%",
        "1.00",
    ):
        assert part in done.stdout, part
