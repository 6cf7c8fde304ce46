"""Rows with grammars on the device loop: free text runs ahead, the host writes the calls."""

import copy
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from mtp_model.checkpoint import Checkpoint
from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder, PassEvent
from mtp_model.decode.device_loop import DeviceLoop
from mtp_model.grammar import Grammar, GrammarFactory
from tests.grammar.test_constrained import TOOLS

POLICIES: list[DecodingPolicy] = [Static(1), Static(4), ConfAdapt(0.5, 8), ConfAdapt(0.05, 8), Verified(8)]
CASES = [
    (place, [place, 7, 9][: 1 + place % 3], policy, budget, sampling)
    for place, (policy, budget, sampling) in enumerate(
        (policy, budget, sampling)
        for policy in POLICIES
        for budget in (90, 23)
        for sampling in ({}, {"temperature": 1.0, "seed": 3}, {"temperature": 1.0, "top_k": 4, "seed": 5})
        if not (sampling and isinstance(policy, Verified))
    )
]


@pytest.fixture(scope="module")
def caller(tiny_checkpoint: Checkpoint) -> Checkpoint:
    """Begins a call now and then, which it would never write to its end by itself."""
    model: Any = copy.deepcopy(tiny_checkpoint.model)
    head = model.get_output_embeddings().weight.data
    head[tiny_checkpoint.tokenizer.convert_tokens_to_ids("<tool_call>")] *= 60
    return replace(tiny_checkpoint, model=model, stop_token_ids=())


@pytest.fixture(scope="module")
def grammar(factory: GrammarFactory) -> Grammar:
    made = factory.calls(TOOLS, required=False, parallel=True)
    assert made is not None
    return made


class Counted(DeviceLoop):
    """Counts the passes that were read from the device, and the rows that the host took over."""

    passes = taken = 0

    def take(self, rows: Any) -> Any:
        events = super().take(rows)
        Counted.passes += 1
        Counted.taken += len(self.taken_over)
        return events


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    monkeypatch.setattr("mtp_model.decode.loops.DeviceLoop", Counted)
    Counted.passes = Counted.taken = 0
    return Counted


def written(events: list[PassEvent]) -> tuple[Any, ...]:
    return [t for e in events for t in e.token_ids], events[-1].finish_reason, events[-1].stop


def blocks(events: list[PassEvent]) -> list[int]:
    return [event.block_size for event in events]


def test_one_row_goes_to_the_host_for_its_calls_and_comes_back(
    caller: Checkpoint, grammar: Grammar, counted: type[Counted]
) -> None:
    host, device = Decoder(caller, prefix_bytes=0), Decoder(caller, prefix_bytes=0, loop="device")
    calls = 0
    for _, prompt, policy, budget, sampling in CASES:
        options = GenerationOptions(max_new_tokens=budget, **sampling)
        expected = list(host.stream(prompt, policy, options, grammar=grammar))
        events = list(device.stream(prompt, policy, options, grammar=grammar))
        assert written(events) == written(expected), (prompt, policy, options)
        if not isinstance(policy, Verified):  # there a refused token is seen again by the next pass
            assert blocks(events) == blocks(expected), (prompt, policy, options)
        calls += caller.tokenizer.decode(written(events)[0]).count("</tool_call>")
    assert calls > 9 and counted.taken > 9 and counted.passes > 99


def test_rows_that_call_and_rows_that_do_not_share_a_batch(
    caller: Checkpoint, grammar: Grammar, counted: type[Counted]
) -> None:
    decoder = Decoder(caller, prefix_bytes=0, loop="device")
    host = Decoder(caller, prefix_bytes=0)
    session, events = decoder.session(), defaultdict(list)
    waiting, expected, removed = list(CASES), {}, None
    for place, prompt, policy, budget, sampling in CASES:
        options = GenerationOptions(max_new_tokens=budget, **sampling)
        held = grammar if place % 3 else None
        expected[place] = written(list(host.stream(prompt, policy, options, grammar=held)))
    while waiting or session.rows:
        outcomes = []
        if waiting and len(session.rows) < 4:  # one joins with each pass, so they begin at different times
            place, prompt, policy, budget, sampling = waiting.pop(0)
            options = GenerationOptions(max_new_tokens=budget, **sampling)
            held = grammar if place % 3 else None
            outcomes.append(session.add(decoder.request(prompt, policy, options, held), place))
        for row, event in [*outcomes, *session.step()]:
            assert isinstance(event, PassEvent)
            events[row.index].append(event)
        if removed is None and session.rows and counted.taken == 4:
            removed = session.rows[0]
            session.remove(removed)
    assert removed is not None
    for place, its in events.items():
        if place != removed.index:
            assert written(its) == expected[place], CASES[place]
    assert counted.taken > 3 and counted.passes > 30


def test_a_forced_call_never_runs_ahead(
    caller: Checkpoint, factory: GrammarFactory, counted: type[Counted]
) -> None:
    grammar = factory.calls(TOOLS, required=True)
    options = GenerationOptions(max_new_tokens=60)
    expected = list(Decoder(caller).stream([5], ConfAdapt(0.5), options, grammar=grammar))
    events = list(Decoder(caller, loop="device").stream([5], ConfAdapt(0.5), options, grammar=grammar))
    assert written(events) == written(expected) and counted.passes == 0
