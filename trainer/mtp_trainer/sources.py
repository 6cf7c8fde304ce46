"""Rows of a dataset: JSON lines, JSON, Parquet, a directory of them, or whatever `datasets` loads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtp_model.errors import ConfigError
from mtp_trainer.batching import DataError

Row = tuple[str, dict[str, Any]]
"""Where it stands, for messages, and its content."""

SUFFIXES = (".jsonl", ".json", ".parquet")


def read_rows(source: str | Path, split: str = "train", subset: str | None = None) -> Iterator[Row]:
    """All rows of a source, in order.

    Args:
        source: A file; a directory of files, or one written by ``datasets``' ``save_to_disk``; else the name
            of a dataset on the Hugging Face hub.
        split: Of a dataset; files and directories of files are read whole.
        subset: The dataset's configuration, if it has several.

    Raises:
        DataError: There is nothing to read, or a file is damaged.
        ConfigError: A library is missing.
    """
    path = Path(source).expanduser()
    if path.is_file():
        yield from _file(path)
    elif path.is_dir():
        saved = any((path / name).is_file() for name in ("dataset_dict.json", "state.json"))
        if saved:
            yield from _saved(path, split)
        else:
            files = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file())
            if not files:
                raise DataError(f"{path} holds no {', '.join(SUFFIXES)} file. Give one that does.")
            for file in files:
                yield from _file(file)
    elif path.suffix in SUFFIXES or path.is_absolute():
        raise DataError(f"There is no file or directory {path}. Check the spelling.")
    else:
        yield from _hub(path.as_posix(), split, subset)


def _file(path: Path) -> Iterator[Row]:
    if path.suffix not in SUFFIXES:
        raise DataError(f"{path} is none of {', '.join(SUFFIXES)}: convert it, or give another file.")
    yield from _parquet(path) if path.suffix == ".parquet" else _json(path)


def _json(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        if path.suffix == ".json" and file.read(1) == "[":
            file.seek(0)
            try:
                rows = json.load(file)
            except ValueError as error:
                raise DataError(f"{path} is no JSON: {error}. Repair it or leave it out.") from error
            for number, row in enumerate(rows, 1):
                yield _object(f"{path}, entry {number}", row)
            return
        file.seek(0)
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError as error:
                    raise DataError(
                        f"{path}, line {number} is no JSON: {error}. Each line needs one object: repair it."
                    ) from error
                yield _object(f"{path}, line {number}", row)


def _object(where: str, row: Any) -> Row:
    if not isinstance(row, dict):
        raise DataError(f"{where} is a {type(row).__name__}: each row needs to be a JSON object.")
    return where, row


def _parquet(path: Path) -> Iterator[Row]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise ConfigError(_missing("Parquet files need pyarrow")) from error
    try:
        number = 0
        with ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}, row {number}", _without_nulls(row)
    except (ArrowException, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet: {error}. Fetch or write it again.") from error


def _saved(path: Path, split: str) -> Iterator[Row]:
    datasets = _datasets()
    try:
        loaded = datasets.load_from_disk(str(path))
    except Exception as error:  # Arrow, JSON and file errors of many types
        raise DataError(f"{path} cannot be read by datasets: {error}. Save it again.") from error
    if isinstance(loaded, datasets.DatasetDict):
        if split not in loaded:
            raise DataError(f"{path} has no split {split!r}: it has {', '.join(map(str, loaded))}.")
        loaded = loaded[split]
    yield from _rows(f"{path}[{split}]", loaded)


def _hub(name: str, split: str, subset: str | None) -> Iterator[Row]:
    datasets = _datasets()
    try:
        loaded = datasets.load_dataset(name, subset, split=split)
    except Exception as error:  # not found, offline, gated, unknown split or subset: errors of many types
        raise DataError(
            f"There is no file or directory {name!r}, and as a dataset of the Hugging Face hub (split "
            f"{split!r}, subset {subset!r}) it cannot be loaded: {type(error).__name__}: {error}. Check the "
            "spelling and the network, or give local files."
        ) from error
    yield from _rows(f"{name}[{split}]", loaded)


def _rows(where: str, dataset: Any) -> Iterator[Row]:
    for number, row in enumerate(dataset, 1):
        yield f"{where}, row {number}", _without_nulls(row)


def _datasets() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise ConfigError(_missing("datasets of the Hugging Face hub need the library datasets")) from error
    return datasets


def _missing(what: str) -> str:
    return f"{what}, which is not installed: pip install 'mtp-agents[data]'."


def _without_nulls(value: Any) -> Any:
    """Arrow gives every object the keys of all others in its column, with null: those were never there."""
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_without_nulls(part) for part in value]
    return value
