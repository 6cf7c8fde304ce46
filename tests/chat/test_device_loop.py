"""`MTPChatModel(loop="device")`: what the host loop gives alone, for calls that join, leave and wait."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

import tests.chat.test_concurrency as concurrency
from mtp_model.chat_model import MTPChatModel
from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, Static, Verified
from mtp_model.decode.device_loop import DeviceLoop
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.rows import Row
from mtp_model.errors import ConfigError, OutOfMemoryError
from mtp_model.serve import unload
from mtp_model.serve.worker import SLOTS
from tests.chat.device import Device, wait_for
from tests.chat.test_chat_model import TOOL, said, tiny_answers, whole
from tests.chat.test_embedded import plain_tasks, prompt, written
from tests.chat.tiny import FIXED
from tests.decode.test_memory import once, short_of_memory

LEAVERS = 4
CALLS = list(zip(concurrency.QUESTIONS, concurrency.SETTINGS, strict=True))[:24]
COVERED = [
    call for call in CALLS if not (isinstance(call[1]["decoding"], Verified) and call[1]["temperature"] > 0)
]


class Watched(DeviceLoop):
    """Counts the passes that were started and read, and those that several rows shared."""

    started = taken = shared = 0

    def _start(self, rows: list[Row], most: int | None) -> None:
        super()._start(rows, most)
        Watched.started += 1

    def take(self, rows: Any) -> Any:
        Watched.taken += 1
        Watched.shared += len(self._flights[0].rows) > 1
        return super().take(rows)


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    monkeypatch.setattr("mtp_model.decode.loops.DeviceLoop", Watched)
    Watched.started = Watched.taken = Watched.shared = 0
    return Watched


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    machine = Device(monkeypatch)
    yield machine
    machine.release()


@pytest.fixture
def ahead(tiny_folder: Path) -> Iterator[MTPChatModel]:
    """Each test has an engine of its own."""
    model = MTPChatModel(model=str(tiny_folder), decoding=FIXED, loop="device")
    unload(model._key())
    yield model
    unload(model._key())


@pytest.mark.parametrize("calls", [CALLS, COVERED], ids=["mixed", "covered"])
def test_calls_that_join_and_leave_get_what_the_host_loop_gives_alone(
    tiny_folder: Path, ahead: MTPChatModel, device: Device, watched: type[Watched], calls: Any
) -> None:
    host = MTPChatModel(model=str(tiny_folder), decoding=FIXED, prefix_cache_bytes=0)
    alone = [host.invoke(question, **settings) for question, settings in calls]

    async def streamed(question: str, settings: Any) -> Any:
        return whole([chunk async for chunk in ahead.astream(question, **settings)])

    async def leave(question: str) -> None:
        async for _ in ahead.astream(question):
            break

    async def ask() -> list[Any]:
        device.hold(until=LEAVERS + len(calls))
        leavers = [asyncio.create_task(leave(f"leaver {number}")) for number in range(LEAVERS)]
        answers = await asyncio.gather(*(streamed(*call) for call in calls))
        await asyncio.gather(*leavers)
        return answers

    before = device.steps
    answers = asyncio.run(ask())
    steps = device.steps - before
    for answer, expected in zip(answers, alone, strict=True):
        assert concurrency.blocks_of(answer) == concurrency.blocks_of(expected)
    assert device.widest == SLOTS
    if calls is COVERED:
        assert watched.shared > 9
        assert watched.taken == steps, "nothing took the host loop"
    else:
        assert watched.taken < steps, "sampled Verified took the host loop, and all beside it"


@pytest.mark.parametrize(
    "stop",
    [
        concurrency.cancel_a_consumer,
        concurrency.cancel_a_batch,
        concurrency.close_a_sync_stream,
        concurrency.run_into_the_models_own_limit,
    ],
)
def test_who_leaves_stops_the_device_and_frees_the_slot(
    ahead: MTPChatModel, device: Device, watched: type[Watched], stop: Any
) -> None:
    plain = ahead.model_copy(update={"decoding": Static(1)})
    worker = plain._engine().worker
    device.hold(3)
    asyncio.run(stop(plain, device))
    device.release()
    wait_for(lambda: not worker._scheduler and worker._inbox.empty())
    assert device.passes <= 3 + 2, "an answer takes hundreds"
    assert watched.started <= watched.taken + 2
    assert tiny_answers(plain)


def test_a_stream_has_a_chunk_for_each_pass(
    tiny: MTPChatModel, ahead: MTPChatModel, watched: type[Watched]
) -> None:
    for policy in (ConfAdapt(0.5), FIXED, Static(3)):
        asked = {"max_tokens": 50, "decoding": policy}
        chunks, expected = list(ahead.stream("hi", **asked)), list(tiny.stream("hi", **asked))
        assert [chunk.content for chunk in chunks] == [chunk.content for chunk in expected]
        assert len(chunks) == whole(chunks).response_metadata["decoding"]["forward_passes"]
    assert watched.taken > 20


def test_the_next_turn_reads_as_much_from_the_cache(tiny: MTPChatModel, ahead: MTPChatModel) -> None:
    unload(tiny._key())
    reads = []
    for model in (tiny, ahead):
        asked = model.bind(max_tokens=24)
        first = asked.invoke("What is the sum?")
        turn = [HumanMessage("What is the sum?"), first, HumanMessage("And twice that?")]
        second = asked.invoke(turn)
        assert isinstance(second, AIMessage) and second.usage_metadata is not None
        reads.append((said(second), second.usage_metadata["input_token_details"]["cache_read"]))
    assert reads[0] == reads[1] and reads[0][1] > 9


@pytest.mark.parametrize(
    "wish",
    [
        {"stop": ["\n"]},
        {"logprobs": True, "top_logprobs": 2},
        {"decoding": Verified(), "temperature": 1.0, "seed": 4},
        {"tools": [TOOL], "tool_choice": "any"},
        {"response_format": {"type": "json_object"}},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_what_the_device_loop_cannot_do_the_host_loop_does_beside_others(
    tiny: MTPChatModel, ahead: MTPChatModel, wish: Any, watched: type[Watched]
) -> None:
    asked = {"max_tokens": 40, **wish}

    def text(message: Any) -> str:
        return "".join(each["text"] for each in message.additional_kwargs["passes"])

    other = {"max_tokens": 120, "decoding": ConfAdapt(0.5)}
    expected = [text(tiny.invoke("hi", **asked)), text(tiny.invoke("ho", **other))]

    async def ask() -> list[Any]:
        return await asyncio.gather(ahead.ainvoke("hi", **asked), ahead.ainvoke("ho", **other))

    assert text(ahead.invoke("hi", **asked)) == expected[0] and watched.taken == 0
    assert [text(answer) for answer in asyncio.run(ask())] == expected
    assert watched.taken > 0, "the other goes on alone"


def test_calls_wait_for_room_and_one_that_finds_no_memory_ends_alone(
    tiny_folder: Path, ahead: MTPChatModel, device: Device
) -> None:
    questions = ["hi", "ho", "hm", "ha"]
    host = MTPChatModel(model=str(tiny_folder), decoding=FIXED, max_tokens=40)
    expected = [said(host.invoke(question)) for question in questions]
    bucket = 256 * ahead._engine().decoder.budget.model.column_bytes
    limited = ahead.model_copy(update={"kv_cache_bytes": 2 * bucket, "max_tokens": 40})

    async def ask() -> list[Any]:
        device.hold(until=len(questions) + 1)
        calls = [limited.ainvoke(question) for question in questions]
        return await asyncio.gather(*calls, limited.ainvoke("hi", max_tokens=None), return_exceptions=True)

    *answers, error = asyncio.run(ask())
    assert isinstance(error, OutOfMemoryError) and "kv_cache_bytes" in str(error)
    assert [said(answer) for answer in answers] == expected
    assert device.widest == 2

    with short_of_memory(BlockModel, "many_rows", once()) as failed:
        with pytest.raises(OutOfMemoryError, match="no memory on cpu"):
            limited.invoke("hi")
        assert failed and said(limited.invoke("hi")) == expected[0]


def test_passes_are_prepared_when_nobody_decodes(ahead: MTPChatModel, watched: type[Watched]) -> None:
    limited = ahead.model_copy(update={"max_tokens": 200, "decoding": Static(1)})
    engine, seen = limited._engine(), list[tuple[int, int]]()
    stream = limited.stream("hi")  # one is at it
    next(stream)
    threads: list[str] = []

    def progress(done: int, of: int) -> None:
        seen.append((done, of))
        threads.append(threading.current_thread().name)

    warming = threading.Thread(
        target=lambda: limited.warm_up(rows=3, context=150, progress=progress), daemon=True
    )
    warming.start()
    assert len(list(stream)) == 199
    warming.join(60)
    assert seen == [(1, 3), (2, 3), (3, 3)], "1, 2 and 4 rows of one k"
    assert set(threads) == {engine.worker._name}
    (loop,) = engine.decoder._loops._free  # type: ignore[union-attr]
    assert (loop.cache.rows, loop.cache.columns) == (4, 256)
    assert limited.invoke("hi", max_tokens=5).content is not None
    assert not engine.decoder._loops._free, "it is in use"  # type: ignore[union-attr]
    with pytest.raises(OutOfMemoryError, match="fewer rows"):
        limited.model_copy(update={"kv_cache_bytes": 1000}).warm_up(rows=2)
    with pytest.raises(ConfigError, match="rows=0"):
        limited.warm_up(rows=0)
    assert tiny_answers(ahead.model_copy(update={"kv_cache_bytes": 10**9}))


def test_the_host_loop_has_nothing_to_prepare(tiny: MTPChatModel) -> None:
    tiny.warm_up(progress=lambda done, of: pytest.fail("nothing to do"))


def test_both_loops_run_the_same_weights(tiny: MTPChatModel, ahead: MTPChatModel) -> None:
    assert ahead._engine() is not tiny._engine()
    assert ahead._engine().checkpoint is tiny._engine().checkpoint
    with pytest.raises(ConfigError, match="loop"):
        MTPChatModel(loop="gpu")


def test_agents_turns_are_those_of_the_host_loop(embedded: Checkpoint, watched: type[Watched]) -> None:
    host, device = (MTPChatModel(decoding=FIXED, max_tokens=600, loop=loop) for loop in ("host", "device"))
    tasks = plain_tasks(6)

    async def ask(model: MTPChatModel) -> list[Any]:
        calls = [model.bind_tools(task.tools).ainvoke(prompt(task)) for task in tasks]
        return await asyncio.gather(*calls)

    expected = [host.bind_tools(task.tools).invoke(prompt(task)) for task in tasks]
    assert any(turn.tool_calls for turn in expected)
    one = device.bind_tools(tasks[0].tools).invoke(prompt(tasks[0]))
    assert written(one) == written(expected[0]) and watched.taken > 0, "its thoughts run ahead"
    together = asyncio.run(ask(device))
    unload(device._key())
    assert ["".join(written(turn)) for turn in together] == ["".join(written(turn)) for turn in expected]
