"""Prompts that begin alike and come at the same moment: what they share is computed once."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.rows import Row
from mtp_model.decode.session import Session
from mtp_model.decode.sharing import LEAST_SHARED
from tests.decode.reference import reference
from tests.decode.tiny import END, checkpoint

ONE = checkpoint("qwen3", sharpness=5.0, seed=3)
SHARED = [(7 * place) % 90 + 2 for place in range(100)]
PLAIN = GenerationOptions(max_new_tokens=12)
TAILS = ([1, 2, 3], [4], [5] * 12)


def begun(decoder: Decoder, policy: DecodingPolicy, **options: Any) -> tuple[Session, list[Row]]:
    session = decoder.session()
    wanted = GenerationOptions(max_new_tokens=12, **options)
    rows = [
        session.begin(decoder.request([*SHARED, *tail], policy, wanted), index)
        for index, tail in enumerate(TAILS)
    ]
    return session, rows


def finish(session: Session, rows: list[Row]) -> None:
    while not all(row.over for row in rows):
        session.read()
        session.step()


@pytest.mark.parametrize("loop", ["host", "device"])
@pytest.mark.parametrize("chunk", [10, 64, 1000])
@pytest.mark.parametrize("policy", [Static(1), ConfAdapt(0.5), Verified(8, 0.2)], ids=str)
def test_what_prompts_share_is_read_once(policy: DecodingPolicy, chunk: int, loop: Any) -> None:
    alone = [
        Decoder(ONE, prefix_bytes=0).generate([[*SHARED, *tail]], policy, PLAIN)[0].token_ids
        for tail in TAILS
    ]
    session, rows = begun(Decoder(ONE, prefill_chunk=chunk, loop=loop), policy)
    finish(session, rows)
    assert [row.generation().token_ids for row in rows] == alone
    assert [row.stats.cached_tokens for row in rows] == [0, len(SHARED), len(SHARED)]


@pytest.mark.parametrize("how", ["the request", "the decoder"])
def test_nothing_is_shared_where_that_is_not_wanted(how: str) -> None:
    decoder = Decoder(ONE, prefill_chunk=10, **({"prefix_bytes": 0} if how == "the decoder" else {}))
    session, rows = begun(decoder, Static(1), **({"reuse_prefix": False} if how == "the request" else {}))
    finish(session, rows)
    assert [row.stats.cached_tokens for row in rows] == [0, 0, 0]
    if how == "the request":  # nor does it leave anything to one that would take it
        session, rows = begun(decoder, Static(1))
        session.read()
        assert rows[0].stats.cached_tokens == 0


def test_the_others_go_on_where_the_first_is_given_up() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    session, rows = begun(decoder, Static(1))
    for _ in range(3):
        session.read()
    assert [row.length for row in rows] == [30, 0, 0], "they wait"
    session.remove(rows[0])
    finish(session, rows[1:])
    assert [row.stats.cached_tokens for row in rows[1:]] == [30, len(SHARED)]
    alone = Decoder(ONE, prefix_bytes=0).generate([[*SHARED, *TAILS[1]]], Static(1), PLAIN)
    assert rows[1].generation().token_ids == alone[0].token_ids


def test_a_prompt_that_shares_little_does_not_wait() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    session = decoder.session()
    long = session.begin(decoder.request(SHARED, Static(1), PLAIN), 0)
    short = session.begin(decoder.request([*SHARED[: LEAST_SHARED - 1], 1, 1], Static(1), PLAIN), 1)
    session.read()
    session.read()
    assert (long.length, short.length) == (10, 20), "it began with the ten that were there, and read ten"


def test_a_row_that_writes_shares_its_prompt_and_its_text() -> None:
    decoder = Decoder(ONE)
    session = decoder.session()
    first = session.add(decoder.request(SHARED, Static(1), GenerationOptions(max_new_tokens=30)), 0)[0]
    for _ in range(5):
        session.step()
    follows = session.add(decoder.request([*first.ids, 1], Static(1), PLAIN), 1)[0]
    assert follows.stats.cached_tokens == first.length > len(SHARED)


def test_nobody_waits_for_what_a_row_has_written_and_not_yet_read() -> None:
    decoder = Decoder(ONE, prefill_chunk=10)
    session = decoder.session()
    first = session.add(decoder.request(SHARED, Static(3), GenerationOptions(max_new_tokens=30)), 0)[0]
    session.step()
    assert len(first.ids) > first.length
    follows = session.begin(decoder.request([*first.ids, 1, 2], Static(1), PLAIN), 1)
    session.read()
    assert follows.stats.cached_tokens == first.length


@given(
    stem=st.lists(st.integers(1, 90), min_size=1, max_size=30),
    tails=st.lists(st.lists(st.integers(1, 90), max_size=8), min_size=2, max_size=4),
    cuts=st.lists(st.integers(0, 30), min_size=4, max_size=4),
    chunk=st.integers(1, 40),
    policy=st.sampled_from([Static(1), Static(3), ConfAdapt(0.3), Verified(8, 0.2)]),
    pauses=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_sharing_changes_no_token(
    stem: list[int],
    tails: list[list[int]],
    cuts: list[int],
    chunk: int,
    policy: DecodingPolicy,
    pauses: list[int],
) -> None:
    prompts = [[*stem[: max(1, cut)], *tail] for cut, tail in zip(cuts, tails, strict=False)]
    expected = [reference(ONE, prompt, policy, 10, frozenset({END})) for prompt in prompts]
    assume(all(one.margin > 1e-4 for one in expected))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mtp_model.decode.sharing.LEAST_SHARED", 4)
        decoder = Decoder(ONE, prefill_chunk=chunk)
        session, rows = decoder.session(), []
        for index, (prompt, pause) in enumerate(zip(prompts, pauses, strict=False)):
            request = decoder.request(prompt, policy, GenerationOptions(max_new_tokens=10))
            rows.append(session.begin(request, index))
            for _ in range(pause):
                session.read()
                session.step()
        finish(session, rows)
    for row, plain in zip(rows, expected, strict=True):
        assert row.generation().token_ids == (plain.tokens[:-1] if plain.stopped else plain.tokens)
