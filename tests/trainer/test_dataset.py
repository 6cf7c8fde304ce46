"""`mtp-train data`: sources of every kind, what is trained on, what is left out and said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer
from typer.testing import CliRunner

from mtp_model.errors import ConfigError, PromptError
from mtp_model.prompt.messages import Message
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.batching import DataError, TokenDataset
from mtp_trainer.cli import app
from mtp_trainer.data_report import REPORT, DataReport
from mtp_trainer.dataset import DataConfig, build_dataset, is_held_out, training_examples
from tests.trainer.llama import agent_row, make_llama, make_tokenizer

ROWS = [agent_row(city, degrees) for degrees, city in enumerate(["Köln", "Paris", "Bonn", "東京"])]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_llama(tmp_path_factory.mktemp("model"))


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def build(model: Path, source: Path | str, out: Path, **changes: Any) -> DataReport:
    values = {"model": str(model), "source": str(source), "out": out, "validation": 0} | changes
    return build_dataset(DataConfig(**values))


def written(model: Path, out: Path) -> list[str]:
    """What the model writes, example by example."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    data = TokenDataset.load(out / "train")
    return [str(tokenizer.decode(ids[mask])) for ids, mask in (data[i] for i in range(len(data)))]


TURNS = [
    '{"name": "weather", "parameters": {"city": "Köln"}}<|eot_id|>It is 0 degrees in Köln.<|eot_id|>',
    '{"name": "weather", "parameters": {"city": "Paris"}}<|eot_id|>It is 1 degrees in Paris.<|eot_id|>',
]


def test_json_lines(model: Path, tmp_path: Path) -> None:
    report = build(model, lines(tmp_path / "a.jsonl", ROWS), tmp_path / "out", limit=2)
    assert written(model, tmp_path / "out") == TURNS
    assert (report.rows, report.examples, report.skipped) == (2, {"train": 2, "validation": 0}, {})
    assert json.loads((tmp_path / "out" / REPORT).read_text())["tokens"] == report.tokens
    assert not (tmp_path / "out/validation").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_directory_of_files_of_all_kinds(model: Path, tmp_path: Path, workers: int) -> None:
    datasets = pytest.importorskip("datasets")
    folder = tmp_path / "files"
    (folder / "deeper").mkdir(parents=True)
    lines(folder / "a.jsonl", ROWS[:1])
    (folder / "b.json").write_text(json.dumps(ROWS[1:2]))
    # nested objects of different keys, which Arrow fills up with nulls
    other = agent_row("Bonn", 2)
    other["tools"][0]["function"]["parameters"]["properties"] = {"town": {"type": "string", "enum": ["Bonn"]}}
    datasets.Dataset.from_list([other, ROWS[1]]).to_parquet(folder / "deeper/c.parquet")
    build(model, folder, tmp_path / "out", workers=workers)
    build(model, lines(tmp_path / "same.jsonl", [*ROWS[:2], other, ROWS[1]]), tmp_path / "same")
    one, same = TokenDataset.load(tmp_path / "out/train"), TokenDataset.load(tmp_path / "same/train")
    assert one.tokens.tolist() == same.tokens.tolist()
    assert one.loss.tolist() == same.loss.tolist()


def test_a_saved_dataset_with_splits(model: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    parts = {"train": datasets.Dataset.from_list(ROWS[2:]), "test": datasets.Dataset.from_list(ROWS[:2])}
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "saved")
    build(model, tmp_path / "saved", tmp_path / "out", split="test")
    assert written(model, tmp_path / "out") == TURNS
    with pytest.raises(DataError, match="no split 'dev': it has train, test"):
        build(model, tmp_path / "saved", tmp_path / "none", split="dev")


def test_a_dataset_of_the_hub(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    asked: list[tuple[Any, ...]] = []

    def load(name: str, subset: str | None = None, *, split: str) -> Any:
        asked.append((name, subset, split))
        return datasets.Dataset.from_list([*ROWS[:2], {"messages": [], "tools": None}])

    monkeypatch.setattr(datasets, "load_dataset", load)
    arguments = ["--model", str(model), "--source", "someone/agents", "--split", "test", "--subset", "easy"]
    arguments += ["--out", str(tmp_path / "out"), "--validation", "0"]
    result = CliRunner().invoke(app, ["data", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert asked == [("someone/agents", "easy", "test")]
    assert "3 rows became 2 train and 0 validation examples" in result.stdout
    assert "first: someone/agents[test], row 3" in result.stdout
    assert written(model, tmp_path / "out") == TURNS


def test_validation_by_question(model: Path, tmp_path: Path) -> None:
    rows = [{"prompt": f"Question {i % 40}?", "response": f"Answer {i}."} for i in range(80)]
    report = build(model, lines(tmp_path / "a.jsonl", rows), tmp_path / "out", validation=0.3)
    held = sum(is_held_out(f"Question {i}?", 0.3) for i in range(40))
    assert report.examples == {"train": 2 * (40 - held), "validation": 2 * held}
    assert 0 < held < 40
    tokenizer = AutoTokenizer.from_pretrained(model)
    questions = []
    for part in ("train", "validation"):
        data = TokenDataset.load(tmp_path / "out" / part)
        texts = [str(tokenizer.decode(data[i][0])) for i in range(len(data))]
        questions.append({text.split("Question")[1].split("?")[0] for text in texts})
    assert questions[0].isdisjoint(questions[1])


def test_every_turn_is_trained_on_as_the_model_writes_it() -> None:
    ask, tell = Message("user", "Two?"), Message("assistant", "Yes.")
    renderer = PromptRenderer(make_tokenizer())
    ((ids, mask),) = training_examples(renderer, [ask, tell, ask, tell])
    own = [token for token, counts in zip(ids, mask, strict=True) if counts]
    assert renderer.tokenizer.decode(own) == "Yes.<|eot_id|>" * 2
    # a template that drops the thoughts of the past: the first turn needs its own example
    tokenizer: Any = make_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
        "{% if m.reasoning_content and loop.last %}({{ m.reasoning_content }}){% endif %}"
        "{{ m.content }}<|eot_id|>{% endfor %}"
        "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
    )
    thinking = Message("assistant", "Yes.", "Hm.")
    examples = training_examples(PromptRenderer(tokenizer), [ask, thinking, ask, thinking])
    owns = [[token for token, counts in zip(i, m, strict=True) if counts] for i, m in examples]
    assert [tokenizer.decode(own) for own in owns] == ["(Hm.)Yes.<|eot_id|>"] * 2


def test_what_is_left_out_is_counted(model: Path, tmp_path: Path) -> None:
    rows = [*ROWS[:1], {"prompt": "?"}, {"prompt": "Why?", "response": "So. " * 300}, {"prompt": "Who?"}]
    report = build(model, lines(tmp_path / "a.jsonl", rows), tmp_path / "out")
    assert {reason: entry.count for reason, entry in report.skipped.items()} == {
        "no assistant turn": 2,
        "longer than 512 tokens": 1,
    }
    text = "\n".join(report.lines())
    assert f"Left out: 2, no assistant turn (first: {tmp_path / 'a.jsonl'}, line 2)" in text
    assert "4 rows became 1 train and 0 validation examples" in text
    cut = build(model, tmp_path / "a.jsonl", tmp_path / "out", cut=True, max_length=400)
    assert (cut.cut, cut.longest, cut.examples["train"]) == (1, 400, 2)


@pytest.mark.parametrize(
    ("rows", "changes", "message"),
    [
        (
            [{"prompt": "?"}],
            {},
            "trained on: 1 with no assistant turn .*Conversations with",
        ),
        ([{"text": "x"}], {}, "1 with no conversation .* the row has the keys text"),
        (ROWS, {"max_length": 20}, "4 with longer than 20 tokens .*Raise max_length .* or set cut"),
        (ROWS, {"validation": 0.999999}, "all 4 rows are held out for validation=0.999999"),
        ([], {}, "it has no rows"),
    ],
)
def test_nothing_to_train_on(
    model: Path, tmp_path: Path, rows: list[Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        build(model, lines(tmp_path / "a.jsonl", rows), tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


def test_bad_sources(model: Path, tmp_path: Path) -> None:
    for name, content, message in [
        ("a.jsonl", '{"prompt": "x", "response": "y"}\n{"pro', "a.jsonl, line 2 is no JSON"),
        ("b.jsonl", "[1]", "line 1 is a list: each row needs to be a JSON object"),
        ("c.json", "[{]", "c.json is no JSON"),
        ("d.parquet", "no", "cannot be read as Parquet"),
        ("e.txt", "x", r"e.txt is none of .jsonl, .json, .parquet"),
    ]:
        (tmp_path / name).write_text(content)
        with pytest.raises(DataError, match=message):
            build(model, tmp_path / name, tmp_path / "out")
    with pytest.raises(DataError, match="no file or directory"):
        build(model, tmp_path / "none.jsonl", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"holds no .jsonl, .json, .parquet file"):
        build(model, tmp_path / "empty", tmp_path / "out")
    with pytest.raises(DataError, match=r"as a dataset of the Hugging Face hub .* cannot be loaded"):
        build(model, "nobody/nothing", tmp_path / "out")


@pytest.mark.parametrize("missing", ["tokens.npy", "loss.npy", "offsets.npy", REPORT])
def test_a_full_disk_leaves_the_earlier_dataset(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    source, out = lines(tmp_path / "a.jsonl", ROWS), tmp_path / "out"
    build(model, source, out, limit=2)
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    save, write = np.save, DataReport.save

    def full(file: Path) -> None:
        if file.name == missing:
            file.write_bytes(b"half a file")
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", lambda file, values: (full(file), save(file, values)))
    monkeypatch.setattr(DataReport, "save", lambda report, file: (full(file), write(report, file)))
    with pytest.raises(DataError, match=r"cannot be written to .*No space left on device\. Free disk space"):
        build(model, source, out)
    assert {file: file.read_bytes() for file in out.rglob("*") if file.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "out"]


def test_bad_settings(model: Path, tmp_path: Path) -> None:
    source = lines(tmp_path / "a.jsonl", ROWS)
    with pytest.raises(ConfigError, match=r"max_length is 600, but .* has 512 positions"):
        build(model, source, tmp_path / "out", max_length=600)
    with pytest.raises(DataError, match="holds something else than a dataset"):
        build(model, source, tmp_path)
    assert source.is_file()
    plain = make_llama(tmp_path / "plain")
    (plain / "chat_template.jinja").unlink()
    with pytest.raises(PromptError, match="no chat template"):
        build(plain, source, tmp_path / "out")


def test_the_command(model: Path, tmp_path: Path) -> None:
    source = lines(tmp_path / "a.jsonl", ROWS)
    arguments = ["data", "--model", str(model), "--source", str(source), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, [*arguments, "--validation", "0"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "4 rows became 4 train and 0 validation examples" in result.stdout
