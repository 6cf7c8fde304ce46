"""From a path or hub id to a folder whose files are safe to load."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mtp_model.errors import CheckpointError, CheckpointNotFoundError, UnsafeCheckpointError

__all__ = ["EMBEDDED", "check_weights", "locate", "read_json", "revision_of"]

EMBEDDED = Path(__file__).parent / "embedded"
"""Folder of the student that ships inside the package."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_SMALL_FILES = ["*.json", "*.jinja", "*.txt", "tokenizer.model"]
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def locate(model: str | Path | None, revision: str | None) -> Path:
    """The folder that holds the checkpoint, downloaded first if `model` is a hub id.

    Args:
        model: A folder, a hub id such as "Qwen/Qwen3-4B", or None for the embedded student.
        revision: Branch, tag or commit of a hub id.

    Raises:
        CheckpointNotFoundError: There is no such folder or repository, or it cannot be reached.
        UnsafeCheckpointError: It has weights, but not as safetensors.
    """
    if model is None:
        if not (EMBEDDED / "model.safetensors").is_file():
            raise CheckpointNotFoundError(
                f"the embedded student is missing: {EMBEDDED} has no model.safetensors. Install the released "
                "package again, make the student with `make train-student`, or give a path or hub id."
            )
        return EMBEDDED
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise CheckpointNotFoundError(
                f"{folder} is a folder without config.json, so it is no Hugging Face checkpoint. Give the "
                "folder that holds config.json, the tokenizer files and *.safetensors."
            )
        check_weights([path.name for path in folder.iterdir()], str(folder))
        return folder
    if folder.exists():
        raise CheckpointNotFoundError(
            f"{folder} is a file. Give the folder that holds config.json, the tokenizer and *.safetensors."
        )
    name = str(model)
    if isinstance(model, Path) or not _HUB_ID.fullmatch(name):
        raise CheckpointNotFoundError(
            f"no checkpoint at {name!r}: there is no such folder (looked for {folder.absolute()}), and it "
            "does not read as a hub id such as 'Qwen/Qwen3-4B'. Check the spelling."
        )
    return _download(name, revision, folder)


def revision_of(folder: Path) -> str | None:
    """The commit of a folder that `locate` downloaded; None for any other."""
    return folder.name if folder.parent.name == "snapshots" else None


def _download(name: str, revision: str | None, folder: Path) -> Path:
    """Fetch a hub repository: its small files and its safetensors, nothing that could be executed."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.constants import HF_HUB_OFFLINE

    try:
        if not HF_HUB_OFFLINE:
            check_weights(HfApi().list_repo_files(name, revision=revision), name)
        found = Path(
            snapshot_download(name, revision=revision, allow_patterns=[*_SMALL_FILES, "*.safetensors"])
        )
    except CheckpointError:
        raise
    except (
        Exception
    ) as error:  # the hub client raises many types: HTTP, offline, gated, bad revision, sockets
        reason = str(error).strip().splitlines()
        raise CheckpointNotFoundError(
            f"no checkpoint {name!r}: there is no such folder (looked for {folder.absolute()}), and the "
            f"Hugging Face hub gave nothing{f' at revision {revision!r}' if revision else ''}: "
            f"{type(error).__name__}: {reason[0] if reason else 'no reason given'}. Check the spelling, the "
            "network (HF_HUB_OFFLINE) and, for gated models, `hf auth login`."
        ) from error
    check_weights([path.name for path in found.iterdir()], name)
    return found


def check_weights(files: list[str], name: str) -> None:
    """Refuse a checkpoint whose weights are absent or can only be unpickled.

    Args:
        files: Names of its files.
        name: How to call it in the message.

    Raises:
        CheckpointNotFoundError: No weights at all.
        UnsafeCheckpointError: Only pickled weights.
    """
    if any(file.endswith(".safetensors") for file in files):
        return
    pickled = sorted(file for file in files if file.endswith(_PICKLED) and file != "training_args.bin")
    if pickled:
        raise UnsafeCheckpointError(
            f"{name} has its weights as {', '.join(pickled[:3])} only. Those are pickles, which can run any "
            "code when they are loaded, so they are refused. Convert them once where you trust them: load "
            "with transformers and call model.save_pretrained(folder), which writes *.safetensors."
        )
    raise CheckpointNotFoundError(
        f"{name} has no *.safetensors file, so there are no weights to load. Give the folder or "
        "repository that holds them."
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of the checkpoint; empty if there is no such file.

    Raises:
        CheckpointError: The file is not a JSON object.
    """
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(
            f"{path} is no valid JSON ({error}). Fetch or export the checkpoint again."
        ) from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} holds a JSON {type(value).__name__}, but an object is needed.")
    return value
