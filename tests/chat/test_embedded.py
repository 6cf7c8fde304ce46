"""The embedded student: real tool loops, through every door of the chat model."""

import asyncio
import time
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import Static, Verified
from mtp_model.decode import Decoder
from mtp_model.prompt.messages import Message, ToolCall
from mtp_trainer.rollout import run_agent
from mtp_trainer.toolworld.tasks import Task, make_task
from tests.chat.test_chat_model import said, whole
from tests.chat.tiny import FIXED

ROLES: dict[str, Any] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


@pytest.fixture(scope="module")
def task() -> Task:
    """A held-out task of two tool calls or more whose first call the student writes as valid JSON."""
    model = MTPChatModel(decoding=FIXED, max_tokens=600)
    for seed in range(100):
        task = make_task(seed, "heldout", domain="arithmetic")
        if 2 <= task.calls <= 4 and len(task.messages) <= 2:
            first = model.bind_tools(task.tools).invoke(prompt(task))
            if first.tool_calls and not first.invalid_tool_calls:
                return task
    raise AssertionError("the student writes no valid tool call")


def written(message: AIMessage) -> list[str]:
    """What each forward pass wrote."""
    return [each["text"] for each in message.additional_kwargs["passes"]]


def prompt(task: Task) -> list[BaseMessage]:
    assert all(message.role != "tool" and not message.tool_calls for message in task.messages)
    return [ROLES[message.role](message.content) for message in task.messages]


def solve(model: MTPChatModel, task: Task) -> tuple[bool, list[AIMessage]]:
    """Run the agent loop; return whether the checker is content, and the turns."""
    session, messages, turns = task.session(), prompt(task), []
    bound = model.bind_tools(task.tools)
    for _ in range(task.calls + 4):
        answer = bound.invoke(messages)
        messages.append(answer)
        turns.append(answer)
        if not answer.tool_calls:
            break
        for call in answer.tool_calls:
            result = session.call(ToolCall(call["name"], call["args"]))
            messages.append(ToolMessage(result.text, tool_call_id=call["id"]))
    return task.check(session, str(turns[-1].content)).ok, turns


def plain_tasks(count: int) -> list[Task]:
    """Held-out tasks of a single question."""
    tasks = (make_task(seed, "heldout") for seed in range(1000, 2000))
    simple = (t for t in tasks if 1 <= t.calls <= 4 and all(m.role in ("system", "user") for m in t.messages))
    return [next(simple) for _ in range(count)]


def test_turns_are_those_that_the_trainer_scores(student: MTPChatModel) -> None:
    engine = student._engine()
    decoder = Decoder(engine.checkpoint)
    tokens, passes, compared = 0, 0, 0
    for task in plain_tasks(8):
        session = task.session()
        run = run_agent(
            decoder,
            engine.renderer,
            Verified(),
            task.messages,
            task.tools,
            lambda call, session=session: session.call(call).text,
            engine.grammars().calls(task.tools, required=False, parallel=True, strict=False),
        )
        turn = student.bind_tools(task.tools).invoke(prompt(task))
        if not turn.response_metadata["decoding"]["steered"]:  # the trainer lets a string be endless
            assert "".join(written(turn)) == engine.checkpoint.tokenizer.decode(run.turns[0])
            compared += 1
        tokens += run.tokens
        passes += run.passes
    assert compared >= 6
    assert tokens / passes > 2


def test_lossless_decoding_takes_the_same_turns(student: MTPChatModel, task: Task) -> None:
    runs = [
        solve(MTPChatModel(max_tokens=600, decoding=policy), task)[1] for policy in (Static(1), Verified())
    ]
    plain, verified = [[(turn.content, calls(turn), reasoning(turn)) for turn in run] for run in runs]
    assert plain == verified
    assert sum(len(turn.additional_kwargs["passes"]) for turn in runs[1]) < sum(
        len(turn.additional_kwargs["passes"]) for turn in runs[0]
    )


def calls(message: AIMessage) -> list[tuple[str, dict[str, Any]]]:
    return [(call["name"], call["args"]) for call in message.tool_calls]


def reasoning(message: AIMessage) -> str:
    return str(message.additional_kwargs.get("reasoning_content", ""))


def test_turns_think_first_and_keep_it_apart(student: MTPChatModel, task: Task) -> None:
    answer = student.bind_tools(task.tools).invoke(prompt(task))
    assert reasoning(answer)
    assert "<think>" not in str(answer.content)
    usage = answer.usage_metadata
    assert usage is not None
    assert 0 < usage["output_token_details"]["reasoning"] < usage["output_tokens"]
    assert answer.response_metadata["finish_reason"] == "stop"


def test_every_way_to_ask_gives_the_same_turn(student: MTPChatModel, task: Task) -> None:
    model, messages = student.bind_tools(task.tools), prompt(task)
    alone = model.invoke(messages)

    async def ask() -> list[AIMessage]:
        streamed = [chunk async for chunk in model.astream(messages)]
        return [await model.ainvoke(messages), whole(streamed), *await model.abatch([messages] * 2)]

    others = [whole(list(model.stream(messages))), *model.batch([messages] * 2), *asyncio.run(ask())]
    for other in others:
        assert said(other) == said(alone)
        assert calls(other) == calls(alone)


def test_concurrent_loops_take_the_turns_that_each_takes_alone(student: MTPChatModel) -> None:
    asked = [(student.bind_tools(task.tools), prompt(task)) for task in plain_tasks(6)]
    alone = [written(model.invoke(messages)) for model, messages in asked]

    async def ask() -> list[AIMessage]:
        return await asyncio.gather(*(model.ainvoke(messages) for model, messages in asked))

    assert [written(each) for each in asyncio.run(ask())] == alone


def test_the_next_turn_of_a_loop_computes_only_what_is_new(student: MTPChatModel, task: Task) -> None:
    _, (first, second, *_) = solve(student, task)
    before, after = first.usage_metadata, second.usage_metadata
    assert before is not None
    assert after is not None
    known = before["input_tokens"] + before["output_tokens"]
    # The last block's tokens were never fed back, so they are not in the cache.
    last_block = first.additional_kwargs["passes"][-1]["tokens"] + 1
    assert after["input_token_details"]["cache_read"] >= known - last_block


def test_a_turn_renders_to_the_ids_that_were_written(student: MTPChatModel, task: Task) -> None:
    engine = student._engine()
    question = list(task.messages)
    ids = engine.renderer.encode(question, task.tools)
    answer = student.bind_tools(task.tools).invoke(prompt(task))
    turn = Message(
        "assistant",
        str(answer.content),
        reasoning(answer),
        tuple(ToolCall(call["name"], call["args"]) for call in answer.tool_calls),
    )
    again = engine.renderer.encode([*question, turn], task.tools, add_generation_prompt=False)
    assert again[: len(ids)] == ids
    assert engine.checkpoint.tokenizer.decode(again[len(ids) :]) == "".join(written(answer)) + "<|im_end|>\n"


def test_the_event_loop_keeps_its_beat(student: MTPChatModel, task: Task) -> None:
    async def ask() -> float:
        longest, last, busy = 0.0, time.perf_counter(), True

        async def heartbeat() -> None:
            nonlocal longest, last
            while busy:
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
                await asyncio.sleep(0.001)

        pulse = asyncio.create_task(heartbeat())
        async for _ in student.bind_tools(task.tools).astream(prompt(task)):
            pass
        busy = False
        await pulse
        return longest

    student.invoke("hi", max_tokens=1)
    assert asyncio.run(ask()) < 0.5  # a generous bound for busy machines; a blocked loop waits for the answer


def test_a_timeout_frees_the_device(student: MTPChatModel) -> None:
    model = student.bind(decoding=Static(1), max_tokens=2000)

    async def ask() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(model.ainvoke("Count."), 0.005)

    asyncio.run(ask())
    begin = time.perf_counter()
    student.invoke("hi", max_tokens=1)
    assert time.perf_counter() - begin < 5


def test_ten_turns_read_their_past_from_the_cache(student: MTPChatModel) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "read_page",
            "description": "Read a page of the book.",
            "parameters": {
                "type": "object",
                "properties": {"page": {"type": "integer", "minimum": 1, "maximum": 99}},
                "required": ["page"],
            },
        },
    }
    tools = [tool, *make_task(1, "train", domain="shop").tools, *make_task(2, "train", domain="files").tools]
    bound = student.bind_tools(tools, tool_choice="read_page", parallel_tool_calls=False, max_tokens=200)

    def talk() -> tuple[list[tuple[str, Any]], list[Any]]:
        messages: list[BaseMessage] = [HumanMessage("Read the pages 1 to 9 of the book, one by one.")]
        said_, usages = [], []
        for turn in range(10):
            answer = bound.invoke(messages)
            said_.append((reasoning(answer), calls(answer)))
            usages.append(answer.usage_metadata)
            messages += [answer]
            messages += [ToolMessage(f"page {turn} ends", tool_call_id=c["id"]) for c in answer.tool_calls]
        return said_, usages

    prefixes = student._engine().decoder.prefixes
    kept, usages = talk()
    later = usages[1:]
    read = sum(usage["input_token_details"]["cache_read"] for usage in later)
    assert read / sum(usage["input_tokens"] for usage in later) >= 0.9
    last = usages[-1]
    computed = last["input_tokens"] - last["input_token_details"]["cache_read"]
    assert last["input_tokens"] > 8 * computed, "what the tenth turn's first token waits for"
    limit = prefixes.limit
    prefixes.resize(0)
    try:
        fresh, usages = talk()
    finally:
        prefixes.resize(limit)
    assert fresh == kept
    assert all(usage["input_token_details"]["cache_read"] == 0 for usage in usages)
