"""The data of a distillation: a token dataset, what `mtp-train data` wrote, or conversations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from mtp_model.checkpoint.loading import load_tokenizer
from mtp_model.checkpoint.locate import locate
from mtp_trainer.batching import DataError, TokenDataset
from mtp_trainer.config import DistillConfig
from mtp_trainer.data_report import REPORT, fingerprint
from mtp_trainer.dataset import DataConfig, build_dataset


@dataclass(frozen=True)
class TrainingData:
    """Training data, validation data where there are some, and what is worth knowing about both."""

    train: TokenDataset
    validation: TokenDataset | None
    notes: list[str]


def training_data(config: DistillConfig) -> TrainingData:
    """Open the data of a run; conversations are rendered into ``run_dir/data`` first, once.

    Raises:
        DataError: nothing to read, nothing to train on, or data of another tokenizer.
        PromptError: the tokenizer has no chat template.
    """
    folder, notes = config.data, []
    if TokenDataset.is_at(folder):
        return TrainingData(TokenDataset.load(folder), None, [])
    if not (folder / REPORT).is_file():
        folder, source = config.run_dir / "data", config.data.as_posix()
        settings = DataConfig(model=config.model, source=source, out=folder, max_length=config.max_length)
        if not _is_rendered(settings):
            notes = build_dataset(settings).lines()
    _check_tokenizer(folder, config.model)
    held_out = folder / "validation"
    return TrainingData(
        TokenDataset.load(folder / "train"),
        TokenDataset.load(held_out) if TokenDataset.is_at(held_out) else None,
        notes,
    )


def _is_rendered(settings: DataConfig) -> bool:
    """Whether an earlier start rendered just this; one that was refused may have had other settings."""
    try:
        report = json.loads((settings.out / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    named = ("source", "model", "max_length")
    return all(report.get(name) == getattr(settings, name) for name in named)


def _check_tokenizer(folder: Path, model: str) -> None:
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        made_by, expected = report["model"], report["tokenizer"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder / REPORT} is damaged ({error!r}): write the dataset again.") from error
    if fingerprint(load_tokenizer(locate(model, None), model)) != expected:
        raise DataError(
            f"{folder} was rendered for {made_by}, whose vocabulary or chat template is not that of {model}. "
            f"Render it again: mtp-train data --model {model} --source … --out …"
        )
