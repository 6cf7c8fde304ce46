"""Ablations through the command line, in small: trained, measured, tabled, resumed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from typer.testing import CliRunner

from mtp_model.checkpoint import load_checkpoint
from mtp_model.checkpoint.loading import load_tokenizer
from mtp_model.checkpoint.locate import locate
from mtp_model.errors import ConfigError
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.ablate import ablate
from mtp_trainer.ablation_config import AblationConfig, variants_of
from mtp_trainer.batching import write_token_dataset
from mtp_trainer.cli import app
from mtp_trainer.config import PretrainConfig, load_config
from mtp_trainer.pretrain import new_model
from mtp_trainer.toolworld.tasks import make_task

SHAPE = {"hidden_size": 32, "layers": 1, "heads": 2, "kv_heads": 1, "head_dim": 16}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A random model with the embedded student's tokenizer, data for it, and a training of two steps."""
    folder = tmp_path_factory.mktemp("start")
    tokenizer = load_tokenizer(locate(None, None), "embedded")
    renderer = PromptRenderer(tokenizer)
    tasks = [make_task(seed, "train") for seed in range(12)]
    examples = (renderer.encode_training([*task.messages, *task.gold], task.tools) for task in tasks)
    data = write_token_dataset(folder / "data", examples)
    torch.manual_seed(0)
    settings = PretrainConfig(
        run_dir=folder, data=data, tokenizer=folder, intermediate_size=48, context=2048, **SHAPE
    )
    model = new_model(settings, tokenizer)
    # it ends its turns at once, for a random model writes on to the limit, and evaluations take minutes
    last = renderer.encode(tasks[0].messages, tasks[0].tools)[-1]
    with torch.no_grad():
        weight = model.get_output_embeddings().weight
        weight[tokenizer.convert_tokens_to_ids("<|im_end|>")] = 5 * weight[last]
    model.save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    training = {"steps": 2, "tokens_per_batch": 1024, "max_length": 900, "k_max": 4, "warmup_steps": 1}
    training |= {"max_regions": 4, "log_every": 1, "precision": "fp32", "lr": 1e-3}
    return training | {"model": str(folder / "model"), "data": str(data)}


def settings(start: dict[str, Any], folder: Path, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "run_dir": str(folder / "runs"),
        "out": str(folder / "docs/ablation"),
        "distill": start,
        "variants": {
            "base": {},
            "everything": {"teacher_loss": "soft", "rollout_blocks": 2, "mask_tokens": 3},
        },
        "tasks": 1,
        "conversations": 2,
        "k": 4,
        "workers": 1,
    }
    return values | changes


@pytest.mark.timeout(400)  # each evaluation starts a process of its own
def test_an_ablation_from_its_command_to_its_table(start: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "ablation.yaml"
    file.write_text(yaml.safe_dump(settings(start, tmp_path)))

    def run(*arguments: str) -> dict[str, Any]:
        result = CliRunner().invoke(
            app, ["ablate", "--config", str(file), *arguments], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        page = (tmp_path / "docs/ablation.md").read_text()
        assert page in result.stdout
        document: dict[str, Any] = json.loads((tmp_path / "docs/ablation.json").read_text())
        return document

    first = run("--only", "everything", "--steps", "2")
    assert (first["kind"], first["not_run"]) == ("ablation", ["base"])
    measured = tmp_path / "runs/everything/ablation.json"
    written = measured.stat().st_mtime_ns
    both = run("--steps", "2")
    assert measured.stat().st_mtime_ns == written  # what is measured is kept
    assert [row["variant"] for row in both["results"]] == ["base", "everything"]
    assert both["results"][1] == first["results"][0] and both["not_run"] == []
    for row in both["results"]:
        assert row["steps"] == 2
        assert 0 <= row["agreement"] <= 1 <= row["expected_tokens_per_pass"] <= 4
        assert len(row["agreement_by_depth"]) == 4
        assert row["policies"].keys() == {"static1", "confadapt", "verified"}
        assert {"success", "tokens_per_pass"} <= row["policies"]["confadapt"].keys()
    page = (tmp_path / "docs/ablation.md").read_text()
    assert "Each variant had 2 steps" in page
    assert "| base | none | 2 |" in page and "`mask_tokens: 3`, `rollout_blocks: 2`" in page
    student = load_checkpoint(tmp_path / "runs/everything/model")
    assert len(student.mask_token_ids) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minutes": 1, "steps": 2}, "minutes and steps are both given"),
        ({"variants": {}}, "at least 1"),
        ({"variants": {"a b": {}}}, "should match pattern"),
        ({"variants": {"other": {"model": "x"}}}, "other changes model: all variants share their start"),
    ],
)
def test_bad_ablations(start: dict[str, Any], tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(None, AblationConfig, settings(start, tmp_path, **changes))


def test_a_bad_variant_is_found_before_any_training(start: dict[str, Any], tmp_path: Path) -> None:
    values = settings(start, tmp_path, variants={"base": {}, "typo": {"teacher_los": "soft"}})
    with pytest.raises(ConfigError, match=r"variant 'typo'(?s:.*)did you mean 'teacher_loss'"):
        ablate(load_config(None, AblationConfig, values))
    assert not (tmp_path / "runs").exists()
    values = settings(start, tmp_path, k=8)
    with pytest.raises(ConfigError, match=r"'base' trains blocks of 4 tokens at most .k_max., but k is 8"):
        ablate(load_config(None, AblationConfig, values))
    values = settings(start, tmp_path)
    with pytest.raises(ConfigError, match=r"no variant 'bse'\. Variants: base, everything"):
        ablate(load_config(None, AblationConfig, values), only=["bse"])


def test_a_variant_is_not_trained_on_with_more_minutes(start: dict[str, Any], tmp_path: Path) -> None:
    config = load_config(None, AblationConfig, settings(start, tmp_path, minutes=1))
    folder = config.run_dir / "base"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("max_minutes: 2.0")
    with pytest.raises(ConfigError, match=r"max_minutes 2\.0, now it is 1\.0: choose another"):
        variants_of(config)


def test_the_ablation_that_ships_is_valid(root: Path) -> None:
    config = load_config(root / "trainer/configs/embedded/ablation.yaml", AblationConfig)
    changed = {name for variant in variants_of(config) for name in variant.changes}
    assert {"teacher_loss", "k_min", "rollout_blocks", "anchors", "mask_tokens", "k_curriculum"} <= changed
