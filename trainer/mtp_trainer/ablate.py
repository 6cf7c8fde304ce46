"""Ablations: short distillations from the same start that differ in a setting or two, as one table.

Each variant is trained (and resumed) in ``run_dir/NAME``, then measured in the same way: agreement with the
teacher and expected tokens per pass on held-out conversations of the toolworld, with blocks of the same size
at the same anchors, and success and tokens per pass on held-out tasks. What was measured is kept beside each
run, so that the same command goes on where it was stopped. The table is written anew after each variant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.errors import ConfigError
from mtp_model.prompt.render import PromptRenderer

from .ablation_config import AblationConfig, Variant, variants_of
from .ablation_report import write_report
from .batching import Batches, TokenDataset, write_token_dataset
from .blocks import make_blocks
from .distill import distill
from .evaluate import default_policies, evaluate, heldout_task
from .meter import BlockMeter
from .metrics import MetricValue, read_metrics
from .objective import BlockLogits, Objective, block_loss
from .spare_token import grow_vocabulary

_SCORES = "ablation.json"
_TOKENS = 8192  # B * T of a batch when agreement is measured; longer conversations are left out


def ablate(
    config: AblationConfig,
    *,
    only: Sequence[str] = (),
    show_progress: bool = True,
    on_note: Callable[[str], None] = lambda note: None,
) -> dict[str, Any]:
    """Train and measure all variants.

    Args:
        config: the settings.
        only: names of variants; none: all. The table keeps what earlier calls measured of the others.
        show_progress: draw the progress bars of the trainings on stderr.
        on_note: called with what is being done.

    Returns:
        The document, which is also in ``out`` with the suffixes ``.json`` and ``.md``.

    Raises:
        ConfigError: a variant that does not exist, or settings that are none.
        MTPError: what `distill` and `evaluate` raise.
    """
    variants = variants_of(config)
    names = [variant.name for variant in variants]
    if unknown := [name for name in only if name not in names]:
        raise ConfigError(f"There is no variant {unknown[0]!r}. Variants: {', '.join(names)}.")
    document: dict[str, Any] = {}
    for variant in variants:
        if (not only or variant.name in only) and kept_scores(config, variant) is None:
            on_note(f"{variant.name}: training")
            student = distill(variant.config, show_progress=show_progress, on_note=on_note)
            on_note(f"{variant.name}: measuring")
            scores = {"settings": _settings(config, variant), "scores": measure(config, variant, student)}
            path = variant.config.run_dir / _SCORES
            path.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
        document = write_report(config, [(v.name, v.changes, kept_scores(config, v)) for v in variants])
    return document


def kept_scores(config: AblationConfig, variant: Variant) -> dict[str, Any] | None:
    """What an earlier call measured of a variant with these settings; None: nothing."""
    path = variant.config.run_dir / _SCORES
    if not path.is_file():
        return None
    scores: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return scores["scores"] if scores.get("settings") == _settings(config, variant) else None


def _settings(config: AblationConfig, variant: Variant) -> dict[str, Any]:
    measured = config.model_dump(mode="json", include={"tasks", "conversations", "k", "threshold"})
    return measured | {"distill": variant.config.model_dump(mode="json", exclude={"run_dir"})}


def measure(config: AblationConfig, variant: Variant, student: Path) -> dict[str, Any]:
    """A trained variant's figures, as a JSON object."""
    last = [row for row in read_metrics(variant.config.run_dir / "metrics.jsonl") if "loss" in row][-1]
    own = load_checkpoint(student, dtype="float32")
    heldout = heldout_conversations(config, own.tokenizer)
    teacher = load_checkpoint(variant.config.model, dtype="float32")
    blocks = block_scores(own, teacher, heldout, k=config.k, threshold=config.threshold)
    report = evaluate(
        student, config.tasks, default_policies(config.threshold, config.k), workers=config.workers
    )
    return {
        "steps": last["step"],
        "loss": last["loss"],
        "training_tokens_per_second": last["tokens_per_second"],
        **{name: blocks[name] for name in ("agreement", "agreement_by_depth")},
        "expected_tokens_per_pass": blocks["expected_run"],
        "policies": report["policies"],
    }


def heldout_conversations(config: AblationConfig, tokenizer: PreTrainedTokenizerBase) -> TokenDataset:
    """Conversations that solve held-out tasks, as a token dataset in ``run_dir/heldout``."""
    folder, renderer = config.run_dir / "heldout", PromptRenderer(tokenizer)
    tasks = (heldout_task(index, config.conversations) for index in range(config.conversations))
    rendered = (renderer.encode_training([*task.messages, *task.gold], task.tools) for task in tasks)
    return TokenDataset.load(write_token_dataset(folder, rendered))


def block_scores(
    student: Checkpoint, teacher: Checkpoint, data: TokenDataset, *, k: int, threshold: float
) -> dict[str, MetricValue]:
    """How well a student's blocks of k tokens agree with a teacher, over all anchors of a dataset.

    Args:
        student: with mask tokens.
        teacher: of the same vocabulary; it may lack the student's mask tokens.
        data: conversations in token ids.
        k: block size.
        threshold: confidence from which a token counts in the expected run.

    Returns:
        What `BlockMeter.values` returns.
    """
    if (rows := embedding_rows(student.model)) > embedding_rows(teacher.model):
        grow_vocabulary(teacher.model, rows)
    passes = BlockLogits(student.model.eval()), BlockLogits(teacher.model.eval())
    objective = Objective(student.mask_token_ids, student.stop_token_ids)
    batches = Batches(data, _TOKENS, seed=0, max_length=student.max_positions - k)
    meter, step = BlockMeter(k, threshold), 0
    while batches.epoch_of(step) == 0:
        blocks = make_blocks(batches.at(step).to(student.device), k)
        with torch.no_grad():
            meter.add(block_loss(*passes, blocks, objective))
        step += 1
    return meter.values()
