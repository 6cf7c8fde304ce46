"""The peers on the same weights: transformers' `generate`, and llama.cpp's server through OpenAI's interface.

Both read the token ids that this project's engine reads, and their text goes through the same parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import torch
from langchain_core.language_models import BaseChatModel
from transformers import GenerationConfig
from transformers.generation.streamers import BaseStreamer

from mtp_agents.bench.agent.endpoint import server_events
from mtp_agents.bench.agent.models import OnToken, PromptedModel, Written
from mtp_agents.bench.agent.recorder import Limit
from mtp_agents.bench.agent.runners import MakeModel
from mtp_agents.bench.huggingface import HUGGINGFACE, as_loaded
from mtp_agents.bench.llamacpp import LLAMACPP, export, start_server
from mtp_agents.bench.models import Subject
from mtp_model.serve.engine import Engine

__all__ = ["HuggingFaceModel", "HuggingFaceRunner", "LlamaCppModel", "LlamaCppRunner", "open_llamacpp"]

MOST_CONTEXT = 8192
"""Tokens of a conversation for which llama.cpp gets memory: some models have hundreds of thousands."""


class HuggingFaceModel(PromptedModel):
    """`generate`, greedy, as a chat model."""

    @property
    def _llm_type(self) -> str:
        return "transformers-generate"

    def write(self, prompt: list[int], most: int, on_token: OnToken) -> Written:
        """See `PromptedModel`.

        It runs on the thread of this project's engine, one call at a time: `generate` shares nothing between
        calls, and on a thread of its own both would be slower (see `mtp_model.decode.threads`).
        """
        checkpoint = self.engine.checkpoint
        detokenizer = self.engine.detokenizer()
        ids = torch.tensor([prompt], device=checkpoint.device)
        config = GenerationConfig(
            max_new_tokens=most,
            do_sample=False,
            eos_token_id=list(checkpoint.stop_token_ids) or None,
            pad_token_id=0,
        )
        written = 0

        @torch.inference_mode()
        def generate() -> None:
            nonlocal written
            output = checkpoint.model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                generation_config=config,
                streamer=_Streamer(lambda token: on_token(detokenizer.feed([token]))),
            )
            written = output.shape[1] - len(prompt)

        self.engine.worker.between(generate)
        return Written(written, 0)


class _Streamer(BaseStreamer):
    """Tells each token; what comes first is the prompt."""

    def __init__(self, on_id: Any) -> None:
        self._on_id = on_id
        self._begun = False

    def put(self, value: torch.Tensor) -> None:
        if self._begun:
            self._on_id(int(value.flatten()[0]))
        self._begun = True

    def end(self) -> None:
        """Nothing is held back."""


@dataclass(frozen=True)
class HuggingFaceRunner:
    """`generate` on the model object that this project's engine uses."""

    engine: Engine
    name: str = HUGGINGFACE
    policy: str = "greedy"
    reuse: bool | None = False
    grammar: bool | None = False

    @contextmanager
    def open(self, concurrency: int) -> Iterator[MakeModel]:
        """Gives the model its own attention back."""

        def make(max_tokens: int, limit: Limit) -> BaseChatModel:
            return HuggingFaceModel(engine=self.engine, max_tokens=max_tokens, limit=limit)

        with as_loaded(self.engine.checkpoint.model):
            yield make


class LlamaCppModel(PromptedModel):
    """A server with OpenAI's completions, which takes token ids, as a chat model."""

    client: Any

    @property
    def _llm_type(self) -> str:
        return "llama.cpp-completions"

    def write(self, prompt: list[int], most: int, on_token: OnToken) -> Written:
        """See `PromptedModel`."""
        request = {
            "prompt": prompt,
            "max_tokens": most,
            "temperature": 0,
            "cache_prompt": True,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        tokenizer = self.engine.checkpoint.tokenizer
        ends = {str(tokenizer.decode([token])) for token in self.engine.checkpoint.stop_token_ids}
        usage: dict[str, Any] = {}
        for part in server_events(self.client, "v1/completions", request, self.limit):
            usage = part.get("usage") or usage
            if "usage" not in part:
                text = part["choices"][0]["text"]
                on_token("" if text in ends else text)  # a server that shows tags shows the end token too
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        return Written(usage["completion_tokens"], cached)


@dataclass(frozen=True)
class LlamaCppRunner:
    """llama.cpp's server in this process, started afresh for each group of runs: its cache is empty then."""

    engine: Engine
    weights: Path
    name: str = LLAMACPP
    policy: str = "greedy"
    reuse: bool | None = True
    grammar: bool | None = False

    @contextmanager
    def open(self, concurrency: int) -> Iterator[MakeModel]:
        """Starts a server with a slot for each agent."""
        context = min(self.engine.checkpoint.max_positions, MOST_CONTEXT)
        server = start_server(self.weights, concurrency, context, chat=True)
        # A connection for each request: llama.cpp's server closes idle ones without a word.
        limits = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=server.listening_address, timeout=600, limits=limits) as client:

            def make(max_tokens: int, limit: Limit) -> BaseChatModel:
                return LlamaCppModel(engine=self.engine, max_tokens=max_tokens, limit=limit, client=client)

            yield make
        del server


def open_llamacpp(engine: Engine, folder: Path) -> LlamaCppRunner:
    """Convert the weights into a folder, which must stay while the runner is in use.

    Raises:
        Unavailable: A package is missing, or the model is of another architecture.
    """
    subject = Subject(engine.checkpoint.name, engine.checkpoint, lambda rows, length: [])
    return LlamaCppRunner(engine, export(subject, folder))
