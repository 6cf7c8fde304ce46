"""Log-probabilities in the form of OpenAI's chat API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mtp_model.decode import TokenLogprob

__all__ = ["openai_logprobs"]


def openai_logprobs(
    entries: Iterable[TokenLogprob], to_bytes: Callable[[int], bytes | None]
) -> list[dict[str, Any]]:
    """An entry of `response_metadata["logprobs"]["content"]` for each token.

    Args:
        entries: What decoding found.
        to_bytes: Token id -> its bytes.
    """
    return [_entry(entry, to_bytes) for entry in entries]


def _entry(entry: TokenLogprob, to_bytes: Callable[[int], bytes | None]) -> dict[str, Any]:
    described = _token(entry.token_id, entry.logprob, to_bytes)
    described["top_logprobs"] = [_token(token_id, value, to_bytes) for token_id, value in entry.top]
    if entry.forced:
        described["forced"] = True
    return described


def _token(token_id: int, logprob: float, to_bytes: Callable[[int], bytes | None]) -> dict[str, Any]:
    exact = to_bytes(token_id)
    text = "\ufffd" if exact is None else exact.decode(errors="replace")
    return {"token": text, "bytes": None if exact is None else list(exact), "logprob": logprob}
