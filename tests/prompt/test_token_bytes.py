"""The bytes of a text's tokens, joined, are the text."""

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from mtp_model.prompt.token_bytes import TokenBytes
from mtp_trainer.tokenizer import train_tokenizer
from tests.chat.tiny import TEXTS

TEXT = "Zoë paid 12,50 € in 東京 🙂.\n<tool_call>\tx\u00ad</tool_call>"


def sentencepiece() -> PreTrainedTokenizerFast:
    """Characters, a word, and bytes for everything else, as in Llama 2 and Mistral."""
    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *"paidzox", "pa", "pai", "▁x"]
    merges = [("p", "a"), ("pa", "i"), ("▁", "x")]
    inner = Tokenizer(
        models.BPE(
            vocab={piece: place for place, piece in enumerate(pieces)},
            merges=merges,
            unk_token="<unk>",
            byte_fallback=True,
        )
    )
    inner.normalizer = normalizers.Replace(" ", "▁")
    inner.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    inner.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(tokenizer_object=inner)


@pytest.mark.parametrize("make", [lambda: train_tokenizer(TEXTS), sentencepiece])
def test_joined_they_are_the_text(make: object) -> None:
    tokenizer = make()  # type: ignore[operator]
    ids = tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    to_bytes = TokenBytes(tokenizer)
    assert b"".join(to_bytes(number) for number in ids) == TEXT.encode()
    assert any(len(to_bytes(number)) > 1 for number in ids)
    assert any(to_bytes(number)[0] >= 0x80 for number in ids)


def test_every_token_of_a_byte_level_tokenizer_has_bytes() -> None:
    tokenizer = train_tokenizer(TEXTS)
    to_bytes = TokenBytes(tokenizer)
    every = [to_bytes(number) for number in range(len(tokenizer))]
    assert None not in every
    assert {bytes([byte]) for byte in range(256)} <= set(every)


def test_a_tokenizer_of_another_kind_says_what_it_can() -> None:
    inner = Tokenizer(models.WordLevel({"hello": 0, "\ufffd": 1}, unk_token="\ufffd"))
    to_bytes = TokenBytes(PreTrainedTokenizerFast(tokenizer_object=inner))
    assert to_bytes(0) == b"hello"
    assert to_bytes(1) is None
