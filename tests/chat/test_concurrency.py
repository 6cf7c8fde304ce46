"""Many calls at the same time: each gets what it gets alone, in its turn; none blocks a loop or a slot."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from operator import add
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from blockbuster import BlockingError, blockbuster_ctx
from langchain_core.runnables import ConfigurableField
from langgraph.graph import START, StateGraph
from langgraph.types import Send

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import ConfAdapt, Static, Verified
from mtp_model.errors import RequestTimeoutError
from mtp_model.prompt.messages import Message
from mtp_model.serve import unload
from mtp_model.serve.worker import SLOTS
from tests.chat.device import Device, wait_for
from tests.chat.test_chat_model import TOOL, said, tiny_answers, whole
from tests.chat.test_logprobs import alike, content
from tests.chat.tiny import FIXED

POLICIES = [
    Static(1),
    ConfAdapt(0.5),
    FIXED,
    Static(3),
    ConfAdapt(0.9, 4),
    ConfAdapt(0.2),
    Verified(5, 0.0),
]
CALLS = 64
QUESTIONS = [f"question {number} " + "and more " * (number % 5) for number in range(CALLS)]
SETTINGS: list[dict[str, Any]] = [
    {
        "decoding": POLICIES[number % len(POLICIES)],
        "max_tokens": 1 + 7 * number % 40,
        "temperature": (0.0, 0.8, 1.5)[number % 3],
        "top_k": (None, 5)[number % 2],
        "seed": number // 4,
    }
    for number in range(CALLS)
]


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    watched = Device(monkeypatch)
    yield watched
    watched.release()


@pytest.fixture
def plain(tiny_folder: Path) -> MTPChatModel:
    """Writes hundreds of tokens, one in each pass."""
    return MTPChatModel(model=str(tiny_folder), decoding=Static(1))


# --- what each gets, and when ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(tiny_folder: Path) -> list[Any]:
    """The answer to each call when nothing else runs and nothing is kept."""
    model = MTPChatModel(model=str(tiny_folder), decoding=FIXED, prefix_cache_bytes=0)
    return [
        model.invoke(question, **settings) for question, settings in zip(QUESTIONS, SETTINGS, strict=True)
    ]


def blocks_of(answer: Any) -> tuple[Any, ...]:
    """All that was written, a pass at a time (of nonsense calls: not the ids, which are drawn afresh)."""
    return answer.content, answer.additional_kwargs["passes"], answer.response_metadata["finish_reason"]


def through_threads(model: MTPChatModel) -> list[Any]:
    fields = {name: ConfigurableField(id=name) for name in SETTINGS[0]}
    configs: Any = [{"configurable": settings, "max_concurrency": CALLS} for settings in SETTINGS]
    return model.configurable_fields(**fields).batch(QUESTIONS, configs)


def through_abatch(model: MTPChatModel) -> list[Any]:
    fields = {name: ConfigurableField(id=name) for name in SETTINGS[0]}
    configs: Any = [{"configurable": settings} for settings in SETTINGS]
    return asyncio.run(model.configurable_fields(**fields).abatch(QUESTIONS, configs))


def through_tasks(model: MTPChatModel) -> list[Any]:
    async def streamed(question: str, settings: Any) -> Any:
        return whole([chunk async for chunk in model.astream(question, **settings)])

    async def ask() -> list[Any]:
        return await asyncio.gather(*map(streamed, QUESTIONS, SETTINGS))

    return asyncio.run(ask())


def fair_waits(lengths: list[int], slots: int) -> list[int]:
    """How many steps each request of a queue waits where a free slot goes to the first in it.

    A request's first pass reads its prompt and is its own; in the others all that run advance together.
    """
    waits: list[int] = []
    queue, running, step = deque(lengths), list[int](), 0
    while queue or running:
        while queue and len(running) < slots:
            waits.append(step)
            if (left := queue.popleft() - 1) > 0:
                running.append(left)
        step += 1
        running = [left - 1 for left in running if left > 1]
    return waits


@pytest.mark.parametrize("ask", [through_threads, through_abatch, through_tasks])
def test_each_call_gets_what_it_gets_alone_and_waits_its_turn(
    tiny_folder: Path, alone: list[Any], device: Device, ask: Any
) -> None:
    model = MTPChatModel(model=str(tiny_folder), decoding=FIXED)
    device.hold(until=CALLS)  # the first pass of the first request waits for the last one's arrival
    answers = ask(model)
    assert [blocks_of(answer) for answer in answers] == [blocks_of(answer) for answer in alone]
    assert device.widest == SLOTS
    assert len(device.threads) == 1, "one thread owns the device"

    encode = model._engine().renderer.encode
    place = {tuple(encode([Message("user", question)])): i for i, question in enumerate(QUESTIONS)}
    passes = [
        alone[place[request.prompt]].response_metadata["decoding"]["forward_passes"]
        for request in device.submitted
    ]
    fair = fair_waits(passes, SLOTS)
    waits = [device.admitted[id(request)] for request in device.submitted]
    assert len(waits) == CALLS and max(fair) > 20
    # one by one, each pass but a call's first would be a step of its own
    assert device.steps < (sum(passes) - CALLS) / 4, "most slots are filled"
    # two steps more: the first request's pass that waited for the others, and that in which prompts are read
    late = [pair for pair in zip(waits, fair, strict=True) if pair[0] > 2 * pair[1] + 2]
    assert not late, (waits, fair)


def test_calls_held_to_a_schema_and_those_with_logprobs_share_passes_too(
    tiny_folder: Path, device: Device
) -> None:
    """Plain calls, forced ones and ones with log-probabilities run in the same passes, in every policy."""
    forced = {"tools": [TOOL], "tool_choice": "any", "max_tokens": 60}
    kinds: list[dict[str, Any]] = [{"max_tokens": 40}, forced, {"logprobs": True, "max_tokens": 30}]
    calls = [
        {
            **kinds[number % 3],
            "decoding": POLICIES[number % len(POLICIES)],
            "seed": number,
            "temperature": 0.8,
        }
        for number in range(24)
    ]
    model = MTPChatModel(model=str(tiny_folder), decoding=FIXED, prefix_cache_bytes=0)
    questions = QUESTIONS[: len(calls)]
    alone = [model.invoke(question, **call) for question, call in zip(questions, calls, strict=True)]
    one_by_one, device.steps = device.steps, 0
    assert device.widest == 1

    async def ask() -> list[Any]:
        return await asyncio.gather(*(model.ainvoke(q, **c) for q, c in zip(questions, calls, strict=True)))

    device.hold(until=len(device.submitted) + len(calls))
    answers = asyncio.run(ask())
    assert [blocks_of(answer) for answer in answers] == [blocks_of(answer) for answer in alone]
    assert device.widest == SLOTS
    assert device.steps < one_by_one / 4, "most slots are filled"
    assert len(device.threads) == 1
    assert all(answer.tool_calls for answer in answers[1::3])
    for answer, lone in zip(answers[2::3], alone[2::3], strict=True):
        assert alike(content(answer), content(lone))


def test_branches_of_a_graph_share_passes(tiny: MTPChatModel, device: Device) -> None:
    class State(TypedDict):
        questions: list[str]
        answers: Annotated[list[Any], add]

    def ask(state: dict[str, str]) -> dict[str, list[Any]]:
        return {"answers": [tiny.invoke(state["question"])]}

    graph = StateGraph(State)
    graph.add_node("ask", ask)
    sent = [Send("ask", {"question": question}) for question in QUESTIONS[:3]]
    graph.add_conditional_edges(START, lambda state: sent, ["ask"])
    alone = [blocks_of(tiny.invoke(question)) for question in QUESTIONS[:3]]
    assert device.widest == 1
    device.hold(until=len(device.submitted) + 3)
    state = graph.compile().invoke({"questions": QUESTIONS[:3], "answers": []})
    assert [blocks_of(answer) for answer in state["answers"]] == alone
    assert device.widest == 3


def test_the_same_seed_gives_the_same_text_whatever_else_runs(tiny: MTPChatModel) -> None:
    seeded = tiny.bind(temperature=1.2, seed=7, decoding=Verified())
    alone = said(seeded.invoke("hi"))
    others = [tiny.bind(temperature=1.0, seed=seed) for seed in range(12)]

    async def ask() -> list[Any]:
        return await asyncio.gather(*(model.ainvoke("hi") for model in [*others, seeded, *others]))

    answers = asyncio.run(ask())
    assert said(answers[len(others)]) == alone
    texts = [answer.content for answer in answers]
    assert texts[: len(others)] == texts[len(others) + 1 :]
    assert len(set(texts)) > 6


# --- the event loop ----------------------------------------------------------------------------------


def test_nothing_blocks_the_event_loop(tiny: MTPChatModel) -> None:
    async def blocks() -> None:
        time.sleep(0.001)

    async def ask() -> list[Any]:
        streamed = [chunk async for chunk in tiny.astream("hi")]
        asked = tiny.bind_tools([TOOL], tool_choice="any", logprobs=True)
        both = await asyncio.gather(asked.ainvoke("hi", max_tokens=60), asked.ainvoke("hi", max_tokens=60))
        return [await tiny.ainvoke("hi"), whole(streamed), *await tiny.abatch(["hi"] * 4), *both]

    unload(tiny._key())  # the first call loads the model, too
    with blockbuster_ctx():
        with pytest.raises(BlockingError):
            asyncio.run(blocks())
        *answers, one, two = asyncio.run(ask())
    assert len({answer.content for answer in answers}) == 1
    assert one.tool_calls and two.tool_calls


def test_the_event_loop_goes_on_while_a_pass_is_computed(tiny: MTPChatModel, device: Device) -> None:
    async def ask(way: Any) -> int:
        task, ticks = asyncio.create_task(way()), 0
        while not device.waiting:
            await asyncio.sleep(0.001)
        for _ in range(50):  # the device hangs in a pass: only a loop that is free comes to an end here
            await asyncio.sleep(0.001)
            ticks += bool(device.waiting)
        device.release()
        await task
        return ticks

    async def stream() -> None:
        assert [chunk async for chunk in tiny.astream("hi")]

    for way in (stream, lambda: tiny.ainvoke("hi"), lambda: tiny.abatch(["hi"] * 3)):
        device.hold(2)
        assert asyncio.run(ask(way)) == 50


def test_the_heart_beats_between_the_passes(plain: MTPChatModel, device: Device) -> None:
    """Ticks are spread over the whole answer. A loop that is blocked ticks before and after it."""

    async def ask() -> list[int]:
        task = asyncio.create_task(plain.ainvoke("hi"))
        seen = [0]
        while not task.done():
            await asyncio.sleep(0.002)
            seen.append(device.passes)
        return seen

    seen = asyncio.run(ask())
    assert seen[-1] > 300
    assert max(after - before for before, after in itertools.pairwise(seen)) < seen[-1] / 3


# --- cancelling --------------------------------------------------------------------------------------


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


async def cancel_a_consumer(model: MTPChatModel, device: Device) -> None:
    async def consume() -> None:
        async for _ in model.astream("hi"):
            pass

    task = asyncio.create_task(consume())
    await until(lambda: device.passes == 3 and device.waiting == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def leave_a_stream(model: MTPChatModel, device: Device) -> None:
    stream = model.astream("hi")
    for _ in range(3):
        await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]


async def cancel_an_invocation(model: MTPChatModel, device: Device) -> None:
    task = asyncio.create_task(model.ainvoke("hi"))
    await until(lambda: device.passes == 3 and device.waiting == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def run_out_of_time(model: MTPChatModel, device: Device) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(model.ainvoke("hi"), 0.5)


async def cancel_a_batch(model: MTPChatModel, device: Device) -> None:
    task = asyncio.create_task(model.abatch(["hi", "ho", "he"]))
    await until(lambda: device.passes == 3 and device.waiting == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def close_a_sync_stream(model: MTPChatModel, device: Device) -> None:
    stream = model.stream("hi")
    for _ in range(3):
        next(stream)
    stream.close()  # type: ignore[attr-defined]


async def run_into_the_models_own_limit(model: MTPChatModel, device: Device) -> None:
    hasty = model.model_copy(update={"timeout": 0.5})
    with pytest.raises(RequestTimeoutError):
        hasty.invoke("hi")


@pytest.mark.parametrize(
    "stop",
    [
        cancel_a_consumer,
        leave_a_stream,
        cancel_an_invocation,
        run_out_of_time,
        cancel_a_batch,
        close_a_sync_stream,
        run_into_the_models_own_limit,
    ],
)
def test_who_leaves_stops_the_device_and_frees_the_slot(
    plain: MTPChatModel, device: Device, stop: Any
) -> None:
    worker = plain._engine().worker
    wait_for(lambda: not worker._scheduler)  # nobody else is at it
    device.hold(3)
    asyncio.run(stop(plain, device))
    assert device.passes <= 3, "the fourth pass has not begun to compute"
    device.release()
    wait_for(lambda: not worker._scheduler and worker._inbox.empty())
    assert device.passes <= 3 + 2, "an answer takes hundreds"
    assert tiny_answers(plain)


def test_who_leaves_disturbs_nobody(plain: MTPChatModel, device: Device) -> None:
    expected = said(plain.invoke("the one who stays", max_tokens=60))

    async def ask() -> Any:
        leavers = [asyncio.create_task(plain.ainvoke(f"leaver {number}")) for number in range(12)]
        stays = asyncio.create_task(plain.ainvoke("the one who stays", max_tokens=60))
        for number, leaver in enumerate(leavers):
            await until(lambda begun=number: device.passes > begun)  # type: ignore[misc]
            leaver.cancel()
        await asyncio.gather(*leavers, return_exceptions=True)
        return await stays

    assert said(asyncio.run(ask())) == expected
