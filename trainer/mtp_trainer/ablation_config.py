"""Settings of an ablation, and the distillations that it consists of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, model_validator

from mtp_model.errors import ConfigError

from .config import DistillConfig, StrictModel, load_config


class AblationConfig(StrictModel):
    """Settings of ``mtp-train ablate``.

    Attributes:
        run_dir: each variant trains in a directory of its own in it.
        out: path of the results without suffix: ``.json`` and ``.md`` are added.
        distill: settings of `DistillConfig` that all variants share, without ``run_dir``.
        variants: what each changes of them, by name.
        minutes: training time of each, in place of the settings' own; None: theirs.
        steps: the same in optimiser steps, without a time limit.
        tasks: held-out tasks on which success and tokens per pass are measured.
        conversations: held-out conversations on which agreement is measured.
        k: block size of all measurements.
        threshold: confidence of ConfAdapt and of the expected tokens per pass.
        workers: processes of the evaluation.
    """

    run_dir: Path
    out: Path
    distill: dict[str, Any]
    variants: dict[Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$")], dict[str, Any]] = Field(
        min_length=1
    )
    minutes: float | None = Field(default=None, gt=0)
    steps: int | None = Field(default=None, ge=1)
    tasks: int = Field(default=100, ge=1)
    conversations: int = Field(default=200, ge=1)
    k: int = Field(default=16, ge=2)
    threshold: float = Field(default=0.9, gt=0, le=1)
    workers: int = Field(default=2, ge=1)

    @model_validator(mode="after")
    def _same_start(self) -> Self:
        if self.minutes is not None and self.steps is not None:
            raise ValueError("minutes and steps are both given: choose one.")
        for name, changes in self.variants.items():
            if mixed := {"run_dir", "model", "student", "data"} & changes.keys():
                raise ValueError(f"the variant {name} changes {min(mixed)}: all variants share their start.")
        return self


@dataclass(frozen=True)
class Variant:
    """One training of an ablation.

    Attributes:
        name: in the table and of its directory.
        changes: settings that differ from the others'.
        config: all of them.
    """

    name: str
    changes: dict[str, Any]
    config: DistillConfig


def variants_of(config: AblationConfig) -> list[Variant]:
    """The trainings of an ablation, in their order; all are checked before the first one begins.

    Raises:
        ConfigError: settings that are no settings of a distillation, or a directory of a run with another
            budget.
    """
    found = []
    for name, changes in config.variants.items():
        values = {**config.distill, **changes, "run_dir": config.run_dir / name}
        if config.steps is not None:
            values |= {"steps": config.steps, "max_minutes": None}
        if config.minutes is not None:
            values |= {"max_minutes": config.minutes}
        try:
            variant = Variant(name, changes, load_config(None, DistillConfig, values))
        except ConfigError as error:
            raise ConfigError(f"The variant {name!r}: {error}") from error
        if variant.config.k_max < config.k:
            raise ConfigError(
                f"The variant {name!r} trains blocks of {variant.config.k_max} tokens at most (k_max), but k "
                f"is {config.k}: set k, with which all variants are measured, to that or less."
            )
        _check_budget(variant.config)
        found.append(variant)
    return found


def _check_budget(config: DistillConfig) -> None:
    """Refuse to train a variant on: its learning rate has fallen once, so it would equal no other one."""
    path = config.run_dir / "config.yaml"
    if not path.is_file():
        return
    before = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("max_minutes")
    if before != config.max_minutes:
        raise ConfigError(
            f"{config.run_dir} was begun with max_minutes {before}, now it is {config.max_minutes}: choose "
            "another run_dir, or the same minutes."
        )
