"""How often a student's proposals are what a model would write one token at a time: no tasks, only text.

For each anchor of held-out text the student proposes a block y_1 .. y_k with its confidences, in one pass. A
judge reads the student's own proposals and says at each place j what it would write there,

    a_j = argmax p(. | x[..i], y_1 .. y_{j-1})

so y_j agrees if y_j = a_j. The judges: the student's own weights, decoded plainly (what `Verified` accepts),
a teacher, and for a quantised student its weights before that. A mask sees only what is before it, so place j
is the same for every k >= j: one run at the largest k tells about all smaller ones.

With the teacher as the judge this is what `objective.block_loss` trains for and `meter.BlockMeter` counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mtp_model.checkpoint import Checkpoint
from mtp_model.checkpoint.support import embedding_rows
from mtp_model.errors import CheckpointError, ConfigError
from mtp_model.layout import mask_tokens
from mtp_model.prompt.render import PromptRenderer

from .batching import Batch, DataError, TokenDataset, collate
from .blocks import Blocks, make_blocks
from .data_report import REPORT
from .distill_setup import different_token
from .evaluate import heldout_task
from .meter import agreeing_run
from .objective import BlockLogits, settle
from .spare_token import grow_vocabulary
from .vocabulary import VocabularyLogits

Example = tuple[Sequence[int], Sequence[bool]]

OWN, TEACHER, UNQUANTIZED = "same_weights", "teacher", "unquantized"
_BINS = 20  # of the confidence, in the calibration
_TOKENS = 8192  # B * T of a batch at most, padding included


@dataclass(frozen=True)
class Proposals:
    """The blocks of all anchors, R of them.

    Attributes:
        confidence: the student's probability of its proposals, float32 [R, K].
        written: places up to and with the end token that the student proposes, bool [R, K].
        agree: judge -> places whose proposal is the judge's choice, bool [R, K].
        live: judge -> places up to and with the first end token of either, bool [R, K].
    """

    confidence: Tensor
    written: Tensor
    agree: dict[str, Tensor]
    live: dict[str, Tensor]


def toolworld_texts(checkpoint: Checkpoint, count: int) -> list[Example]:
    """Gold conversations of held-out tasks, as token ids and loss mask."""
    renderer = PromptRenderer(checkpoint.tokenizer)
    tasks = (heldout_task(index, count) for index in range(count))
    return [renderer.encode_training([*task.messages, *task.gold], task.tools) for task in tasks]


def dataset_texts(folder: Path, count: int) -> list[Example]:
    """Held-out examples of what `mtp-train data` wrote, evenly from all of them.

    Args:
        folder: a directory of `mtp-train data`, whose `validation` part is taken, or a token dataset.
        count: examples at most.

    Raises:
        DataError: it is neither, or nothing is held out.
    """
    held_out = folder / "validation"
    if TokenDataset.is_at(held_out):
        dataset = TokenDataset.load(held_out)
    elif TokenDataset.is_at(folder):
        dataset = TokenDataset.load(folder)
    elif (folder / REPORT).is_file():
        raise DataError(
            f"{folder} holds out nothing: it has no validation part. Render it again with "
            "`mtp-train data --validation 0.01`, or give its train part by name to measure on that."
        )
    else:
        raise DataError(
            f"{folder} is no dataset that `mtp-train data` wrote. Render conversations with it first: "
            f"mtp-train data --model … --source {folder} --out …"
        )
    count = min(count, len(dataset))
    places = (number * len(dataset) // count for number in range(count))
    return [(ids.tolist(), mask.tolist()) for ids, mask in map(dataset.__getitem__, places)]


def propose(
    student: Checkpoint,
    teacher: Checkpoint | None,
    texts: Sequence[Example],
    k: int,
    unquantized: Checkpoint | None = None,
    offset: int | None = None,
) -> Proposals:
    """Blocks at anchors of all texts, and what the judges say to them.

    Args:
        student: a checkpoint with a mask token. Its attention implementation is replaced.
        teacher: a checkpoint of the same vocabulary, the second judge; None: the student alone. It may lack
            the student's mask tokens: its vocabulary then grows.
        texts: token ids and loss mask of each.
        k: block size, at least 2.
        unquantized: the same student without quantisation, one more judge.
        offset: of the anchors in each assistant turn (`blocks.anchor_mask`); None: another in each batch.

    Raises:
        CheckpointError: the student has no mask token, or an architecture that regions cannot run.
        ConfigError: a k that the student cannot propose, or a teacher of another vocabulary.
        DataError: token ids that the model does not know, or no place that an assistant writes.
    """
    _check(student, teacher, texts, k)
    own = BlockLogits(student.model)
    judges = {OWN: own}
    forbidden = student.mask_token_ids
    if teacher is not None:
        if (rows := embedding_rows(student.model)) > embedding_rows(teacher.model):
            grow_vocabulary(teacher.model, rows)
        judges[TEACHER] = BlockLogits(teacher.model)
        forbidden = tuple({*forbidden, *teacher.mask_token_ids})
    if unquantized is not None:
        judges[UNQUANTIZED] = BlockLogits(unquantized.model)
    masks = torch.tensor(mask_tokens(student.mask_token_ids, k - 1), device=student.device)
    columns: list[tuple[Tensor, ...]] = []
    with torch.inference_mode():
        for number, batch in enumerate(_batches(texts, student.max_positions - k)):
            blocks = make_blocks(batch.to(student.device), k, offset=number % k if offset is None else offset)
            if not blocks.used.any():
                continue
            ids, confidence = _greedy(own, blocks, masks, forbidden)
            _, _, written = settle(ids, ids, student.stop_token_ids)
            found = [confidence, written]
            read = blocks.continuations.clone()
            read[blocks.used] = ids
            for judge in judges.values():
                answers, _ = _greedy(judge, blocks, read[:, :, :-1], forbidden)
                targets, _, live = settle(ids, answers, student.stop_token_ids)
                found += [ids == targets, live]
            columns.append(tuple(tensor.cpu() for tensor in found))
    if not columns:
        raise DataError("The texts have no place that an assistant writes: nothing can be proposed there.")
    joined = [torch.cat(parts) for parts in zip(*columns, strict=True)]
    return Proposals(
        joined[0],
        joined[1],
        dict(zip(judges, joined[2::2], strict=True)),
        dict(zip(judges, joined[3::2], strict=True)),
    )


def summary(found: Proposals, thresholds: Sequence[float], ks: Sequence[int]) -> dict[str, Any]:
    """Agreement by depth, calibration, and what ConfAdapt would emit, as a JSON object.

    Returns:
        `blocks`, `k`, `judges` -> name -> {agreement, by_depth (share of live places whose proposal is the
        judge's), places (by depth), calibration, calibration_error}, and `confadapt`: a row per k and
        threshold with `tokens_per_pass` (mean length of what is emitted at an anchor), `agreement` (judge
        -> share of the emitted tokens) and `expected_run` (judge -> mean length of what is confident and
        agrees, see `agreeing_run`).
    """
    rows = []
    for k in ks:
        for threshold in thresholds:
            sure = found.confidence[:, :k] >= threshold
            sure[:, 0] = True  # the first token of a block is always emitted
            emitted = sure.int().cumprod(dim=1).bool() & found.written[:, :k]
            shares = {name: _share(agree[:, :k], emitted) for name, agree in found.agree.items()}
            runs = {name: _run(found, name, k, threshold) for name in found.agree}
            row = {"k": k, "threshold": threshold, "tokens_per_pass": _mean(emitted.sum(dim=1))}
            rows.append(row | {"agreement": shares, "expected_run": runs})
    return {
        "blocks": len(found.confidence),
        "k": found.confidence.shape[1],
        "judges": {name: _judged(found, name) for name in found.agree},
        "confadapt": rows,
    }


def _run(found: Proposals, name: str, k: int, threshold: float) -> float:
    agree = found.agree[name] & found.live[name]
    return _mean(agreeing_run(agree[:, :k], found.confidence[:, :k], threshold))


def _mean(lengths: Tensor) -> float:
    return round(float(lengths.float().mean()), 3)


def _judged(found: Proposals, name: str) -> dict[str, Any]:
    agree, live = found.agree[name], found.live[name]
    bins = calibration(found.confidence[:, 1:], agree[:, 1:], live[:, 1:])
    total = sum(row["places"] for row in bins)
    error = sum(row["places"] * abs(row["confidence"] - row["agreement"]) for row in bins) / max(1, total)
    return {
        "agreement": _share(agree, live),
        "by_depth": [_share(agree[:, place], live[:, place]) for place in range(agree.shape[1])],
        "places": live.sum(dim=0).tolist(),
        "calibration": bins,
        "calibration_error": round(error, 4),
    }


def calibration(confidence: Tensor, agree: Tensor, live: Tensor) -> list[dict[str, Any]]:
    """Mean confidence and share of agreement in bins of confidence of equal width; empty bins are left out.

    `propose` gives all three as [R, K]; the first places are left out, since they are emitted however
    unsure, and the student's own weights agree with them always.
    """
    values, right = confidence[live], agree[live].float()
    number = (values * _BINS).long().clamp(max=_BINS - 1)
    rows = []
    for index in range(_BINS):
        inside = number == index
        if count := int(inside.sum()):
            means = float(values[inside].mean()), float(right[inside].mean())
            rows.append({"confidence": round(means[0], 4), "agreement": round(means[1], 4), "places": count})
    return rows


def _greedy(
    model: BlockLogits, blocks: Blocks, inner: Tensor, forbidden: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Likeliest tokens but the forbidden at all places of the used regions, and their probability, [R, K]."""
    hidden, _ = model(blocks, inner)
    return VocabularyLogits(hidden, model.head).greedy(forbidden)


def _batches(texts: Sequence[Example], longest: int) -> Iterator[Batch]:
    """Texts of similar length together; what is longer than ``longest`` is cut."""
    cut = sorted(((ids[:longest], mask[:longest]) for ids, mask in texts), key=lambda text: len(text[0]))
    batch: list[Example] = []
    for text in cut:
        if batch and len(text[0]) * (len(batch) + 1) > _TOKENS:
            yield collate(batch)
            batch = []
        batch.append(text)
    if batch:
        yield collate(batch)


def _share(values: Tensor, counted: Tensor) -> float:
    return round(float((values & counted).sum() / counted.sum().clamp(min=1)), 4)


def _check(student: Checkpoint, teacher: Checkpoint | None, texts: Sequence[Example], k: int) -> None:
    if not student.mask_token_ids:
        raise CheckpointError(
            f"{student.name} has no mask token, so it proposes nothing to agree with. Train it with "
            f"`mtp-train distill --model {student.name}`."
        )
    if not 2 <= k <= student.k_max:
        raise ConfigError(
            f"k is {k}, but {student.name} was trained for blocks of 2 to {student.k_max}: take one of those."
        )
    if teacher is not None and (token := different_token(student, teacher)) is not None:
        raise ConfigError(
            f"The student {student.name} and the teacher {teacher.name} have different vocabularies (one "
            f"difference: {token!r}): give the model that the student was made of."
        )
    rows = min(embedding_rows(c.model) for c in (student, teacher) if c is not None)
    highest = max((max(ids) for ids, _ in texts), default=0)
    if highest >= rows:
        raise DataError(
            f"The texts hold the token id {highest}, but the vocabulary ends at {rows - 1}: render them for "
            f"this model, with `mtp-train data --model {student.name}`."
        )
