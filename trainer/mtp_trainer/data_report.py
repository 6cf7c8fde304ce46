"""What became of a source of conversations, kept beside the token dataset."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from transformers import PreTrainedTokenizerBase

REPORT = "report.json"


@dataclass
class Skipped:
    """Rows (or examples) that were left out for one reason; `first` says where the first one is."""

    count: int = 0
    first: str = ""


@dataclass
class DataReport:
    """What became of a source.

    Attributes:
        source: what was read.
        model: whose chat template rendered it.
        tokenizer: `fingerprint` of its tokenizer.
        max_length: most tokens of an example.
        rows: rows read.
        examples: examples written, per part (train, validation).
        tokens: their tokens.
        trained_tokens: those of them that the model writes.
        longest: length of the longest example, in tokens.
        cut: examples that were cut at max_length.
        skipped: what was left out, by reason.
    """

    source: str
    model: str
    tokenizer: str
    max_length: int
    rows: int = 0
    examples: dict[str, int] = field(default_factory=dict)
    tokens: int = 0
    trained_tokens: int = 0
    longest: int = 0
    cut: int = 0
    skipped: dict[str, Skipped] = field(default_factory=dict)

    def skip(self, reason: str, where: str) -> None:
        """Count a row that is left out."""
        entry = self.skipped.setdefault(reason, Skipped(first=where))
        entry.count += 1

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def lines(self) -> list[str]:
        """The report in words."""
        parts = " and ".join(f"{count:,} {part}" for part, count in self.examples.items())
        made = f"{self.rows:,} rows became {parts} examples of {self.tokens:,} tokens"
        lines = [f"{made}; the model writes {self.trained_tokens:,} of them. Longest: {self.longest:,}."]
        if self.cut:
            lines.append(f"Cut at {self.max_length:,} tokens: {self.cut:,}.")
        for reason, entry in self.skipped.items():
            lines.append(f"Left out: {entry.count:,}, {reason} (first: {entry.first})")
        return lines


def fingerprint(tokenizer: PreTrainedTokenizerBase) -> str:
    """Equal for tokenizers that give conversations the same ids."""
    content = [sorted(tokenizer.get_vocab().items()), tokenizer.chat_template]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
