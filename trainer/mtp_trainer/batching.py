"""Tokenised examples on disk, and batches of them by step number.

A token dataset is a directory of three flat ``.npy`` files that are read memory-mapped::

    tokens.npy    uint16 or uint32 [total]   token ids of all examples, one after the other
    loss.npy      bool [total]               true where the token is the model's own to write
    offsets.npy   int64 [examples + 1]       where each example starts; the last one is ``total``

`Batches` is a pure function of (dataset, settings, step), so a resumed run needs no position
but its step.
"""

from __future__ import annotations

import os
import shutil
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mtp_model.errors import MTPError

Example = tuple[Sequence[int], Sequence[bool]]
IntArray = npt.NDArray[np.int64]

_TOKENS, _LOSS, _OFFSETS = "tokens.npy", "loss.npy", "offsets.npy"
_WINDOW_BATCHES = 50  # examples are sorted by length within windows of about this many batches


class DataError(MTPError, ValueError):
    """A dataset that is missing, damaged, or has nothing to train on."""


class TokenWriter:
    """Collects examples and writes them as a token dataset."""

    def __init__(self) -> None:
        """Begin without examples."""
        self._tokens, self._loss, self._offsets = array("I"), array("B"), array("q", [0])

    def __len__(self) -> int:
        """Number of examples."""
        return len(self._offsets) - 1

    def add(self, ids: Sequence[int], mask: Sequence[bool]) -> None:
        """Take one example: token ids and a mask of the same length (true: it is the model's to write).

        Raises:
            DataError: the mask has another length, the example is empty, or an id is outside [0, 2**32).
        """
        if len(ids) != len(mask) or not ids:
            raise DataError(
                f"Example {len(self)} has {len(ids)} token ids and a loss mask of {len(mask)}: both must "
                "have the same length of at least 1. Pass both lists of PromptRenderer.encode_training."
            )
        try:
            self._tokens.extend(ids)
        except (OverflowError, TypeError) as error:
            raise DataError(
                f"Example {len(self)} holds a token id that is not an integer in [0, 2**32)."
            ) from error
        self._loss.extend(bool(m) for m in mask)
        self._offsets.append(len(self._tokens))

    def save(self, path: str | Path) -> Path:
        """Write the dataset; an older one is replaced once the new one is complete.

        Raises:
            DataError: no examples at all, or the disk is full or read-only; an older dataset is untouched.
        """
        if not len(self):
            raise DataError(f"No examples were given for the dataset {path}: at least one is needed.")
        flat = np.frombuffer(self._tokens, dtype=np.uint32)
        narrow = flat.astype(np.uint16) if int(flat.max()) < 2**16 else flat
        target = Path(path)
        with replacing(target) as partial:
            np.save(partial / _TOKENS, narrow)
            np.save(partial / _LOSS, np.frombuffer(self._loss, dtype=np.uint8).astype(np.bool_))
            np.save(partial / _OFFSETS, np.frombuffer(self._offsets, dtype=np.int64))
        return target


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of ``target`` once it is complete; else it is removed.

    Raises:
        DataError: the disk is full or read-only.
    """
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        shutil.rmtree(target, ignore_errors=True)
        os.replace(partial, target)
    except OSError as error:
        raise DataError(
            f"The dataset cannot be written to {target}: {error}. Free disk space or make the directory "
            "writable, then run the same command again."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_token_dataset(path: str | Path, examples: Iterable[Example]) -> Path:
    """Write pairs of token ids and loss mask as a token dataset; see `TokenWriter` for what it refuses."""
    writer = TokenWriter()
    for ids, mask in examples:
        writer.add(ids, mask)
    return writer.save(path)


@dataclass(frozen=True)
class TokenDataset:
    """Examples read from a directory written by `write_token_dataset`.

    Attributes:
        tokens: token ids, uint16 or uint32 [total].
        loss: loss mask, bool [total].
        offsets: int64 [examples + 1].
        path: where it was read from.
    """

    tokens: npt.NDArray[Any]
    loss: npt.NDArray[np.bool_]
    offsets: IntArray
    path: Path

    @staticmethod
    def is_at(path: str | Path) -> bool:
        """Whether a directory is a token dataset."""
        return (Path(path) / _OFFSETS).is_file()

    @classmethod
    def load(cls, path: str | Path) -> TokenDataset:
        """Open a token dataset, memory-mapped.

        Raises:
            DataError: the directory or one of its files is missing, or the files do not fit each other.
        """
        folder = Path(path)
        missing = [name for name in (_TOKENS, _LOSS, _OFFSETS) if not (folder / name).is_file()]
        if missing:
            raise DataError(
                f"{folder} is not a token dataset: {', '.join(missing)} missing. Write it with "
                "`mtp-train data` or mtp_trainer.batching.write_token_dataset."
            )
        tokens = np.load(folder / _TOKENS, mmap_mode="r")
        loss = np.load(folder / _LOSS, mmap_mode="r")
        offsets = np.load(folder / _OFFSETS)
        if not len(tokens) == len(loss) == int(offsets[-1]):
            raise DataError(
                f"{folder} is damaged: {len(tokens)} tokens, {len(loss)} loss flags, offsets end at "
                f"{int(offsets[-1])}; all three must be equal. Write the dataset again."
            )
        return cls(tokens, loss, offsets, folder)

    def __len__(self) -> int:
        """Number of examples."""
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Token ids and loss mask of one example, both [T]."""
        start, end = int(self.offsets[index]), int(self.offsets[index + 1])
        return self.tokens[start:end], self.loss[start:end]

    @property
    def lengths(self) -> IntArray:
        """Tokens per example, int64 [examples]."""
        return np.diff(self.offsets)


@dataclass(frozen=True)
class Batch:
    """Right-padded examples.

    Attributes:
        ids: int64 [B, T]; 0 in the padding.
        lengths: int64 [B], tokens per row.
        loss_mask: bool [B, T]; false in the padding.
    """

    ids: Tensor
    lengths: Tensor
    loss_mask: Tensor

    @property
    def attention_mask(self) -> Tensor:
        """Which places hold text, bool [B, T]."""
        return torch.arange(self.ids.shape[1], device=self.ids.device) < self.lengths[:, None]

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on another device."""
        return Batch(self.ids.to(device), self.lengths.to(device), self.loss_mask.to(device))


def collate(
    examples: Sequence[tuple[Sequence[int] | npt.NDArray[Any], Sequence[bool] | npt.NDArray[np.bool_]]],
    multiple: int = 1,
) -> Batch:
    """Pad examples on the right to one length, a multiple of ``multiple``."""
    lengths = [len(ids) for ids, _ in examples]
    width = _round_up(max(lengths), multiple)
    ids = np.zeros((len(examples), width), dtype=np.int64)
    mask = np.zeros((len(examples), width), dtype=np.bool_)
    for row, (tokens, loss) in enumerate(examples):
        ids[row, : lengths[row]] = tokens
        mask[row, : lengths[row]] = loss
    return Batch(torch.from_numpy(ids), torch.tensor(lengths), torch.from_numpy(mask))


class Batches:
    """Batches of similar lengths by step number: one step gives one batch, in every process and run.

    Each epoch shuffles the examples, sorts them by length inside windows, cuts batches whose padded
    size stays within the token budget, and shuffles the batches.
    """

    def __init__(
        self, dataset: TokenDataset, tokens_per_batch: int, seed: int, max_length: int, multiple: int = 32
    ) -> None:
        """Prepare batches.

        Args:
            dataset: the examples.
            tokens_per_batch: upper bound of B * T per batch, padding included.
            seed: of the order.
            max_length: longer examples (than `limit` tokens) are left out; `skipped` counts them.
            multiple: rows are padded to a multiple of this many tokens.

        Raises:
            DataError: no example fits.
        """
        lengths = dataset.lengths
        self.limit = limit = min(max_length, tokens_per_batch // multiple * multiple)
        self.dataset = dataset
        self.tokens_per_batch = tokens_per_batch
        self.seed = seed
        self.multiple = multiple
        self._kept: IntArray = np.flatnonzero(lengths <= limit)
        self._lengths = lengths
        self.skipped = len(dataset) - len(self._kept)
        if len(self._kept) == 0:
            raise DataError(
                f"None of the {len(dataset)} examples of {dataset.path} fits: the shortest has "
                f"{int(lengths.min())} tokens, the limit is {limit} (the smaller of "
                "max_length and tokens_per_batch). Raise both."
            )
        self._starts = [0]  # first step of each epoch seen so far
        self._epoch = -1
        self._plan: list[IntArray] = []

    def at(self, step: int) -> Batch:
        """The batch of one step (counted from 0)."""
        epoch, index = self._locate(step)
        self._load_plan(epoch)
        return collate([self.dataset[int(i)] for i in self._plan[index]], self.multiple)

    def epoch_of(self, step: int) -> int:
        """Number of complete passes over the data before this step."""
        return self._locate(step)[0]

    def _locate(self, step: int) -> tuple[int, int]:
        while self._starts[-1] <= step:
            self._load_plan(len(self._starts) - 1)
            self._starts.append(self._starts[-1] + len(self._plan))
        epoch = int(np.searchsorted(self._starts, step, side="right")) - 1
        return epoch, step - self._starts[epoch]

    def _load_plan(self, epoch: int) -> None:
        if epoch != self._epoch:
            self._plan, self._epoch = self._make_plan(epoch), epoch

    def _make_plan(self, epoch: int) -> list[IntArray]:
        rng = np.random.default_rng((self.seed, epoch))
        order = rng.permutation(self._kept)
        window = max(1, _WINDOW_BATCHES * self.tokens_per_batch // int(self._lengths[order].mean() + 1))
        plan: list[IntArray] = []
        for start in range(0, len(order), window):
            chunk = order[start : start + window]
            plan += self._cut(chunk[np.argsort(self._lengths[chunk], kind="stable")])
        return [plan[i] for i in rng.permutation(len(plan))]

    def _cut(self, by_length: IntArray) -> list[IntArray]:
        """Cut examples sorted by length into runs whose padded size fits the budget."""
        runs, start = [], 0
        for end, example in enumerate(by_length):
            padded = _round_up(int(self._lengths[example]), self.multiple) * (end - start + 1)
            if padded > self.tokens_per_batch:
                runs.append(by_length[start:end])
                start = end
        return [*runs, by_length[start:]]


def _round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
