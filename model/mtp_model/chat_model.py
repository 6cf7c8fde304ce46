"""`MTPChatModel`: a multi-token-prediction student as a LangChain chat model.

    messages --langchain.messages--> plain messages --prompt.render--> ids --serve--> a step per forward pass
    step --prompt.detokenize--> text --prompt.parse--> reasoning, text, calls --langchain.results--> chunk

Invoking and streaming, with or without asyncio, read the same steps. Nothing is loaded before the first call;
then the weights are kept once per process (`mtp_model.serve.registry`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.language_models.model_profile import ModelProfile
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import Runnable
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from mtp_model.config import DecodingPolicy, JSONBounds, Verified, check_quantization
from mtp_model.errors import ConfigError, ContextLengthError, MessageError
from mtp_model.langchain.errors import ContextWindowError
from mtp_model.langchain.messages import to_plain_messages
from mtp_model.langchain.options import (
    CALL_OPTIONS,
    SETTINGS,
    CallOptions,
    as_policy,
    check_names,
    describe_policy,
)
from mtp_model.langchain.profile import read_profile
from mtp_model.langchain.results import PROVIDER, TurnReader
from mtp_model.langchain.structured import (
    METHODS,
    answer_parser,
    call_parser,
    parsed,
    read_response_format,
    show_schema,
)
from mtp_model.langchain.tools import ToolLike, check_tool_choice, to_openai_tools
from mtp_model.serve.registry import EngineKey, engine_for

if TYPE_CHECKING:
    from mtp_model.decode.rows import Request
    from mtp_model.grammar import Grammar
    from mtp_model.serve.engine import Engine

__all__ = ["MTPChatModel"]

_EMBEDDED_NAME = "embedded"

_WEIGHTS = ("mask_token", "dtype", "device", "revision", "quantization")

MODEL_VARIABLE = "MTP_MODEL"
"""Environment variable: which model a program uses that names none."""


def _known_quantization(name: str | None) -> str | None:
    if name is not None:
        check_quantization(name)
    return name


class _Call(NamedTuple):
    """A checked request and the reader of its answer."""

    engine: Engine
    request: Request
    reader: TurnReader


class MTPChatModel(BaseChatModel):
    """A chat model that writes several tokens per forward pass, in this process.

    Example:
        >>> model = MTPChatModel(decoding=ConfAdapt(threshold=0.9))
        >>> model.invoke("What is 17 times 23?").content

    Tool calls, tool results, reasoning (`additional_kwargs["reasoning_content"]`), usage and statistics
    (`response_metadata["decoding"]`) are where LangChain looks for them. Each forward pass is one chunk of a
    stream, and one entry `{"text", "tokens"}` of `additional_kwargs["passes"]`: all that it wrote, tags
    included.

    With `logprobs=True`, `response_metadata["logprobs"]["content"]` has OpenAI's entry `{"token", "bytes",
    "logprob", "top_logprobs"}` for each token of the answer, reasoning and tags included: in a stream, each
    chunk its own. The numbers are the model's own log-softmax, before temperature, filters and any grammar.
    `Verified` and `Static(1)` report what ordinary decoding does; with `ConfAdapt` and `Static(k)` the second
    and later tokens of a pass report the block's own distribution at their depth. A token that a schema
    forces without asking the model has `"logprob": 0.0` and `"forced": True`.

    Every field that says how to decode can be overridden in a call, and the model too:
    `model.invoke(messages, seed=7)`, `model.bind(decoding=Verified(), model="folder")`.

    Raises:
        ConfigError: An unknown argument, or a value that makes no sense.
    """

    model: str | None = Field(default_factory=lambda: os.environ.get(MODEL_VARIABLE) or None)
    """Folder or hub id of a checkpoint with safetensors; None for the student inside the package. Not given,
    it is what the environment variable MTP_MODEL says."""

    decoding: Annotated[DecodingPolicy, BeforeValidator(as_policy)] = Field(default_factory=Verified)
    """`Verified`, `ConfAdapt` or `Static`, or one of these names. The default writes the text of one token
    per pass; `ConfAdapt` may be faster, and may change it."""

    max_tokens: int | None = None
    """Most tokens to write; None for the rest of the context."""

    temperature: float | None = None
    """None or 0 for greedy decoding."""

    top_p: float | None = None
    """Sample from the smallest set of tokens with this probability together."""

    top_k: int | None = None
    """Sample from this many most likely tokens."""

    min_p: float | None = None
    """Leave out tokens less likely than this share of the most likely one's probability."""

    stop: list[str] | None = None
    """Strings that end the answer; they are cut off it."""

    seed: int | None = None
    """The same seed gives the same text."""

    thinking: bool | None = None
    """Whether the model reasons before it answers, where its chat template has a switch for that (Qwen3's
    `enable_thinking`, for one); None for what the template does by itself. The embedded student has no
    switch: it always reasons."""

    logprobs: bool | None = None
    """Whether `response_metadata["logprobs"]["content"]` lists the log-probability of each token. (In the
    message that LangChain makes of its events of version 3, a beta, only those of the last pass remain.)"""

    top_logprobs: int | None = None
    """With `logprobs`: how many likely tokens are listed in each token's place, 0 to 20."""

    json_bounds: JSONBounds | None = None
    """How long the strings, numbers, arrays and objects of constrained calls and answers may grow where their
    schema sets no shorter end; None for the usual bounds. At a bound, and where `max_tokens` or the context
    only just suffices, the rest is written the shortest way, so that the JSON is whole;
    `response_metadata["decoding"]["steered"]` counts the tokens that this put in place of the model's."""

    streaming: bool | None = None
    """True: `invoke` streams inside, so that callbacks see each forward pass. False: nothing streams, and
    `stream` yields the whole answer. None: `stream` streams and `invoke` does not."""

    timeout: Annotated[float | None, Field(gt=0)] = None
    """Seconds after which a call is given up with a `RequestTimeoutError`; None to wait for its end."""

    max_retries: int | None = None
    """Taken because LangChain gives it to every model; a call in this process that fails would fail again."""

    mask_token: str | int | tuple[int, ...] | None = None
    """The mask token, where the checkpoint does not say it."""

    dtype: str | None = None
    """Floating-point type of the weights, such as "bfloat16"."""

    device: str | None = None
    """Torch device; None for the first CUDA device, else the CPU."""

    revision: str | None = None
    """Branch, tag or commit of a hub id."""

    quantization: Annotated[str | None, AfterValidator(_known_quantization)] = None
    """"int8" or "float8": keep the weights of the layers in 8 bits. Less memory, not less time; texts may
    differ from those of the full weights. Needs the extra `quantization`."""

    loop: Literal["host", "device"] = "host"
    """Which loop decodes. "device" starts passes ahead and decides on the device what they write, with CUDA
    graphs where there is CUDA, on which it has not been run yet. Both write the same text, and are served by
    the same scheduler. Calls take the host loop, and all that run beside them with them, for stop strings,
    `logprobs`, and `Verified` with temperature; and for as long as what they write is held to
    a schema: forced calls and structured answers, but of tools that are only bound just the calls themselves,
    not the reasoning and the text in front of them. See also `warm_up`.

    Models with the same weights but another loop share neither passes nor what is kept of earlier prompts.
    """

    attention: Literal["sdpa", "flex"] = "sdpa"
    """"flex": FlexAttention in passes of several rows and on the device loop, for Llama, Mistral, Qwen2 and
    Qwen3 on CUDA: no mask is written out, and of each conversation only what it holds is read. It is compiled
    at the first pass, and has not been run on CUDA yet."""

    prefix_cache_bytes: Annotated[int | None, Field(ge=0)] = None
    """Most bytes of keys and values that are kept of earlier prompts and answers, so that later prompts that
    begin alike compute only the rest.

    What is kept belongs to the weights, and models with the same weights share it. So a call of a model with
    a limit sets the limit from then on, and drops what exceeds it, until a call of a model with another
    limit; None leaves the limit as it is, at first 1 GiB. 0 concerns the model itself only: its calls compute
    every prompt from its beginning and leave nothing, and what other models keep stays.
    """

    kv_cache_bytes: Annotated[int | None, Field(ge=1)] = None
    """Most bytes of keys and values of the requests that run at the same time, each counted with its prompt
    and all the tokens that it may write (so set `max_tokens`). A call that does not fit beside those that run
    waits until it does, and those behind it wait too; one that would not even fit alone raises an
    `OutOfMemoryError`, which says what it needs.

    As with `prefix_cache_bytes`, the limit belongs to the weights: the last call of a model with a limit sets
    it. None leaves it as it is, at first without a limit. What is kept of earlier prompts does not count.
    """

    def __init__(self, **fields: Any) -> None:
        check_names(fields, tuple(type(self).model_fields), f"{type(self).__name__} has no argument")
        if isinstance(fields.get("model"), Path):
            fields["model"] = str(fields["model"])
        try:
            super().__init__(**fields)
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}".lstrip(": ")
                for problem in error.errors()
            )
            raise ConfigError(f"{type(self).__name__}: {problems}") from error

    @model_validator(mode="after")
    def _check_settings(self) -> Self:
        CallOptions.of(self._settings, None, {})
        return self

    @property
    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in SETTINGS}

    # --- what LangChain asks about -------------------------------------------------------------

    @property
    def _llm_type(self) -> str:
        return "mtp-chat"

    @property
    def model_name(self) -> str:
        """Name for humans, traces and `response_metadata`."""
        return self.model or _EMBEDDED_NAME

    @property
    def _identifying_params(self) -> dict[str, Any]:
        settings = self._settings | {"decoding": describe_policy(self.decoding)}
        if self.json_bounds is not None:
            settings["json_bounds"] = asdict(self.json_bounds)
        weights = {name: getattr(self, name) for name in _WEIGHTS}
        return {"model_name": self.model_name, **settings, **weights}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        used = {**self._settings, **{name: kwargs[name] for name in SETTINGS if name in kwargs}}
        name = kwargs.get("model") or self.model_name
        params = LangSmithParams(ls_provider=PROVIDER, ls_model_type="chat", ls_model_name=name)
        params["ls_temperature"] = used["temperature"] or 0.0
        if used["max_tokens"] is not None:
            params["ls_max_tokens"] = used["max_tokens"]
        if stop := stop or used["stop"]:
            params["ls_stop"] = list(stop)
        return params

    def _resolve_model_profile(self) -> ModelProfile | None:
        return read_profile(self.model, self.revision)

    def get_token_ids(self, text: str) -> list[int]:
        """Token ids of a text, as it counts inside a message. Loads the model."""
        if self.custom_get_token_ids is not None:
            return self.custom_get_token_ids(text)
        return self._engine().renderer.encode_plain(text)

    def get_num_tokens_from_messages(
        self, messages: list[BaseMessage], tools: Sequence[Any] | None = None
    ) -> int:
        """Tokens of the prompt that these messages and tools make: `input_tokens` of the usage."""
        plain = to_plain_messages(messages, complete=False)
        if not plain:
            return 0
        renderer = self._engine().renderer
        return len(renderer.encode(plain, to_openai_tools(tools or ()), thinking=self.thinking))

    # --- tools ---------------------------------------------------------------------------------

    def bind_tools(
        self, tools: Sequence[ToolLike], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Let the model call tools.

        A call is held to its tool's schema while it is written, forced or not.

        Args:
            tools: Functions, tools, Pydantic models or schemas.
            tool_choice: None or "auto" to leave it to the model, "none" to forbid calls, "any", "required" or
                True to force a call, the name of a tool (or OpenAI's dict) to force that one.
            kwargs: Further options of the calls, such as `temperature`; `parallel_tool_calls=False` for at
                most one call; `strict=True` to refuse schemas that cannot be enforced in full.

        Raises:
            ConfigError: Something is no tool, an option is unknown, or the chosen tool is not among them.
        """
        check_names(kwargs, CALL_OPTIONS, "bind_tools got the unknown option")
        bound: dict[str, Any] = {"tools": to_openai_tools(tools), **kwargs}
        check_tool_choice(tool_choice, [tool["function"]["name"] for tool in bound["tools"]])
        if tool_choice is not None:
            bound["tool_choice"] = tool_choice
        return self.bind(**bound)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type | None = None,
        *,
        method: Literal["function_calling", "json_schema", "json_mode"] = "function_calling",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Answers that fit a schema: decoding is held to it.

        Args:
            schema: Pydantic model (also of pydantic.v1), TypedDict, or JSON schema with a title. With
                "json_mode" it may be left out.
            method: "function_calling" forces a call of a tool with this schema; "json_schema" makes the
                answer's text JSON of it; "json_mode" does the same, and without a schema any JSON object.
            include_raw: Return a dict with `raw` (the message), `parsed` and `parsing_error`.
            strict: As in `bind_tools`.
            kwargs: Further options of the calls, such as `temperature`.

        Raises:
            ConfigError: The schema or the method is unknown, or an option is.
        """
        check_names(kwargs, CALL_OPTIONS, "with_structured_output got the unknown option")
        if method not in METHODS:
            raise ConfigError(f"method={method!r}: with_structured_output has {', '.join(METHODS)}.")
        if schema is None and method != "json_mode":
            raise ConfigError(f"with_structured_output(method={method!r}) needs a schema, and got None.")
        options = {**kwargs, **({} if strict is None else {"strict": strict})}
        shown = {"kwargs": {"method": method}, "schema": schema}
        if method == "function_calling":
            assert schema is not None
            name = to_openai_tools([schema])[0]["function"]["name"]
            model = self.bind_tools(
                [schema],
                tool_choice=name,
                parallel_tool_calls=False,
                ls_structured_output_format=shown,
                **options,
            )
            return parsed(model, call_parser(schema), include_raw)
        wanted = {"type": "json_object"} if schema is None else schema
        read_response_format(wanted)
        answering = self.bind(response_format=wanted, ls_structured_output_format=shown, **options)
        return parsed(answering, answer_parser(schema), include_raw)

    # --- getting ready -------------------------------------------------------------------------

    def warm_up(
        self,
        *,
        rows: int = 8,
        context: int | None = None,
        progress: Callable[[int, int], object] = lambda done, of: None,
    ) -> None:
        """Load the weights now, and with `loop="device"` prepare this model's passes.

        On CUDA their graphs are captured, which would otherwise happen when a shape of a pass first occurs.
        It waits until no call runs; calls that come meanwhile wait. It takes a while: never call it on an
        event loop.

        Args:
            rows: Most calls that will run at a time; more than 8 never do.
            context: Most tokens of a prompt and its answer; None for all positions of the model.
            progress: Called, on another thread, with the number of passes that are prepared, and of all.

        Raises:
            OutOfMemoryError: Keys and values for so many need more than is free, or than `kv_cache_bytes`.
            ConfigError: A policy that the checkpoint cannot follow, or no row or token.
        """
        engine = self._engine()
        if self.kv_cache_bytes is not None:
            engine.limit_cache(self.kv_cache_bytes)
        engine.warm_up([self.decoding], rows, context, progress)

    # --- answering -----------------------------------------------------------------------------

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = self._prepare(messages, stop, kwargs)
        with closing(call.engine.run(call.request, self.timeout)) as steps:
            for step in steps:
                call.reader.chunk(step)
        return call.reader.result()

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        call = self._prepare(messages, stop, kwargs)
        with closing(call.engine.run(call.request, self.timeout)) as steps:
            for step in steps:
                yield call.reader.chunk(step)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = await asyncio.to_thread(self._prepare, messages, stop, kwargs)
        async with aclosing(call.engine.arun(call.request, self.timeout)) as steps:
            async for step in steps:
                call.reader.chunk(step)
        return call.reader.result()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        call = await asyncio.to_thread(self._prepare, messages, stop, kwargs)
        async with aclosing(call.engine.arun(call.request, self.timeout)) as steps:
            async for step in steps:
                yield call.reader.chunk(step)

    def _convert_input(self, model_input: LanguageModelInput) -> PromptValue:
        try:
            return super()._convert_input(model_input)
        except KeyError as error:  # LangChain's own conversion of dicts
            raise MessageError(
                f"A message lacks the key {error}: {model_input!r}. A tool's result, for one, needs the "
                "'tool_call_id' of the call that it answers."
            ) from error

    def _prepare(
        self, messages: Sequence[BaseMessage], stop: Sequence[str] | None, overrides: Mapping[str, Any]
    ) -> _Call:
        """Check a call, load the model if it is the first one, and render the prompt. Computes nothing."""
        options = CallOptions.of(self._settings, stop, overrides)
        plain = to_plain_messages(messages)
        if options.answer is not None:
            plain = show_schema(plain, options.answer)
        model = overrides.get("model") or self.model
        engine = self._engine(model)
        if self.prefix_cache_bytes:
            engine.limit_prefixes(self.prefix_cache_bytes)
        if self.kv_cache_bytes is not None:
            engine.limit_cache(self.kv_cache_bytes)
        generation = replace(options.generation, reuse_prefix=self.prefix_cache_bytes != 0)
        prompt = engine.renderer.encode(plain, options.tools, thinking=options.thinking)
        try:
            request = engine.request(prompt, options.policy, generation, self._grammar(engine, options))
        except ContextLengthError as error:
            raise ContextWindowError.of(error) from error
        reader = TurnReader(
            engine.detokenizer(),
            engine.parser(
                answers=options.answer is not None and not options.tools, thinking=options.thinking
            ),
            lambda text: len(engine.renderer.encode_plain(text)),
            model or _EMBEDDED_NAME,
            engine.effective(options.policy),
            engine.token_bytes,
            # LangChain numbers the content blocks of "v1" from 0, and merges those with one number
            first_call=1000 if self.output_version == "v1" else 0,
        )
        return _Call(engine, request, reader)

    def _grammar(self, engine: Engine, options: CallOptions) -> Grammar | None:
        """What the answer is held to. A call that is forced goes before the answer's own shape."""
        required = options.choice.mode == "required"
        grammars = engine.grammars(options.thinking)
        if options.answer is not None and not required:
            return grammars.answer(
                options.answer, options.tools, parallel=options.parallel, strict=options.strict
            )
        tools = [t for t in options.tools if not required or t["function"]["name"] in options.choice.names]
        if not tools:
            return None
        return grammars.calls(
            tools, required=required, parallel=options.parallel, strict=options.strict or required
        )

    def _engine(self, model: str | None = None) -> Engine:
        """The loaded model. Loading takes a while: never call this on an event loop."""
        return engine_for(self._key(model))

    def _key(self, model: str | None = None) -> EngineKey:
        weights = {name: getattr(self, name) for name in _WEIGHTS}
        return EngineKey(model or self.model, **weights, loop=self.loop, attention=self.attention)
