"""Calls whose keys and values find no room beside others wait; one that never could is told so, alone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtp_model.chat_model import MTPChatModel
from mtp_model.errors import ConfigError, OutOfMemoryError
from mtp_model.serve import unload
from tests.chat.device import Device
from tests.chat.test_chat_model import said
from tests.chat.tiny import FIXED


@pytest.fixture
def model(tiny_folder: Path) -> Iterator[MTPChatModel]:
    plain = MTPChatModel(model=str(tiny_folder), decoding=FIXED, max_tokens=40)
    unload(plain._key())
    yield plain
    unload(plain._key())


def test_calls_wait_for_room_and_one_that_never_fits_ends_alone(
    model: MTPChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = ["hi", "ho", "hm", "ha"]
    expected = [said(model.invoke(question)) for question in questions]
    bucket = 256 * model._engine().decoder.budget.model.column_bytes
    limited = model.model_copy(update={"kv_cache_bytes": 2 * bucket})
    large = limited.bind(max_tokens=None)  # the whole context: two buckets, and the block behind it

    async def ask(device: Device) -> list[Any]:
        device.hold(until=len(questions) + 1)
        calls = [limited.ainvoke(question) for question in questions]
        calls.insert(2, large.ainvoke("hi"))
        return await asyncio.gather(*calls, return_exceptions=True)

    device = Device(monkeypatch)
    answers = asyncio.run(ask(device))
    error = answers.pop(2)
    assert isinstance(error, OutOfMemoryError)
    for part in (f"may need {3 * bucket} bytes", f"allows {2 * bucket} ", "Lower max_tokens"):
        assert part in str(error)
    assert [said(answer) for answer in answers] == expected
    assert device.widest == 2
    model.invoke("hi")
    assert model._engine().decoder.budget.limit == 2 * bucket, "a model without a limit leaves it"
    large_enough = model.model_copy(update={"kv_cache_bytes": 3 * bucket, "max_tokens": None})
    assert large_enough.invoke("hi")


@pytest.mark.parametrize("limit", [0, -1, "much"])
def test_impossible_limits_are_refused(limit: Any) -> None:
    with pytest.raises(ConfigError, match="kv_cache_bytes"):
        MTPChatModel(kv_cache_bytes=limit)
