from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from mtp_model.prompt.detokenize import Detokenizer
from mtp_trainer.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["the sum of the numbers is five", "東京 Köln"] * 4)


@given(st.lists(st.sampled_from(["東", "é", "a", " the", "🦊", "\n", "\ufffd"]), max_size=8), st.data())
def test_pieces_join_to_the_whole_and_hold_no_half_character(words: list[str], data: st.DataObject) -> None:
    text = "".join(words)
    ids = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    detokenizer, pieces, place = Detokenizer(TOKENIZER), [], 0
    while place < len(ids):
        size = data.draw(st.integers(1, 5))
        pieces.append(detokenizer.feed(ids[place : place + size]))
        place += size
        assert text.startswith("".join(pieces))
    assert "".join(pieces) + detokenizer.finish() == text


def test_bytes_that_never_become_a_character_come_at_the_end() -> None:
    half = TOKENIZER("東", add_special_tokens=False)["input_ids"]
    broken = [TOKENIZER.convert_tokens_to_ids("æ")]  # the byte 0xE6, which begins 東
    detokenizer = Detokenizer(TOKENIZER)
    assert detokenizer.feed([*half, *broken]) == "東"
    assert detokenizer.feed([]) == ""
    assert detokenizer.finish() == "\ufffd"


def test_special_tokens_are_left_out_unless_they_are_kept(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = tokenizer("a<|im_start|>b<think>", add_special_tokens=False)["input_ids"]
    assert Detokenizer(tokenizer).feed([*ids, *ids]) == "a<|im_start|>b<think>" * 2
    ids = tokenizer("a<|im_end|>b", add_special_tokens=False)["input_ids"]
    assert Detokenizer(tokenizer).feed(ids) == "ab"
    assert Detokenizer(tokenizer, frozenset({"<|im_end|>"})).feed(ids) == "a<|im_end|>b"
