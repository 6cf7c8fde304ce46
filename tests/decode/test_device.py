"""The device loop on the CPU: the same step and the same scheduler as on CUDA, against the host loop."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, cast

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mtp_model.decode.cache
import mtp_model.decode.device_loop
import mtp_model.decode.forward
import mtp_model.decode.graphs
import mtp_model.decode.session
from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder, PassEvent
from mtp_model.decode.device_loop import DeviceLoop
from mtp_model.decode.forward import BlockModel
from mtp_model.decode.graphs import plan_cache
from mtp_model.decode.loops import covered
from mtp_model.decode.ring import Ring
from mtp_model.decode.rows import Row
from mtp_model.decode.session import Session
from mtp_model.errors import CheckpointError, ConfigError, OutOfMemoryError
from mtp_model.serve import Step, Worker
from tests.decode.reference import reference
from tests.decode.strategies import policies, prompts
from tests.decode.test_memory import once, short_of_memory
from tests.decode.tiny import END, MASK, checkpoint

ONE = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())


@dataclass
class Wish:
    """A row of a batch: what it asks for, when it joins, and after which of its passes it is cancelled."""

    prompt: list[int]
    policy: DecodingPolicy
    budget: int
    stop: int
    options: str
    joins: int
    cancelled: int

    def sampled_checks(self) -> bool:
        """Whether it wants drafts to be checked by sampling, which is left to the host loop."""
        return isinstance(self.policy, Verified) and self.options in ("sampled", "filtered")

    def asked(self, stops: tuple[int, ...]) -> GenerationOptions:
        match self.options:
            case "sampled" | "filtered":
                more = {"top_k": 3, "top_p": 0.9, "min_p": 0.01} if self.options == "filtered" else {}
                return GenerationOptions(self.budget, stops, temperature=0.8, seed=self.joins, **more)
            case "logprobs":
                return GenerationOptions(self.budget, stops, logprobs=2)
        return GenerationOptions(self.budget, stops)


wishes = st.builds(
    Wish,
    prompt=prompts,
    policy=policies,
    budget=st.integers(1, 24),
    stop=st.sampled_from([-1, 0, 3, 7]),
    options=st.sampled_from(["greedy", "greedy", "greedy", "sampled", "filtered", "logprobs"]),
    joins=st.integers(0, 6),
    cancelled=st.sampled_from([99, 99, 99, 2, 4]),
)
models = st.builds(
    lambda architecture, seed, layers, kv_heads: checkpoint(
        architecture,
        seed=seed,
        words=4,
        sharpness=5.0,
        num_hidden_layers=layers,
        num_key_value_heads=kv_heads,
    ),
    st.sampled_from(["llama", "qwen3"]),
    st.integers(0, 50),
    st.integers(1, 2),
    st.sampled_from([1, 2, 4]),
)


class Checked(DeviceLoop):
    """Compares what the device holds with what the host has read, after each pass."""

    passes = 0

    def take(self, rows: Sequence[Row]) -> list[tuple[Row, PassEvent | None]]:
        events = super().take(rows)
        live, memory = {id(row) for row in rows}, self._memory
        Checked.passes += 1
        for place, row in enumerate(memory._loaded):
            if id(row) not in live:
                continue
            done = bool(memory._done[place])
            assert done or not row.over
            state = tuple(
                int(t[place]) for t in (memory._rows.lengths, memory._rows.pending, memory._rows.drafts)
            )
            if not self._flights:
                assert done == row.over and state == (row.length, row.pending, row.drafts)
            assert state[0] <= self.extent(row)
        return events


class Recorded:
    """As `Graphs`, where there are none: the step that was first seen under a key runs again and again.

    So it tells whether a key leaves out something that a graph has fixed, and whether memory has moved.
    """

    def __init__(self, loop: DeviceLoop) -> None:
        self.loop = loop
        self.steps: dict[Hashable, tuple[Callable[[], None], list[int]]] = {}
        self.replays = self.captures = 0

    def places(self) -> list[int]:
        memory = self.loop._memory
        tensors = [memory._entries, memory._done, memory._rows.lead, memory._rules.k, memory._sampling.seed]
        return [
            t.data_ptr()
            for t in (*tensors, *(t for layer in self.loop.cache._layers for t in layer_of(layer)))
        ]

    def clear(self) -> None:
        self.steps.clear()

    def run(self, key: Hashable, step: Callable[[], None], rehearse: Callable[..., None]) -> None:
        if key not in self.steps:
            rehearse(step)
            self.steps[key] = step, self.places()
            self.captures += 1
        else:
            self.replays += 1
        recorded, places = self.steps[key]
        assert places == self.places()
        recorded()


def layer_of(layer: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return layer.keys, layer.values


def run(
    one: Checkpoint, loop: DeviceLoop | None, batch: list[Wish], stops: list[tuple[int, ...]]
) -> dict[int, list[PassEvent]]:
    """The events of each row; rows join and leave on their way."""
    decoder = Decoder(one, prefix_bytes=0)
    session = Session(one, decoder._model, loop=loop)
    waiting = sorted(range(len(batch)), key=lambda place: batch[place].joins)
    events: dict[int, list[PassEvent]] = defaultdict(list)
    time = 0
    while waiting or session.rows:
        outcomes = []
        while waiting and (batch[waiting[0]].joins <= time or not session.rows):
            place = waiting.pop(0)
            wish = batch[place]
            request = decoder.request(wish.prompt, wish.policy, wish.asked(stops[place]))
            outcomes.append(session.add(request, place))
        outcomes += session.step()
        for row, event in outcomes:
            assert isinstance(event, PassEvent)
            events[row.index].append(event)
            if row in session.rows and len(events[row.index]) >= batch[row.index].cancelled:
                session.remove(row)
        time += 1
    return events


@settings(max_examples=25)
@given(
    one=models,
    batch=st.lists(wishes, min_size=1, max_size=5),
    ahead=st.integers(1, 4),
    recorded=st.booleans(),
)
def test_the_device_loop_writes_what_the_host_loop_writes(
    one: Checkpoint, batch: list[Wish], ahead: int, recorded: bool
) -> None:
    stops = []
    for wish in batch:
        plain = reference(one, wish.prompt, wish.policy, wish.budget, frozenset({END}))
        assume(plain.margin > 1e-4)
        stops.append(tuple(plain.tokens[wish.stop : wish.stop + 1]) if wish.stop >= 0 else ())
    expected = run(one, None, batch, stops)
    before = Checked.passes
    loop = Checked(one, BlockModel(one), ahead)
    if recorded:
        loop.graphs = Recorded(loop)  # type: ignore[assignment]
    events = run(one, loop, batch, stops)
    if any(len(theirs) > 1 for theirs in expected.values()) and len(batch) == 1:
        assert Checked.passes > before or batch[0].options == "logprobs" or batch[0].sampled_checks()
    assert events.keys() == expected.keys()
    for place, theirs in expected.items():
        ours = events[place]
        for name in ("pass_index", "token_ids", "block_size", "finish_reason", "stop", "logprobs"):
            if name != "logprobs":
                assert [getattr(e, name) for e in ours] == [getattr(e, name) for e in theirs], name
            assert [e.logprobs is None for e in ours] == [e.logprobs is None for e in theirs]
        sure = [c for e in theirs for c in e.confidences]
        assert [c for e in ours for c in e.confidences] == pytest.approx(sure, abs=1e-4)
        assert MASK not in [token for e in ours for token in e.token_ids]


@pytest.mark.parametrize("policy", [Static(1), Static(5), ConfAdapt(0.5), Verified(8, 0.2)], ids=str)
def test_streams_batches_and_statistics_are_those_of_the_host_loop(
    policy: DecodingPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cache", "session", "forward", "device_loop", "graphs"):
        monkeypatch.setattr(getattr(mtp_model.decode, name), "BUCKET", 8)  # texts cross many of them
    options = GenerationOptions(max_new_tokens=60)
    host, device = Decoder(ONE, loop="host"), Decoder(ONE, loop="device", max_rows=3)
    loop = device._loops.take()
    loop.graphs = recorded = Recorded(loop)
    device._loops._give_back(loop)
    asked = [[1, 2], [5], [9, 9, 9], [4] * 20, [6]]
    for theirs, ours in zip(
        host.generate(asked, policy, options), device.generate(asked, policy, options), strict=True
    ):
        assert (ours.token_ids, ours.finish_reason, ours.stop) == (
            theirs.token_ids,
            theirs.finish_reason,
            theirs.stop,
        )
        assert ours.stats.block_sizes == theirs.stats.block_sizes
        assert ours.stats.passes == theirs.stats.passes and ours.stats.decode_seconds > 0
    # A conversation goes on from what was kept, in a loop that another session used before.
    turn = [1, 2, *ours.token_ids, 3]
    first, second = host.stream(turn, policy, options), device.stream(turn, policy, options)
    assert [e.token_ids for e in second] == [e.token_ids for e in first]
    again = device.stream([*turn, 4], policy, options)
    assert [e.token_ids for e in again] == [e.token_ids for e in host.stream([*turn, 4], policy, options)]
    assert again.stats.cached_tokens >= len(turn)
    assert device._loops._free == [loop] and recorded.replays > 10


def test_the_host_is_passes_behind_and_the_device_stops_where_the_host_does() -> None:
    one = checkpoint("qwen3", words=4, sharpness=5.0, seed=1)
    loop = DeviceLoop(one, BlockModel(one), ahead=3)
    decoder = Decoder(one)
    session = Session(one, decoder._model, loop=loop)
    for place, budget in enumerate((40, 3)):
        session.add(decoder.request([5 + place], ConfAdapt(0.6), GenerationOptions(budget)), place)
    ahead, rows = [], list(session.rows)
    while session.rows:
        session.step()
        ahead.append(len(loop._flights))
        if session.rows:
            done = loop._at.done.tolist()
            assert all(done[len(rows) :])
    assert max(ahead) == 2, "three were on their way when one of them was read"
    assert all(row.finish_reason for row in rows)
    assert loop._memory._done[0], "the last row had ended on the device before the host read it"


def test_what_the_device_loop_covers() -> None:
    decoder = Decoder(ONE, loop="device")

    def of(policy: DecodingPolicy, **options: object) -> bool:
        return covered(decoder.request([1], policy, GenerationOptions(**options)))

    assert of(Static(1)) and of(Verified()) and of(ConfAdapt(0.9, 16), temperature=1.0, top_p=0.5)
    assert of(Static(1), stop_token_ids=tuple(range(16)))
    assert not of(Static(1), stop_token_ids=tuple(range(17)))
    assert not of(Verified(), temperature=1.0)
    assert of(ConfAdapt(k_max="auto")), "its k is fixed there"
    assert not of(Static(1), logprobs=0)
    assert not of(Static(1), stop_strings=("x",))


def test_choosing_a_loop() -> None:
    assert Decoder(ONE)._loops is None
    with pytest.raises(ConfigError, match=r"loop='gpu'.*'device' or 'host'"):
        Decoder(ONE, loop="gpu")  # type: ignore[arg-type]
    rope = {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}
    dynamic = checkpoint("llama", rope_parameters=rope)
    assert Decoder(dynamic)._loops is None
    with pytest.raises(ConfigError, match=r"rotary embedding.*loop='host'"):
        Decoder(dynamic, loop="device")


def test_a_row_with_nan_ends_and_the_others_go_on() -> None:
    one = checkpoint("llama", seed=3, stop=())
    options = GenerationOptions(max_new_tokens=12)
    alone = Decoder(one).generate([[1], [2]], Static(1), options)
    poison = next(t for t in alone[0].token_ids if t not in alone[1].token_ids)
    one.model.get_input_embeddings().weight[poison] = torch.nan
    decoder = Decoder(one, loop="device")
    session = decoder.session()
    rows = [session.add(decoder.request([p], Static(1), options), p)[0] for p in (1, 2)]
    errors = []
    while session.rows:
        errors += [(row, event) for row, event in session.step() if isinstance(event, Exception)]
    ((row, error),) = errors
    assert row is rows[0] and isinstance(error, CheckpointError) and "NaN" in str(error)
    assert rows[1].generation().token_ids == alone[1].token_ids
    assert all(layer.keys.isfinite().all() for layer in session.cache.layers)


@pytest.mark.parametrize("masks", [(MASK,), (MASK, 260, 261, 262), ()], ids=["one", "several", "none"])
def test_masks_are_never_emitted(masks: tuple[int, ...]) -> None:
    one = checkpoint("llama", masks=masks, stop=())
    head = one.model.get_output_embeddings().weight
    for mask in masks:
        head[mask] = 100 * head.abs().max()
    most = one.k_max
    decoder, host = Decoder(one, loop="device"), Decoder(one)
    for policy in (Static(min(4, most)), ConfAdapt(0.01), Verified(4, 0.0)) if masks else (Static(1),):
        for options in (GenerationOptions(40), GenerationOptions(40, temperature=1.5, seed=1)):
            tokens = decoder.generate([[5], [6]], policy, options)[0].token_ids
            assert tokens == host.generate([[5]], policy, options)[0].token_ids
            assert len(tokens) == 40 and not set(masks) & set(tokens)


def test_memory_is_planned_and_passes_are_prepared() -> None:
    decoder = Decoder(ONE, loop="device")
    seen: list[tuple[int, int]] = []
    decoder.warm_up(rows=3, context=150, progress=lambda done, of: seen.append((done, of)))
    # 1, 2 and 4 rows; k = 1, 16, and 16 with proposals to check; 256 columns
    assert seen == [(n + 1, 9) for n in range(9)]
    (loop,) = decoder._loops._free
    size = loop.cache.nbytes()
    assert (loop.cache.rows, loop.cache.columns, size) == (4, 256, 2 * 2 * 2 * 8 * 4 * 4 * 256)
    options = GenerationOptions(max_new_tokens=100)
    expected = Decoder(ONE).generate([[1], [2], [3]], ConfAdapt(0.5), options)
    assert [g.token_ids for g in decoder.generate([[1], [2], [3]], ConfAdapt(0.5), options)] == [
        g.token_ids for g in expected
    ]
    assert loop.cache.nbytes() == size, "what was planned sufficed"
    with pytest.raises(
        OutOfMemoryError, match=r"4 rows of 256 columns needs 262,144 bytes.*100,000.*fewer rows"
    ):
        decoder.warm_up(rows=3, context=150, memory=100_000)
    assert plan_cache(ONE.model.config, ONE.dtype, 1, 300, 10**9) == 512
    with pytest.raises(ConfigError, match="rows=0"):
        decoder.warm_up(rows=0)
    Decoder(ONE).warm_up(rows=0)  # nothing to prepare without the device loop


def test_the_ring_keeps_the_order_and_its_depth() -> None:
    ring = Ring(2, torch.device("cpu"))
    ring.write(torch.full((2, 3), 1, dtype=torch.int32))
    ring.write(torch.full((1, 5), 2, dtype=torch.int32))
    with pytest.raises(IndexError, match="2 buffers are full"):
        ring.write(torch.zeros(1, 1, dtype=torch.int32))
    assert ring.read().tolist() == [[1, 1, 1]] * 2
    ring.write(torch.full((4, 4), 3, dtype=torch.int32))
    ring.skip()
    assert len(ring) == 1 and ring.read().tolist() == [[3] * 4] * 4


@pytest.mark.parametrize("rehearsing", [False, True])
def test_memory_that_runs_out_costs_the_longest_row(rehearsing: bool) -> None:
    """Also where it runs out while a graph is prepared, before its first use."""
    decoder, options = Decoder(ONE, loop="device"), GenerationOptions(max_new_tokens=30)
    asked = [[1, 2], list(range(30)), [3, 4, 5]]
    expected = Decoder(ONE).generate(asked, ConfAdapt(0.5), options)
    session = decoder.session()
    rows = [session.add(decoder.request(p, ConfAdapt(0.5), options), i)[0] for i, p in enumerate(asked)]
    assert session._loop is not None
    if rehearsing:
        session._loop.graphs = cast(Any, Recorded(session._loop))
    else:
        session.step()
    with short_of_memory(BlockModel, "many_rows", once()) as failed:
        ((row, error),) = session.step()
    assert failed and row is rows[1] and isinstance(error, OutOfMemoryError)
    while session.rows:
        session.step()
    for place in (0, 2):
        assert rows[place].generation().token_ids == expected[place].token_ids


def test_a_worker_serves_many_callers_with_it() -> None:
    decoder = Decoder(ONE, loop="device")
    worker = Worker("device", decoder.session, slots=3)
    kinds: list[tuple[DecodingPolicy, GenerationOptions]] = [
        (ConfAdapt(0.5), GenerationOptions(max_new_tokens=30)),
        (Verified(8, 0.2), GenerationOptions(max_new_tokens=25)),
        (Static(1), GenerationOptions(max_new_tokens=12, logprobs=1)),  # takes the host loop, and all with it
        (Static(3), GenerationOptions(max_new_tokens=30, temperature=0.7, seed=3)),
    ]
    asked = [([place, 7, 9], *kinds[place % 4]) for place in range(8)]
    queues: list[SimpleQueue[Step | BaseException]] = [SimpleQueue() for _ in asked]
    gone: SimpleQueue[Step | BaseException] = SimpleQueue()
    for request, queue in zip(asked, queues, strict=True):
        worker.submit(decoder.request(*request), queue.put)
    left = worker.submit(decoder.request([4], Static(1), GenerationOptions(150)), gone.put)
    gone.get(timeout=60)
    left.cancel()
    host = Decoder(ONE)
    for (prompt, policy, options), queue in zip(asked, queues, strict=True):
        steps = [queue.get(timeout=60)]
        while isinstance(steps[-1], Step) and steps[-1].generation is None:
            steps.append(queue.get(timeout=60))
        assert isinstance(steps[-1], Step) and steps[-1].generation is not None
        expected = host.generate([prompt], policy, options)[0]
        assert steps[-1].generation.token_ids == expected.token_ids
    worker.close()
