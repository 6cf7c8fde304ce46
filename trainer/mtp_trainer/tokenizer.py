"""The embedded student's tokenizer, made for exact copying.

Words that many texts share (the, multiply, result, ...) are one token each. Every other word is cut into
pairs of letters, from its beginning on: ha|ms|te|r. So a word is spelled the same wherever it stands, no
token that ends one word begins a longer one, and all tokens are frequent enough for a small model to copy
them without error. Digits, marks and letters beyond a to z stand alone; a character that is no token is
written as its UTF-8 bytes. Idioms of JSON tool schemas are single tokens, which keeps prompts short.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from importlib.resources import files

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import bytes_to_unicode

END_OF_TEXT, TURN_START, TURN_END, MTP = "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<MTP>"
CONTROL = (END_OF_TEXT, TURN_START, TURN_END, MTP)
MARKUP = tuple(
    f"<{slash}{name}>" for name in ("think", "tool_call", "tool_response", "tools") for slash in ("", "/")
)

# A word carries the space before it if at least this share of its occurrences follow one.
_SPACED_SHARE = 0.9
_LOWER = "abcdefghijklmnopqrstuvwxyz"

# Pieces of the JSON that every tool schema and tool call contains; none behind its own beginning.
_IDIOMS = (
    '{"type": "function", "function": {"name": "',
    *(
        f'": {{"type": "{kind}"{end}'
        for kind in ("string", "integer", "number", "boolean")
        for end in ('}, "', '}}, "required": ["', ', "description": "')
    ),
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
    texts: Sequence[str], *, words: int = 600, spelled: Collection[str] = (), model_max_length: int = 8192
) -> PreTrainedTokenizerFast:
    """Makes the tokenizer.

    Args:
        texts: Rendered conversations, which say which words and characters are frequent.
        words: So many of the most frequent words become tokens.
        spelled: Words that do not: those that are copied, so that each is spelled as words never seen are.
        model_max_length: Longest context, in tokens.

    Returns:
        Tokenizer with chat template, `<|im_end|>` as end token and `<MTP>` among the control tokens.
    """
    whole, spaced = _whole_words(texts, words, frozenset(spelled))
    pairs = [first + second for first in (*_LOWER, *_LOWER.upper()) for second in _LOWER]
    byte_of = bytes_to_unicode()
    pieces = [*_IDIOMS, *(f" {word}" for word in spaced), *whole, *pairs, *_frequent_characters(texts)]
    written = ["".join(byte_of[b] for b in piece.encode()) for piece in pieces]
    entries = dict.fromkeys([*CONTROL, *sorted(byte_of.values()), *written])
    # A whole piece of the pattern that is an entry is one token; any other piece falls into its bytes.
    tokenizer = Tokenizer(models.BPE({entry: i for i, entry in enumerate(entries)}, [], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_pattern(whole, spaced)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL])
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


def _whole_words(texts: Sequence[str], limit: int, spelled: frozenset[str]) -> tuple[list[str], list[str]]:
    """The most frequent words, most frequent first, and those among them that carry the space before them."""
    after_space: Counter[str] = Counter()
    alone: Counter[str] = Counter()  # not as a part of a name such as find_price
    anywhere: Counter[str] = Counter()
    for text in texts:
        after_space.update(re.findall(r"(?<= )[A-Za-z][a-z]*(?![^\W\d])", text))
        alone.update(re.findall(r"(?<![^\W\d])[A-Za-z][a-z]*(?![^\W\d])", text))
        anywhere.update(re.findall(r"(?<![^\W\d_])[A-Za-z][a-z]*(?![a-z])", text))
    ranked = sorted(anywhere, key=lambda word: (-anywhere[word], word))
    chosen = [word for word in ranked if word.lower() not in spelled][:limit]
    return chosen, [word for word in chosen if after_space[word] >= _SPACED_SHARE * alone[word] > 0]


def _frequent_characters(texts: Sequence[str], at_least: int = 20) -> list[str]:
    """Characters beyond ASCII that occur often enough to be tokens of their own."""
    counts = Counter(character for text in texts for character in text if not character.isascii())
    return sorted(character for character, count in counts.items() if count >= at_least)


def _pattern(whole: Sequence[str], spaced: Sequence[str]) -> str:
    kinds = ["|".join(re.escape(idiom) for idiom in _IDIOMS)]
    if spaced:
        kinds.append(rf" (?:{_longest_first(spaced)})(?![\p{{L}}_]| =)")  # "left = 3" spells a name
    if whole:
        kinds.append(rf"(?<!\p{{L}})(?:{_longest_first(whole)})(?!\p{{Ll}})")
    return "|".join([*kinds, r"[A-Z][a-z]?|[a-z]{1,2}|\p{L}|\p{N}|\s|[^\s\p{L}\p{N}]"])


def _longest_first(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))
