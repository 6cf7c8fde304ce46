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

from mtp_model.checkpoint import load_checkpoint
from mtp_model.errors import ConfigError

from .ablation_config import AblationConfig, Variant, variants_of
from .ablation_report import write_report
from .agreement import TEACHER, propose, summary, toolworld_texts
from .distill import distill
from .evaluate import default_policies, evaluate
from .metrics import read_metrics

_SCORES = "ablation.json"


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
    teacher = load_checkpoint(variant.config.model, dtype="float32")
    texts = toolworld_texts(own, config.conversations)
    found = summary(propose(own, teacher, texts, config.k, offset=0), [config.threshold], [config.k])
    judged, (emitted,) = found["judges"][TEACHER], found["confadapt"]
    report = evaluate(
        student, config.tasks, default_policies(config.threshold, config.k), workers=config.workers
    )
    return {
        "steps": last["step"],
        "loss": last["loss"],
        "training_tokens_per_second": last["tokens_per_second"],
        "agreement": judged["agreement"],
        "agreement_by_depth": judged["by_depth"],
        "expected_tokens_per_pass": emitted["expected_run"][TEACHER],
        "policies": report["policies"],
    }
