"""The device step as a graph: nothing in it depends on a value, and on CUDA replays equal the eager step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
import torch
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensorMode,
)
from torch.fx.experimental.proxy_tensor import make_fx

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.device_loop import DeviceLoop
from mtp_model.decode.device_step import HEADER, DeviceRows, device_step
from mtp_model.decode.session import Session
from tests.decode.tiny import checkpoint

SAMPLED = {"temperature": 0.8, "top_k": 3, "top_p": 0.9, "min_p": 0.01, "seed": 7}
BATCHES: dict[str, list[tuple[DecodingPolicy, dict[str, Any]]]] = {
    "single tokens": [(Static(1), {}), (Static(1), {})],
    "mixed policies": [(Static(3), {}), (ConfAdapt(0.3), {}), (Verified(8, 0.0), {})],
    "sampled": [(ConfAdapt(0.5, 8), SAMPLED), (Static(1), {"temperature": 1.0, "seed": 1}), (Static(4), {})],
}


def flat(values: Any) -> list[torch.Tensor]:
    """All tensors of nested dataclasses, in order."""
    if isinstance(values, torch.Tensor):
        return [values]
    return [t for f in fields(values) for t in flat(getattr(values, f.name))] if is_dataclass(values) else []


def rebuilt(values: Any, tensors: Iterator[torch.Tensor]) -> Any:
    """The same with other tensors."""
    if isinstance(values, torch.Tensor):
        return next(tensors)
    if not is_dataclass(values):
        return values
    return replace(values, **{f.name: rebuilt(getattr(values, f.name), tensors) for f in fields(values)})


def prepared(one: Checkpoint, batch: str, loop: str = "device") -> tuple[DeviceLoop, Session]:
    """A loop whose rows have been read."""
    decoder = Decoder(one)
    lent = DeviceLoop(one, decoder._model)
    session = Session(one, decoder._model, loop=lent)
    for place, (policy, options) in enumerate(BATCHES[batch]):
        request = decoder.request([place, 7, 9], policy, GenerationOptions(180, **options))
        session.add(request, place)
    return lent, session


def pure_step(
    loop: DeviceLoop,
    at: DeviceRows,
    window: int,
    spoil: Callable[[torch.Tensor], object] = lambda logits: None,
) -> tuple[Callable[..., list[torch.Tensor]], list[torch.Tensor]]:
    """The step as a function of all tensors that it reads and writes, and these tensors."""
    layers = loop.cache._layers
    state = flat(at)

    def step(*tensors: torch.Tensor) -> list[torch.Tensor]:
        for place, layer in enumerate(layers):
            layer.keys, layer.values = tensors[len(state) + 2 * place : len(state) + 2 * place + 2]
        here = rebuilt(at, iter(tensors))
        inner = loop._forward(here, window)

        def forward(*block: torch.Tensor) -> torch.Tensor:
            logits = inner(*block)
            spoil(logits)
            return logits

        device_step(forward, here)
        return list(tensors)

    return step, [*state, *(t for layer in layers for t in (layer.keys, layer.values))]


@contextmanager
def loaded(batch: str) -> Iterator[tuple[DeviceLoop, DeviceRows]]:
    """A loop on the CPU that runs transformers' own modules, as on CUDA, before its first pass."""
    one = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
    with torch.inference_mode(False), torch.no_grad():
        loop, session = prepared(one, batch)
        loop._model._lean = None
        _, at = loop._load(session.rows, session._state, len(session.rows), max(r.k for r in session.rows))
        loop.cache.reserve(len(at.done), 256)
        yield loop, at


def trace(step: Callable[..., list[torch.Tensor]], tensors: list[torch.Tensor]) -> torch.fx.GraphModule:
    """The step as a graph, made with tensors that have no values."""
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        return make_fx(step)(*[mode.from_tensor(t) for t in tensors])


@pytest.mark.parametrize("batch", BATCHES)
def test_a_trace_of_the_step_serves_all_values(batch: str) -> None:
    """Under fake tensors a read of a value raises; and what was traced once gives the same as the step."""
    with loaded(batch) as (loop, at):
        step, tensors = pure_step(loop, at, 256)
        tensors = [t.clone() for t in tensors]
        traced = make_fx(step, tracing_mode="fake", _allow_non_fake_inputs=True)(
            *[t.clone() for t in tensors]
        )
        names = {str(node.target) for node in traced.graph.nodes}
        assert not {n for n in names if "_local_scalar" in n or "nonzero" in n or "is_nonzero" in n}
        mine, its = [t.clone() for t in tensors], [t.clone() for t in tensors]
        blocks = set()
        for _ in range(12):
            step(*mine)
            its = traced(*its)
            for ours, theirs in zip(mine, its, strict=True):
                if ours.dtype == torch.int32:  # the entry ends with the bits of its confidences
                    end = (ours.shape[1] + HEADER) // 2
                    assert torch.equal(ours[:, :end], theirs[:, :end])
                    blocks.add(tuple(ours[:, 0].tolist()))
                    ours, theirs = (t[:, end:].contiguous().view(torch.float32) for t in (ours, theirs))
                torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)
        assert len(blocks) > 1 or batch == "single tokens", "acceptance varied from pass to pass"


@pytest.mark.parametrize(
    "read",
    [
        lambda logits: logits.sum().item(),
        lambda logits: logits[0, 0, 0].tolist(),
        lambda logits: 1 if logits.sum() > 0 else 2,
        lambda logits: logits.argmax(-1).nonzero(),
        lambda logits: logits[logits > 0],
        lambda logits: logits[..., 0].argmax(-1).unique(),
    ],
    ids=["item", "tolist", "branch", "nonzero", "boolean index", "unique"],
)
def test_the_trace_notices_what_would_wait_for_the_device(read: Callable[[torch.Tensor], object]) -> None:
    with loaded("mixed policies") as (loop, at):
        step, tensors = pure_step(loop, at, 256, read)
        with pytest.raises((DataDependentOutputException, DynamicOutputShapeException)):
            trace(step, tensors)


def on_cuda() -> Checkpoint:
    one = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
    device = torch.device("cuda", torch.cuda.current_device())
    one.model.to(device)
    return replace(one, device=device)


@pytest.mark.gpu
@pytest.mark.parametrize("batch", BATCHES)
def test_the_steady_state_never_waits_for_the_device(batch: str) -> None:
    loop, session = prepared(on_cuda(), batch)
    for _ in range(4):
        session.step()  # captures
    mode = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(5):
            assert len(session.step()) == len(BATCHES[batch])
            assert len(loop._flights) == 2
    finally:
        torch.cuda.set_sync_debug_mode(mode)


@pytest.mark.gpu
@pytest.mark.parametrize("batch", BATCHES)
def test_replays_equal_the_eager_step(batch: str) -> None:
    one = on_cuda()
    written = []
    for graphs in (True, False):
        loop, session = prepared(one, batch)
        if not graphs:
            loop.graphs = None
        events = [event for _ in range(30) for _, event in session.step()]
        assert loop.graphs is None or len(loop.graphs) >= 1
        written.append([(event.row, event.token_ids, event.block_size) for event in events])
    assert written[0] == written[1]


@pytest.mark.gpu
def test_graphs_are_captured_ahead_and_serve_the_sessions() -> None:
    one = on_cuda()
    decoder = Decoder(one, loop="device")
    seen: list[int] = []
    decoder.warm_up(rows=2, context=150, progress=lambda done, of: seen.append(of - done))
    assert seen[-1] == 0
    (loop,) = decoder._loops._free
    captured = len(loop.graphs)
    assert captured == len(seen)
    host = Decoder(one, loop="host")
    for policy in (Static(1), ConfAdapt(0.5), Verified(16, 0.2)):
        options = GenerationOptions(max_new_tokens=60)
        ours = decoder.generate([[1], [2, 3]], policy, options)
        theirs = host.generate([[1], [2, 3]], policy, options)
        assert [g.token_ids for g in ours] == [g.token_ids for g in theirs]
    assert len(loop.graphs) == captured, "none was captured while requests ran"
