"""The distillation loop: learning, exact resume, and refusing what cannot work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file

from mtp_model import ConfAdapt, Decoder, GenerationOptions, Static, Verified
from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError
from mtp_trainer import distill as loop
from mtp_trainer.batching import DataError, write_token_dataset
from mtp_trainer.blocks import Blocks
from mtp_trainer.checkpointing import list_checkpoints
from mtp_trainer.config import largest_block
from mtp_trainer.distill import distill
from mtp_trainer.distill_setup import Run, prepare
from mtp_trainer.export import export
from mtp_trainer.metrics import read_metrics
from mtp_trainer.spare_token import init_mask_embeddings
from mtp_trainer.vocabulary import greedy
from tests.trainer.tiny import END, MASK, make_teacher, run, settings

EVERY_OPTION: dict[str, Any] = {
    "k_curriculum": 0.8,
    "anchors": "random",
    "max_regions": 3,
    "rollout_blocks": 2,
    "threshold": 0.1,
    "mask_tokens": 4,
    "max_length": 34,
    "text_steps": 2,
    "text_tokens_per_batch": 96,
}


def test_a_run_with_every_option_resumes_with_the_same_weights(
    teacher: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = load_file(run(settings(teacher, data, tmp_path / "a", **EVERY_OPTION)) / "model.safetensors")
    config, draw = settings(teacher, data, tmp_path / "b", **EVERY_OPTION), loop.draw_blocks

    def stop(run: Run, progress: float) -> Blocks:
        if run.state.step == 5:
            raise KeyboardInterrupt
        return draw(run, progress)

    monkeypatch.setattr(loop, "draw_blocks", stop)
    with pytest.raises(KeyboardInterrupt):
        run(config)
    monkeypatch.undo()
    assert list_checkpoints(config.run_dir)[-1].name == "step-4"
    resumed = load_file(run(config) / "model.safetensors")
    assert all(torch.equal(resumed[name], straight[name]) for name in straight)
    rows = [read_metrics(tmp_path / name / "metrics.jsonl")[-1] for name in "ab"]
    assert rows[0]["rollout_agreement"] == rows[1]["rollout_agreement"]
    assert rows[0]["text_loss"] == rows[1]["text_loss"]


def test_steps_on_text_teach_the_text(teacher: Path, data: Path, tmp_path: Path) -> None:
    """It is noise here, which no teacher writes."""

    def trained(name: str, **changes: Any) -> list[dict[str, Any]]:
        same = {"max_regions": 1, "lr": 5e-3, "log_every": 5, "steps": 40}
        config = settings(teacher, data, tmp_path / name, **(same | changes))
        run(config)
        return read_metrics(config.run_dir / "metrics.jsonl")

    without, with_text = trained("a"), trained("b", text_steps=4)
    assert "text_loss" not in without[-1]
    assert with_text[-1]["text_loss"] < with_text[0]["text_loss"] - 0.5
    read = settings(teacher, data, tmp_path / "c", text_steps=4, text_tokens_per_batch=64)
    batch = prepare(read).text_batches.at(3)
    assert batch.ids.numel() <= 64


def test_the_largest_block_grows_over_the_first_part_of_the_run(
    teacher: Path, data: Path, tmp_path: Path
) -> None:
    config = settings(teacher, data, tmp_path, k_curriculum=0.5, k_max=5, steps=100, k_min=2)
    assert [largest_block(config, p / 16) for p in range(10)] == [2, 2, 3, 3, 4, 4, 5, 5, 5, 5]
    prepared = prepare(config)
    for step in range(100):
        prepared.state.step = step
        first = loop.draw_blocks(prepared, step / 100)
        assert first.k <= largest_block(config, step / 100)
        again = loop.draw_blocks(prepared, step / 100)
        assert (first.k, first.anchors.tolist()) == (again.k, again.anchors.tolist())
    fixed = settings(teacher, data, tmp_path, k_min=5, k_max=5)
    assert {largest_block(fixed, p) for p in (0.0, 0.5, 1.0)} == {5}


def test_one_mask_token_per_position_from_training_to_decoding(data: Path, tmp_path: Path) -> None:
    plain = make_teacher(tmp_path / "plain", mask=False)
    notes: list[str] = []
    config = settings(plain, data, tmp_path / "run", steps=3, mask_tokens=4)
    model = distill(config, show_progress=False, on_note=notes.append)
    assert notes == [
        f"The vocabulary of {plain} has no 4 spare ids: its embedding was resized from 24 to 28 rows, "
        "and the 4 mask tokens are <MTP> (id 24) to <MTP_4> (id 27)."
    ]
    exported = export(model, tmp_path / "student", dtype="float32")
    written = json.loads((exported / "config.json").read_text())
    assert written["mtp"]["mask_token_id"] == [24, 25, 26, 27]
    student = load_checkpoint(exported)
    assert (student.mask_token_ids, student.k_max) == ((24, 25, 26, 27), 5)
    decoder, options = Decoder(student), GenerationOptions(max_new_tokens=12)
    prompts = [[a, b] for a in range(6) for b in range(6)]
    policies = Static(1), Verified(k_max=5), Static(5), ConfAdapt(0.05, 5)
    plainly, verified, blocks, adapted = (decoder.generate(prompts, policy, options) for policy in policies)
    assert [text.token_ids for text in plainly] == [text.token_ids for text in verified]
    assert not {i for text in (*blocks, *adapted) for i in text.token_ids} & {24, 25, 26, 27}
    assert any(block.stats.passes < text.stats.passes for block, text in zip(blocks, plainly, strict=True))
    # the first block after a prompt is what plain transformers writes on these masks
    for prompt, text in zip(prompts, blocks, strict=True):
        with torch.no_grad():
            logits = student.model(torch.tensor([[*prompt, 24, 25, 26, 27]])).logits[0, 1:]
        first = text.token_ids[:5]
        assert first == greedy(logits, student.mask_token_ids)[0].tolist()[: len(first)]
    # and training goes on from it, with the teacher's masks
    again = load_checkpoint(
        run(settings(plain, data, tmp_path / "on", steps=1, mask_tokens=4, student=str(model)))
    )
    assert again.mask_token_ids == student.mask_token_ids


def test_masks_are_given_by_name_and_id(teacher: Path, data: Path, tmp_path: Path) -> None:
    masks = ["<MTP>", 20, "w19", 18]
    student = load_checkpoint(run(settings(teacher, data, tmp_path, steps=1, mask_token=masks)))
    assert student.mask_token_ids == (MASK, 20, 19, 18)


def test_a_student_of_one_mask_token_starts_all_positions_from_it(
    teacher: Path, data: Path, tmp_path: Path
) -> None:
    one = run(settings(teacher, data, tmp_path / "one", steps=2))
    several = settings(teacher, data, tmp_path / "several", student=str(one), mask_tokens=4)
    prepared = prepare(several)
    assert prepared.objective.mask_token_ids == (MASK, 24, 25, 26)
    rows = prepared.student.get_input_embeddings().weight[list(prepared.objective.mask_token_ids)]
    trained = load_checkpoint(one).model.get_input_embeddings().weight[MASK]
    assert torch.equal(rows, trained.expand_as(rows))


def test_a_student_learns_what_its_teacher_writes(teacher: Path, tmp_path: Path) -> None:
    # few conversations, many times: memorised, so the agreement tells whether the loop works
    ids = [[i, i + 1, i + 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, END] for i in range(4)]
    data = write_token_dataset(tmp_path / "data", [(x, [i > 2 for i in range(13)]) for x in ids])
    config = settings(
        teacher, data, tmp_path / "run", steps=60, lr=5e-3, k_max=3, log_every=10, checkpoint_every=60
    )
    run(config)
    rows = read_metrics(config.run_dir / "metrics.jsonl")
    assert rows[-1]["loss"] < 0.5 * rows[0]["loss"]
    assert rows[-1]["agreement"] > rows[0]["agreement"]
    assert rows[-1]["agreeing_run"] > 1.5
    assert len(rows[0]["agreement_by_depth"]) == 3
    assert rows[-1]["lr"] < rows[3]["lr"]


def test_the_result_is_a_checkpoint_that_knows_its_mask(teacher: Path, data: Path, tmp_path: Path) -> None:
    config = settings(teacher, data, tmp_path, steps=2)
    student = load_checkpoint(run(config))
    assert student.mask_token_ids == (MASK,)
    assert student.k_max == 5
    assert student.model.config.pard_token == MASK
    assert student.model.config._attn_implementation == "sdpa"
    assert (tmp_path / "config.yaml").is_file()
    again = load_file(run(config) / "model.safetensors")  # a finished run only writes its student again
    assert torch.equal(again["model.norm.weight"], student.model.state_dict()["model.norm.weight"])


def test_a_full_disk_leaves_the_earlier_student(
    data: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    large = make_teacher(tmp_path / "large", rows=80_000)  # 10 MB
    prepared = prepare(settings(large, data, tmp_path / "run"))
    path = loop.save_student(prepared)
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    with torch.no_grad():
        prepared.student.get_input_embeddings().weight.add_(1)
    lift = request.getfixturevalue("full_disk")
    with pytest.raises(CheckpointError, match=r"save the student in .*File too large.* checkpoint is intact"):
        loop.save_student(prepared)
    assert {file.name: file.read_bytes() for file in path.iterdir()} == before
    assert not (tmp_path / "run/model.partial").exists()
    lift()
    assert loop.save_student(prepared) == path  # with space again, the same call saves
    assert (path / "model.safetensors").read_bytes() != before["model.safetensors"]


def test_soft_teacher_strides_and_limits_run(teacher: Path, data: Path, tmp_path: Path) -> None:
    run(
        settings(
            teacher,
            data,
            tmp_path,
            steps=2,
            teacher_loss="soft",
            anchor_stride=7,
            max_regions=2,
            optimizer="adamw",
            end_token="<end>",
            text_fraction=0.5,
            log_every=1,
        )
    )
    assert all(0 < row["regions"] <= 2 * 12 for row in read_metrics(tmp_path / "metrics.jsonl"))


def test_a_time_limit_ends_the_run(teacher: Path, data: Path, tmp_path: Path) -> None:
    run(settings(teacher, data, tmp_path, steps=10**6, max_minutes=0.01, log_every=1))
    rows = read_metrics(tmp_path / "metrics.jsonl")
    assert rows[-1]["progress"] == 1.0
    assert rows[-1]["lr"] < 3e-3
    assert list_checkpoints(tmp_path)[-1].name == f"step-{rows[-1]['step']}"


def test_training_goes_on_from_an_earlier_student(teacher: Path, data: Path, tmp_path: Path) -> None:
    first = run(settings(teacher, data, tmp_path / "one", steps=2))
    second = run(settings(teacher, data, tmp_path / "two", steps=1, student=str(first), lr=1e-12))
    before, after = load_file(first / "model.safetensors"), load_file(second / "model.safetensors")
    torch.testing.assert_close(before, after)


def test_training_goes_on_between_an_earlier_student_and_its_teacher(
    teacher: Path, data: Path, tmp_path: Path
) -> None:
    first = run(settings(teacher, data, tmp_path / "one", steps=2, lr=0.1))
    mixed = {"student": str(first), "student_share": 0.25}
    second = run(settings(teacher, data, tmp_path / "two", steps=1, lr=1e-12, **mixed))
    old, new, found = (load_file(p / "model.safetensors") for p in (first, teacher, second))
    assert not all(torch.equal(old[name], new[name]) for name in new)
    for name, weight in new.items():
        torch.testing.assert_close(found[name], 0.25 * old[name] + 0.75 * weight)
    with pytest.raises(ValidationError, match="name it as student"):
        settings(teacher, data, tmp_path / "three", student_share=0.5)
    other = make_teacher(tmp_path / "other", layers=1)
    with pytest.raises(ConfigError, match="other names or shapes"):
        run(settings(other, data, tmp_path / "four", **mixed))


def test_fresh_mask_embeddings_look_like_the_others(teacher: Path) -> None:
    model = load_checkpoint(teacher).model
    with torch.no_grad():
        model.get_input_embeddings().weight += 3.0
        model.get_input_embeddings().weight[MASK] = 1e6
    init_mask_embeddings(model, (MASK,), seed=0)
    row = model.get_input_embeddings().weight[MASK]
    assert abs(float(row.detach().mean()) - 3.0) < 0.3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_length": 64}, "exceed the 64 positions .* lower max_length to 59"),
        ({"max_length": 60, "rollout_blocks": 2}, "2 . k_max 5 exceed the 64 .* lower max_length to 54"),
        ({"end_token": "<eot>"}, "'<eot>' is not in the vocabulary"),
        ({"mask_token": [MASK, 20]}, "2 mask tokens, one per position, allow k <= 3. Give k_max - 1 = 4"),
        ({"mask_token": [MASK, "<M>", 20, 19]}, "mask_token='<M>' is no token of this tokenizer"),
        ({"mask_token": [MASK, 20, 20, 19]}, "one different id per position"),
    ],
)
def test_bad_settings(
    teacher: Path, data: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        run(settings(teacher, data, tmp_path, **changes))
    assert not list(tmp_path.iterdir())  # nothing was started


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mask_tokens": 3}, "mask_tokens is 3, k_max is 5: give 1, .* or k_max - 1 = 4"),
        ({"mask_tokens": 4, "mask_token": [1, 2, 3, 4]}, "leave mask_tokens out"),
        ({"anchors": "every"}, "'stride' or 'random'"),
    ],
)
def test_settings_that_contradict_each_other(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings(tmp_path, tmp_path, tmp_path, **changes)


def test_missing_data(teacher: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file or directory"):
        run(settings(teacher, tmp_path / "nowhere", tmp_path))


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (([1, 2, 999], [False, True, True]), "token id 999, the vocabulary of .* ends at 23"),
        (([1, 2, 3], [False] * 3), "need assistant turns"),
    ],
)
def test_bad_data(teacher: Path, tmp_path: Path, example: tuple[list[int], list[bool]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        run(settings(teacher, write_token_dataset(tmp_path / "d", [example]), tmp_path / "run"))


def test_a_vocabulary_without_a_spare_id_is_resized(data: Path, tmp_path: Path) -> None:
    plain = make_teacher(tmp_path / "plain", mask=False)
    notes: list[str] = []
    config = settings(plain, data, tmp_path / "run", steps=1)
    student = load_checkpoint(distill(config, show_progress=False, on_note=notes.append))
    assert notes == [
        f"The vocabulary of {plain} has no spare id: its embedding was resized from 24 to 25 rows, and the "
        "mask token is <MTP> (id 24)."
    ]
    assert student.mask_token_ids == (24,) == (student.tokenizer.get_vocab()["<MTP>"],)
    assert load_checkpoint(plain).model.config.vocab_size == 24
    given = settings(plain, data, tmp_path / "given", steps=1, mask_token=MASK)
    assert load_checkpoint(run(given)).mask_token_ids == (MASK,)


def test_a_run_directory_of_another_config(teacher: Path, data: Path, tmp_path: Path) -> None:
    run(settings(teacher, data, tmp_path, steps=1))
    with pytest.raises(ConfigError, match="k_max: 5 there, 4 now"):
        run(settings(teacher, data, tmp_path, steps=1, k_max=4))
