"""From conversations to a token dataset: what `mtp-train data` does, and `mtp-train distill` on raw data.

    out/train, out/validation    token datasets (`mtp_trainer.batching`)
    out/report.json              what was read, what was left out and why, and the tokenizer's fingerprint

A conversation is rendered with the model's own chat template, as in serving. Templates render the past
otherwise than the turn in progress (they drop its reasoning), so each assistant turn is trained on in the
rendering in which the model writes it: one example per user message, or a single one where the renderings go
along.

Conversations are not packed into rows of equal length: a row of several texts would need attention masks
between them in `region_attention`, whose plan relies on one text per row. `Batches` puts rows of similar
length together instead, which pads a few percent.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pydantic import Field
from transformers import AutoConfig

from mtp_model.checkpoint.loading import load_tokenizer
from mtp_model.checkpoint.locate import locate
from mtp_model.checkpoint.support import context_length
from mtp_model.errors import ConfigError, PromptError
from mtp_model.prompt.messages import Message
from mtp_model.prompt.render import PromptRenderer
from mtp_trainer.batching import DataError, TokenWriter, replacing
from mtp_trainer.config import StrictModel
from mtp_trainer.conversations import Conversation, RowError, conversation_of
from mtp_trainer.data_report import REPORT, DataReport, fingerprint
from mtp_trainer.sources import Row, read_rows

_CHUNK = 64  # rows that a worker process renders at a time


class DataConfig(StrictModel):
    """Settings of ``mtp-train data``.

    Attributes:
        model: path or hub id of the model whose tokenizer and chat template render the conversations.
        source: file, directory or dataset name; see `mtp_trainer.sources.read_rows`.
        out: directory to write.
        split: of a dataset; files are read whole.
        subset: the dataset's configuration, if it has several.
        max_length: most tokens of an example; None: the model's context.
        cut: cut longer examples there, in place of leaving them out.
        validation: share of the questions whose conversations are held out.
        limit: most rows to read.
        workers: processes that render.
    """

    model: str
    source: str
    out: Path
    split: str = "train"
    subset: str | None = None
    max_length: int | None = Field(default=None, ge=2)
    cut: bool = False
    validation: float = Field(default=0.01, ge=0, lt=1)
    limit: int | None = Field(default=None, ge=1)
    workers: int = Field(default=1, ge=1)


def is_held_out(question: str, share: float) -> bool:
    """Whether conversations that begin with this question are validation data: told by its text alone."""
    number = int.from_bytes(hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()[:8])
    return number < share * 2**64


def training_examples(
    renderer: PromptRenderer, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()
) -> list[tuple[list[int], list[bool]]]:
    """All assistant turns of a conversation, each as the model writes it.

    Returns:
        Token ids and loss masks; one example, or more where the template renders the past otherwise.

    Raises:
        PromptError: the template refuses the conversation.
    """
    ends = [
        place + 1
        for place, message in enumerate(messages)
        if message.role == "assistant" and (messages[place + 1 :] or [Message("user")])[0].role == "user"
    ]
    examples: list[tuple[list[int], list[bool]]] = []
    for end in ends:
        ids, mask = renderer.encode_training(messages[:end], tools)
        if examples and ids[: len(examples[-1][0])] == examples[-1][0]:
            before = examples.pop()[1]
            mask[: len(before)] = [old or new for old, new in zip(before, mask, strict=False)]
        examples.append((ids, mask))
    return examples


def build_dataset(config: DataConfig, on_progress: Callable[[int], None] = lambda count: None) -> DataReport:
    """Write the token datasets of a source to ``config.out``, which appears once it is complete.

    Args:
        config: what to make.
        on_progress: called with the number of rows read since the last call.

    Raises:
        ConfigError: an impossible length, a library that is missing.
        PromptError: the tokenizer has no chat template, or one that does not mark assistant turns.
        DataError: nothing to read, a damaged file, or no row that can be trained on.
    """
    out = config.out
    if out.exists() and not (out / REPORT).is_file() and (out.is_file() or any(out.iterdir())):
        raise DataError(f"{out} holds something else than a dataset: choose another directory.")
    rows: Iterator[Row] = itertools.islice(
        read_rows(config.source, config.split, config.subset), config.limit
    )
    # the first one now, so that a source that cannot be read is told at once
    rows = itertools.chain(list(itertools.islice(rows, 1)), rows)
    folder = locate(config.model, None)
    context = context_length(AutoConfig.from_pretrained(folder, local_files_only=True))
    longest = config.max_length or context
    if longest > context:
        raise ConfigError(
            f"max_length is {longest}, but {config.model} has {context} positions: set it to that or less."
        )
    renderer = PromptRenderer(load_tokenizer(folder, config.model))
    renderer.encode_training([Message("user", "x"), Message("assistant", "y")])  # its template is of use
    report = DataReport(config.source, config.model, fingerprint(renderer.tokenizer), longest)
    parts = {"train": TokenWriter(), "validation": TokenWriter()}
    for chunk in _render_all(rows, renderer, folder, config):
        for rendered in chunk:
            _take(rendered, parts, report, config.cut)
        on_progress(len(chunk))
    report.examples = {part: len(writer) for part, writer in parts.items()}
    _check(report, config)
    return _write(parts, report, config.out)


@dataclass
class _Rendered:
    """One row: its examples and the part that they belong to, or why there are none."""

    where: str
    part: str = ""
    examples: list[tuple[list[int], list[bool]]] = field(default_factory=list)
    reason: str = ""
    detail: str = ""


def _render(rows: Iterable[Row], renderer: PromptRenderer, validation: float) -> list[_Rendered]:
    done = []
    for where, row in rows:
        try:
            found: Conversation = conversation_of(row)
            part = "validation" if is_held_out(found.question, validation) else "train"
            done.append(_Rendered(where, part, training_examples(renderer, found.messages, found.tools)))
        except RowError as error:
            done.append(_Rendered(where, reason=error.reason, detail=error.detail))
        except PromptError as error:
            done.append(_Rendered(where, reason="refused by the chat template", detail=str(error)))
    return done


_renderer: PromptRenderer | None = None
_validation = 0.0


def _start_worker(folder: str, name: str, validation: float) -> None:
    global _renderer, _validation
    _renderer, _validation = PromptRenderer(load_tokenizer(Path(folder), name)), validation


def _render_chunk(rows: list[Row]) -> list[_Rendered]:
    assert _renderer is not None
    return _render(rows, _renderer, _validation)


def _render_all(
    rows: Iterator[Row], renderer: PromptRenderer, folder: Path, config: DataConfig
) -> Iterator[list[_Rendered]]:
    chunks = iter(lambda: list(itertools.islice(rows, _CHUNK)), [])
    if config.workers == 1:
        yield from (_render(chunk, renderer, config.validation) for chunk in chunks)
        return
    arguments = (str(folder), config.model, config.validation)
    with get_context("spawn").Pool(config.workers, _start_worker, arguments) as pool:
        yield from pool.imap(_render_chunk, chunks)


def _take(rendered: _Rendered, parts: dict[str, TokenWriter], report: DataReport, cut: bool) -> None:
    report.rows += 1
    if rendered.reason:
        detail = f": {rendered.detail}" if rendered.detail else ""
        report.skip(rendered.reason, f"{rendered.where}{detail}")
    for ids, mask in rendered.examples:
        if len(ids) > report.max_length:
            if not cut:
                report.skip(f"longer than {report.max_length} tokens", f"{rendered.where}: {len(ids)} tokens")
                continue
            ids, mask = ids[: report.max_length], mask[: report.max_length]
            report.cut += 1
        if not any(mask[1:]):  # the first token cannot be predicted
            report.skip("no assistant turn within the length", rendered.where)
            continue
        parts[rendered.part].add(ids, mask)
        report.tokens += len(ids)
        report.trained_tokens += sum(mask)
        report.longest = max(report.longest, len(ids))


def _check(report: DataReport, config: DataConfig) -> None:
    """Refuse a source of which nothing is left to train on."""
    if report.examples["train"]:
        return
    reasons = "; ".join(f"{s.count} with {r} (first: {s.first})" for r, s in report.skipped.items())
    if not report.rows:
        what, advice = "it has no rows", "Give another source or split."
    elif report.examples["validation"]:
        what = f"all {report.rows} rows are held out for validation={config.validation}"
        advice = "Lower it, or give more rows."
    elif set(report.skipped) == {f"longer than {report.max_length} tokens"}:
        what, advice = reasons, "Raise max_length as far as the model allows, or set cut."
    else:
        what, advice = reasons, "Conversations with assistant turns are needed: see `mtp-train data --help`."
    raise DataError(f"Nothing in {config.source} can be trained on: {what}. {advice}")


def _write(parts: dict[str, TokenWriter], report: DataReport, out: Path) -> DataReport:
    with replacing(out) as partial:
        for part, writer in parts.items():
            if len(writer):
                writer.save(partial / part)
        report.save(partial / REPORT)
    return report
