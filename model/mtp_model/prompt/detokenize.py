"""Token ids -> text, a pass at a time; bytes of an unfinished character wait for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["Detokenizer"]

_UNFINISHED = "\ufffd"


class Detokenizer:
    """Decodes one growing sequence. The pieces, joined, are the decoded whole.

    Args:
        tokenizer: The checkpoint's tokenizer.
        keep: Special tokens that are text for the reader, such as the tags of a format. Other special tokens
            are left out.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, keep: frozenset[str] = frozenset()) -> None:
        self._tokenizer = tokenizer
        special = zip(tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True)
        self._dropped = frozenset(token_id for token_id, token in special if token not in keep)
        self._ids: list[int] = []
        self._start = 0  # tokens before it no longer influence how later ones decode
        self._shown = 0  # characters of the text from `start` on that were given out

    def feed(self, ids: Sequence[int]) -> str:
        """Take the tokens of a pass; return the characters that are complete by now."""
        done = len(self._ids)
        self._ids += [token_id for token_id in ids if token_id not in self._dropped]
        text = self._decode(self._start)
        complete = text.rstrip(_UNFINISHED)
        piece = complete[self._shown :]
        if len(complete) == len(text):
            self._start = done  # the newest tokens stay as context, for tokenizers that join words by spaces
            self._shown = len(self._decode(done))
        else:
            self._shown = max(self._shown, len(complete))
        return piece

    def finish(self) -> str:
        """What was held back: bytes that never became a character, as U+FFFD."""
        return self._decode(self._start)[self._shown :]

    def _decode(self, start: int) -> str:
        ids = self._ids[start:]
        if not ids:
            return ""
        text = self._tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return str(text)
