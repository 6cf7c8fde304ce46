"""The embedded student's tokenizer: byte-level BPE made for exact copying.

Digits, Chinese and Japanese characters and marks stand alone; a word is spelled with the same tokens
wherever it stands, so that a small model can copy names and numbers from a request into a call token by
token. Only frequent words that hardly ever stand without a space before them (the, with, because, ...) carry
it. Idioms of JSON tool schemas are single units, which keeps prompts short.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

END_OF_TEXT, TURN_START, TURN_END, MTP = "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<MTP>"
CONTROL = (END_OF_TEXT, TURN_START, TURN_END, MTP)
MARKUP = tuple(
    f"<{slash}{name}>" for name in ("think", "tool_call", "tool_response", "tools") for slash in ("", "/")
)

# A word carries its space if at least this share of its occurrences follow one.
_SPACED_SHARE = 0.85

# Pieces of the JSON that every tool schema and tool call contains, longest first.
_IDIOMS = (
    '{"type": "function", "function": {"name": "',
    '", "parameters": {"type": "object", "properties": {"',
    '", "parameters": {"type": "object", "properties": {}, "required": []}}}',
    '": {"type": "object", "properties": {"',
    '": {"type": "array", "items": {"type": "',
    '", "description": "',
    '"}}, "required": ["',
    '"]}}, "required": ["',
    '"]}, "',
    '"}, "',
    '"]}}}',
    '": {"type": "',
    '", "enum": ["',
    '", "arguments": {"',
    '", "arguments": {}}',
    '{"name": "',
    '": {"',
    '": ["',
    '": "',
    '": ',
    '", "',
    ', "',
    '"}}',
    '"]',
    '"}',
    "}}",
    '{"',
)


def train_tokenizer(
    texts: Sequence[str], vocab_size: int, *, spaced_words: int = 700, model_max_length: int = 8192
) -> PreTrainedTokenizerFast:
    """Trains the tokenizer.

    Args:
        texts: Rendered conversations.
        vocab_size: Size V of the vocabulary, control tokens included.
        spaced_words: Among so many of the most frequent lower-case words are those that may carry the space
            before them.
        model_max_length: Longest context, in tokens.

    Returns:
        Tokenizer with chat template, `<|im_end|>` as end token and `<MTP>` among the control tokens.
    """
    spaced = _spaced_words(texts, spaced_words)
    tokenizer = _train_bpe(texts, vocab_size - len(MARKUP), spaced)
    split = [word for word in spaced if len(tokenizer.encode(f" {word}").ids) > 1]
    if split:  # such a word would be spelled in two ways: with its space, and without
        tokenizer = _train_bpe(texts, vocab_size - len(MARKUP), [w for w in spaced if w not in split])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in MARKUP])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=END_OF_TEXT,
        model_max_length=model_max_length,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = files("mtp_trainer").joinpath("chat_template.jinja").read_text(encoding="utf-8")
    return fast


def mask_token_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """Id of `<MTP>` in a tokenizer of `train_tokenizer`."""
    found = tokenizer.convert_tokens_to_ids(MTP)
    assert isinstance(found, int)
    return found


def spelling_pieces(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The tokens that consist of letters alone, as text, in the order of their ids."""
    texts = (str(tokenizer.decode([token])) for token in range(len(tokenizer)))
    return [text for text in texts if text.isalpha()]


def _train_bpe(texts: Sequence[str], vocab_size: int, spaced: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_pattern(spaced)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(CONTROL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        min_frequency=3,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _spaced_words(texts: Sequence[str], limit: int) -> list[str]:
    """The most frequent words, at most ``limit``, of which few stand without a space before them."""
    after_space: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    for text in texts:
        after_space.update(re.findall(r"(?<= )[a-z]+(?![^\W\d_])", text))
        anywhere.update(re.findall(r"(?<![^\W\d_])[a-z]+(?![^\W\d_])", text))
    frequent = after_space.most_common(limit)
    return [word for word, count in frequent if count >= _SPACED_SHARE * anywhere[word]]


def _pattern(spaced_words: Sequence[str]) -> str:
    longest_first = sorted(spaced_words, key=lambda word: (-len(word), word))
    idioms = "|".join(re.escape(idiom) for idiom in _IDIOMS)
    spaced = f" (?:{'|'.join(longest_first)})(?!\\p{{L}})|" if longest_first else ""
    return f"{idioms}|{spaced}\\p{{Lu}}+\\p{{Ll}}*|\\p{{Ll}}+|\\p{{L}}|\\p{{N}}|\\s|[^\\s\\p{{L}}\\p{{N}}]"
