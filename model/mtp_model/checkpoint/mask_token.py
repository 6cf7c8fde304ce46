"""Which token is the mask, in a fixed order of sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mtp_model.errors import CheckpointError, ConfigError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from mtp_model.checkpoint.published import PublishedStudent

__all__ = ["MASK_TOKENS", "MaskArgument", "resolve_mask_tokens"]

MASK_TOKENS = ("<MTP>", "<|mtp_special_token_0|>")
"""Names by which an added token is recognised as the mask."""

MaskArgument = str | int | Sequence[int | str]


def resolve_mask_tokens(
    argument: MaskArgument | None,
    raw: dict[str, Any],
    tokenizer: PreTrainedTokenizerBase,
    published: PublishedStudent | None,
    vocabulary: int,
) -> tuple[int, ...]:
    """Ids of the mask tokens: explicit argument, config.json, an added token, the table, or none.

    Args:
        argument: What the user gave: a token, its id, or one of either per position.
        raw: The content of config.json. Read are `mtp.mask_token_id`, `mask_token_id` and `pard_token`, each
            an id or, for students with one mask per position, a list of ids.
        tokenizer: Looked up for `MASK_TOKENS`.
        published: Entry in the table of published students.
        vocabulary: Rows of the embedding.

    Returns:
        No id, one id, or one id per position.

    Raises:
        ConfigError: The argument names no token of this vocabulary.
        CheckpointError: config.json does.
    """
    if argument is not None:
        ids = _from_argument(argument, tokenizer)
        _check_ids(ids, vocabulary, ConfigError, f"mask_token={argument!r}")
        return ids
    block = raw.get("mtp")
    sources = [
        ("mtp.mask_token_id", block.get("mask_token_id") if isinstance(block, dict) else None),
        ("mask_token_id", raw.get("mask_token_id")),
        ("pard_token", raw.get("pard_token")),
    ]
    for key, value in sources:
        if value is not None:
            ids = tuple(value) if isinstance(value, list) else (value,)
            _check_ids(ids, vocabulary, CheckpointError, f"config.json: {key}={value!r}")
            return ids
    added = tokenizer.get_added_vocab()
    for token in MASK_TOKENS:
        if token in added and added[token] < vocabulary:
            return (int(added[token]),)
    if published is not None and published.mask_token_id < vocabulary:
        return (published.mask_token_id,)
    return ()


def _from_argument(argument: MaskArgument, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    if isinstance(argument, str):
        vocabulary = tokenizer.get_vocab()
        if argument not in vocabulary:
            raise ConfigError(
                f"mask_token={argument!r} is no token of this tokenizer. Give a token that it has (students "
                f"are trained with one such as {MASK_TOKENS[0]!r}), or the token's id."
            )
        return (int(vocabulary[argument]),)
    if isinstance(argument, int):
        return (argument,)
    return tuple(_from_argument(one, tokenizer)[0] if isinstance(one, str) else one for one in argument)


def _check_ids(ids: tuple[Any, ...], vocabulary: int, error: type[Exception], given: str) -> None:
    good = all(isinstance(i, int) and not isinstance(i, bool) and 0 <= i < vocabulary for i in ids)
    if not ids or not good or len(set(ids)) != len(ids):
        raise error(
            f"{given}: mask tokens are one id, or one different id per position, each from 0 to "
            f"{vocabulary - 1} (the size of the embedding). Give the ids that the student was trained with."
        )
