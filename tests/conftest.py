"""What all tests share: no network, few threads, the embedded student."""

import os

# Before torch and the Hugging Face libraries are imported: they read these once.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["LANGSMITH_TRACING"] = "false"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

if TYPE_CHECKING:
    from mtp_model.checkpoint import Checkpoint

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED = ROOT / "model/mtp_model/checkpoint/embedded"

# Test models are tiny: more threads than this only cost synchronisation.
torch.set_num_threads(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests marked ``gpu`` where there is no CUDA device."""
    if torch.cuda.is_available():
        return
    for item in items:
        if item.get_closest_marker("gpu"):
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def embedded() -> "Checkpoint":
    """The embedded student, loaded once; skips where its weights have not been made yet."""
    if not (EMBEDDED / "model.safetensors").is_file():
        pytest.skip(f"no embedded student in {EMBEDDED.relative_to(ROOT)}: `make train-student` makes it")
    from mtp_model.checkpoint import load_checkpoint

    return load_checkpoint(None, dtype="float32")
