"""A tiny random Qwen3 in a folder, and the embedded student through the same door."""

from pathlib import Path

import pytest

from mtp_model.chat_model import MTPChatModel
from mtp_model.checkpoint import Checkpoint
from tests.chat.tiny import FIXED, write_checkpoint


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that writes nonsense in blocks of changing size and never stops by itself."""
    folder = tmp_path_factory.mktemp("tiny")
    write_checkpoint(folder)
    return folder


@pytest.fixture
def tiny(tiny_folder: Path) -> MTPChatModel:
    return MTPChatModel(model=str(tiny_folder), decoding=FIXED, max_tokens=24)


@pytest.fixture(scope="session")
def student(embedded: Checkpoint) -> MTPChatModel:
    """The embedded student; skips where it has not been made yet."""
    return MTPChatModel(decoding=FIXED, max_tokens=600)
