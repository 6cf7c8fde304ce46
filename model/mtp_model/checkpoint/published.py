"""The published students that do not say in their files which token is the mask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PUBLISHED", "PublishedStudent", "published_student"]


@dataclass(frozen=True, slots=True)
class PublishedStudent:
    """What is known about one published student.

    Attributes:
        pattern: Regular expression for the hub id.
        mask_token_id: Its mask token.
        stop_token_ids: Tokens that end its text; empty where its own files say it.
        k_max: Most tokens per pass that it was trained for.
    """

    pattern: str
    mask_token_id: int
    stop_token_ids: tuple[int, ...]
    k_max: int


PUBLISHED = (
    PublishedStudent(r"jwkirchenbauer/L3-1-8B-Magpie-MTP", 128259, (128001, 128009), 16),
    PublishedStudent(r"jwkirchenbauer/(Qwen3-4B|Q3-4B).*", 151669, (151645, 151643), 16),
    # Trained with the first author's code on a Llama 3 tokenizer: taken to have the same mask (not verified;
    # an added token named in its own tokenizer comes first).
    PublishedStudent(r"celestialcreator/Llama-3\.2-1B-MTP-k8", 128259, (), 8),
)


def published_student(model: str | Path) -> PublishedStudent | None:
    """The entry of a hub id, of a folder in the hub's cache, or of a local folder named OWNER/NAME.

    Args:
        model: Hub id or path, as the user gave it.
    """
    parts = Path(model).parts
    candidates = {"/".join(parts[i : i + 2]) for i in range(len(parts) - 1)}
    candidates |= {part.removeprefix("models--").replace("--", "/") for part in parts if "--" in part}
    for student in PUBLISHED:
        if any(re.fullmatch(student.pattern, name, re.IGNORECASE) for name in candidates):
            return student
    return None
