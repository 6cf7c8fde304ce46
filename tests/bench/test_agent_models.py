"""The chat models that the agent benchmark compares: the same prompts, the same parser, the same text."""

import json
import socket
from time import perf_counter
from typing import Any

import httpx
import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from mtp_agents.bench.agent.endpoint import EndpointModel, EndpointRunner, open_endpoint
from mtp_agents.bench.agent.models import PromptedModel, Written
from mtp_agents.bench.agent.peers import HuggingFaceRunner, open_llamacpp
from mtp_agents.bench.agent.recorder import Limit, OutOfTime, Recorder, Turn
from mtp_agents.bench.agent.runners import MTPRunner, Runner, engine_runners
from mtp_agents.bench.runners import Unavailable
from mtp_model import Static
from mtp_model.chat_model import MTPChatModel
from mtp_model.errors import ConfigError, ContextLengthError
from mtp_model.serve.registry import EngineKey, engine_for

ASKED = [HumanMessage("What is the sum of 2 and 3?")]
ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Add two numbers.",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
        },
    },
}


def turn_of(runner: Runner, most: int = 20, *, messages: Any = ASKED) -> Turn:
    recorder = Recorder()
    with runner.open(1) as make_model:
        make_model(most, Limit()).bind_tools([ADD]).invoke(messages, {"callbacks": [recorder]})
    (turn,) = recorder.turns
    return turn


def test_ours_tells_each_pass_and_where_its_time_goes(embedded: Any) -> None:
    turn = turn_of(MTPRunner(None, "ConfAdapt(0.9)"))
    assert turn.passes == sum(turn.block_sizes.values()) == len(turn.gaps) + 1
    assert turn.tokens == sum(size * count for size, count in turn.block_sizes.items()) <= 20
    assert 0 < turn.ttft <= turn.seconds
    assert min(turn.prefill, turn.decode, turn.grammar) > 0
    assert turn.prefill + turn.decode + turn.grammar < turn.seconds


def test_without_reuse_nothing_is_read_from_a_cache_and_without_grammar_none_is_asked(embedded: Any) -> None:
    for reuse in (True, False):
        runner = MTPRunner(None, "Static(1)", reuse=reuse, grammar=False)
        with runner.open(1) as make_model:
            recorder = Recorder()
            for _ in range(2):
                make_model(4, Limit()).bind_tools([ADD]).invoke(ASKED, {"callbacks": [recorder]})
        assert [turn.cache_read > 0 for turn in recorder.turns] == [False, reuse]
        assert recorder.turns[0].grammar == 0
    assert turn_of(MTPRunner(None, "Static(1)"), 4).cache_read == 0, "a run begins with empty caches"


def test_generate_writes_what_single_token_decoding_writes(embedded: Any) -> None:
    plain = turn_of(MTPRunner(None, "Static(1)", grammar=False, dtype="float32"))
    engine = engine_for(EngineKey(dtype="float32"))
    attention = engine.checkpoint.model.config._attn_implementation
    turn = turn_of(HuggingFaceRunner(engine))
    assert turn.text == plain.text
    assert (turn.tokens, turn.passes, turn.prompt_tokens) == (plain.tokens, plain.passes, plain.prompt_tokens)
    assert turn.prefill == turn.ttft
    assert engine.checkpoint.model.config._attn_implementation == attention


def test_llamacpp_reads_the_same_tokens_and_reuses_its_cache(embedded: Any, tmp_path: Any) -> None:
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    engine = engine_for(EngineKey(dtype="float32"))
    runner = open_llamacpp(engine, tmp_path)
    recorder = Recorder()
    with runner.open(1) as make_model:
        model = make_model(8, Limit()).bind_tools([ADD])
        reply = model.invoke(ASKED, {"callbacks": [recorder]})
        model.invoke([*ASKED, reply, HumanMessage("And 4?")], {"callbacks": [recorder]})
    first, second = recorder.turns
    plain = turn_of(MTPRunner(None, "Static(1)", grammar=False), 8)
    assert first.prompt_tokens == plain.prompt_tokens
    assert (first.tokens, first.passes, len(first.gaps)) == (8, 8, 7)
    assert first.text[:4] == plain.text[:4]  # float32 in another order may differ later
    assert first.cache_read == 0
    assert second.cache_read > first.prompt_tokens / 2


def test_llamacpp_ends_a_turn_without_the_text_of_the_end_token(embedded: Any, tmp_path: Any) -> None:
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    engine = engine_for(EngineKey(dtype="float32"))
    with open_llamacpp(engine, tmp_path).open(1) as make_model:
        reply = make_model(400, Limit()).bind_tools([ADD]).invoke(ASKED)
    plain = MTPChatModel(decoding=Static(1)).bind_tools([ADD]).invoke(ASKED)
    assert reply.usage_metadata["output_tokens"] < 400, "it is to end by itself"
    assert reply.tool_calls
    assert reply.content == plain.content == ""
    assert "".join(part["text"] for part in reply.additional_kwargs["passes"]).endswith("</tool_call>")


class Parrot(PromptedModel):
    """Writes a given text."""

    text: str

    @property
    def _llm_type(self) -> str:
        return "parrot"

    def write(self, prompt: list[int], most: int, on_token: Any) -> Written:
        for letter in self.text[:most]:
            on_token(letter)
        return Written(min(most, len(self.text)), 3)


def parrot(text: str, limit: Limit | None = None) -> Parrot:
    return Parrot(engine=engine_for(EngineKey()), max_tokens=1000, limit=limit or Limit(), text=text)


def test_what_a_peer_writes_goes_through_the_parser(embedded: Any) -> None:
    call = '<tool_call>\n{"name": "add", "arguments": {"a": 2, "b": 3}}\n</tool_call>'
    message = parrot(f"<think>\nI add.\n</think>\n\n{call}").invoke(ASKED)
    assert message.additional_kwargs["reasoning_content"].strip() == "I add."
    (found,) = message.tool_calls
    assert (found["name"], found["args"]) == ("add", {"a": 2, "b": 3})
    broken = parrot("<tool_call>\n{nonsense}\n</tool_call>").invoke(ASKED)
    assert broken.invalid_tool_calls
    assert not broken.tool_calls


def test_a_peer_is_broken_off_and_knows_its_context(embedded: Any) -> None:
    with pytest.raises(OutOfTime):
        parrot("Hello", Limit(stopped=True)).invoke(ASKED)
    with pytest.raises(ContextLengthError):
        parrot("Hello").invoke([HumanMessage("two words " * 9000)])


def test_configurations() -> None:
    every = [(one.policy, one.reuse, one.grammar) for one in engine_runners(None, few=False)]
    assert len(set(every)) == 10
    few = [(one.policy, one.reuse, one.grammar) for one in engine_runners(None, few=True)]
    assert [one[0] for one in few[:3]] == ["Static(1)", "ConfAdapt(0.9)", "Verified"]
    assert few[3:] == [("ConfAdapt(0.9)", False, True), ("ConfAdapt(0.9)", True, False)]


# --- any endpoint -------------------------------------------------------------------------------


def events(*parts: dict[str, Any]) -> str:
    return "".join(f"data: {json.dumps(part)}\n\n" for part in parts) + "data: [DONE]\n\n"


def delta(**fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields}]}


def endpoint(answer: httpx.Response, seen: list[Any]) -> EndpointModel:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.path, json.loads(request.content)))
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle), base_url="http://server/v1/")
    return EndpointModel(client=client, model="some/model", max_tokens=50, limit=Limit())


def test_an_endpoint_is_asked_in_openais_words() -> None:
    usage = {"prompt_tokens": 40, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 32}}
    parts = [
        delta(role="assistant"),
        delta(reasoning_content="I a"),
        delta(reasoning_content="dd."),
        delta(tool_calls=[{"index": 0, "id": "x1", "function": {"name": "add", "arguments": '{"a": 2,'}}]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": ' "b": 3}'}}]),
        {"choices": [], "usage": usage},
    ]
    seen: list[Any] = []
    recorder = Recorder()
    model = endpoint(httpx.Response(200, text=events(*parts)), seen)
    history = [
        *ASKED,
        AIMessage(
            "",
            additional_kwargs={"reasoning_content": "Hm."},
            tool_calls=[{"name": "add", "args": {"a": 1, "b": 1}, "id": "x0"}],
        ),
        ToolMessage("2", tool_call_id="x0"),
    ]
    reply = model.bind_tools([ADD], tool_choice="any").invoke(history, {"callbacks": [recorder]})
    assert reply.tool_calls == [
        {"name": "add", "args": {"a": 2, "b": 3}, "id": "x1", "type": "tool_call"},
    ]
    assert reply.additional_kwargs["reasoning_content"] == "I add."
    (turn,) = recorder.turns
    assert (turn.prompt_tokens, turn.tokens, turn.cache_read, turn.passes) == (40, 9, 32, None)
    assert len(turn.gaps) == 3
    ((path, request),) = seen
    assert path == "/v1/chat/completions"
    assert request["model"] == "some/model"
    assert request["tool_choice"] == "required"
    assert request["tools"] == [ADD]
    assert (request["temperature"], request["max_tokens"]) == (0, 50)
    assert [message["role"] for message in request["messages"]] == ["user", "assistant", "tool"]
    assert request["messages"][1]["reasoning_content"] == "Hm."
    assert request["messages"][1]["tool_calls"][0]["function"]["name"] == "add"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.Response(503, text="loading"), "answers 503: loading"),
        (httpx.Response(200, text=events({"error": {"message": "too long"}})), "too long"),
    ],
)
def test_an_endpoint_that_refuses_is_a_runner_that_fails(answer: httpx.Response, message: str) -> None:
    with pytest.raises(Unavailable, match=message):
        endpoint(answer, []).invoke(ASKED)


def test_a_server_that_says_nothing_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system accepts for it
        client = httpx.Client(base_url=f"http://127.0.0.1:{silent.getsockname()[1]}/v1/", timeout=60)
        limit = Limit(deadline=perf_counter() + 0.3)
        model = EndpointModel(client=client, model="some/model", max_tokens=50, limit=limit)
        begin = perf_counter()
        with pytest.raises(OutOfTime):
            model.invoke(ASKED)
        assert perf_counter() - begin < 30


def test_an_endpoint_that_is_down_or_none_is_said() -> None:
    with pytest.raises(ConfigError, match=r"got no list of models.*Start the server"):
        open_endpoint("http://127.0.0.1:9/v1", None)
    with pytest.raises(ConfigError, match="give a URL such as"):
        open_endpoint("localhost:8000", None)


@pytest.mark.parametrize(("wanted", "policy"), [(None, "one"), ("two", "two")])
def test_an_endpoint_names_its_models(
    monkeypatch: pytest.MonkeyPatch, wanted: str | None, policy: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"data": [{"id": "one"}, {"id": "two"}]})

    client = httpx.Client
    transport = httpx.MockTransport(handle)
    monkeypatch.setattr(httpx, "Client", lambda **options: client(**options, transport=transport))
    runner = open_endpoint("http://server/v1", wanted)
    assert isinstance(runner, EndpointRunner)
    assert (runner.name, runner.policy) == ("endpoint", policy)
    assert str(seen[0].url) == "http://server/v1/models"
    assert seen[0].headers["Authorization"] == "Bearer a-key"
    with pytest.raises(ConfigError, match=r"does not serve three\. It serves: one, two"):
        open_endpoint("http://server/v1", "three")
