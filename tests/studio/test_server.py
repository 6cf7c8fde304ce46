"""What a user of LangGraph Studio sees of the examples, through the server's own client."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from langgraph_sdk import get_client

from tests.studio.conftest import Server

pytestmark = pytest.mark.timeout(300)

EXAMPLES = ["approval", "data_analyst", "parallel_planner", "ready_made", "reasoning_agent"]


T = TypeVar("T")


def talk(server: Server, what: Callable[[Any], Awaitable[T]]) -> T:
    """Runs a conversation with the server; each has a client and an event loop of its own."""

    async def conversation() -> T:
        async with get_client(url=server.url) as client:
            return await what(client)

    return asyncio.run(conversation())


def ask(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def said(state: Any) -> list[str]:
    return [message["content"] for message in state["messages"]]


def test_the_settings_form_has_bounds_words_and_descriptions(server: Server) -> None:
    async def look(client: Any) -> dict[str, Any]:
        found = await client.assistants.search(limit=100)
        ids = {one["graph_id"]: one["assistant_id"] for one in found}
        return {name: await client.assistants.get_schemas(ids[name]) for name in EXAMPLES}

    for schemas in talk(server, look).values():
        fields = schemas["context_schema"]["properties"]
        assert fields["decoding"]["enum"] == ["verified", "confadapt", "static"]
        assert {"type": "number", "minimum": 0, "maximum": 1} in fields["threshold"]["anyOf"]
        assert {"type": "integer", "minimum": 1, "maximum": 256} in fields["k"]["anyOf"]
        assert {"type": "number", "minimum": 0, "maximum": 2} in fields["temperature"]["anyOf"]
        assert fields["max_tokens"]["default"] == 1024
        assert all(field["description"] for field in fields.values())


def test_a_run_streams_text_updates_and_what_it_cost(server: Server) -> None:
    async def run(client: Any) -> list[tuple[str, Any]]:
        stream = client.runs.stream(
            None, "served_scripted", input=ask("Go."), stream_mode=["messages-tuple", "updates", "custom"]
        )
        return [(part.event, part.data) async for part in stream]

    parts = talk(server, run)
    assert not [data for event, data in parts if event == "error"]
    chunks = [data[0] for event, data in parts if event == "messages"]
    assert "".join(chunk["content"] for chunk in chunks).endswith("Ordered: K7413.")
    nodes = [name for event, data in parts if event == "updates" for name in data]
    assert nodes[0] == nodes[-1] == "model"
    assert nodes.count("model") == 7
    turns = [data for event, data in parts if event == "custom"]
    assert [turn["type"] for turn in turns] == ["mtp_turn"] * 7
    assert all(0 < turn["ttft_seconds"] <= turn["seconds"] for turn in turns)


def test_the_embedded_student_runs_with_the_settings_of_the_form(server: Server) -> None:
    async def run(client: Any, **settings: Any) -> list[dict[str, Any]]:
        stream = client.runs.stream(
            None,
            "reasoning_agent",
            input=ask("What is the price of torch?"),
            context={"max_tokens": 40, "max_model_calls": 1, **settings},
            stream_mode=["custom", "values"],
        )
        parts = [(part.event, part.data) async for part in stream]
        assert not [data for event, data in parts if event == "error"]
        return [data for event, data in parts if event == "custom"]

    (plain,) = talk(server, partial(run, decoding="static", k=1))
    (blocks,) = talk(server, partial(run, decoding="verified"))
    assert plain["decoding"] == {"policy": "static", "k": 1}
    assert plain["tokens"] == plain["passes"] > 0
    assert blocks["decoding"]["policy"] == "verified"
    assert blocks["tokens_per_pass"] > 1


def test_settings_out_of_bounds_are_an_error_that_names_them(server: Server) -> None:
    async def run(client: Any) -> str:
        try:
            stream = client.runs.stream(None, "served_scripted", input=ask("Go."), context={"threshold": 2})
            return str([part.data async for part in stream if part.event == "error"])
        except Exception as error:
            return repr(error)

    assert "threshold" in talk(server, run)


def test_three_runs_at_once(server: Server) -> None:
    async def run(client: Any) -> list[Any]:
        runs = (client.runs.wait(None, "served_meeting", input=ask("Go.")) for _ in range(3))
        return await asyncio.wait_for(asyncio.gather(*runs), 200)  # each waits for the other two

    assert [said(state)[-1] for state in talk(server, run)] == ["All are here."] * 3


def test_parallel_workers_meet_again(server: Server) -> None:
    async def run(client: Any) -> Any:
        return await client.runs.wait(None, "served_planner", input=ask("Go."))

    state = talk(server, run)
    assert [report["city"] for report in state["reports"]] == ["Oslo", "Lima", "Cairo"]
    assert said(state)[-1] == "All are fine."


def test_the_analyst_reads_its_database_and_draws(server: Server) -> None:
    async def run(client: Any) -> Any:
        return await client.runs.wait(None, "served_analyst", input=ask("Go."))

    state = talk(server, run)
    assert said(state)[2::2] == ['["products", "sales"]', "1435.85", "amount_by_region.svg"]
    (chart,) = map(Path, state["charts"])
    assert "<svg" in chart.read_text()


def test_the_ready_made_agent_files_a_report_and_tells_what_each_reply_cost(server: Server) -> None:
    async def run(client: Any) -> list[tuple[str, Any]]:
        stream = client.runs.stream(
            None, "served_ready_made", input=ask("Go."), stream_mode=["values", "custom"]
        )
        return [(part.event, part.data) async for part in stream]

    parts = talk(server, run)
    assert [data["type"] for event, data in parts if event == "custom"] == ["mtp_turn"] * 3
    (*_, state) = [data for event, data in parts if event == "values"]
    assert state["structured_response"] == {"product": "bottle", "amount": 12.75}
    assert "Error: No product 'moon'" in said(state)[2]


def test_a_run_of_the_embedded_student_is_cancelled_and_the_next_one_answers(server: Server) -> None:
    settings = {"decoding": "static", "k": 1, "max_model_calls": 1}
    endless = {**settings, "max_tokens": 4000, "temperature": 2}  # noise, which hardly ever comes to an end

    async def run(client: Any) -> str:
        thread = (await client.threads.create())["thread_id"]
        chunks, run_id = 0, ""
        stream = client.runs.stream(
            thread, "reasoning_agent", input=ask("Hi!"), context=endless, stream_mode="messages-tuple"
        )
        async for part in stream:
            if part.event == "metadata":
                run_id = part.data["run_id"]
            chunks += part.event == "messages"
            if chunks == 1:
                await client.runs.cancel(thread, run_id, wait=True)
                break
        status: str = (await client.runs.get(thread, run_id))["status"]
        after = await client.runs.wait(None, "reasoning_agent", input=ask("Hi!"), context=settings)
        assert after["messages"][-1]["type"] == "ai"
        return status

    assert talk(server, run) == "interrupted"


def test_interrupt_resume_and_fork(server: Server) -> None:
    async def run(client: Any) -> None:
        thread = (await client.threads.create())["thread_id"]
        await client.runs.wait(thread, "served_approval", input=ask("Pay Tom."))
        waiting = await client.threads.get_state(thread)
        assert waiting["next"] == ["review"]
        (request,) = waiting["tasks"][0]["interrupts"][0]["value"]["action_requests"]
        assert request["args"] == {"source": "Anna", "target": "Tom", "amount": 40}
        assert (await client.threads.get(thread))["status"] == "interrupted"

        approve = {"resume": {"decisions": [{"type": "approve"}]}}
        state = await client.runs.wait(thread, "served_approval", command=approve)
        assert [said(state)[-3], said(state)[-1]] == ["160", "Done."] or said(state)[-2:] == ["160", "Done."]
        assert state["transfers"] == [{"source": "Anna", "target": "Tom", "amount": 40}]

        fork = await client.threads.update_state(thread, None, checkpoint=waiting["checkpoint"])
        await client.runs.wait(thread, "served_approval", input=None, checkpoint=fork["checkpoint"])
        assert (await client.threads.get_state(thread))["next"] == ["review"]
        reject = {"resume": {"decisions": [{"type": "reject", "message": "No."}]}}
        state = await client.runs.wait(thread, "served_approval", command=reject)
        assert "Error: The user does not allow this. No." in said(state)
        assert state["transfers"] == []

    talk(server, run)


def test_a_run_is_cancelled_in_the_middle_of_a_reply(server: Server) -> None:
    async def run(client: Any) -> tuple[int, list[str]]:
        thread = (await client.threads.create())["thread_id"]
        chunks, run_id = 0, ""
        stream = client.runs.stream(
            thread, "served_slow", input=ask("Go."), stream_mode=["messages-tuple", "custom"]
        )
        async for part in stream:
            if part.event == "metadata":
                run_id = part.data["run_id"]
            chunks += part.event == "messages"
            if chunks == 3:
                await client.runs.cancel(thread, run_id, wait=True)
            assert part.event != "custom"  # an event would say that the reply was written to its end
        assert (await client.runs.get(thread, run_id))["status"] == "interrupted"
        state = await client.runs.wait(thread, "served_scripted", input=ask("Go."))
        return chunks, said(state)

    chunks, texts = talk(server, run)
    assert 3 <= chunks < 400
    assert texts[-1].endswith("Ordered: K7413.")


def test_nothing_blocked_the_event_loop(server: Server) -> None:
    """The last test: it reads what the server said of all the others."""
    log = server.log.read_text()
    assert "Starting" in log or "Registering" in log
    for words in ("BlockingError", "Blocking call", "Heartbeat"):
        assert words not in log, log[max(0, log.index(words) - 2000) :][:6000]
