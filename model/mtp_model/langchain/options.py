"""Options of a call: the model's own settings, what a call overrides, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any

from mtp_model.config import (
    MAX_LOGPROBS,
    ConfAdapt,
    DecodingPolicy,
    GenerationOptions,
    JSONBounds,
    Static,
    Verified,
    policy_from_name,
)
from mtp_model.errors import ConfigError
from mtp_model.langchain.structured import read_response_format
from mtp_model.langchain.tools import ToolChoice, check_tool_choice, to_openai_tools

__all__ = ["CALL_OPTIONS", "CallOptions", "as_policy", "check_names", "describe_policy"]

SETTINGS = (
    *("decoding", "max_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "seed", "thinking"),
    *("logprobs", "top_logprobs", "json_bounds"),
)
"""Fields of the model that a call may override."""

_WEIGHTS = ("model",)
_TOOLS = ("tools", "tool_choice", "parallel_tool_calls", "strict", "response_format")
# Given by LangChain itself, without a meaning for decoding.
_IGNORED = ("stream", "ls_structured_output_format", "structured_output_format")
CALL_OPTIONS = (*SETTINGS, *_WEIGHTS, *_TOOLS, *_IGNORED)
"""Keyword arguments of `invoke`, `stream`, `bind`, `bind_tools`."""


@dataclass(frozen=True)
class CallOptions:
    """A call's options, checked.

    Attributes:
        policy: How to decode.
        generation: When to stop, and how to sample.
        tools: Tools in OpenAI format that the model sees.
        choice: Whether and what must be called.
        parallel: Whether an answer may hold several calls.
        strict: Whether a schema that cannot be enforced is an error even where no call is forced.
        answer: JSON schema of the answer's text; None for any text.
        thinking: Whether to reason first; None for what the chat template does.
    """

    policy: DecodingPolicy
    generation: GenerationOptions
    tools: tuple[dict[str, Any], ...] = ()
    choice: ToolChoice = field(default_factory=lambda: ToolChoice("auto"))
    parallel: bool = True
    strict: bool = False
    answer: dict[str, Any] | None = None
    thinking: bool | None = None

    @classmethod
    def of(
        cls, settings: Mapping[str, Any], stop: Sequence[str] | None, overrides: Mapping[str, Any]
    ) -> CallOptions:
        """Merge the settings of a model with what a call says.

        Args:
            settings: Value of each of `SETTINGS`.
            stop: Stop strings of the call; None for the model's.
            overrides: Other keyword arguments of the call.

        Raises:
            ConfigError: An unknown name, or a value that makes no sense.
        """
        check_names(overrides, CALL_OPTIONS, "MTPChatModel got the unknown option")
        merged = {**settings, **{name: overrides[name] for name in SETTINGS if name in overrides}}
        if stop is not None:
            merged["stop"] = stop
        if not merged["logprobs"] and "top_logprobs" not in overrides and "logprobs" in overrides:
            merged["top_logprobs"] = None  # the call wants none, so the model's number means nothing
        tools = to_openai_tools(overrides.get("tools") or ())
        names = [tool["function"]["name"] for tool in tools]
        choice = check_tool_choice(overrides.get("tool_choice"), names)
        return cls(
            policy=as_policy(merged["decoding"]),
            generation=GenerationOptions(
                max_new_tokens=merged["max_tokens"],
                stop_strings=_stop_strings(merged["stop"]),
                temperature=merged["temperature"] or 0.0,
                top_p=1.0 if merged["top_p"] is None else merged["top_p"],
                top_k=merged["top_k"] or 0,
                min_p=merged["min_p"] or 0.0,
                seed=merged["seed"],
                logprobs=_logprobs(merged["logprobs"], merged["top_logprobs"]),
                json_bounds=as_bounds(merged["json_bounds"]),
            ),
            tools=() if choice.mode == "none" else tuple(tools),
            choice=choice,
            parallel=overrides.get("parallel_tool_calls") is not False,
            strict=bool(overrides.get("strict")),
            answer=read_response_format(overrides.get("response_format")),
            thinking=_switch("thinking", merged["thinking"]),
        )


def as_policy(value: Any) -> DecodingPolicy:
    """A decoding policy, also from its name.

    Raises:
        ConfigError: It is neither.
    """
    if isinstance(value, str):
        return policy_from_name(value)
    if isinstance(value, (Static, ConfAdapt, Verified)):
        return value
    raise ConfigError(
        f"decoding={value!r}: give Static(k), ConfAdapt(threshold) or Verified(), or one of the names "
        "'static', 'confadapt' and 'verified'."
    )


def as_bounds(value: Any) -> JSONBounds:
    """Bounds of JSON: the usual ones for None.

    Raises:
        ConfigError: It is something else.
    """
    if value is None:
        return JSONBounds()
    if isinstance(value, JSONBounds):
        return value
    raise ConfigError(f"json_bounds={value!r}: give mtp_model.JSONBounds, such as JSONBounds(string=9000).")


def describe_policy(policy: DecodingPolicy) -> dict[str, Any]:
    """A policy as JSON: its name and its parameters."""
    return {"policy": type(policy).__name__.lower(), **asdict(policy)}


def check_names(given: Iterable[str], known: Sequence[str], complaint: str) -> None:
    """Refuse names that nobody reads.

    Raises:
        ConfigError: A name is unknown; the message has the nearest one.
    """
    for name in given:
        if name in known:
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}?" if near else f"It has: {', '.join(sorted(known))}."
        raise ConfigError(f"{complaint} {name!r}. {hint}")


def _switch(name: str, value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise ConfigError(f"{name}={value!r}: give True, False, or None for the model's own.")
    return value


def _logprobs(wanted: Any, top: Any) -> int | None:
    """OpenAI's two options as one number of alternatives; None for no log-probabilities."""
    if wanted not in (None, True, False):
        raise ConfigError(
            f"logprobs={wanted!r}: give True or False. How many likely tokens are listed in each place is "
            "top_logprobs."
        )
    if top is None:
        return 0 if wanted else None
    if isinstance(top, bool) or not isinstance(top, int) or not 0 <= top <= MAX_LOGPROBS:
        raise ConfigError(f"top_logprobs={top!r}: give an integer from 0 to {MAX_LOGPROBS}.")
    if not wanted:
        raise ConfigError(f"top_logprobs={top} was given without logprobs. Add logprobs=True.")
    return top


def _stop_strings(stop: Sequence[str] | str | None) -> tuple[str, ...]:
    if stop is None:
        return ()
    return (stop,) if isinstance(stop, str) else tuple(stop)
