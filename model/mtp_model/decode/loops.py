"""Which loop runs what, and the device loops of a decoder."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.memory import free_memory
from mtp_model.decode.device_loop import DeviceLoop, Progress
from mtp_model.decode.device_state import STOPS
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.rows import Request, Row
from mtp_model.errors import ConfigError

__all__ = ["DeviceLoops", "covered", "device_loops", "runs_ahead", "runs_on_device"]


def runs_on_device(model: BlockModel) -> bool:
    """Whether the model's passes need nothing from the host: some rotary embeddings read the positions."""
    rope = getattr(model.module.config, "rope_parameters", None) or {}
    return rope.get("rope_type", "default") not in ("dynamic", "longrope")


def covered(request: Request) -> bool:
    """Whether the device alone can decide what a request's passes write and when it ends.

    Not so for stop strings, log-probabilities, more than 16 stop tokens, and `Verified` with temperature.
    With a grammar it depends on where the answer is: see `runs_ahead`.
    """
    options = request.options
    return not (
        options.stop_strings
        or options.logprobs is not None
        or len(request.stop_token_ids) + (request.grammar is not None) > STOPS
        or (request.lossless and options.temperature > 0)
    )


def runs_ahead(row: Row) -> bool:
    """Whether passes of a row can be started without waiting for the one before.

    A row with a grammar, while its text is free: in front of tool calls that nobody forces, for example. And
    what waits to be fed, which a grammar may have forced, must find room in a block.
    """
    free = row.constraint is None or row.constraint.free
    return free and row.pending + row.drafts <= row.k and covered(row.request)


def device_loops(wanted: str, checkpoint: Checkpoint, model: BlockModel) -> DeviceLoops | None:
    """The device loops of a decoder; None if it uses the host loop only.

    Args:
        wanted: "device" or "host".
        checkpoint: The student.
        model: Its weights as the step sees them.

    Raises:
        ConfigError: Another word, or "device" for a model that needs the host.
    """
    if wanted not in ("device", "host"):
        raise ConfigError(f"Decoder(loop={wanted!r}): give 'device' or 'host'.")
    if wanted == "host":
        return None
    if not runs_on_device(model):
        raise ConfigError(
            f"Decoder(loop='device'): the rotary embedding of {checkpoint.name} depends on the length of the "
            "text, which only the host loop can follow. Use loop='host'."
        )
    return DeviceLoops(checkpoint, model)


class DeviceLoops:
    """Lends loops to sessions. One that no session uses keeps its cache and its graphs for the next.

    Args:
        checkpoint: The student.
        model: Its weights as the step sees them.
    """

    def __init__(self, checkpoint: Checkpoint, model: BlockModel) -> None:
        self._checkpoint = checkpoint
        self._model = model
        self._free: list[DeviceLoop] = []  # at most one; list operations are safe between threads

    def take(self) -> DeviceLoop:
        """A loop that no session uses."""
        try:
            loop = self._free.pop()
        except IndexError:
            return DeviceLoop(self._checkpoint, self._model)
        loop.reset()
        return loop

    def lend(self, loop: DeviceLoop, session: object) -> None:
        """Take a loop back as soon as the session is gone."""
        weakref.finalize(session, self._give_back, loop).atexit = False

    def warm_up(
        self, requests: Sequence[Request], rows: int, context: int, memory: int | None, progress: Progress
    ) -> None:
        """Prepare a loop for the next session; see `Decoder.warm_up`."""
        if rows < 1 or context < 1 or not requests:
            raise ConfigError(
                f"warm_up(rows={rows}, context={context}) for {len(requests)} policies: at least one of each "
                "is needed."
            )
        loop = self.take()
        if memory is None:
            memory = (free_memory(self._model.device) + loop.cache.nbytes()) * 9 // 10
        loop.warm_up([(r.k, r.lossless) for r in requests], rows, context, memory, progress)
        self._give_back(loop)

    def _give_back(self, loop: DeviceLoop) -> None:
        if not self._free:
            self._free.append(loop)
