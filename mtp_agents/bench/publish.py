"""`mtp-agents bench report`: results that are kept, with their picture and table, from the JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mtp_agents.bench.agent.markdown import insert, to_markdown
from mtp_agents.bench.agent.picture import picture
from mtp_agents.bench.main import make_folder
from mtp_agents.bench.plot import plot
from mtp_model.errors import ConfigError

__all__ = ["publish"]


def publish(file: Path, out: Path | None = None, into: Sequence[Path] = ()) -> list[Path]:
    """Writes a document under a name with device and date, and its picture and table beside it.

    Args:
        file: JSON document of `bench agent` or `bench decode`.
        out: Folder for the files; None for the document's own.
        into: Markdown files with a place for the block of `bench agent`, which is replaced.

    Returns:
        The files that were written.

    Raises:
        ConfigError: The file is no such document, a Markdown file has no such place, or matplotlib is not
            installed.
    """
    text, document = _read(file)
    kind = document["benchmark"]
    if into and kind != "agent":
        raise ConfigError(f"--into takes results of `bench agent`; {file} has those of `bench {kind}`.")
    out = file.parent if out is None else out
    make_folder(out)
    stem = out / f"{kind}-{_device(document)}-{document['date'][:10]}"
    drawn = picture(document, stem) if kind == "agent" else plot(document, stem)
    files = [stem.with_suffix(".json"), *drawn]
    files[0].write_text(text, encoding="utf-8")
    if kind == "agent":
        files.append(stem.with_suffix(".md"))
        files[-1].write_text(to_markdown(document, stem.name), encoding="utf-8")
    for page in into:
        insert(page, document, files[0])
    return [*files, *into]


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
        document = json.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read as JSON ({error}).") from error
    if not isinstance(document, dict) or document.get("benchmark") not in {"agent", "decode"}:
        raise ConfigError(
            f"{file} is no document of `mtp-agents bench agent` or `bench decode`: give the agent.json or "
            "decode.json that one of them wrote."
        )
    if not document["results"]:
        raise ConfigError(f"{file} has no results: nothing was measured. Run the benchmark again.")
    return text, document


def _device(document: dict[str, Any]) -> str:
    """`cpu`, or `gpu` where a model was on one."""
    models = [document["model"]] if document["benchmark"] == "agent" else document["models"]
    devices = {model["device"].partition(":")[0] for model in models if model}
    return "cpu" if devices <= {"cpu"} else "gpu"
