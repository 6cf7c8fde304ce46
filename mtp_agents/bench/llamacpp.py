"""The peer llama.cpp (package xllamacpp), on the CPU, on the same weights in float32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from mtp_agents.bench.gguf_export import write_gguf
from mtp_agents.bench.models import Subject
from mtp_agents.bench.runners import Sample, Unavailable
from mtp_model.errors import UnsupportedModelError

__all__ = ["LLAMACPP", "LlamaCppRunner", "export", "open_llamacpp", "start_server"]

LLAMACPP = "llama.cpp"


@dataclass(frozen=True)
class LlamaCppRunner:
    """A server inside this process, started afresh for each run, so that none idles beside another engine."""

    subject: Subject
    weights: Path
    policy: str = "greedy"
    engine: str = LLAMACPP
    loop: str | None = None

    def check(self, batch: int) -> None:
        """Any number of rows."""

    def run(self, prompts: Sequence[Sequence[int]], tokens: int) -> Sample:
        """Ask once for the texts as token ids, then time the same request again.

        The second time only the prompts' last token is computed anew.
        """
        stops = self.subject.checkpoint.stop_token_ids
        server = start_server(self.weights, len(prompts), len(prompts[0]) + tokens)
        request = {
            "prompt": [list(prompt) for prompt in prompts],
            "temperature": 0,
            "cache_prompt": True,
            "ignore_eos": not stops,
            "max_tokens": tokens,
        }
        answer = self._complete(server, {**request, "logprobs": 1})  # tells the ids
        begin = perf_counter()
        self._complete(server, request)
        seconds = perf_counter() - begin
        choices = sorted(answer["choices"], key=lambda choice: int(choice["index"]))
        ids = [[int(token["id"]) for token in choice["logprobs"]["content"]] for choice in choices]
        rows = [tuple(token for token in row if token not in stops) for row in ids]
        ended = sum(choice["finish_reason"] == "stop" for choice in choices)  # each with a stop token
        count = sum(map(len, rows)) + ended
        return Sample(count, count, seconds, None, written=tuple(rows))

    @staticmethod
    def _complete(server: Any, request: dict[str, Any]) -> Any:
        answer = server.handle_completions(request)
        if "choices" not in answer:
            raise Unavailable(f"llama.cpp refuses the request: {str(answer)[:200]}")
        return answer


def open_llamacpp(subject: Subject, folder: Path) -> LlamaCppRunner:
    """Convert the weights into a folder, which must stay while the runner is in use.

    Raises:
        Unavailable: A package is missing, or the model is of another architecture.
    """
    return LlamaCppRunner(subject, export(subject, folder))


def export(subject: Subject, folder: Path) -> Path:
    """The weights as a file in a folder. Raises `Unavailable` as `open_llamacpp` does."""
    missing = [name for name in ("xllamacpp", "gguf") if find_spec(name) is None]
    if missing:
        raise Unavailable(f"{' and '.join(missing)} not installed: pip install 'mtp-agents[bench]'")
    if subject.checkpoint.device.type != "cpu":
        raise Unavailable("llama.cpp is measured on the CPU only, and the model is on a GPU")
    weights = folder / "model.gguf"
    try:
        write_gguf(subject.checkpoint, weights)
    except UnsupportedModelError as error:
        raise Unavailable(str(error)) from error
    return weights


def start_server(weights: Path, rows: int, context: int, *, chat: bool = False) -> Any:
    """A server inside this process; it ends when the object goes.

    Args:
        weights: GGUF file.
        rows: Requests at once.
        context: Tokens of each, prompt and answer together.
        chat: For conversations: a prompt goes to the slot that knows its beginning; tags are shown.
    """
    xllamacpp = import_module("xllamacpp")
    threads = torch.get_num_threads()
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_parallel = rows
    params.n_ctx = rows * (-(-context // 256) * 256)  # llama.cpp pads each row's share to 256
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0  # prompts stay in their slots; nothing is copied aside
    params.slot_prompt_similarity = 0.1 if chat else 0.0
    params.ctx_shift = False
    params.fit_params = False
    params.special = chat
    params.verbosity = 0
    return xllamacpp.Server(params)
