"""A model that knows nothing of this project becomes a student, through the command line."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM
from typer.testing import CliRunner

from mtp_agents import ConfAdapt, MTPChatModel, Verified
from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import ConfigError
from mtp_trainer.batching import DataError, collate
from mtp_trainer.blocks import make_blocks
from mtp_trainer.checkpointing import list_checkpoints
from mtp_trainer.cli import app
from mtp_trainer.config import DistillConfig, LoraConfig, load_config
from mtp_trainer.dataset import DataConfig
from mtp_trainer.distill import distill, save_student
from mtp_trainer.distill_setup import prepare
from mtp_trainer.export import export
from mtp_trainer.lora import LoraStudent
from mtp_trainer.metrics import read_metrics
from mtp_trainer.objective import BlockLogits
from mtp_trainer.spare_token import with_mask_tokens
from tests.trainer.llama import WEATHER, agent_row, make_llama, make_tokenizer

CITIES = ["Köln", "Paris", "Bonn", "東京", "Rome", "Oslo"]
SETTINGS: dict[str, Any] = {
    "steps": 4,
    "tokens_per_batch": 8 * 352,
    "max_length": 352,
    "k_max": 4,
    "anchor_stride": 8,
    "lr": 1e-3,
    "warmup_steps": 1,
    "precision": "fp32",
    "checkpoint_every": 2,
    "log_every": 1,
    "validation_batches": 1,
    "trackers": [],
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "agent.jsonl"
    told = [agent_row(CITIES[i % 6], i) for i in range(24)]
    path.write_text("".join(json.dumps(row) + "\n" for row in told), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_llama(tmp_path_factory.mktemp("llama"), rows=448)


def settings(model: Path, data: Path, run_dir: Path, **changes: Any) -> DistillConfig:
    return DistillConfig(**(SETTINGS | {"model": str(model), "data": data, "run_dir": run_dir} | changes))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_conversations_to_a_chat_model(llama: Path, rows: Path, tmp_path: Path) -> None:
    config = tmp_path / "distill.yaml"
    config.write_text(yaml.safe_dump(SETTINGS))
    arguments = ["--model", str(llama), "--data", str(rows), "--run-dir", str(tmp_path / "run")]
    output = run("distill", "--config", str(config), *arguments)
    assert "24 rows became 24 train" in output and "The mask token is <MTP>" in output
    metrics = read_metrics(tmp_path / "run/metrics.jsonl")
    assert [row["step"] for row in metrics if "loss" in row] == [1, 2, 3, 4]
    run("export", "--model", str(tmp_path / "run/model"), "--out", str(tmp_path / "student"))
    checkpoint = load_checkpoint(tmp_path / "student")
    assert checkpoint.k_max == 4
    assert checkpoint.mask_token_ids == (checkpoint.tokenizer.get_vocab()["<MTP>"],)
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "student").config.pard_token < 448
    tool = copy.deepcopy(WEATHER)
    tool["function"]["parameters"]["properties"]["city"]["enum"] = CITIES
    for decoding in (ConfAdapt(0.9, 4), Verified(4)):
        model = MTPChatModel(model=str(tmp_path / "student"), max_tokens=200, decoding=decoding)
        message = model.bind_tools([tool], tool_choice="weather").invoke("What is the weather in Rome?")
        # the weights are random: it is the schema that makes the call
        assert message.tool_calls
        for call in message.tool_calls:
            assert call["name"] == "weather" and call["args"]["city"] in CITIES


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def test_a_lora_student_is_its_base_with_merged_adapters(llama: Path, rows: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    lora = {"rank": 4, "alpha": 8}
    whole = distill(settings(llama, rows, tmp_path / "a", lora=lora), show_progress=False)
    base, student = weights(llama), weights(whole)
    assert base.keys() == student.keys()
    changed = {name for name in base if not torch.equal(base[name], student[name])}
    assert len(changed) == 2 * 7 + 1 and "lm_head.weight" not in changed
    rows_changed = (base["model.embed_tokens.weight"] != student["model.embed_tokens.weight"]).any(dim=1)
    assert rows_changed.nonzero().flatten().tolist() == list(load_checkpoint(whole).mask_token_ids)
    # adapters alone are kept in checkpoints, and a run goes on from them
    state = torch.load(list_checkpoints(tmp_path / "a")[-1] / "state.pt", weights_only=True)
    assert all("lora_" in name or "token" in name for name in state["model"])
    distill(settings(llama, rows, tmp_path / "b", lora=lora, steps=2), show_progress=False)
    frozen = tmp_path / "b/config.yaml"
    frozen.write_text(frozen.read_text().replace("\nsteps: 2\n", "\nsteps: 4\n"))
    resumed = weights(distill(settings(llama, rows, tmp_path / "b", lora=lora), show_progress=False))
    assert all(torch.equal(resumed[name], student[name]) for name in student)


def make_qwen3(folder: Path) -> Path:
    """A random Qwen3 whose head is its embedding."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=448,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=512,
        initializer_range=0.3,
        tie_word_embeddings=True,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", ["untied llama", "tied qwen3"])
def test_a_saved_lora_student_has_the_logits_of_the_adapted_one(
    kind: str, llama: Path, rows: Path, tmp_path: Path
) -> None:
    pytest.importorskip("peft")
    base = llama if kind == "untied llama" else make_qwen3(tmp_path / "qwen3")
    prepared = prepare(settings(base, rows, tmp_path / "run", lora={"rank": 4, "alpha": 8}))
    (mask,) = prepared.objective.mask_token_ids
    ids = torch.tensor([[*range(20), mask, mask, 30]])
    student = prepared.student.eval()
    student.set_attn_implementation("sdpa")
    with torch.no_grad():
        before = student(ids).logits
        for parameter in student.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.1)
        adapted = student(ids).logits
    assert (adapted - before).abs().max() > 0.1
    saved = save_student(prepared)
    assert ("lm_head.weight" in weights(saved)) == (kind == "untied llama")
    for folder in (saved, export(saved, tmp_path / "student", dtype="float32")):
        with torch.no_grad():
            found = load_checkpoint(folder, dtype=torch.float32).model(ids).logits
        # float32: W x + B A x and (W + B A) x are rounded in another order, over two layers
        torch.testing.assert_close(found, adapted, rtol=1e-4, atol=1e-4, msg=lambda m, f=folder: f"{f}: {m}")


@pytest.mark.parametrize(
    "changes",
    [{"accumulation": 8}, {"activation_checkpointing": True, "accumulation": 3}],
    ids=["accumulation", "activation checkpointing"],
)
def test_one_pass_of_eight_rows_is_eight_of_one(
    llama: Path, rows: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    same = {"steps": 2, "max_regions": 5, "text_weight": 0.5, "lr": 0.1, "grad_clip": 0.0, "k_min": 4}
    plain = settings(llama, rows, tmp_path / "a", **same)
    parts = settings(llama, tmp_path / "a/data", tmp_path / "b", **same, **changes)
    # plain Adam steps hide the gradients' size: what is compared are the gradients' norms and the losses too
    one, other = (weights(distill(config, show_progress=False)) for config in (plain, parts))
    logs = [read_metrics(tmp_path / name / "metrics.jsonl")[0] for name in "ab"]
    for name in ("loss", "grad_norm", "regions"):
        assert logs[0][name] == pytest.approx(logs[1][name], rel=1e-4), name
    # float32 sums in another order, behind two steps of Adam, which divides small gradients by themselves
    for name, value in one.items():
        torch.testing.assert_close(other[name], value, rtol=0, atol=5e-3, msg=name)


def test_what_an_earlier_start_rendered_is_used_only_if_it_is_what_is_asked_for(
    llama: Path, rows: Path, tmp_path: Path
) -> None:
    """A start that is refused leaves its data behind, and the next one may name other conversations."""
    lines = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = tmp_path / "fewer.jsonl"
    fewer.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    run_dir = tmp_path / "run"
    with pytest.raises(ConfigError, match="<nothing>"):
        distill(settings(llama, fewer, run_dir, mask_token="<nothing>"), show_progress=False)
    report = run_dir / "data/report.json"
    assert json.loads(report.read_text(encoding="utf-8"))["source"] == fewer.as_posix()
    config = settings(llama, rows, run_dir, steps=1)
    distill(config, show_progress=False)
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["source"], found["rows"]) == (rows.as_posix(), len(lines))
    before = report.stat().st_mtime_ns
    distill(config, show_progress=False)
    assert report.stat().st_mtime_ns == before, "the same again is not rendered again"


def test_data_of_another_tokenizer(llama: Path, rows: Path, tmp_path: Path) -> None:
    other = make_llama(tmp_path / "other", reserved=3)
    run("data", "--model", str(other), "--source", str(rows), "--out", str(tmp_path / "data"))
    with pytest.raises(DataError, match=r"was rendered for .*other, whose vocabulary or chat"):
        distill(settings(llama, tmp_path / "data", tmp_path / "run"), show_progress=False)


def test_a_student_of_another_vocabulary(llama: Path, rows: Path, tmp_path: Path) -> None:
    other = make_llama(tmp_path / "other", rows=448, reserved=3)
    with pytest.raises(ConfigError, match=r"different vocabularies .one difference"):
        distill(settings(llama, rows, tmp_path / "run", student=str(other)), show_progress=False)


def test_a_spare_id_is_taken_before_the_vocabulary_grows(tmp_path: Path) -> None:
    full = load_checkpoint(make_llama(tmp_path / "reserved", reserved=3))
    found, note = with_mask_tokens(full)
    assert found.mask_token_ids == (full.tokenizer.get_vocab()["<|reserved_special_token_2|>"],)
    assert "<|reserved_special_token_2|>" in note
    rows = full.model.config.vocab_size
    grown, note = with_mask_tokens(load_checkpoint(make_llama(tmp_path / "full")))
    assert "has no spare id" in note and grown.model.config.vocab_size > grown.mask_token_ids[0]
    assert full.model.config.vocab_size == rows


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"student": "x"}, "lora starts from the teacher itself"),
        ({"optimizer": "muon"}, "muon is for whole matrices"),
    ],
)
def test_lora_settings(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings(tmp_path, tmp_path, tmp_path, lora={}, **changes)


@pytest.mark.parametrize("folder", ["llama-3.1-8b", "qwen3-4b", "agents-4k"])
def test_the_configs_that_ship_are_valid_and_fit_each_other(root: Path, folder: str) -> None:
    data = load_config(root / "trainer/configs" / folder / "data.yaml", DataConfig)
    config = load_config(root / "trainer/configs" / folder / "distill.yaml", DistillConfig)
    assert (data.out, data.model, data.max_length) == (config.data, config.model, config.max_length)
    assert (config.k_min, config.k_max, config.teacher_loss) == (2, 16, "hard")
    if folder != "agents-4k":  # the paper's: 128 texts of N = 160 tokens, M = N / (2 k_max) regions
        assert config.tokens_per_batch == 128 * config.max_length == 128 * 160
        assert config.max_regions == config.max_length // (2 * config.k_max)
        assert (config.lr, config.warmup_steps, config.schedule) == (1e-5, 2000, "constant")


def test_a_lora_students_teacher_is_its_base(llama: Path) -> None:
    pytest.importorskip("peft")
    checkpoint = load_checkpoint(llama, mask_token=447)
    blocks = make_blocks(collate([(list(range(20)), [True] * 20)]), 4)
    masks, plain = torch.tensor([447] * 3), BlockLogits(checkpoint.model)
    before = plain.head(plain(blocks, blocks.continuations[..., 1:])[0])
    lora = LoraStudent(checkpoint.model, LoraConfig(rank=2), (447,))
    student = BlockLogits(lora.model)
    with torch.no_grad():
        for parameter in lora.model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.5)
    teacher = lora.teacher(student)
    assert torch.equal(teacher.head(teacher(blocks, blocks.continuations[..., 1:])[0]), before)
    assert not torch.equal(student.head(student(blocks, blocks.continuations[..., 1:])[0]), before)
    adapted, base = student(blocks, masks)[0], teacher(blocks, masks)[0]
    assert adapted.requires_grad and not torch.equal(adapted, base)
