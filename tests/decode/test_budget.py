"""Keys and values of running rows stay within their bytes; who finds no room waits, or is told."""

from collections import deque
from dataclasses import replace
from typing import Literal

import pytest

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.rows import Request
from mtp_model.decode.session import Session
from mtp_model.errors import ConfigError, OutOfMemoryError
from tests.decode.tiny import checkpoint

ONE = replace(checkpoint("qwen3", words=4, sharpness=5.0, seed=1, stop=()), max_positions=1024)
COLUMN = 2 * 256 * Decoder(ONE).budget.model.column_bytes
"""Bytes of two buckets."""


def cases() -> tuple[list[list[int]], list[DecodingPolicy], list[GenerationOptions]]:
    lengths = [3, 300, 5, 40, 2, 280, 7, 1]
    budgets = [20, 30, 290, 10, 40, 12, 5, 300]
    policies: list[DecodingPolicy] = [Static(1), ConfAdapt(0.5, 8), Verified(8, 0.2), Static(2)] * 2
    prompts = [[place % 7 for place in range(length)] for length in lengths]
    return prompts, policies, [GenerationOptions(max_new_tokens=budget) for budget in budgets]


def requests_of(decoder: Decoder) -> list[Request]:
    return [decoder.request(*case) for case in zip(*cases(), strict=True)]


def taken(session: Session) -> int:
    own = [reading.cache.nbytes() for reading in session._readings if reading.cache is not None]
    return session.cache.nbytes() + sum(own)


@pytest.mark.parametrize("loop", ["host", "device"])
@pytest.mark.parametrize("buckets", [4, 6, 9])
def test_running_rows_stay_within_their_bytes_and_write_the_same(
    buckets: int, loop: Literal["host", "device"]
) -> None:
    limit = buckets * COLUMN // 2
    decoder = Decoder(ONE, prefill_chunk=64, prefix_bytes=0, kv_cache_bytes=limit, loop=loop)
    expected = Decoder(ONE, prefill_chunk=64, prefix_bytes=0).generate(*cases())
    session, waiting = decoder.session(), deque(enumerate(requests_of(decoder)))
    rows, widest, most = {}, 0, 0
    while waiting or session.rows or session._readings:
        while waiting and session.fits(waiting[0][1]):
            index, request = waiting.popleft()
            rows[index] = session.begin(request, index)
        session.read()
        most = max(most, taken(session))
        session.step()
        most, widest = max(most, taken(session)), max(widest, len(session.rows) + len(session._readings))
    assert most <= limit
    assert 1 <= widest < len(expected)
    assert [rows[index].generation().token_ids for index in sorted(rows)] == [e.token_ids for e in expected]


def test_generate_lets_rows_wait() -> None:
    texts = []
    for limit in (None, 2 * COLUMN):
        made = Decoder(ONE, prefix_bytes=0, kv_cache_bytes=limit).generate(*cases())
        texts.append([each.token_ids for each in made])
    assert texts[0] == texts[1]


def test_a_cache_that_became_large_makes_room_for_another_shape() -> None:
    decoder = Decoder(ONE, prefill_chunk=64, prefix_bytes=0, kv_cache_bytes=2 * COLUMN)
    session = decoder.session()
    for _ in range(4):
        session.add(decoder.request([1, 2], Static(1), GenerationOptions(max_new_tokens=9)))
    while session.rows:
        session.step()
    assert taken(session) == 2 * COLUMN
    long = session.begin(decoder.request([1] * 300, Static(1), GenerationOptions(max_new_tokens=9)))
    while not long.over:
        session.read()
        session.step()
        assert taken(session) <= 2 * COLUMN
    alone = Decoder(ONE).generate([[1] * 300], Static(1), GenerationOptions(max_new_tokens=9))[0]
    assert long.generation().token_ids == alone.token_ids


def test_a_request_that_never_fits_is_told_the_need_and_the_budget() -> None:
    decoder = Decoder(ONE, prefill_chunk=64, kv_cache_bytes=COLUMN)
    options = GenerationOptions(max_new_tokens=20)
    message = rf"300 tokens of prompt and up to 20 new ones may need {2 * COLUMN} bytes .*allows {COLUMN} "
    with pytest.raises(OutOfMemoryError, match=message):
        list(decoder.stream([1] * 300, Static(1), options))
    with pytest.raises(OutOfMemoryError, match=message):
        decoder.generate([[1], [1] * 300], Static(1), options)
    session = decoder.session()
    good, _ = session.add(decoder.request([1, 2], Static(1), options))
    with pytest.raises(OutOfMemoryError, match=message):
        session.begin(decoder.request([1] * 300, Static(1), options))
    while session.rows:
        session.step()
    assert good.stats.tokens == 20


def test_a_smaller_limit_lets_those_that_run_go_on() -> None:
    decoder = Decoder(ONE, prefix_bytes=0)
    expected = decoder.generate([[1, 2], [3]], Static(1), GenerationOptions(max_new_tokens=300))
    session = decoder.session()
    requests = [decoder.request(p, Static(1), GenerationOptions(max_new_tokens=300)) for p in ([1, 2], [3])]
    rows = [session.add(request)[0] for request in requests]
    decoder.budget.limit = 1
    assert not session.fits(requests[0])
    while session.rows:
        session.step()
    assert [row.generation().token_ids for row in rows] == [each.token_ids for each in expected]
    assert session.fits(requests[0]), "so that it is begun, and gets its error"


@pytest.mark.parametrize("family", ["llama", "qwen3"])
def test_a_column_has_the_bytes_of_its_keys_and_values(family: str) -> None:
    decoder = Decoder(checkpoint(family, stop=()))
    session = decoder.session()
    session.add(decoder.request([1, 2, 3], Static(1), GenerationOptions(max_new_tokens=5)))
    session.add(decoder.request([1, 2], Static(1), GenerationOptions(max_new_tokens=5)))
    cache = session.cache
    assert decoder.budget.model.column_bytes * cache.rows * cache.columns == cache.nbytes()


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1, or None"):
        Decoder(ONE, kv_cache_bytes=0)
