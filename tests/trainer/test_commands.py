"""The whole recipe through the command line, in small: data, teacher, student, scores, export."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from typer.testing import CliRunner

from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError
from mtp_trainer.batching import TokenDataset
from mtp_trainer.checkpointing import list_checkpoints
from mtp_trainer.cli import app
from mtp_trainer.config import CorpusConfig, PretrainConfig, load_config
from mtp_trainer.corpus import build_corpus
from mtp_trainer.export import export
from mtp_trainer.growth import take_weights
from mtp_trainer.pretrain import new_model, pretrain
from mtp_trainer.tokenizer import train_tokenizer

CORPUS = {
    "conversations": 60,
    "tokenizer_conversations": 40,
    "workers": 1,
    "words": 50,
}
RUN = {
    "tokens_per_batch": 1024,
    "max_length": 900,
    "precision": "fp32",
    "log_every": 1,
    "warmup_steps": 1,
    "schedule": "constant",
}
SHAPE = {"hidden_size": 32, "layers": 2, "heads": 2, "kv_heads": 1, "head_dim": 16}
SHAPE |= {"intermediate_size": 48, "context": 2048}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def write(path: Path, values: dict[str, object]) -> str:
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    run("toolworld", "--config", write(folder / "corpus.yaml", CORPUS), "--out", str(folder))
    return folder


def pretraining(corpus: Path, run_dir: Path, **changes: object) -> PretrainConfig:
    values = RUN | SHAPE | {"steps": 6, "checkpoint_every": 2, "data": str(corpus / "tokens")}
    values |= {"tokenizer": str(corpus / "tokenizer"), "run_dir": str(run_dir)} | changes
    return load_config(None, PretrainConfig, values)


@pytest.fixture(scope="module")
def student(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    teacher = pretraining(corpus, folder / "teacher").model_dump(mode="json")
    run("pretrain", "--config", write(folder / "pretrain.yaml", teacher))
    settings = RUN | {
        "steps": 2,
        "k_max": 4,
        "data": str(corpus / "tokens"),
        "run_dir": str(folder / "student"),
    }
    settings |= {"model": str(folder / "teacher/model")}
    run("distill", "--config", write(folder / "distill.yaml", settings))
    return folder / "student/model"


def test_export_loads_in_plain_transformers_and_in_the_decoder(student: Path, tmp_path: Path) -> None:
    out = tmp_path / "exported"
    scores = tmp_path / "report.json"
    scores.write_text('{"tasks": 1}', encoding="utf-8")
    recipe = student.parents[1] / "distill.yaml"
    run(
        "export", "--model", str(student), "--out", str(out), "--recipe", str(recipe), "--scores", str(scores)
    )
    assert json.loads((out / "scores.json").read_text()) == {"tasks": 1}
    assert yaml.safe_load((out / "recipe.yaml").read_text())["distill"]["k_max"] == 4
    config = json.loads((out / "config.json").read_text())
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert config["pard_token"] == config["mtp"]["mask_token_id"] == tokenizer.convert_tokens_to_ids("<MTP>")
    assert config["mtp"]["k_range"] == [2, 4]
    assert "auto_map" not in config
    plain = AutoModelForCausalLM.from_pretrained(out)
    assert plain.dtype == torch.bfloat16
    checkpoint = load_checkpoint(out)
    assert checkpoint.mask_token_ids == (config["pard_token"],)
    assert checkpoint.stop_token_ids == (tokenizer.convert_tokens_to_ids("<|im_end|>"),)
    assert (out / "README.md").read_text().startswith("---\nlibrary_name: transformers")


def test_export_refuses_what_is_no_student(student: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"int3.*bfloat16"):
        export(student, tmp_path / "out", dtype="int3")
    folder = tmp_path / "plain"
    model = AutoModelForCausalLM.from_pretrained(student)
    model.config.mtp = None
    model.config.pard_token = None
    model.save_pretrained(folder)
    with pytest.raises(CheckpointError):
        export(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_eval_reports_every_policy(student: Path, tmp_path: Path) -> None:
    output = run("eval", "--model", str(student), "--tasks", "2", "--k", "4", "--workers", "1", "--json")
    report = json.loads(output.splitlines()[-1])
    assert report["tasks"] == 2
    assert set(report["policies"]) == {"static1", "confadapt", "verified"}
    for row in report["policies"].values():
        assert {"success", "success_unseen_tools", "tokens_per_pass", "identical"} <= set(row)
    assert report["policies"]["static1"]["tokens_per_pass"] == 1.0
    assert report["policies"]["verified"]["identical"] == 1.0


@pytest.mark.parametrize("blocks", [{}, {"block_fraction": 1.0, "k_max": 4}], ids=["text", "blocks"])
def test_a_pretraining_that_is_resumed_ends_with_the_same_weights(
    corpus: Path, tmp_path: Path, blocks: dict[str, object]
) -> None:
    straight = load_file(
        pretrain(pretraining(corpus, tmp_path / "a", **blocks), show_progress=False) / "model.safetensors"
    )
    stopped = pretraining(corpus, tmp_path / "b", steps=4, **blocks)
    pretrain(stopped, show_progress=False)
    assert list_checkpoints(tmp_path / "b")[-1].name == "step-4"
    # The same run with more steps: what a kill at step 4 leaves, apart from the frozen number of steps.
    frozen = tmp_path / "b/config.yaml"
    frozen.write_text(frozen.read_text().replace("steps: 4\n", "steps: 6\n", 1), encoding="utf-8")
    resumed = load_file(
        pretrain(pretraining(corpus, tmp_path / "b", **blocks), show_progress=False) / "model.safetensors"
    )
    assert straight.keys() == resumed.keys()
    assert all(torch.equal(straight[name], resumed[name]) for name in straight)


def test_a_later_corpus_reads_other_conversations(tmp_path: Path, corpus: Path) -> None:
    texts = {}
    for first in (0, 2):
        out = tmp_path / str(first)
        shutil.copytree(corpus / "tokenizer", out / "tokenizer")
        values = CORPUS | {"conversations": 4, "first_seed": first}
        run("toolworld", "--config", write(out / "corpus.yaml", values), "--out", str(out))
        data = TokenDataset.load(out / "tokens")
        texts[first] = [part.tolist() for part in np.split(data.tokens, data.offsets[1:-1])]
    assert texts[0][2:] == texts[2][:2]
    assert not any(text in texts[0] for text in texts[2][2:])


def test_an_unknown_domain_of_the_emphasis_is_named(tmp_path: Path) -> None:
    values = CORPUS | {"emphasis": {"banking": 2}}
    with pytest.raises(ConfigError, match=r"emphasis: There is no domain 'banking'.*bank"):
        build_corpus(CorpusConfig(**values, out=tmp_path / "corpus"))
    assert not any(tmp_path.iterdir()), "found before the first conversation is made"


def test_conversations_are_joined_up_to_a_length(tmp_path: Path, corpus: Path) -> None:
    examples: list[list[tuple[list[int], list[bool]]]] = []
    for share in (0.0, 1.0):
        out = tmp_path / str(share)
        shutil.copytree(corpus / "tokenizer", out / "tokenizer")
        values = CORPUS | {"conversations": 12, "joined": share, "joined_length": 1500}
        run("toolworld", "--config", write(out / "corpus.yaml", values), "--out", str(out))
        data = TokenDataset.load(out / "tokens")
        rows = [data[number] for number in range(len(data))]
        examples.append([(ids.tolist(), loss.tolist()) for ids, loss in rows])
    apart, joined = examples
    assert len(joined) < len(apart) == 12
    for column in (0, 1):  # nothing is lost, and the order stays
        assert _end_to_end(joined, column) == _end_to_end(apart, column)
    lengths, longest = [len(ids) for ids, _ in joined], max(len(ids) for ids, _ in apart)
    assert max(lengths) <= max(1500, longest)
    assert all(length + longest > 1500 for length in lengths[:-1]), "neighbours that fit are one text"


def _end_to_end(examples: list[tuple[list[int], list[bool]]], column: int) -> list[int]:
    return list(itertools.chain.from_iterable(example[column] for example in examples))


def test_pretraining_can_go_on_from_a_model(student: Path, corpus: Path, tmp_path: Path) -> None:
    teacher = student.parents[1] / "teacher/model"
    begun = pretraining(corpus, tmp_path / "a", initial=str(teacher), steps=1, lr=1e-9)
    before, after = (
        load_file(folder / "model.safetensors") for folder in (teacher, pretrain(begun, show_progress=False))
    )
    for name, weights in before.items():
        torch.testing.assert_close(after[name], weights, rtol=0, atol=1e-6)


def test_a_model_goes_on_with_another_tokenizer(student: Path, corpus: Path, tmp_path: Path) -> None:
    teacher = student.parents[1] / "teacher/model"
    other = train_tokenizer(["take the hamster home", "take it home"] * 20, words=4)
    other.save_pretrained(tmp_path / "tokenizer")
    config = pretraining(corpus, tmp_path / "a", tokenizer=str(tmp_path / "tokenizer"))
    model = new_model(config, other)
    take_weights(model, teacher, other)
    earlier = load_checkpoint(teacher, dtype="float32")
    old, new = earlier.model.get_input_embeddings().weight, model.get_input_embeddings().weight
    known = earlier.tokenizer.get_vocab()
    for token in ("ha", "<MTP>", "</think>", "7"):
        assert torch.equal(new[other.get_vocab()[token]], old[known[token]])
    spelled = earlier.tokenizer("home")["input_ids"]
    assert len(spelled) > 1 and "home" in other.get_vocab()
    torch.testing.assert_close(new[other.get_vocab()["home"]], old[spelled].mean(0))
    assert torch.equal(model.model.norm.weight, earlier.model.state_dict()["model.norm.weight"])


@pytest.mark.parametrize("layers", [3, 5])
def test_a_deeper_model_begins_with_what_the_earlier_one_computes(
    student: Path, corpus: Path, tmp_path: Path, layers: int
) -> None:
    teacher = student.parents[1] / "teacher/model"
    earlier = load_checkpoint(teacher, dtype="float32")
    model = new_model(pretraining(corpus, tmp_path / "a", layers=layers), earlier.tokenizer)
    take_weights(model, teacher, earlier.tokenizer)
    ids = torch.arange(20, 50)[None]
    with torch.no_grad():
        torch.testing.assert_close(model(ids).logits, earlier.model(ids).logits)
    model(ids, labels=ids).loss.backward()
    silent = {name: weight for name, weight in model.named_parameters() if not weight.any()}
    ends = ("self_attn.o_proj.weight", "mlp.down_proj.weight")
    assert len(silent) == 2 * (layers - 2)
    assert all(name.endswith(ends) for name in silent)
    assert all(weight.grad is not None and weight.grad.any() for weight in silent.values())  # they can learn


@pytest.mark.parametrize(
    "wider",
    [
        {"heads": 6, "kv_heads": 3},
        {"intermediate_size": 100},
        {"heads": 8, "kv_heads": 4, "intermediate_size": 96, "layers": 3},
    ],
)
def test_a_wider_model_begins_with_what_the_earlier_one_computes(
    student: Path, corpus: Path, tmp_path: Path, wider: dict[str, int]
) -> None:
    teacher = student.parents[1] / "teacher/model"
    earlier = load_checkpoint(teacher, dtype="float32")
    model = new_model(pretraining(corpus, tmp_path / "a", **wider), earlier.tokenizer)
    take_weights(model, teacher, earlier.tokenizer)
    assert sum(p.numel() for p in model.parameters()) > sum(p.numel() for p in earlier.model.parameters())
    ids = torch.arange(20, 50)[None]
    with torch.no_grad():
        torch.testing.assert_close(model(ids).logits, earlier.model(ids).logits)


def test_key_heads_that_more_queries_share_are_refused(student: Path, corpus: Path, tmp_path: Path) -> None:
    teacher = student.parents[1] / "teacher/model"
    config = pretraining(corpus, tmp_path / "b", initial=str(teacher), heads=8, kv_heads=2)
    with pytest.raises(ConfigError, match=r"another shape.*self_attn"):
        pretrain(config, show_progress=False)


def test_a_model_of_another_shape_is_refused(student: Path, corpus: Path, tmp_path: Path) -> None:
    teacher = student.parents[1] / "teacher/model"
    with pytest.raises(ConfigError, match=r"another shape.*layers\.1"):
        pretrain(pretraining(corpus, tmp_path / "b", initial=str(teacher), layers=1), show_progress=False)
