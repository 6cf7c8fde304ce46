"""Requests of training are put otherwise, without what answers and calls repeat."""

from __future__ import annotations

import random
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mtp_trainer.toolworld.rewording import reworded
from mtp_trainer.toolworld.tasks import make_task

REQUEST = 'Please find the price of the lamp KX-482. Then tell Anna Lee "a text. Then the end" of it.'


def test_values_and_quotations_stay() -> None:
    for seed in range(300):
        text = reworded(REQUEST, random.Random(seed), ["Anna Lee"], [])
        assert "KX-482" in text and '"a text. Then the end"' in text and "Anna Lee" in text


def test_words_that_purposes_repeat_are_not_exchanged() -> None:
    def first_words(said: list[str]) -> Counter[str]:
        texts = (reworded("find the price", random.Random(seed), [], said) for seed in range(300))
        return Counter(re.split(r"\W", text)[0] for text in texts)

    assert first_words(["find the price of it"]).keys() == {"find"}
    assert len(first_words([])) > 3


def test_wordings_vary_and_come_again() -> None:
    texts = {reworded(REQUEST, random.Random(seed), [], []) for seed in range(100)}
    assert len(texts) > 60
    assert texts == {reworded(REQUEST, random.Random(seed), [], []) for seed in range(100)}


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=3), st.integers(0, 2**32))
def test_any_text_can_be_reworded(text: str, values: list[str], seed: int) -> None:
    assert isinstance(reworded(text, random.Random(seed), values, values), str)


def test_arguments_that_a_request_tells_are_told_in_its_other_wording() -> None:
    told = Counter[bool]()
    for seed in range(400):
        task = make_task(seed, "train", domain="errands")
        for call in (call for message in task.gold for call in message.tool_calls):
            for value in call.arguments.values():
                if isinstance(value, str):
                    told[value in task.messages[-1].content] += 1
    assert told[True] > 300 and not told[False]
