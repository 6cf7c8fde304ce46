"""Log-probabilities through the chat model: OpenAI's form, the same in every way to ask."""

import asyncio
import json
from typing import Any

import pytest

from mtp_model.chat_model import MTPChatModel
from mtp_model.config import ConfAdapt, Static, Verified
from mtp_model.errors import ConfigError
from mtp_model.langchain.options import CallOptions
from tests.chat.test_chat_model import TOOL, whole


def content(message: Any) -> list[dict[str, Any]]:
    return message.response_metadata["logprobs"]["content"]  # type: ignore[no-any-return]


def text(message: Any) -> str:
    return "".join(each["text"] for each in message.additional_kwargs["passes"])


@pytest.mark.parametrize("decoding", [Static(1), Static(3), ConfAdapt(0.5), Verified(16)], ids=str)
def test_one_entry_for_each_token_whoever_asks(tiny: MTPChatModel, decoding: Any) -> None:
    model = tiny.model_copy(update={"decoding": decoding, "logprobs": True, "top_logprobs": 3})
    invoked = model.invoke("hi there")
    entries = content(invoked)
    assert len(entries) == invoked.usage_metadata["output_tokens"] == 24  # type: ignore[index]
    assert bytes(byte for entry in entries for byte in entry["bytes"]).decode(errors="replace") == text(
        invoked
    )
    for entry in entries:
        assert list(entry) == ["token", "bytes", "logprob", "top_logprobs"]
        assert bytes(entry["bytes"]).decode(errors="replace") == entry["token"]
        assert entry["logprob"] < 0
        assert len(entry["top_logprobs"]) == 3
        assert list(entry["top_logprobs"][0]) == ["token", "bytes", "logprob"]
        assert entry["top_logprobs"][0]["token"] == entry["token"], "greedy"
    assert json.loads(json.dumps(entries)) == entries

    chunks = list(model.stream("hi there"))
    assert [len(content(chunk)) for chunk in chunks] == [
        each["tokens"] for each in invoked.additional_kwargs["passes"]
    ]
    assert alike(content(whole(chunks)), entries)

    async def ask() -> list[Any]:
        streamed = [chunk async for chunk in model.astream("hi there")]
        return [whole(streamed), await model.ainvoke("hi there"), *await model.abatch(["hi there"] * 2)]

    others = [*asyncio.run(ask()), model.model_copy(update={"streaming": True}).invoke("hi there")]
    assert all(alike(content(other), entries) for other in others)


def alike(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    """Equal up to rounding: a prompt that is read from the cache is computed in another shape."""
    return [entry["token"] for entry in one] == [entry["token"] for entry in other] and [
        entry["logprob"] for entry in one
    ] == pytest.approx([entry["logprob"] for entry in other], abs=1e-4)


def test_verified_reports_what_plain_decoding_reports(tiny: MTPChatModel) -> None:
    model = tiny.bind(logprobs=True)
    plain, lossless = (content(model.invoke("hello", decoding=each)) for each in (Static(1), Verified()))
    assert alike(plain, lossless)
    assert all(entry["top_logprobs"] == [] for entry in plain)


def test_tokens_that_a_schema_forces_say_so(tiny: MTPChatModel) -> None:
    bound = tiny.bind_tools([TOOL], tool_choice="any", logprobs=True, top_logprobs=1, decoding=Verified())
    entries = content(bound.invoke("hi"))
    forced = [entry for entry in entries if entry.get("forced")]
    assert forced
    assert all(entry["logprob"] == 0.0 and entry["top_logprobs"] == [] for entry in forced)
    assert all("forced" not in entry and entry["top_logprobs"] for entry in entries if entry not in forced)
    assert "<tool_call>" in "".join(entry["token"] for entry in entries)


def test_without_asking_there_are_none(tiny: MTPChatModel) -> None:
    for options in ({}, {"logprobs": False}, {"logprobs": None}):
        assert "logprobs" not in tiny.invoke("hi", **options).response_metadata
        assert all("logprobs" not in chunk.response_metadata for chunk in tiny.stream("hi", **options))
    asking = tiny.model_copy(update={"logprobs": True, "top_logprobs": 5})
    assert "logprobs" not in asking.invoke("hi", logprobs=False).response_metadata


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"top_logprobs": 3}, "top_logprobs=3 was given without logprobs. Add logprobs=True"),
        ({"logprobs": False, "top_logprobs": 3}, "without logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs=21: give an integer from 0 to 20"),
        ({"logprobs": True, "top_logprobs": -1}, "integer from 0 to 20"),
        ({"logprobs": 5}, "logprobs"),
    ],
)
def test_impossible_wishes_are_refused(tiny: MTPChatModel, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        MTPChatModel(**options)
    with pytest.raises(ConfigError, match=complaint):
        tiny.invoke("hi", **options)


def test_a_call_overrides_the_settings() -> None:
    settings = MTPChatModel(logprobs=True, top_logprobs=4)._settings

    def asked(**call: Any) -> int | None:
        return CallOptions.of(settings, None, call).generation.logprobs

    assert (asked(), asked(top_logprobs=2), asked(top_logprobs=None), asked(logprobs=False)) == (
        4,
        2,
        0,
        None,
    )
