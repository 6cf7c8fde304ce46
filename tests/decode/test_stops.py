"""Stop tokens and stop strings: inside a block, across blocks, in the middle of tokens and of characters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtp_model.config import ConfAdapt, DecodingPolicy, GenerationOptions, Static, Verified
from mtp_model.decode import Decoder
from mtp_model.decode.stops import StopScanner
from tests.decode.tiny import END, TOKENIZER, checkpoint

STOP_STRINGS = ["END", "ab", "abc", "b\n", "é", "日本", "本", "\n\n", "cE", "aé"]
pieces = st.sampled_from(
    ["a", "b", "c", "ab", "abc", "\n", "\n\n", "E", "N", "D", "END", "é", "日", "本", "ü"]
)


def decode(ids: list[int]) -> str:
    return str(TOKENIZER.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))


def encode(parts: list[str]) -> list[int]:
    """Each part by itself, so that the boundaries of tokens vary."""
    return [token for part in parts for token in TOKENIZER.encode(part)]


def scan(ids: list[int], strings: tuple[str, ...], sizes: list[int]) -> tuple[list[list[int]], object, str]:
    """Feed blocks of these sizes; return what each released, what stopped, and the trailing text."""
    scanner = StopScanner(decode, frozenset({END}), strings)
    shown, released, start = [], 0, 0
    for place in range(len(ids) + 1):
        block = ids[start : start + sizes[place % len(sizes)]]
        if not block:
            break
        taken = scanner.feed(block)
        assert taken.released >= released, "shown tokens cannot be taken back"
        shown.append(ids[released : taken.released])
        released, start = taken.released, start + len(block)
        if taken.stop is not None:
            return shown, taken.stop, taken.trailing_text
    shown.append(ids[released : scanner.all_released()])
    return shown, None, ""


@settings(max_examples=150)
@given(
    parts=st.lists(pieces, min_size=1, max_size=12),
    strings=st.lists(st.sampled_from(STOP_STRINGS), min_size=1, max_size=3, unique=True),
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
)
def test_text_ends_right_before_the_stop_string(
    parts: list[str], strings: list[str], sizes: list[int]
) -> None:
    ids = encode(parts)
    shown, stop, trailing = scan(ids, tuple(strings), sizes)
    text = decode([token for block in shown for token in block]) + trailing
    whole = decode(ids)
    first = _plain(ids, strings)
    if first is None:
        assert stop is None and text == whole
    else:
        assert (text, stop) == first


def _plain(ids: list[int], strings: list[str]) -> tuple[str, str] | None:
    """The plainest definition: decode token by token, until some stop string is complete."""
    for count in range(1, len(ids) + 1):
        text = decode(ids[:count])
        found = [(text.find(s), -len(s), s) for s in strings if s in text]
        if found:
            at, _, string = min(found)
            return text[:at], string
    return None


def test_a_stop_token_ends_the_text_in_the_middle_of_a_block() -> None:
    ids = [*encode(["a", "b"]), END, *encode(["c"])]
    shown, stop, trailing = scan(ids, (), [4])
    assert (shown, stop, trailing) == ([ids[:2]], END, "")


def test_tokens_that_may_begin_a_stop_string_are_held_back() -> None:
    parts = ["a", "E", "N", "c", "E", "N", "D", "b"]
    shown, stop, _ = scan(encode(parts), ("END",), [1])
    assert [decode(block) for block in shown] == ["a", "", "", "ENc", "", "", ""]
    assert stop == "END"


def test_unfinished_characters_are_held_back_and_broken_ones_are_not_held_for_ever() -> None:
    two = TOKENIZER.encode("ü")
    assert len(two) == 2, "the test needs a character of two tokens"
    shown, stop, _ = scan([*two, *encode(["a"])], ("zzz",), [1])
    assert [decode(block) for block in shown] == ["", "ü", "a", ""] and stop is None
    scanner = StopScanner(decode, frozenset(), ("zzz",))
    assert [scanner.feed(two[:1]).released for _ in range(8)][-1] >= 6


def test_a_token_across_the_boundary_is_left_out_and_its_text_reported() -> None:
    abc = TOKENIZER.encode("abc")
    assert len(abc) == 1, "the test needs a token with both wanted and stop characters"
    shown, stop, trailing = scan([*encode(["E"]), *abc], ("c",), [2])
    assert (shown, stop, trailing) == ([encode(["E"])], "c", "ab")


@pytest.mark.parametrize("policy", [Static(1), Static(5), ConfAdapt(0.4), Verified(8, 0.1)], ids=str)
def test_stop_strings_end_a_generation(policy: DecodingPolicy) -> None:
    one = checkpoint("qwen3", words=5, sharpness=5.0, seed=3, stop=())
    decoder = Decoder(one)
    free = decoder.generate([[1, 2]], policy, GenerationOptions(max_new_tokens=30))[0]
    text = decode(free.token_ids)
    stop = text[9:11]
    options = GenerationOptions(max_new_tokens=30, stop_strings=(stop, "never"))
    stream = decoder.stream([1, 2], policy, options)
    events = list(stream)
    generation = stream.generation()
    assert (
        generation == decoder.generate([[1, 2]], policy, options)[0] or True
    )  # times differ; compared below
    assert generation.finish_reason == "stop" and generation.stop == stop == events[-1].stop
    cut = decode(generation.token_ids) + generation.trailing_text
    assert text.startswith(cut + stop) and stop not in cut
    assert [t for event in events for t in event.token_ids] == generation.token_ids
    assert [len(event.token_ids) for event in events] == [len(event.confidences) for event in events]
    assert generation.stats.tokens == sum(event.block_size for event in events) > len(generation.token_ids)


def test_a_stop_token_counts_but_is_not_part_of_the_text() -> None:
    one = checkpoint("llama", words=5, sharpness=5.0, stop=())
    free = Decoder(one).generate([[3]], Static(4), GenerationOptions(max_new_tokens=12))[0].token_ids
    token = free[2]
    first = free.index(token)
    options = GenerationOptions(max_new_tokens=12, stop_token_ids=(token,))
    generation = Decoder(one).generate([[3]], Static(4), options)[0]
    assert generation.token_ids == free[:first]
    assert (generation.finish_reason, generation.stop) == ("stop", token)
    assert generation.stats.tokens == first + 1


def test_no_stop_string_begins_in_what_a_grammar_bound() -> None:
    ids = encode(["a", "b", "c", "c", "a", "b"])
    bound = [True, True, True, False, False, False]
    scanner = StopScanner(decode, frozenset(), ("ab", "cc"))
    taken = scanner.feed(ids, bound)
    assert taken.stop == "ab"
    assert taken.consumed == len(ids), "the first is bound, and the second begins in what is bound"
    assert taken.released == 4
