"""What a model can do, read from its files without loading it."""

from __future__ import annotations

from pathlib import Path

from langchain_core.language_models.model_profile import ModelProfile

from mtp_model.checkpoint.locate import EMBEDDED, read_json
from mtp_model.formats import HERMES, format_of

__all__ = ["read_profile"]


def read_profile(model: str | None, revision: str | None = None) -> ModelProfile:
    """The profile of a checkpoint; nothing is loaded or downloaded.

    Args:
        model: Folder, hub id, or None for the embedded student. The profile of a hub id that no one has
            downloaded yet holds what is true of every text model.
        revision: Branch, tag or commit of a hub id.
    """
    profile = ModelProfile(
        name=model or "embedded",
        open_weights=True,
        text_inputs=True,
        text_outputs=True,
        image_inputs=False,
        audio_inputs=False,
        pdf_inputs=False,
        video_inputs=False,
        temperature=True,
        tool_choice=False,
        structured_output=False,
    )
    folder = _folder(model, revision)
    if folder is None:
        return profile
    config = read_json(folder / "config.json")
    text = config.get("text_config")  # of models that read more than text
    positions = (text if isinstance(text, dict) else config).get("max_position_embeddings")
    if isinstance(positions, int):
        profile["max_input_tokens"] = profile["max_output_tokens"] = positions
    template = _chat_template(folder)
    profile["tool_calling"] = profile["tool_call_streaming"] = "tools" in template
    form = format_of(template)
    profile["tool_choice"] = profile["structured_output"] = form is not None
    profile["reasoning_output"] = (form or HERMES).think[0] in template
    return profile


def _folder(model: str | None, revision: str | None) -> Path | None:
    """Where the files of a checkpoint lie on this machine, if they do."""
    folder = EMBEDDED if model is None else Path(model).expanduser()
    if (folder / "config.json").is_file():
        return folder
    if model is None:
        return None
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        cached = try_to_load_from_cache(model, "config.json", revision=revision)
    except HFValidationError:  # a path, not a hub id
        return None
    return Path(cached).parent if isinstance(cached, str) else None


def _chat_template(folder: Path) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template = read_json(folder / "tokenizer_config.json").get("chat_template")
    return template if isinstance(template, str) else ""
