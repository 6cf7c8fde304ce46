"""Export: a finished run as an ordinary checkpoint, checked by loading it in plain transformers."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor
from transformers import AutoModelForCausalLM, GenerationConfig

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.errors import CheckpointError, ConfigError

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_PROBE = 32  # tokens of the comparison with plain transformers


def export(
    model: Path,
    out: Path,
    *,
    dtype: str = "bfloat16",
    recipe: dict[str, Any] | None = None,
    name: str | None = None,
) -> Path:
    """Writes a student as safetensors, tokenizer, config and model card, and checks what was written.

    Args:
        model: Directory of the student, such as `run_dir/model` of a distillation.
        out: Directory to write; replaced if it is there.
        dtype: Type of the written weights: float32, bfloat16 or float16.
        recipe: All settings that made it, by command; kept as `recipe.yaml`.
        name: Name on the model card; the directory's if not given.

    Returns:
        `out`.

    Raises:
        ConfigError: An unknown dtype.
        CheckpointError: The model cannot be loaded, has no mask token, or comes back different.
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
    weights.to(_DTYPES[dtype])
    weights.generation_config = GenerationConfig(
        eos_token_id=list(checkpoint.stop_token_ids), pad_token_id=checkpoint.tokenizer.pad_token_id
    )
    weights.save_pretrained(partial)
    checkpoint.tokenizer.save_pretrained(partial)
    if recipe:
        text = yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True)
        (partial / "recipe.yaml").write_text(text, encoding="utf-8")
    (partial / "README.md").write_text(_card(checkpoint, name or out.name, dtype), encoding="utf-8")
    _check_reload(expected, partial)
    shutil.rmtree(out, ignore_errors=True)
    os.replace(partial, out)
    return out


def _probe(model: Any) -> Tensor:
    """Logits of a fixed text, [1, T, V] float32."""
    with torch.inference_mode():
        logits: Tensor = model(torch.arange(_PROBE)[None] % model.config.vocab_size).logits
    return logits


def _check_reload(expected: Tensor, folder: Path) -> None:
    """Loads the files in plain transformers and compares logits with the exported weights'."""
    again = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
    found = _probe(again)
    difference = float((expected - found).abs().max())
    if not difference < 1e-3:  # the same numbers in the same operations; NaN fails too
        raise CheckpointError(
            f"The exported weights in {folder} give logits that differ by {difference}. The files are "
            "damaged: check the disk and export again."
        )


def _card(checkpoint: Checkpoint, name: str, dtype: str) -> str:
    mtp = getattr(checkpoint.model.config, "mtp", None) or {}
    base = mtp.get("base_model", "unknown")
    return f"""---
library_name: transformers
pipeline_tag: text-generation
tags: [multi-token-prediction, mtp, confadapt]
---
# {name}

A multi-token-prediction student: it writes several tokens per forward pass. Weights in {dtype}, an ordinary
`{type(checkpoint.model).__name__}` without extra layers; no remote code.

* mask token: {", ".join(map(str, checkpoint.mask_token_ids))} (`mtp` and `pard_token` in config.json)
* block sizes in training: {mtp.get("k_range", "unknown")}
* trained from: `{base}`

```python
from mtp_agents import ConfAdapt, MTPChatModel

model = MTPChatModel(model="path/to/this/folder", decoding=ConfAdapt(threshold=0.9, k_max={checkpoint.k_max}))
```

How it was trained is in `recipe.yaml`, what it scores in `scores.json`, where they are given.
"""


def write_scores(folder: Path, report: dict[str, Any]) -> Path:
    """Keeps an evaluation's report beside the weights, as `scores.json`."""
    path = folder / "scores.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return path
