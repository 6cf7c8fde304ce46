"""An evaluation's report as tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table


def print_report(report: dict[str, Any], console: Console) -> None:
    """Prints what `eval_command.evaluate` returned.

    Args:
        report: The report.
        console: Where to print.
    """
    if report["policies"]:
        _print_tasks(report, console)
    if "grid" in report:
        _print_grid(report["grid"], console)
    if "agreement" in report:
        _print_agreement(report["agreement"], console)
    for path in report.get("plots", ()):
        console.print(f"Wrote {path}", soft_wrap=True)


def _print_tasks(report: dict[str, Any], console: Console) -> None:
    table = Table(title=f"{report['tasks']} held-out tasks")
    for heading in ("policy", "success", "success, unseen tools", "tokens per pass", "identical to static1"):
        table.add_column(heading, justify="left" if heading == "policy" else "right")
    for name, row in report["policies"].items():
        table.add_row(
            name,
            f"{row['success']:.1%}",
            f"{row['success_unseen_tools']:.1%}",
            f"{row['tokens_per_pass']:.2f}",
            f"{row['identical']:.1%}",
        )
    console.print(table)
    policies = list(report["policies"])
    domains = Table(title="success / tokens per pass by domain")
    for heading in ("domain", *policies):
        domains.add_column(heading, justify="left" if heading == "domain" else "right")
    for domain, rows in report["domains"].items():
        cells = (f"{rows[p]['success']:.0%} / {rows[p]['tokens_per_pass']:.1f}" for p in policies)
        domains.add_row(domain, *cells)
    console.print(domains)
    if natural := report.get("natural_text"):
        text = Table(title=f"natural text: {natural['problems']} GSM8K problems held out of training")
        for heading in ("policy", "success", "tokens per pass", "identical to static1"):
            text.add_column(heading, justify="left" if heading == "policy" else "right")
        for name, row in natural["policies"].items():
            shares = f"{row['success']:.1%}", f"{row['tokens_per_pass']:.2f}", f"{row['identical']:.1%}"
            text.add_row(name, *shares)
        console.print(text)


def _print_grid(grid: list[dict[str, Any]], console: Console) -> None:
    table = _table("ConfAdapt by k and threshold", "k", "threshold", "success", "unseen tools")
    table.add_column("tokens per pass", justify="right")
    for row in grid:
        threshold = "-" if row["threshold"] is None else f"{row['threshold']:g}"
        shares = (
            f"{row['success']:.1%}",
            f"{row['success_unseen_tools']:.1%}",
            f"{row['tokens_per_pass']:.2f}",
        )
        table.add_row(str(row["k"]), threshold, *shares)
    console.print(table)
    for threshold in sorted({row["threshold"] for row in grid if row["threshold"] is not None}):
        rows = [row for row in grid if row["threshold"] in (None, threshold)]
        title = f"success / tokens per pass by domain, threshold {threshold:g}"
        domains = _table(title, "domain", *(f"k = {row['k']}" for row in rows))
        for domain in grid[0]["domains"]:
            found = [row["domains"][domain] for row in rows]
            domains.add_row(domain, *(f"{f['success']:.0%} / {f['tokens_per_pass']:.1f}" for f in found))
        console.print(domains)


def _print_agreement(found: dict[str, Any], console: Console) -> None:
    if "skipped" in found:
        console.print(f"No agreement: {found['skipped']}", soft_wrap=True)
        return
    judges = dict(found["judges"])
    if before := found.get("without_quantization"):
        judges["without quantisation, same weights"] = before["judges"]["same_weights"]
    title = f"agreement by place in the block: {found['blocks']} blocks of {found['texts']} held-out texts"
    table = _table(title, "place", *judges)
    for place in range(found["k"]):
        table.add_row(str(place + 1), *(f"{judge['by_depth'][place]:.1%}" for judge in judges.values()))
    table.add_row("all", *(f"{judge['agreement']:.1%}" for judge in judges.values()))
    table.add_row("calibration error", *(f"{judge['calibration_error']:.3f}" for judge in judges.values()))
    console.print(table)
    _print_confadapt("what ConfAdapt would emit there", found, console)
    if before:
        _print_confadapt("the same without quantisation", before, console)


def _print_confadapt(title: str, found: dict[str, Any], console: Console) -> None:
    headings = "k", "threshold", "tokens per pass", *(f"agreement, {name}" for name in found["judges"])
    emitted = _table(title, *headings)
    for row in found["confadapt"]:
        shares = (f"{share:.1%}" for share in row["agreement"].values())
        emitted.add_row(str(row["k"]), f"{row['threshold']:g}", f"{row['tokens_per_pass']:.2f}", *shares)
    console.print(emitted)


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title)
    table.add_column(first)
    for heading in others:
        table.add_column(heading, justify="right")
    return table
