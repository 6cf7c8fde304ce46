"""A long prompt beside other calls: it is read between their passes, and can be given up meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import Static
from mtp_model.serve import unload
from tests.chat.device import Device, wait_for
from tests.chat.test_chat_model import said, whole

LONG = "a long story " * 12
CHUNK = 8


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    watched = Device(monkeypatch)
    yield watched
    watched.release()


@pytest.fixture
def model(tiny_folder: Path) -> Iterator[MTPChatModel]:
    plain = MTPChatModel(model=str(tiny_folder), decoding=Static(1), max_tokens=60, prefix_cache_bytes=0)
    unload(plain._key())
    plain._engine().decoder.prefill_chunk = CHUNK
    yield plain
    unload(plain._key())


async def until_hung(device: Device, passes: int) -> None:
    while not (device.passes == passes and device.waiting):
        await asyncio.sleep(0.001)


def test_others_write_while_a_long_prompt_is_read(model: MTPChatModel, device: Device) -> None:
    alone = [said(model.invoke(text)) for text in ("hi", LONG)]
    chunks = model.get_num_tokens(LONG) // CHUNK
    assert chunks > 10
    order: list[str] = []

    async def stream(name: str, text: str) -> Any:
        parts = []
        async for chunk in model.astream(text):
            order.append(name)
            parts.append(chunk)
        return said(whole(parts))

    async def both() -> list[Any]:
        device.hold(4)
        first = asyncio.create_task(stream("short", "hi"))
        while device.waiting == 0:
            await asyncio.sleep(0.001)
        second = asyncio.create_task(stream("long", LONG))
        while len(device.submitted) < 4:
            await asyncio.sleep(0.001)
        device.release()
        return list(await asyncio.gather(first, second))

    assert asyncio.run(both()) == alone
    begun = order.index("long")
    assert order[:begun].count("short") >= chunks, "a pass of the short one behind each chunk"


def test_who_leaves_while_the_prompt_is_read_stops_it(model: MTPChatModel, device: Device) -> None:
    async def ask() -> None:
        device.hold(3)
        task = asyncio.create_task(model.ainvoke(LONG))
        await until_hung(device, 3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(ask())
    device.release()
    worker = model._engine().worker
    wait_for(lambda: not worker._scheduler and worker._inbox.empty())
    assert device.passes <= 3 + 1, "at most the chunk that was being read"
    assert said(model.invoke("hi"))
