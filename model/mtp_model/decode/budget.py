"""How much memory the keys and values of running rows may take together.

The rows of a batch share one cache, in which each has as many columns as the longest; a prompt that is read
in chunks has one of its own until it is read. Counted is what a row may need at most: its prompt, all the
tokens that it may write, and the block behind them. So what has begun finds room for its end. (Only a block
of many tokens that a grammar forces may take a bucket more, beside a longer row.)

The device loop takes more: its rows and its k are powers of two, and its blocks go one k further, because it
starts passes before it knows where a row ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtp_model.decode.cache import BUCKET, round_up
from mtp_model.decode.device_state import power_of_two
from mtp_model.errors import ConfigError, OutOfMemoryError
from mtp_model.layout import width

if TYPE_CHECKING:
    from mtp_model.decode.forward import BlockModel
    from mtp_model.decode.rows import Request

__all__ = ["CacheBudget"]


@dataclass
class CacheBudget:
    """A limit that may change while rows run: those that have begun go on.

    Attributes:
        model: Its passes tell how large a column is.
        chunk: Tokens of prompts that are read at a time.
        limit: Bytes of keys and values of a batch; None for no limit.
        ahead: Whether the device loop runs them.

    Raises:
        ConfigError: The limit is not positive.
    """

    model: BlockModel
    chunk: int
    limit: int | None = None
    ahead: bool = False

    def __post_init__(self) -> None:
        """Refuse a limit that allows nothing."""
        if self.limit is not None and self.limit < 1:
            raise ConfigError(
                f"kv_cache_bytes={self.limit}: give the bytes that the keys and values of running requests "
                "may take together, at least 1, or None for no limit."
            )

    def fits(self, requests: Sequence[Request]) -> bool:
        """Whether these may run together."""
        return self.limit is None or self._columns(requests) * self.model.column_bytes <= self.limit

    def check(self, request: Request) -> None:
        """Raise `OutOfMemoryError` if a request can never run, even alone."""
        if self.limit is None or self.fits([request]):
            return
        need = self._columns([request]) * self.model.column_bytes
        raise OutOfMemoryError(
            f"a request with {len(request.prompt)} tokens of prompt and up to {request.budget} new ones may "
            f"need {need} bytes of keys and values ({need / 2**20:.1f} MiB), and kv_cache_bytes allows "
            f"{self.limit} for all that run together. Lower max_tokens, shorten the prompt, or allow more."
        )

    def shared(self, reading: Sequence[Request]) -> int | None:
        """Most columns, of all rows together, of the batch's cache beside those of prompts that are read."""
        if self.limit is None:
            return None
        return self.limit // self.model.column_bytes - sum(map(self._own, reading))

    def _columns(self, requests: Sequence[Request]) -> int:
        """Columns that these take together."""
        longest = max(len(request.prompt) + request.budget for request in requests)
        rows, k = len(requests), max(request.k for request in requests)
        block = width(k)
        if self.ahead:
            rows, block = power_of_two(rows), k + width(power_of_two(k))
        return rows * round_up(longest + block, BUCKET) + sum(map(self._own, requests))

    def _own(self, request: Request) -> int:
        """Columns of the cache in which a prompt of several chunks is read."""
        if len(request.prompt) <= self.chunk:
            return 0
        return round_up(len(request.prompt) + width(request.k), BUCKET)
