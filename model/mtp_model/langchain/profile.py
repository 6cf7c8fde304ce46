"""What a model can do, read from its files without loading it."""

from __future__ import annotations

from pathlib import Path

from langchain_core.language_models.model_profile import ModelProfile

from mtp_model.checkpoint.locate import EMBEDDED, read_json
from mtp_model.formats import HERMES, format_of

__all__ = ["read_profile"]


def read_profile(model: str | None) -> ModelProfile:
    """The profile of a checkpoint.

    Args:
        model: Folder, hub id, or None for the embedded student. A hub id is not looked up: its profile holds
            what is true of every text model.
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
    folder = EMBEDDED if model is None else Path(model).expanduser()
    if not (folder / "config.json").is_file():
        return profile
    positions = read_json(folder / "config.json").get("max_position_embeddings")
    if isinstance(positions, int):
        profile["max_input_tokens"] = profile["max_output_tokens"] = positions
    template = _chat_template(folder)
    profile["tool_calling"] = profile["tool_call_streaming"] = "tools" in template
    form = format_of(template)
    profile["tool_choice"] = profile["structured_output"] = form is not None
    profile["reasoning_output"] = (form or HERMES).think[0] in template
    return profile


def _chat_template(folder: Path) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template = read_json(folder / "tokenizer_config.json").get("chat_template")
    return template if isinstance(template, str) else ""
