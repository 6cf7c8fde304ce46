"""CUDA graphs of passes: one per shape, captured once, then replayed by a single call."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from weakref import WeakSet

import torch

from mtp_model.decode.cache import BUCKET, round_up
from mtp_model.errors import OutOfMemoryError

__all__ = ["Graphs", "cache_bytes", "plan_cache"]

Step = Callable[[], None]


class Graphs:
    """Captured passes by shape. All of them share one pool of memory, since only one runs at a time.

    All are captured on one stream, too: torch reuses the pool's memory within a stream only. It is a stream
    of their own, because cuBLAS keeps a workspace for each stream, which a graph takes along when it goes.

    Args:
        device: A CUDA device.

    Attributes:
        captures: How often a graph was captured.
        watch: Makes the context of each replay, for a clock.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._captured: dict[Hashable, torch.cuda.CUDAGraph] = {}
        self._pool = torch.cuda.graph_pool_handle()
        self._stream = _free_stream(device)
        self.captures = 0
        self.watch: Callable[[], AbstractContextManager[object]] = nullcontext
        _living.add(self)

    def __len__(self) -> int:
        """Graphs that were captured."""
        return len(self._captured)

    def clear(self) -> None:
        """Forget all graphs: the memory that they use has moved."""
        if self._captured:
            torch.cuda.synchronize(self._device)  # one of them may still be running in that memory
        self._captured.clear()
        self._pool = torch.cuda.graph_pool_handle()

    def run(self, key: Hashable, step: Step, rehearse: Callable[[Step], None]) -> None:
        """Replay the graph of a shape.

        Args:
            key: The shape. A graph that was captured under it is replayed, and `step` is not called.
            step: What to capture: it allocates nothing that outlives it and reads nothing on the host.
            rehearse: Runs it once or more without consequences: libraries set themselves up then.
        """
        self.capture(key, step, rehearse)
        with self.watch():
            self._captured[key].replay()

    def capture(self, key: Hashable, step: Step, rehearse: Callable[[Step], None]) -> None:
        """Capture the graph of a shape, if that has not been done; see `run`."""
        if key in self._captured:
            return
        with torch.cuda.device(self._device):
            stream, outer = self._stream, torch.cuda.current_stream()
            stream.wait_stream(outer)
            try:
                with torch.cuda.stream(stream):
                    rehearse(step)
            finally:  # also behind half a pass: what comes next writes where it still reads
                outer.wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            try:
                # Other threads may use the device meanwhile, for another model say. The outer context puts
                # the stream back if the capture cannot be ended.
                with (
                    torch.cuda.stream(outer),
                    torch.cuda.graph(graph, self._pool, stream, capture_error_mode="thread_local"),
                ):
                    step()
            except BaseException:
                self.clear()  # the graph that failed takes the others' workspace with it
                raise
        self._captured[key] = graph
        self.captures += 1


_living: WeakSet[Graphs] = WeakSet()


def _free_stream(device: torch.device) -> torch.cuda.Stream:
    """A stream that no other `Graphs` captures on, if there is one: torch hands out 32 in turn."""
    used = {graphs._stream.cuda_stream for graphs in _living}
    for _ in range(32):
        stream = torch.cuda.Stream(device)
        if stream.cuda_stream not in used:
            break
    return stream


def cache_bytes(config: Any, dtype: torch.dtype, rows: int, columns: int) -> int:
    """Bytes of keys and values of a model, for so many rows of so many columns."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * size * dtype.itemsize * rows * columns)


def plan_cache(config: Any, dtype: torch.dtype, rows: int, columns: int, memory: int) -> int:
    """Columns of a cache for `rows` rows of `columns` columns, in whole buckets, if it fits.

    Args:
        config: Of the model.
        dtype: Of keys and values.
        rows: Rows.
        columns: Columns that the longest row needs, its block included.
        memory: Bytes that there are for it.

    Raises:
        OutOfMemoryError: It needs more.
    """
    whole = round_up(columns, BUCKET)
    need, one = cache_bytes(config, dtype, rows, whole), cache_bytes(config, dtype, 1, BUCKET)
    if need <= memory:
        return whole
    fit = memory // one * BUCKET
    raise OutOfMemoryError(
        f"a cache for {rows} rows of {whole} columns needs {need:,} bytes, but there are {memory:,} for it: "
        f"enough for {fit} columns in all. Ask for fewer rows or a shorter context, give it more memory, or "
        "load the weights in a smaller type."
    )
