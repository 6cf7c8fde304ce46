import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import ConfigurableField
from langchain_core.tools import tool
from pydantic import BaseModel

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import Static, Verified
from mtp_model.errors import CheckpointNotFoundError, ConfigError
from mtp_model.langchain.options import CallOptions
from mtp_model.langchain.tools import ToolChoice, check_tool_choice, to_openai_tools
from mtp_model.serve import registry


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def test_the_constructor_loads_nothing() -> None:
    before = dict(registry._engines)
    model = MTPChatModel(model="no/such-model", decoding=Static(4))
    assert model.decoding == Static(4)
    assert model._identifying_params["decoding"] == {"policy": "static", "k": 4}
    assert registry._engines == before
    with pytest.raises(CheckpointNotFoundError, match="no/such-model"):
        model.invoke("hi")


def test_the_defaults() -> None:
    model = MTPChatModel()
    assert (model.model, model.model_name, model.decoding) == (None, "embedded", Verified())
    assert model._llm_type == "mtp-chat"


def test_decoding_can_be_named_and_paths_be_paths(tmp_path: Path) -> None:
    model = MTPChatModel(model=tmp_path, decoding="verified")
    assert (model.model, model.decoding) == (str(tmp_path), Verified())


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"temprature": 1.0}, "no argument 'temprature'. Did you mean 'temperature'"),
        ({"model_path": "x"}, "no argument 'model_path'. Did you mean 'model"),
        ({"qqqq": 1}, "no argument 'qqqq'. It has: .*decoding"),
        ({"decoding": 3}, "give Static"),
        ({"decoding": "eager"}, "unknown decoding policy 'eager'"),
        ({"temperature": -1.0}, "temperature must be a number"),
        ({"top_p": 0.0}, "top_p must be a number"),
        ({"min_p": 2.0}, "min_p must be a number"),
        ({"max_tokens": 0}, "max_new_tokens needs an integer of at least 1"),
        ({"stop": [""]}, "non-empty strings"),
        ({"seed": "x"}, "seed"),
        ({"thinking": "hard"}, "thinking"),
    ],
)
def test_bad_settings_are_refused_at_once(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        MTPChatModel(**fields)


@pytest.mark.parametrize(
    ("kwargs", "complaint"),
    [
        ({"max_token": 3}, "unknown option 'max_token'. Did you mean 'max_tokens'"),
        ({"zzz": 3}, "unknown option 'zzz'. It has: .*temperature"),
        ({"temperature": 1000.0}, "temperature must be a number"),
        ({"tools": [3]}, r"tools\[0\] = 3 cannot be bound"),
        ({"decoding": None}, "give Static"),
        ({"thinking": "low"}, "thinking='low': give True, False"),
    ],
)
def test_bad_options_of_a_call_are_refused(
    tiny: MTPChatModel, kwargs: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        tiny.invoke("hi", **kwargs)
    with pytest.raises(ConfigError, match=complaint):
        next(tiny.stream("hi", **kwargs))


def test_a_call_overrides_the_settings() -> None:
    settings = MTPChatModel(temperature=0.5, stop=["x"], max_tokens=9)._settings
    options = CallOptions.of(settings, ["y"], {"decoding": "static", "seed": 3, "temperature": 0})
    assert options.policy == Static(1)
    made = options.generation
    assert (made.temperature, made.seed, made.stop_strings, made.max_new_tokens) == (0, 3, ("y",), 9)
    assert CallOptions.of(settings, None, {}).generation.stop_strings == ("x",)


class Point(BaseModel):
    """A point."""

    x: int


def test_everything_that_langchain_calls_a_tool_is_one() -> None:
    def now() -> str:
        """The time."""
        return ""

    schema = {"title": "plain", "description": "d", "type": "object", "properties": {}}
    tools = to_openai_tools([add, now, Point, schema])
    assert [each["function"]["name"] for each in tools] == ["add", "now", "Point", "plain"]
    assert to_openai_tools(tools) == tools


@pytest.mark.parametrize(
    ("tools", "complaint"),
    [
        ([add, {"name": "add", "description": "Another one."}], "several are called 'add'"),
        (add, "give a list"),
        ([{"type": "function"}], "cannot be bound"),
    ],
)
def test_bad_tools_are_refused(tools: Any, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        MTPChatModel().bind_tools(tools)


def test_choices_of_a_tool() -> None:
    assert [check_tool_choice(choice, ["add"]).mode for choice in (None, "auto", "none", False)] == [
        *("auto", "auto", "none", "auto")
    ]
    by_name = {"type": "function", "function": {"name": "add"}}
    for forced in ("any", "required", "add", True, by_name):
        assert check_tool_choice(forced, ["add"]) == ToolChoice("required", ("add",))
    assert check_tool_choice("any", ["add", "sub"]).names == ("add", "sub")
    assert check_tool_choice("sub", ["add", "sub"]).names == ("sub",)
    with pytest.raises(ConfigError, match=r"bound tools are add; .*Did you mean 'add'"):
        check_tool_choice("ad", ["add"])
    with pytest.raises(ConfigError, match="bound tools are none"):
        MTPChatModel().bind_tools([], tool_choice="any")


def test_tools_are_bound_with_further_options() -> None:
    bound: Any = MTPChatModel().bind_tools([add], tool_choice="none", temperature=0.5)
    assert bound.kwargs["temperature"] == 0.5
    assert CallOptions.of(MTPChatModel()._settings, None, bound.kwargs).tools == ()
    with pytest.raises(ConfigError, match="unknown option 'temprature'"):
        MTPChatModel().bind_tools([add], temprature=1)


def test_models_pickle_and_configure(tiny: MTPChatModel) -> None:
    tiny.invoke("hi")
    copy = pickle.loads(pickle.dumps(tiny))
    assert copy._identifying_params == tiny._identifying_params
    assert copy.invoke("hi").content == tiny.invoke("hi").content
    field = ConfigurableField(id="decoding")
    configured = tiny.configurable_fields(decoding=field).with_config(configurable={"decoding": Static(2)})
    assert configured.invoke("hi").response_metadata["decoding"]["policy"] == "static"


def test_tracing_parameters() -> None:
    params = MTPChatModel(model="a/b", max_tokens=5)._get_ls_params(stop=["x"], temperature=0.5)
    assert params == {
        "ls_provider": "mtp_agents",
        "ls_model_type": "chat",
        "ls_model_name": "a/b",
        "ls_temperature": 0.5,
        "ls_max_tokens": 5,
        "ls_stop": ["x"],
    }


def test_the_profile_is_read_without_loading(tiny: MTPChatModel) -> None:
    assert tiny.profile is not None
    assert tiny.profile["max_input_tokens"] == 512
    assert tiny.profile["tool_calling"]
    assert tiny.profile["reasoning_output"]
    assert tiny.profile["structured_output"]
    assert tiny.profile["tool_choice"]
    unknown = MTPChatModel(model="some/hub-id").profile
    assert unknown is not None
    assert "max_input_tokens" not in unknown
    assert MTPChatModel(model="no/such/folder/here").profile is not None


def test_the_profile_of_a_hub_id_is_read_from_what_was_downloaded(
    tiny: MTPChatModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--some--student"
    snapshot = repository / "snapshots" / ("a" * 40)
    shutil.copytree(str(tiny.model), snapshot)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("a" * 40)
    known = MTPChatModel(model="some/student").profile
    assert known is not None and tiny.profile is not None
    assert known == tiny.profile | {"name": "some/student"}
    pinned = MTPChatModel(model="some/student", revision="b" * 40).profile
    assert pinned is not None and "max_input_tokens" not in pinned


def test_the_same_tool_in_two_forms_counts_once() -> None:
    shape = Point.model_json_schema()
    tools = to_openai_tools([add, Point, shape, add])
    assert [tool["function"]["name"] for tool in tools] == ["add", "Point"]
