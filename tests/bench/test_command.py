"""`mtp-agents bench decode` as users type it, on a tiny checkpoint."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mtp_agents.bench.gguf_export import write_gguf
from mtp_agents.bench.models import EMBEDDED, Subject, load_subject
from mtp_agents.bench.runners import POLICIES, EngineRunner
from mtp_agents.cli import app
from mtp_model.errors import UnsupportedModelError
from tests.chat.tiny import write_checkpoint
from tests.decode.tiny import checkpoint
from tests.templates import TEMPLATES

RUN = CliRunner(env={"COLUMNS": "120", "NO_COLOR": "1"})
KEYS = "model engine policy loop batch context tokens_per_s tokens_per_pass conversion idle_share".split()


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    write_checkpoint(folder)
    return folder


@pytest.fixture(autouse=True)
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra `bench` were not installed, on every machine."""
    hide(monkeypatch, {"xllamacpp", "gguf", "matplotlib"})


def hide(monkeypatch: pytest.MonkeyPatch, names: set[str]) -> None:
    def find(name: str, *rest: Any) -> Any:
        return None if name in names else importlib.util.find_spec(name, *rest)

    for module in ("llamacpp", "plot"):
        monkeypatch.setattr(f"mtp_agents.bench.{module}.find_spec", find)


def bench(student: Path, out: Path, *more: str) -> Result:
    fixed = ("--model", str(student), "--batch", "1,2", "--context", "96", "--tokens", "32", "--rounds", "1")
    return RUN.invoke(app, ["bench", "decode", *fixed, "--out", str(out), *more])


def test_the_last_line_is_the_document(student: Path, tmp_path: Path) -> None:
    done = bench(student, tmp_path)
    assert done.exit_code == 0, done.output
    *table, line = done.stdout.splitlines()
    document = json.loads(line)
    assert "ConfAdapt auto" in "\n".join(table)
    assert [list(row) for row in document["results"]] == [KEYS] * 13
    assert {row["engine"] for row in document["results"]} == {"mtp", "hf"}
    assert len(document["details"]) == 13
    for row, detail in zip(document["results"], document["details"], strict=True):
        assert row["tokens_per_s"] > 0
        assert row["tokens_per_pass"] >= 1
        assert row["conversion"] > 0
        assert 0 <= row["idle_share"] < 1
        if not row["policy"].startswith("ConfAdapt"):
            assert detail["same_text"] == 1
    assert document["ending"] == "complete"
    assert {"torch", "transformers"} <= document["versions"].keys()
    assert {"cpu", "gpu", "threads"} <= document["machine"].keys()
    assert document["settings"]["batches"] == [1, 2]
    assert json.loads((tmp_path / "decode.json").read_text()) == document


def test_weights_in_another_type(student: Path, tmp_path: Path) -> None:
    done = bench(student, tmp_path, "--engines", "mtp,hf", "--dtype", "bfloat16")
    document = json.loads(done.stdout.splitlines()[-1])
    assert document["models"][0]["dtype"] == document["settings"]["dtype"] == "bfloat16"


def test_both_loops_are_measured_beside_each_other(student: Path, tmp_path: Path) -> None:
    options = ("--batch", "2", "--loop", "host,device", "--k", "4", "--attention", "flex")
    done = bench(student, tmp_path, "--engines", "mtp", *options)
    *table, line = done.stdout.splitlines()
    document = json.loads(line)
    loops = [(row["loop"], row["policy"]) for row in document["results"]]
    assert loops == [
        *(("host", policy) for policy in POLICIES),
        *(("device", policy) for policy in POLICIES if not policy.endswith("auto")),
    ]
    for row, detail in zip(document["results"], document["details"], strict=True):
        assert row["conversion"] > 0
        assert detail["ms_per_pass"] > 0
        assert row["tokens_per_pass"] <= 4 or row["policy"].endswith("auto")
        if row["policy"] in ("Static(1)", "Verified"):
            assert detail["same_text"] == 1, "as the host loop's Static(1)"
    assert [(one["policy"], one["loop"]) for one in document["skipped"]] == [
        ("ConfAdapt auto", "device"),
        ("Verified auto", "device"),
    ]
    assert "mtp Verified, device" in "\n".join(table)
    assert document["settings"]["loops"] == ["host", "device"]


def test_what_is_not_measured_is_said(student: Path, tmp_path: Path) -> None:
    done = bench(student, tmp_path, "--context", "96,2k", "--json")
    (line,) = done.stdout.splitlines()
    reasons = [
        (one["engine"], one["batch"], one["context"], one["reason"]) for one in json.loads(line)["skipped"]
    ]
    assert (
        "llama.cpp",
        None,
        None,
        "xllamacpp and gguf not installed: pip install 'mtp-agents[bench]'",
    ) in reasons
    assert (None, None, 2048, "the model has 512 positions") in reasons
    assert ("hf", 2, 96, "assisted decoding of transformers takes one row at a time") in reasons
    told = " ".join(done.stderr.split())
    for text in ("mtp-agents[bench]", "512 positions", "one row at a time", "The plot needs matplotlib"):
        assert text in told
    assert not list(tmp_path.glob("*.png"))


def test_of_several_models_one_that_cannot_be_used_is_skipped(student: Path, tmp_path: Path) -> None:
    done = bench(
        student, tmp_path, "--model", "./no/such/folder", "--engines", "mtp", "--batch", "1", "--json"
    )
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert len(document["results"]) == 5
    (skipped,) = document["skipped"]
    assert skipped["model"] == "./no/such/folder"
    assert "no such folder" in skipped["reason"]


def test_ctrl_c_writes_the_report(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, runs = EngineRunner.run, []

    def interrupted(self: EngineRunner, prompts: Any, tokens: int) -> Any:
        runs.append(self.policy)
        if len(runs) == 7:
            raise KeyboardInterrupt
        return run(self, prompts, tokens)

    monkeypatch.setattr(EngineRunner, "run", interrupted)
    done = bench(student, tmp_path, "--engines", "mtp", "--batch", "1", "--json")
    assert done.exit_code == 130
    document = json.loads(done.stdout.splitlines()[-1])
    assert document["ending"] == "interrupted"
    assert len(document["results"]) == 1
    assert sum(one["reason"] == "not reached: interrupted" for one in document["skipped"]) == 4
    assert (tmp_path / "decode.json").is_file()
    assert "those of the runs so far" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--batch", "1,x"], "'x' is no positive number"),
        (["--batch", "0"], "for example 1,4,8,16"),
        (["--context", "2m"], "for example 256,2k,8k"),
        (["--tokens", "8"], "at least 32"),
        (["--context", "64", "--tokens", "64"], "larger than --tokens 64"),
        (["--rounds", "0"], "at least 1"),
        (["--k", "1"], "--k 1: give the most tokens per pass, 2 to 16"),
        (["--attention", "eager"], "--attention 'eager': use sdpa or flex"),
        (["--dtype", "int8"], "--dtype 'int8': use float32 or bfloat16"),
        (["--engines", "vllm"], "use mtp, hf, llama.cpp"),
        (["--loop", "gpu"], "'gpu' is no loop: use host, device"),
        (["--model", "./no/such/folder"], "no such folder"),
        (["--out", "/dev/null/x"], "cannot be made"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_1(arguments: list[str], message: str, tmp_path: Path) -> None:
    out = [] if "--out" in arguments else ["--out", str(tmp_path)]
    done = RUN.invoke(app, ["bench", "decode", *arguments, *out])
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("mtp-agents: ")
    assert message in line


@pytest.mark.parametrize("length", [40, 160, 900])
def test_prompts_have_the_length_that_is_asked_for(embedded: Any, length: int) -> None:
    subject = load_subject(EMBEDDED)
    prompts = subject.prompts(5, length)
    assert [len(prompt) for prompt in prompts] == [length] * 5
    assert len({tuple(prompt) for prompt in prompts}) == 5
    assert prompts == subject.prompts(5, length)
    assert all(prompt[-3:] == prompts[0][-3:] for prompt in prompts)  # the opening of the answer
    texts = [str(subject.checkpoint.tokenizer.decode(prompt)) for prompt in prompts]
    for text in texts if length > 40 else ():
        assert text.startswith("<|im_start|>system")
        assert text.count("<|im_start|>system") == text.count("<tools>") == 1
        assert (text.count("<|im_start|>user") > 4) == (length > 160), "earlier turns"


@pytest.mark.parametrize("template", ["llama", "mistral"])
def test_other_templates_have_prompts_of_that_length_too(template: str, tmp_path: Path) -> None:
    write_checkpoint(tmp_path, template=next(name for name in TEMPLATES if name.startswith(template)))
    for length in (100, 1500):
        prompts = load_subject(str(tmp_path)).prompts(2, length)
        assert [len(prompt) for prompt in prompts] == [length] * 2


def test_a_plot_in_two_formats(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtp_agents.bench.plot.find_spec", lambda name: object())
    calls: list[str] = []

    class Figure:
        """A figure of one panel, or the panel."""

        def subplots(self, *args: Any, **kwargs: Any) -> Any:
            return [[Figure()]]

        def savefig(self, file: Path, **kwargs: Any) -> None:
            calls.append(file.name)

        def __getattr__(self, name: str) -> Any:
            return lambda *args, **kwargs: None

    figures = SimpleNamespace(Figure=lambda **kwargs: Figure())
    monkeypatch.setattr("mtp_agents.bench.plot.import_module", lambda name: figures)
    assert bench(student, tmp_path, "--engines", "mtp").exit_code == 0
    assert calls == ["decode.png", "decode.svg"]


class Writer:
    """Stands in for gguf's writer."""

    tensors: dict[str, tuple[int, ...]]

    def __init__(self, path: Path, architecture: str) -> None:
        assert architecture == "qwen3"
        Writer.tensors, Writer.tokens = {}, []

    tokens: list[str]

    def add_tensor(self, name: str, values: Any) -> None:
        self.tensors[name] = values.shape

    def add_token_list(self, tokens: list[str]) -> None:
        Writer.tokens = tokens

    def __getattr__(self, name: str) -> Any:
        return lambda *values: None


def test_every_tensor_gets_its_gguf_name(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = ModuleType("gguf")
    module.GGUFWriter = Writer
    monkeypatch.setitem(sys.modules, "gguf", module)
    subject: Subject = load_subject(str(student))
    write_gguf(subject.checkpoint, tmp_path / "model.gguf")
    assert len(Writer.tensors) == len(subject.checkpoint.model.state_dict())
    assert Writer.tensors["blk.1.ffn_up.weight"] == (48, 32)
    assert {"token_embd.weight", "output.weight", "output_norm.weight"} < Writer.tensors.keys()
    assert len(Writer.tokens) == subject.checkpoint.model.config.vocab_size
    with pytest.raises(UnsupportedModelError, match="only Qwen3"):
        write_gguf(checkpoint("llama"), tmp_path / "model.gguf")


def test_llamacpp_writes_the_same_text(
    embedded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    monkeypatch.undo()
    arguments = "--quick --batch 1,2 --tokens 32 --rounds 1 --engines mtp,llama.cpp --json".split()
    done = RUN.invoke(app, ["bench", "decode", *arguments, "--out", str(tmp_path)])
    document = json.loads(done.stdout.splitlines()[-1])
    pairs = zip(document["results"], document["details"], strict=True)
    assert [detail["same_text"] for row, detail in pairs if row["engine"] == "llama.cpp"] == [1, 1]
