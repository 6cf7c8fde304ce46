"""How much is kept of earlier prompts is the model's setting; the weights are loaded once in any case."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtp_model.chat_model import MTPChatModel
from mtp_model.decode.decoder import PREFIX_BYTES
from mtp_model.errors import ConfigError
from mtp_model.serve import unload

QUESTION = "A question whose beginning is read again and again."


@pytest.fixture
def folder(tiny_folder: Path) -> Iterator[Path]:
    """The tiny checkpoint, loaded afresh and with nothing kept."""
    unload(MTPChatModel(model=str(tiny_folder))._key())
    yield tiny_folder
    unload(MTPChatModel(model=str(tiny_folder))._key())


def model_of(folder: Path, limit: int | None) -> MTPChatModel:
    return MTPChatModel(model=str(folder), max_tokens=8, prefix_cache_bytes=limit)


def read(model: MTPChatModel, question: str = QUESTION) -> int:
    """How many tokens of the prompt were read from what is kept."""
    usage: Any = model.invoke(question).usage_metadata
    return int(usage["input_token_details"]["cache_read"])


def store_of(model: MTPChatModel) -> Any:
    return model._engine().decoder.prefixes


def test_the_default_keeps_a_gibibyte(folder: Path) -> None:
    model = model_of(folder, None)
    assert [read(model), read(model) > 0] == [0, True]
    assert store_of(model).limit == PREFIX_BYTES == 2**30


def test_0_reads_nothing_keeps_nothing_and_leaves_the_others_alone(folder: Path) -> None:
    off, on = model_of(folder, 0), model_of(folder, None)
    assert [read(off), read(off), len(store_of(off))] == [0, 0, 0]
    assert [read(on), read(on) > 0] == [0, True]
    kept = store_of(on).nbytes
    assert [read(off), read(on) > 0] == [0, True]
    assert store_of(on).nbytes == kept
    assert off._engine() is on._engine(), "the weights are loaded once"
    assert off.invoke(QUESTION).content == on.invoke(QUESTION).content


def test_a_small_limit_evicts(folder: Path) -> None:
    large = model_of(folder, None)
    read(large)
    one = store_of(large).nbytes
    small = model_of(folder, one * 3 // 2)
    assert read(small) > 0
    read(small, "Another one, which takes the room of the first, as there is none for both of them.")
    assert len(store_of(small)) == 1
    assert store_of(small).nbytes <= one * 3 // 2
    tiny = model_of(folder, 1)
    read(tiny)
    assert (len(store_of(tiny)), store_of(tiny).nbytes) == (0, 0)


def test_the_last_call_with_a_limit_sets_it(folder: Path) -> None:
    small, large, silent = (model_of(folder, limit) for limit in (10_000, 10**6, None))
    limits = []
    for model in (silent, small, silent, large, silent, small):
        model.invoke("hi")
        limits.append(store_of(model).limit)
    assert limits == [2**30, 10_000, 10_000, 10**6, 10**6, 10_000]
    assert small._engine() is large._engine()


@pytest.mark.parametrize("limit", [-1, 1.5, "much"])
def test_impossible_limits_are_refused(limit: Any) -> None:
    with pytest.raises(ConfigError, match="prefix_cache_bytes"):
        MTPChatModel(prefix_cache_bytes=limit)
