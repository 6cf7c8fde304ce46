"""The picture and the Markdown table of whole agents, and the command that keeps them."""

import json
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mtp_agents.bench.agent.markdown import to_markdown
from mtp_agents.bench.agent.options import command_of, make_options
from mtp_agents.bench.agent.picture import draw
from mtp_agents.bench.agent.recorder import Limit
from mtp_agents.bench.agent.report import to_json
from mtp_agents.bench.agent.schedule import Measured, make_units, run_units
from mtp_agents.bench.agent.summary import levels_of
from mtp_agents.cli import app
from tests.bench.agents import Stub, agent_task

RUN = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"})
PLACE = "<!-- bench report -->\n\n<!-- end of bench report -->\n"
LONG = "some|organisation/A-Rather-Long-Name-Of-A-Model-8B"
MODEL = {"name": "embedded", "parameters": 3657088, "dtype": "float32", "device": "cpu"}


def measured(
    concurrencies: tuple[int, ...] = (4, 1), *, peers: bool = True, success: bool | None = True
) -> dict[str, Any]:
    """A document of all configurations; task b is never solved."""
    policies = ("Static(1)", "ConfAdapt(0.9)", "Verified")
    runners = [
        *(Stub(policy=policy) for policy in policies),
        *(Stub(policy=policy, reuse=False) for policy in policies),
        *(Stub("mtp, no grammar", policy, grammar=False) for policy in policies),
        Stub("endpoint", LONG, None, None),
        *([Stub("hf", "greedy", False, False), Stub("llama.cpp", "greedy", True, False)] if peers else []),
    ]
    cases = [Measured(runner, number) for number in concurrencies for runner in runners]
    tasks = [agent_task(name, success=success and name != "b") for name in "abcd"]
    run_units(cases, make_units(tasks, concurrencies, 1), max_tokens=8, limit=Limit())
    settings = asdict(make_options(quick=True))
    document = to_json(cases, (), "complete", settings, None) | {"model": MODEL, "commit": "0123456789"}
    for number, row in enumerate(document["results"], 1):
        row["task_seconds_p50"] = 0.5 * number
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def test_peers_come_first_and_ratios_refer_to_generate() -> None:
    one, four = levels_of(measured())
    assert (one.concurrency, four.concurrency) == (1, 4)
    labels = [entry.label for entry in one.entries]
    assert labels[1:5] == ["transformers generate", "llama.cpp server", "Static(1)", "ConfAdapt(0.9)"]
    assert labels[0].startswith("some|organisation")
    assert labels[0].endswith("… (endpoint)")
    assert labels[-6:] == [
        *("Static(1), no reuse", "ConfAdapt(0.9), no reuse", "Verified, no reuse"),
        *("Static(1), no grammar", "ConfAdapt(0.9), no grammar", "Verified, no grammar"),
    ]
    seconds = {entry.label: (entry.seconds, entry.ratio) for entry in four.entries}
    assert seconds["transformers generate"] == (5.5, 1)
    assert seconds["ConfAdapt(0.9)"] == (1, 5.5)
    assert {(entry.solved, entry.judged) for entry in one.entries} == {(3, 4)}


def test_without_generate_ratios_refer_to_static() -> None:
    (level,) = levels_of(measured((1,), peers=False))
    assert level.reference == "Static(1)"
    assert [entry.ratio for entry in level.entries if entry.label == "Verified"] == [pytest.approx(1 / 3)]


def few(document: dict[str, Any], least: int) -> dict[str, Any]:
    """The same without the first rows."""
    return document | {name: document[name][least:] for name in ("results", "details")}


DOCUMENTS = {
    "committed": None,
    "all at three concurrencies": lambda: measured((1, 4, 8)),
    "some not measured": lambda: few(measured((1, 4)), 5),
    "no peers": lambda: measured((1,), peers=False),
    "nobody judges": lambda: measured((1,), success=None),
    "an endpoint's model": lambda: measured((1,)) | {"model": None, "commit": None},
    "very long": lambda: scaled(measured((1, 4)), 12345.0),
    "very short": lambda: scaled(measured((1, 4)), 1e-6),
}


def scaled(document: dict[str, Any], factor: float) -> dict[str, Any]:
    for row in document["results"]:
        row["task_seconds_p50"] *= factor if row["runner"] == "hf" else 1
    return document


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_no_text_touches_another_or_the_edge(name: str, root: Path) -> None:
    agg = pytest.importorskip("matplotlib.backends.backend_agg")
    (file,) = (root / "docs/benchmarks").glob("agent-cpu-????-??-??.json")
    make = DOCUMENTS[name]
    figure = draw(make() if make else json.loads(file.read_text()))
    canvas = agg.FigureCanvasAgg(figure)
    canvas.draw()
    texts = [*figure.texts]
    for axis in figure.axes:
        texts += [text for text in [*axis.texts, *axis.get_yticklabels()] if text.get_text()]
    assert len(texts) >= 20
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in boxes:
        assert 0 <= box.x0 < box.x1 <= width, text
        assert 0 <= box.y0 < box.y1 <= height, text
    for (one, first), (other, second) in combinations(boxes, 2):
        # a box leaves room for descenders, which may lie beside the next line
        apart = first.x1 <= second.x0 or second.x1 <= first.x0
        assert apart or min(first.y1, second.y1) - max(first.y0, second.y0) < 3, (one, other)
    bars = [bar for axis in figure.axes for bar in axis.patches]
    for bar in bars:
        for text, box in boxes:
            assert not box.overlaps(bar.get_window_extent()), text


def test_the_table_has_the_figures_of_the_document() -> None:
    text = to_markdown(measured(), "some/agent")
    assert "](some/agent.png)" in text
    assert "[all figures](some/agent.json)" in text
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line[:1] == "|"
    ]
    assert rows[0][1:] == [
        *("one agent: seconds", "solved", "tokens per pass", "text of `Static(1)`"),
        *("4 agents: seconds", "solved"),
    ]
    assert {len(row) for row in rows} == {7}
    assert [
        "transformers generate",
        "11.50 (1.0×)",
        "3 of 4",
        "1.00",
        "100 %",
        "5.50 (1.0×)",
        "3 of 4",
    ] in rows
    assert "`mtp-agents bench agent --quick`" in text
    assert "commit 0123456" in text
    assert r"| some\|organisation/A" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ""),
        ({"quick": True}, " --quick"),
        ({"model": "my student", "concurrency": "1,4", "seconds": 600.0},
         " --model 'my student' --seconds 600 --concurrency 1,4"),
        ({"quick": True, "peers": "none", "examples": "approval", "rounds": 3},
         " --quick --rounds 3 --peers none --examples approval"),
        ({"graph": "a:b", "questions": ["What?"], "endpoint": "http://h/v1", "endpoint_model": "m"},
         " --graph a:b --endpoint http://h/v1 --endpoint-model m --question 'What?'"),
        ({"tasks": 3, "examples": "none", "max_tokens": 12}, " --tasks 3 --max-tokens 12 --examples none"),
    ],
)  # fmt: skip
def test_settings_tell_their_command(options: dict[str, Any], words: str) -> None:
    settings = json.loads(json.dumps(asdict(make_options(**options))))
    assert command_of(settings) == f"mtp-agents bench agent{words}"


def report(*arguments: object) -> Result:
    return RUN.invoke(app, ["bench", "report", *map(str, arguments)])


def test_results_are_kept_with_picture_and_table(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    document = measured()
    (tmp_path / "agent.json").write_text(json.dumps(document))
    page = tmp_path / "pages" / "page.md"
    page.parent.mkdir()
    page.write_text(f"Before.\n\n{PLACE}\nAfter.\n")
    for _ in range(2):  # what is there is replaced
        done = report(tmp_path / "agent.json", "--out", tmp_path / "kept", "--into", page)
        assert done.exit_code == 0, done.output
        stem = f"agent-cpu-{document['date'][:10]}"
        kept = {file.name: file.read_bytes() for file in (tmp_path / "kept").iterdir()}
        assert set(kept) == {f"{stem}.{end}" for end in ("json", "md", "png", "svg")}
        assert json.loads(kept[f"{stem}.json"]) == document
        assert kept[f"{stem}.md"].decode() == to_markdown(document, stem)
        assert kept[f"{stem}.png"].startswith(b"\x89PNG")
        for end in ("png", "svg"):
            assert document["date"].encode() in kept[f"{stem}.{end}"]  # whose picture it is
        begin, block, after = page.read_text().partition(to_markdown(document, f"../kept/{stem}"))
        assert begin == f"Before.\n\n<!-- bench report ../kept/{stem}.json -->\n"
        assert block
        assert after == "<!-- end of bench report -->\n\nAfter.\n"
    assert report(tmp_path / "kept" / f"{stem}.json").exit_code == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "kept").iterdir()} == kept


def test_results_of_decode_are_drawn_too(tmp_path: Path, root: Path) -> None:
    pytest.importorskip("matplotlib")
    (file,) = (root / "docs/benchmarks").glob("decode-cpu-????-??-??.json")
    done = report(file, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert {one.name for one in tmp_path.iterdir()} == {
        f"{file.stem}.{end}" for end in ("json", "png", "svg")
    }


def test_mistakes_are_one_line_and_exit_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    good, page = tmp_path / "agent.json", tmp_path / "page.md"
    document = measured((1,))
    good.write_text(json.dumps(document))
    page.write_text("No place.\n")
    files = {
        "no.json": "{",
        "other.json": "[]",
        "empty.json": json.dumps(document | {"results": []}),
        "decode.json": json.dumps(document | {"benchmark": "decode"}),
        "two.md": PLACE * 2,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    for arguments, message in (
        (["missing.json"], "cannot be read"),
        (["no.json"], "cannot be read as JSON"),
        (["other.json"], "no document of"),
        (["empty.json"], "nothing was measured"),
        (["decode.json", "--into", page], "those of `bench decode`"),
        ([good, "--into", page], "has 0 places"),
        ([good, "--into", tmp_path / "two.md"], "has 2 places"),
        ([good, "--into", tmp_path / "none.md"], "cannot be read or written"),
        ([good, "--out", "/dev/null/x"], "cannot be made"),
    ):
        done = report(tmp_path / arguments[0], *arguments[1:])
        assert done.exit_code == 1
        (line,) = done.stderr.splitlines()
        assert message in line
    monkeypatch.setattr("mtp_agents.bench.agent.picture.find_spec", lambda name: None)
    assert "pip install 'mtp-agents[bench]'" in report(good).stderr
