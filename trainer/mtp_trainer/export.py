"""Export: a finished run as an ordinary checkpoint, checked by loading it and decoding with it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor
from transformers import GenerationConfig

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.config import ConfAdapt, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.errors import CheckpointError, ConfigError

from .model_card import model_card

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_PROBE = 32  # tokens of the comparison with plain transformers
_WRITTEN = 16  # tokens that are decoded with what was written
_TEXT = "What is 12 times 8, and what is the weather in Paris?"


def export(
    model: Path,
    out: Path,
    *,
    dtype: str = "bfloat16",
    recipe: dict[str, Any] | None = None,
    scores: dict[str, Any] | None = None,
    name: str | None = None,
    license: str | None = None,
) -> Path:
    """Writes a student as safetensors, tokenizer, config and model card, and checks what was written.

    Args:
        model: Directory of the student, such as `run_dir/model` of a distillation.
        out: Directory to write; replaced if it is there, once the new one is complete and checked.
        dtype: Type of the written weights: float32, bfloat16 or float16.
        recipe: All settings that made it, by command; kept as `recipe.yaml`, and on the model card.
        scores: Report of `mtp-train eval`; kept as `scores.json`, its tables on the model card.
        name: Name on the model card; the directory's if not given.
        license: The hub's name of the weights' licence, such as "apache-2.0", for the model card.

    Returns:
        `out`.

    Raises:
        ConfigError: An unknown dtype.
        CheckpointError: The model cannot be loaded, has no mask token, cannot be written, or comes back
            different.
    """
    if dtype not in _DTYPES:
        raise ConfigError(f"dtype {dtype!r} is unknown: use {', '.join(_DTYPES)}.")
    checkpoint = load_checkpoint(model, dtype="float32", device="cpu")
    if not checkpoint.mask_token_ids:
        raise CheckpointError(
            f"{model} has no mask token, so it is no student yet. Train it with "
            f"`mtp-train distill --model {model}`."
        )
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    weights: Any = checkpoint.model
    # Rounded first, so that the check below compares with what is written. (The cast module itself
    # cannot tell: it rounds the rotary frequencies too, which are no weights.)
    for parameter in weights.parameters():
        parameter.data = parameter.data.to(_DTYPES[dtype]).float()
    expected = _probe(weights)
    _name_masks(checkpoint)
    weights.to(_DTYPES[dtype])
    card = model_card(checkpoint, name or out.name, dtype, recipe, scores, license)
    try:
        _write(checkpoint, partial, card, recipe, scores)
    except (OSError, RuntimeError) as error:  # safetensors has an error of its own for a full disk
        shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(
            f"The export cannot be written to {partial}: {error}. Free disk space or make the directory "
            "writable, then run the same command again."
        ) from error
    written = load_checkpoint(partial, dtype="float32", device="cpu")
    _check_logits(expected, written, partial)
    _check_decoding(checkpoint, written, partial)
    shutil.rmtree(out, ignore_errors=True)
    os.replace(partial, out)
    return out


def _name_masks(checkpoint: Checkpoint) -> None:
    """Let config.json name the masks, also where they were found by other means."""
    masks, config = list(checkpoint.mask_token_ids), checkpoint.model.config
    block = {"k_range": [2, checkpoint.k_max], **(getattr(config, "mtp", None) or {})}
    block["mask_token_id"] = masks[0] if len(masks) == 1 else masks
    config.update({"mtp": block, "pard_token": masks[0]})


def _write(
    checkpoint: Checkpoint,
    folder: Path,
    card: str,
    recipe: dict[str, Any] | None,
    scores: dict[str, Any] | None,
) -> None:
    weights: Any = checkpoint.model
    weights.generation_config = GenerationConfig(
        eos_token_id=list(checkpoint.stop_token_ids), pad_token_id=checkpoint.tokenizer.pad_token_id
    )
    weights.save_pretrained(folder)
    checkpoint.tokenizer.save_pretrained(folder)
    if recipe:
        text = yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True)
        (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    if scores is not None:
        (folder / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")


def _probe(model: Any) -> Tensor:
    """Logits of a fixed text, [1, T, V] float32."""
    with torch.inference_mode():
        logits: Tensor = model(torch.arange(_PROBE)[None] % model.config.vocab_size).logits
    return logits


def _check_logits(expected: Tensor, written: Checkpoint, folder: Path) -> None:
    """Compares the files' logits in plain transformers, which loaded them, with the exported weights'."""
    found = _probe(written.model)
    difference = float((expected - found).abs().max())
    if not difference < 1e-3:  # the same numbers in the same operations; NaN fails too
        raise CheckpointError(
            f"The exported weights in {folder} give logits that differ by {difference}. The files are "
            "damaged: check the disk and export again."
        )


def _check_decoding(exported: Checkpoint, found: Checkpoint, folder: Path) -> None:
    """Decodes with the files: they name the same masks and stops, and give the tokens of plain decoding."""
    for field in ("mask_token_ids", "k_max", "stop_token_ids"):
        if getattr(found, field) != getattr(exported, field):
            raise CheckpointError(
                f"The export in {folder} has {field} {getattr(found, field)}, the student "
                f"{getattr(exported, field)}: check its config.json and generation_config.json."
            )
    prompt: list[int] = found.tokenizer(_TEXT)["input_ids"][: found.max_positions - _WRITTEN]
    decoder, options = Decoder(found), GenerationOptions(max_new_tokens=_WRITTEN)
    for policy in (Static(1), Verified(found.k_max), ConfAdapt(0.9, found.k_max)):
        ids = decoder.generate([prompt], policy, options)[0].token_ids
        # the first token of ConfAdapt's blocks is plain, the others are allowed to differ
        if not isinstance(policy, ConfAdapt) and not _likeliest(found, prompt, ids):
            raise CheckpointError(
                f"The export in {folder} decodes to other tokens with {policy} than plain transformers finds "
                "likeliest: the files or this version's decoder are damaged. Please report it."
            )


def _likeliest(checkpoint: Checkpoint, prompt: list[int], ids: list[int]) -> bool:
    """Whether each token has the largest logit but the masks', up to rounding, behind those before it."""
    if not ids:
        return True
    with torch.no_grad():
        logits = checkpoint.model(torch.tensor([prompt + ids[:-1]])).logits[0, len(prompt) - 1 :]
    logits[:, list(checkpoint.mask_token_ids)] = -torch.inf
    chosen = logits.gather(1, torch.tensor(ids)[:, None])[:, 0]
    # sums of another order: two tokens within this are a tie
    return bool((chosen >= logits.max(dim=1).values - 1e-2).all())


def read_recipe(configs: Sequence[Path]) -> dict[str, Any]:
    """Configs of the commands that made a student, by the name of their file.

    Raises:
        ConfigError: A file that cannot be read, or is no YAML.
    """
    steps: dict[str, Any] = {}
    for path in configs:
        try:
            steps[path.stem] = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise ConfigError(f"--recipe {path} cannot be read: {error} Give YAML configs.") from error
    return steps


def read_scores(path: Path) -> dict[str, Any]:
    """A report of `mtp-train eval`.

    Raises:
        ConfigError: The file cannot be read, or holds no JSON object.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"--scores {path} cannot be read: {error}. `mtp-train eval --out` writes it."
        ) from error
    if not isinstance(report, dict):
        raise ConfigError(f"--scores {path} holds no JSON object. `mtp-train eval --out` writes one.")
    return report
