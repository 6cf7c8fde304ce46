"""A tiny random model whose tokenizer knows the tags of calls and reasoning."""

from pathlib import Path

import pytest

from mtp_model.checkpoint import Checkpoint, load_checkpoint
from mtp_model.grammar import GrammarFactory
from tests.chat.tiny import write_checkpoint


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    folder: Path = tmp_path_factory.mktemp("grammar")
    write_checkpoint(folder)
    return load_checkpoint(folder)


@pytest.fixture(scope="session")
def factory(tiny_checkpoint: Checkpoint) -> GrammarFactory:
    vocabulary = tiny_checkpoint.model.config.vocab_size
    return GrammarFactory(tiny_checkpoint.tokenizer, vocabulary, tiny_checkpoint.stop_token_ids)
