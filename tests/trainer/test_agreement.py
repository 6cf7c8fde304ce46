"""Agreement by depth: against plain forward passes, and what is made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError
from mtp_trainer.agreement import (
    OWN,
    TEACHER,
    Proposals,
    calibration,
    dataset_texts,
    propose,
    summary,
    toolworld_texts,
)
from mtp_trainer.batching import DataError, collate, write_token_dataset
from mtp_trainer.blocks import make_blocks
from mtp_trainer.dataset import DataConfig, build_dataset
from mtp_trainer.meter import BlockMeter, agreeing_run
from mtp_trainer.objective import BlockLogits, Objective, block_loss
from mtp_trainer.reference import reference_loss
from mtp_trainer.spare_token import grow_vocabulary
from tests.trainer.llama import agent_row, make_llama

MASK, K = 447, 4
TEXT = list(range(30, 54)), [False] * 4 + [True] * 20


def load(folder: Path, seed: int = 0) -> Checkpoint:
    checkpoint = load_checkpoint(make_llama(folder, rows=448), mask_token=MASK)
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in checkpoint.model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return checkpoint


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return load(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Nearly the student's weights, without a mask token."""
    return replace(load(tmp_path_factory.mktemp("teacher"), 1), mask_token_ids=(), k_max=1)


def test_proposals_and_judges_are_those_of_plain_passes(student: Checkpoint, teacher: Checkpoint) -> None:
    found = propose(student, teacher, [TEXT], K)
    blocks = make_blocks(collate([TEXT]), K, offset=0)
    objective = Objective((MASK,), student.stop_token_ids)
    for checkpoint in (student, teacher):
        checkpoint.model.set_attn_implementation("sdpa")
    for name, judge in ((OWN, student), (TEACHER, teacher)):
        plain = reference_loss(student.model, judge.model, blocks, objective)
        torch.testing.assert_close(found.confidence, plain.confidence)
        assert torch.equal(found.agree[name], plain.proposals == plain.targets)
        assert torch.equal(found.live[name], plain.live)
    assert found.agree[OWN][:, 0].all()  # the first place is plain decoding
    assert not found.agree[OWN].all() and found.agree[TEACHER].any()


def test_a_teacher_without_room_for_the_masks_grows(student: Checkpoint, tmp_path: Path) -> None:
    larger = load(tmp_path / "student")
    teacher = replace(load_checkpoint(tmp_path / "student"), mask_token_ids=(), k_max=1)
    plain = propose(larger, teacher, [TEXT], K)
    grow_vocabulary(larger.model, 449)
    found = propose(replace(larger, mask_token_ids=(MASK, 448, 448)), teacher, [TEXT], K)
    assert found.agree[TEACHER].shape == plain.agree[TEACHER].shape
    assert torch.equal(found.agree[TEACHER][:, 0], plain.agree[TEACHER][:, 0])


def test_a_run_ends_at_the_first_token_that_is_unsure_or_wrong() -> None:
    agree = torch.tensor([[True, True, False, True], [False, True, True, True], [True, True, True, True]])
    confidence = torch.tensor([[0.9, 0.9, 0.9, 0.9], [0.9, 0.9, 0.9, 0.9], [0.9, 0.4, 0.9, 0.9]])
    assert agreeing_run(agree, confidence, 0.5).tolist() == [2, 1, 1]
    assert agreeing_run(agree, confidence, 0.0).tolist() == [2, 1, 4]


def test_a_place_is_the_same_in_every_larger_block(student: Checkpoint) -> None:
    text = (TEXT[0][:6], [False] * 4 + [True] * 2)  # one anchor
    small, large = (propose(student, None, [text], k) for k in (2, 8))
    torch.testing.assert_close(small.confidence, large.confidence[:1, :2])


def test_texts_are_batched_and_cut_to_the_context(student: Checkpoint) -> None:
    short = replace(student, max_positions=16 + K)
    one, cut = propose(short, None, [TEXT], K), propose(student, None, [tuple(p[:16] for p in TEXT)], K)
    torch.testing.assert_close(one.confidence, cut.confidence)
    # three texts whose padded size is beyond one batch
    long = (TEXT[0] * 15, [False] * 4 + [True] * 356)
    assert len(propose(student, None, [TEXT, long, TEXT, *[long] * 23], K).confidence) > 24 * 80


def test_the_summary_counts_what_is_live_and_what_confadapt_emits() -> None:
    yes = torch.ones(2, 3, dtype=torch.bool)
    agree = torch.tensor([[True, True, False], [True, False, False]])
    live = torch.tensor([[True, True, True], [True, True, False]])
    confidence = torch.tensor([[0.2, 0.9, 0.4], [0.9, 0.9, 0.9]])
    report = summary(Proposals(confidence, yes, {OWN: agree}, {OWN: live}), [0.5, 0.95], [2, 3])
    judge = report["judges"][OWN]
    assert (report["blocks"], report["k"]) == (2, 3)
    assert judge["by_depth"] == [1.0, 0.5, 0.0] and judge["places"] == [2, 2, 1]
    assert judge["agreement"] == 0.6
    rows = {(row["k"], row["threshold"]): row for row in report["confadapt"]}
    # the first token counts however unsure, and the run ends at the first unsure one
    assert rows[3, 0.5]["tokens_per_pass"] == 2.5 and rows[3, 0.5]["agreement"][OWN] == 0.6
    assert rows[2, 0.5]["tokens_per_pass"] == 2.0 and rows[2, 0.5]["agreement"][OWN] == 0.75
    assert rows[3, 0.95]["tokens_per_pass"] == 1.0 and rows[3, 0.95]["agreement"][OWN] == 1.0
    ended = summary(Proposals(confidence, live, {OWN: agree}, {OWN: live}), [0.5], [3])
    assert ended["confadapt"][0]["tokens_per_pass"] == 2.0  # nothing behind an end token
    json.dumps(report)


def test_the_calibration_sorts_by_confidence() -> None:
    confidence = torch.tensor([[0.51, 0.54, 1.0, 0.1]])
    agree = torch.tensor([[True, False, True, True]])
    live = torch.tensor([[True, True, True, False]])
    assert calibration(confidence, agree, live) == [
        {"confidence": 0.525, "agreement": 0.5, "places": 2},
        {"confidence": 1.0, "agreement": 1.0, "places": 1},
    ]


def test_what_cannot_be_measured(student: Checkpoint, teacher: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"has no mask token.*mtp-train distill"):
        propose(teacher, None, [TEXT], K)
    with pytest.raises(ConfigError, match=r"k is 17, but .* for blocks of 2 to 16"):
        propose(student, None, [TEXT], 17)
    with pytest.raises(DataError, match="token id 900, but the vocabulary ends at 447"):
        propose(student, None, [([900, 1], [False, True])], K)
    with pytest.raises(DataError, match="no place that an assistant writes"):
        propose(student, None, [([1, 2], [False, False])], K)
    other = load_checkpoint(make_llama(tmp_path / "other", rows=448, reserved=3))
    with pytest.raises(ConfigError, match=r"different vocabularies .one difference: '"):
        propose(student, other, [TEXT], K)


def test_texts_of_a_rendered_dataset(student: Checkpoint, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "".join(json.dumps(agent_row(f"City {i}", i)) + "\n" for i in range(12)), encoding="utf-8"
    )
    config = DataConfig(model=student.name, source=str(rows), out=tmp_path / "data", validation=0.5)
    report = build_dataset(config)
    held_out = dataset_texts(tmp_path / "data", 1000)
    assert len(held_out) == report.examples["validation"] > 1
    assert dataset_texts(tmp_path / "data", 1) == held_out[:1]
    assert len(dataset_texts(tmp_path / "data/train", 1000)) == report.examples["train"]
    assert propose(student, None, held_out, K).agree[OWN][:, 0].all()


def test_data_that_hold_out_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no dataset that `mtp-train data` wrote"):
        dataset_texts(tmp_path, 1)
    write_token_dataset(tmp_path / "train", [([1, 2], [False, True])])
    (tmp_path / "report.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds out nothing.*--validation"):
        dataset_texts(tmp_path, 1)


def test_the_embedded_student_agrees_with_itself_on_the_toolworld(embedded: Checkpoint) -> None:
    texts = toolworld_texts(embedded, 4)
    assert len(texts) == 4
    # a copy: regions replace the attention of the model that other tests share
    own = propose(load_checkpoint(None), None, texts, 4)
    report = summary(own, [0.9], [4])
    depth = report["judges"][OWN]["by_depth"]
    assert depth[0] == 1.0 and depth[1] > 0.5
    assert report["confadapt"][0]["tokens_per_pass"] > 1


def test_the_meter_of_a_training_counts_the_same() -> None:
    student, teacher = load_checkpoint(None), load_checkpoint(None)
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in teacher.model.parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    texts = toolworld_texts(student, 2)
    report = summary(propose(student, teacher, texts, 8, offset=0), [0.9], [8])
    meter, blocks = BlockMeter(8, 0.9), make_blocks(collate(texts), 8)
    passes = BlockLogits(student.model), BlockLogits(teacher.model)
    with torch.no_grad():
        meter.add(block_loss(*passes, blocks, Objective(student.mask_token_ids, student.stop_token_ids)))
    counted, judged = meter.values(), report["judges"][TEACHER]
    assert report["blocks"] == counted["regions"]
    assert judged["agreement"] == pytest.approx(counted["agreement"], abs=1e-4)
    assert judged["by_depth"] == pytest.approx(counted["agreement_by_depth"], abs=1e-4)
    expected = report["confadapt"][0]["expected_run"][TEACHER]
    assert expected == pytest.approx(counted["expected_run"], abs=1e-3)
    assert 1 < expected < 8 and judged["agreement"] < 1
