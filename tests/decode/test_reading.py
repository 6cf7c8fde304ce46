"""Prompts are read in chunks between the passes of other rows: same tokens, and nobody is held up."""

from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder, PassEvent
from mtp_model.errors import CheckpointError, ConfigError
from tests.decode.reference import reference
from tests.decode.strategies import CHECKPOINTS, policies, prompts
from tests.decode.tiny import ARCHITECTURES, END, checkpoint

ONE = checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=())
LONG = [number % 200 for number in range(7, 107)]
PLAIN = GenerationOptions(max_new_tokens=20)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=6)
@given(
    batch=st.lists(st.tuples(prompts, policies, st.integers(1, 12)), min_size=1, max_size=3),
    chunk=st.integers(1, 13),
    fixed_width=st.booleans(),
)
def test_chunked_prompts_give_the_tokens_of_whole_ones(
    architecture: str, batch: list[tuple[list[int], DecodingPolicy, int]], chunk: int, fixed_width: bool
) -> None:
    one = CHECKPOINTS[architecture]
    expected = [reference(one, p, policy, n, frozenset({END})) for p, policy, n in batch]
    assume(all(e.margin > 1e-4 for e in expected))
    decoder = Decoder(one, prefill_chunk=chunk)
    decoder._model.fixed_width = fixed_width
    session = decoder.session()
    rows = [
        session.begin(decoder.request(p, policy, GenerationOptions(max_new_tokens=n)), index)
        for index, (p, policy, n) in enumerate(batch)
    ]
    while not all(row.over for row in rows):
        session.read()
        session.step()
    assert not session.rows
    for row, plain in zip(rows, expected, strict=True):
        assert row.generation().token_ids == (plain.tokens[:-1] if plain.stopped else plain.tokens)
        assert row.stats.passes == len(plain.blocks), "reading the prompt counts as one"


@pytest.mark.parametrize("policy", [Static(1), ConfAdapt(0.5), Verified(8, 0.2)], ids=str)
@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.0, "seed": 4}], ids=["greedy", "sampled"])
def test_every_way_to_read_a_prompt_gives_the_same_text(policy: DecodingPolicy, sampling: Any) -> None:
    options = GenerationOptions(max_new_tokens=20, **sampling)
    texts = [
        Decoder(ONE, prefill_chunk=chunk).generate([LONG, [1]], policy, options)[0].token_ids
        for chunk in (1, 7, 64, 99, 100, 101, 10_000)
    ]
    assert all(text == texts[0] for text in texts)


def test_others_write_while_a_long_prompt_is_read() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    alone = decoder.generate([[1, 2], LONG], Static(1), PLAIN)
    session = decoder.session()
    decoder.prefixes.clear()
    writer = session.add(decoder.request([1, 2], Static(1), PLAIN), 0)[0]
    reader = session.begin(decoder.request(LONG, Static(1), PLAIN), 1)
    written = []
    while not reader.stats.passes:
        outcomes = session.read()
        session.step()
        written.append(writer.stats.tokens)
    assert written == list(range(2, 12)), "ten chunks, and a token of the other row behind each"
    assert [row for row, _ in outcomes] == [reader]
    while session.rows:
        session.step()
    assert [row.generation().token_ids for row in (writer, reader)] == [one.token_ids for one in alone]


def test_short_prompts_overtake_a_long_one_and_share_its_turns() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    session = decoder.session()
    long = session.begin(decoder.request(LONG, Static(1), PLAIN), 0)
    short = [session.begin(decoder.request([index, 5, 6], Static(1), PLAIN), index) for index in (1, 2, 3, 4)]
    assert session.read() == [], "the first turn is the long one's, and takes a chunk"
    assert [row for row, _ in session.read()] == short, "twelve tokens: the chunk is full with the fourth"
    assert long.length == 10
    for _ in range(8):
        assert session.read() == []
    ((row, event),) = session.read()
    assert row is long and isinstance(event, PassEvent) and event.pass_index == 0
    assert len(session.rows) == 5


def test_a_prompt_that_is_given_up_leaves_the_rest_alone_and_what_it_read_to_the_next() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    alone = decoder.generate([[1, 2], [3]], ConfAdapt(0.5), PLAIN)
    session = decoder.session()
    rows = [session.add(decoder.request(p, ConfAdapt(0.5), PLAIN), i)[0] for i, p in enumerate([[1, 2], [3]])]
    given_up, not_begun = (session.begin(decoder.request(LONG[i:], Static(1), PLAIN)) for i in (0, 1))
    session.read()
    session.step()
    session.remove(given_up)
    session.remove(not_begun)
    assert session.read() == []
    while session.rows:
        session.step()
    assert [row.generation().token_ids for row in rows] == [one.token_ids for one in alone]
    again = decoder.generate([LONG], Static(1), PLAIN)[0]
    assert again.stats.cached_tokens == 10
    assert again.token_ids == Decoder(ONE).generate([LONG], Static(1), PLAIN)[0].token_ids


@pytest.mark.parametrize("kept", [5, 50, 95])
def test_kept_prefixes_serve_chunked_prompts(kept: int) -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    decoder.generate([LONG[:kept]], Static(1), GenerationOptions(max_new_tokens=1))
    made = decoder.generate([LONG], ConfAdapt(0.5), PLAIN)[0]
    assert made.stats.cached_tokens == kept
    assert made.token_ids == Decoder(ONE).generate([LONG], ConfAdapt(0.5), PLAIN)[0].token_ids
    assert decoder.generate([LONG], ConfAdapt(0.5), PLAIN)[0].stats.cached_tokens == 99


def test_nan_in_the_middle_of_a_prompt_ends_that_prompt_alone() -> None:
    one = checkpoint("llama", words=4, sharpness=5.0, stop=())
    with torch.no_grad():
        one.model.get_input_embeddings().weight[5] = float("nan")
    decoder = Decoder(one, prefill_chunk=4)
    expected = decoder.generate([[1, 2]], Static(1), PLAIN)[0]
    session = decoder.session()
    good = session.begin(decoder.request([1, 2], Static(1), PLAIN))
    bad = session.begin(decoder.request([1, 5, 1, 1, 1, 1, 1, 1, 1], Static(1), PLAIN))
    outcomes: dict[int, Any] = {}
    while not (good.over and bad.over):
        outcomes |= {id(row): event for row, event in [*session.read(), *session.step()]}
    assert isinstance(outcomes[id(bad)], CheckpointError)
    assert good.generation().token_ids == expected.token_ids


@pytest.mark.parametrize("chunk", [0, -1, 2.5, True, "many"])
def test_impossible_chunks_are_refused(chunk: Any) -> None:
    with pytest.raises(ConfigError, match=r"prefill_chunk=.*at least 1"):
        Decoder(ONE, prefill_chunk=chunk)
