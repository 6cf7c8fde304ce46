"""Requests put otherwise: small changes of words that nothing depends on.

A scenario has ten to fifty wordings. A student that reads the same ones again and again goes by them, and is
lost where a request is put in another way. So training changes them: words are left out, put in or exchanged,
and sentences are joined. What an answer or a call repeats stays as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

_EXCHANGED = {
    "find": ("look up", "get", "see", "check", "find out"),
    "check": ("look up", "see", "find", "look at"),
    "see": ("check", "find", "look up", "find out"),
    "get": ("fetch", "find", "look up"),
    "look": ("have a look", "go and look"),
    "needs": ("requires", "should get", "has to get"),
    "need": ("require", "should get", "want"),
    "want": ("would like", "need", "wish"),
    "which": ("what",),
    "every": ("each",),
    "each": ("every one",),
    "then": ("afterwards", "next", "after that", "and then"),
    "first": ("to begin with", "at first", "before anything else"),
    "if": ("in case", "when"),
    "when": ("once", "as soon as", "if"),
    "give": ("hand", "let have"),
    "tell": ("write", "let me know"),
    "show": ("display", "write down"),
    "also": ("too", "as well"),
    "can": ("could", "would", "will"),
    "could": ("can", "would"),
    "know": ("learn", "hear"),
    "has": ("holds",),
    "use": ("take", "work with"),
    "with": ("using",),
    "my": ("our", "the"),
    "our": ("my", "the"),
    "today": ("this time", "right now"),
    "now": ("right away", "at once"),
}
_LEFT_OUT = frozenset("please the a an now then that just also for me you it of is are to do".split())
_PUT_IN = "now please just then also really kindly well maybe again so still right indeed only".split()
_ASIDES = (
    " (thanks)",
    ", as I said,",
    " - it matters -",
    ", if you can,",
    " (you know why)",
    ", please,",
    ", OK,",
)
_JOINTS = ("; ", ", ", " - ", ". ", ".\n", ", and ")
_WORD = re.compile(r"[A-Za-z]+")


def reworded(text: str, rng: random.Random, values: Iterable[str], said: Iterable[str]) -> str:
    """A request with some of its words changed.

    Args:
        text: the request.
        rng: source of all that is random here.
        values: texts that stay as they are wherever they stand, such as the arguments of calls. So do
            quotations, and what has digits or signs in it.
        said: texts, such as the purposes of calls, whose words are not exchanged for others.
    """
    kept = {word.lower() for part in said for word in _WORD.findall(part)}
    small = rng.random() < 0.08
    changed = []
    for place, piece in enumerate(re.split(f"({_protected(values)})", text)):
        if place % 2 == 0:
            piece = _changed(piece, rng, kept)
            piece = piece.lower() if small else piece
        changed.append(piece)
    result = "".join(changed).strip()
    if rng.random() < 0.2 and result.endswith("."):
        result = result[:-1] + rng.choice(("", "!", "?", " ...", ". Thanks."))
    return result


def _protected(values: Iterable[str]) -> str:
    whole = sorted({value for value in values if value.strip()}, key=lambda value: (-len(value), value))
    exact = [rf"(?<!\w){re.escape(value)}(?!\w)" for value in whole]
    return "|".join([r'"[^"]*"', *exact, r"\S*[\d@_/*+=%]\S*"])


def _changed(piece: str, rng: random.Random, kept: set[str]) -> str:
    """A piece of a request between two values."""
    words: list[str] = []
    parts = re.split(r"([A-Za-z]+)", piece)
    for place, part in enumerate(parts):
        lower, inside = part.lower(), 0 < place < len(parts) - 2  # values stand before and behind a piece
        if not _WORD.fullmatch(part):
            words.append(_joined(part, rng) if inside else part)
        elif lower in _EXCHANGED and lower not in kept and rng.random() < 0.3:
            other = rng.choice(_EXCHANGED[lower])
            words.append(other.capitalize() if part[0].isupper() else other)
        elif lower in _LEFT_OUT and rng.random() < 0.08 and words[-1].endswith(" "):
            words[-1] = words[-1].rstrip(" ")
        else:
            words.append(part)
            if inside and rng.random() < 0.02:
                words.append(f" {rng.choice(_PUT_IN)}")
    return "".join(words)


def _joined(between: str, rng: random.Random) -> str:
    """What stands between two words."""
    if between == ". " and rng.random() < 0.3:
        return rng.choice(_JOINTS)
    return f"{rng.choice(_ASIDES)} " if between == " " and rng.random() < 0.01 else between
