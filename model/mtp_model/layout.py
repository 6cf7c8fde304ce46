"""The block of one forward pass, as pure functions. Decoder and trainer both build on this module.

For a row whose cache holds `n` committed tokens, a pass feeds

    column      0 ... a-1                        a ... W-1
    token       the a tokens emitted last time   <MTP> <MTP> ... <MTP>        W = 2k - 1, 1 <= a <= k
    position    n ... n+a-1                      n+a ... n+W-1                causal attention

and reads the logits at the columns a-1 .. a+k-2: they propose the next k tokens, the first of them by
ordinary next-token prediction, the others on mask tokens. Then n += a, and the next block overwrites the
masks' keys and values in place.

The trainer's region of an anchor `i` is the same thing with the text up to `i` as the committed part: masks
at positions i+1 .. i+k-1; the logits at `i` and at the masks propose the tokens i+1 .. i+k.

Letters: K (or k) tokens per pass, W block width, a tokens emitted last time, n committed tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

from mtp_model.errors import ConfigError

__all__ = [
    "block_positions",
    "block_tokens",
    "largest_k",
    "mask_tokens",
    "proposal_columns",
    "region_positions",
    "width",
]


def width(k: int) -> int:
    """W = 2k - 1: room for k emitted tokens and k - 1 masks, whatever k the last pass emitted."""
    return 2 * k - 1


def largest_k(mask_token_ids: Sequence[int]) -> int | None:
    """The largest k that the masks allow: 1 without any, None (no limit) with one, else their number + 1."""
    if not mask_token_ids:
        return 1
    return None if len(mask_token_ids) == 1 else len(mask_token_ids) + 1


def mask_tokens(mask_token_ids: Sequence[int], count: int) -> tuple[int, ...]:
    """The ids of `count` masks in a row, for students with one mask token and with one per position.

    Args:
        mask_token_ids: One id, or one per position.
        count: How many masks follow the known tokens.

    Raises:
        ConfigError: There are fewer masks than `count` asks for.
    """
    if len(mask_token_ids) == 1:
        return tuple(mask_token_ids) * count
    if count > len(mask_token_ids):
        raise ConfigError(
            f"k={count + 1} needs {count} mask tokens, but this student has {len(mask_token_ids)}: "
            f"use k <= {len(mask_token_ids) + 1}."
        )
    return tuple(mask_token_ids[:count])


def block_tokens(known: Sequence[int], mask_token_ids: Sequence[int], k: int) -> list[int]:
    """The columns in use of a block: the known tokens, then k - 1 masks (length a + k - 1)."""
    return [*known, *mask_tokens(mask_token_ids, k - 1)]


def block_positions(n: int, columns: int) -> range:
    """Positions of a block of `columns` columns behind `n` committed tokens."""
    return range(n, n + columns)


def proposal_columns(a: int, k: int) -> range:
    """The k columns whose logits propose the next k tokens, behind `a` known tokens."""
    return range(a - 1, a + k - 1)


def region_positions(anchor: int, k: int) -> range:
    """Positions of the k - 1 masks of an anchor's region; they propose the tokens anchor+2 .. anchor+k."""
    return range(anchor + 1, anchor + k)
