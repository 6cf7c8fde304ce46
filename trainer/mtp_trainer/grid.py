"""The grid of `mtp-train eval --grid`: ConfAdapt at every k and threshold, beside plain decoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mtp_model.config import ConfAdapt, DecodingPolicy
from mtp_model.errors import ConfigError

from .evaluate import BASELINE

THRESHOLDS = (0.5, 0.7, 0.9, 0.95, 0.99)
BLOCK_SIZES = (2, 4, 8, 16)


@dataclass(frozen=True)
class Grid:
    """Thresholds and block sizes, each ascending."""

    thresholds: tuple[float, ...]
    ks: tuple[int, ...]

    def policies(self) -> dict[str, DecodingPolicy]:
        """ConfAdapt at every point, by name."""
        return {
            f"confadapt k={k} threshold={threshold}": ConfAdapt(threshold, k)
            for k in self.ks
            for threshold in self.thresholds
        }


def make_grid(thresholds: str | None, ks: str | None, k_max: int) -> Grid:
    """A grid of words of the command line.

    Args:
        thresholds: numbers in (0, 1] with commas between them; None: `THRESHOLDS`.
        ks: integers from 2 to ``k_max``; None: those of `BLOCK_SIZES` that the student was trained for.
        k_max: the student's.

    Raises:
        ConfigError: words that are no such numbers, or blocks larger than the student's.
    """
    if k_max < 2:
        raise ConfigError("The model has no mask token, so it writes single tokens: there is no grid to run.")
    values = _numbers("--thresholds", thresholds, float, "0.5,0.9,0.99") if thresholds else THRESHOLDS
    sizes = _numbers("--ks", ks, int, "2,4,8") if ks else tuple(k for k in BLOCK_SIZES if k <= k_max)
    if wrong := [value for value in values if not 0 < value <= 1]:
        raise ConfigError(f"--thresholds {thresholds!r}: {wrong[0]} is not in (0, 1].")
    if wrong_k := [k for k in sizes if not 2 <= k <= k_max]:
        raise ConfigError(
            f"--ks {ks!r}: {wrong_k[0]} is not from 2 to {k_max}, the blocks of this student's training."
        )
    return Grid(tuple(sorted(set(values))), tuple(sorted(set(sizes))))


def _numbers(option: str, text: str, kind: type[int] | type[float], example: str) -> tuple[Any, ...]:
    try:
        return tuple(kind(word) for word in text.split(","))
    except ValueError:
        raise ConfigError(
            f"{option} {text!r}: give numbers with commas between them, for example {example}."
        ) from None


def take_grid(report: dict[str, Any], grid: Grid) -> None:
    """Moves the grid's policies out of a report of `evaluate` into its rows `grid`, in place.

    A row is {k, threshold, success, success_unseen_tools, tokens_per_pass, ..., domains -> name -> {success,
    tokens_per_pass, ...}}, with `natural_text` where the report has it; the first row is plain decoding,
    k = 1 without a threshold.
    """
    rows = [_row(report, BASELINE, 1, None)]
    points: dict[str, Any] = grid.policies()
    parts = [report["policies"], report["outcomes"], *report["domains"].values()]
    parts += [report["natural_text"]["policies"]] if "natural_text" in report else []
    for name, policy in points.items():
        rows.append(_row(report, name, policy.k_max, policy.threshold))
        for part in parts:
            part.pop(name, None)
    report["grid"] = rows


def _row(report: dict[str, Any], name: str, k: int, threshold: float | None) -> dict[str, Any]:
    row = {"k": k, "threshold": threshold, **report["policies"][name]}
    row["domains"] = {domain: found[name] for domain, found in report["domains"].items()}
    if "natural_text" in report:
        row["natural_text"] = report["natural_text"]["policies"][name]
    return row
