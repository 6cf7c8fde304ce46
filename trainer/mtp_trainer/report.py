"""An evaluation's report as tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table


def print_report(report: dict[str, Any], console: Console) -> None:
    """Prints what `evaluate` returned.

    Args:
        report: The report.
        console: Where to print.
    """
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
