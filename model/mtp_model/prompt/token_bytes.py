"""The bytes that each token stands for: a token may be a part of a character only."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["TokenBytes"]

_ONE_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_SPACE = "\u2581"  # how sentencepiece writes a space


class TokenBytes:
    """Token id -> bytes. The bytes of a text's tokens, joined, are the text in UTF-8.

    Byte-level tokenizers (GPT-2, Llama 3, Qwen) and those with byte fallback (sentencepiece) are exact.

    Args:
        tokenizer: The checkpoint's tokenizer.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._added = {number: token.content for number, token in tokenizer.added_tokens_decoder.items()}
        backend = getattr(tokenizer, "backend_tokenizer", None)
        decoder = json.loads(backend.decoder.__getstate__()) if backend and backend.decoder else {}
        self._kinds = {part["type"] for part in decoder.get("decoders", [decoder]) if "type" in part}
        self._alphabet = _byte_level_alphabet() if "ByteLevel" in self._kinds else {}

    def __call__(self, token_id: int) -> bytes | None:
        """The token's bytes; None if they cannot be told."""
        if token_id in self._added:
            return self._added[token_id].encode()
        piece = self._tokenizer.convert_ids_to_tokens(token_id)
        if isinstance(piece, str) and all(character in self._alphabet for character in piece):
            return bytes(self._alphabet[character] for character in piece)
        if isinstance(piece, str) and "ByteFallback" in self._kinds:
            one = _ONE_BYTE.fullmatch(piece)
            return bytes.fromhex(one[1]) if one else piece.replace(_SPACE, " ").encode()
        text = str(self._tokenizer.decode([token_id], clean_up_tokenization_spaces=False))
        return None if "\ufffd" in text else text.encode()


def _byte_level_alphabet() -> dict[str, int]:
    """The characters that stand for bytes: printable ones for themselves, then U+0100 on for the others."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(0x100 + i): byte for i, byte in enumerate(others)}
