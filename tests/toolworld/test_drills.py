"""Drills ask for nothing that does not stand in them."""

from __future__ import annotations

import json
import random
import re

from mtp_trainer.toolworld.drills import Vocabulary, make_drill
from mtp_trainer.toolworld.words import ENGLISH, blended_word, everyday_word, in_split

PIECES = ["Op", "essa", "ken", "на", "ship"]
DRILLS = [make_drill(seed, PIECES if seed % 2 else ()) for seed in range(400)]


def test_every_answer_is_copied_from_the_request() -> None:
    for messages in DRILLS:
        question, answer = messages[-2].content, messages[-1].content
        said = set(re.findall(r"\w+", question)) | {"belongs", "to", "null"}
        assert set(re.findall(r"\w+", answer)) <= said, (question, answer)


def test_look_ups_and_objects_are_right() -> None:
    checked = 0
    for messages in DRILLS:
        question, answer = messages[-2].content, messages[-1].content
        if "\n\nFind: " in question:
            table, asked = question.split("\n\nFind: ")
            assert answer.split("\n") == [
                line for key in asked.split(", ") for line in table.split("\n") if line.startswith(f"{key}: ")
            ]
            checked += 1
        elif question.startswith("Write as JSON"):
            for key, value in json.loads(answer).items():
                assert key in question
                assert str(value) in question
            checked += 1
    assert checked > 200


def test_drills_are_reproducible_and_their_words_belong_to_training() -> None:
    assert make_drill(3) == make_drill(3) != make_drill(4)
    rng = random.Random(0)
    vocabulary = Vocabulary(rng)
    vocabulary.shared = True
    words = [vocabulary.word() for _ in range(2000)]
    held_out = {word for word in ENGLISH if in_split(word, "heldout")}
    assert held_out
    assert not held_out & set(words)
    assert any(words.count(word) > 1 for word in words), "words of a drill share their pieces"


def test_every_given_piece_is_copied_about_as_often_as_any_other() -> None:
    answers = " ".join(messages[-1].content for messages in DRILLS)
    counts = [answers.count(piece) for piece in PIECES]
    assert min(counts) > max(counts) / 2 > 50


def test_blended_words_stay_within_their_split() -> None:
    rng = random.Random(0)
    for split in ("train", "heldout"):
        assert all(in_split(blended_word(rng, split), split) for _ in range(300))
        assert all(in_split(everyday_word(rng, split), split) for _ in range(300))
