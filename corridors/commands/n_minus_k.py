"""The command of several closures at once."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import BY, Case, study
from corridors.commands.outputs import as_text


@click.command(name="n-minus-k")
@study
@click.option("--k", default=2, show_default=True, help="How many close at once.")
@click.option("--by", default="link", show_default=True, help=BY)
@click.option("--most", type=int, help="Close only so many, those whose closure alone costs most.")
@click.option("--top", default=20, show_default=True, help="How many sets to print.")
def n_minus_k(case: Case, k: int, by: str, most: int | None, top: int) -> None:
    """All closures of k links at once, and which of them hide behind each other (false redundancy)."""
    from corridors.maps.n_minus_k import plot_n_minus_k
    from corridors.studies.n_minus_k import n_minus_k as closed_together

    found, rows = case.read()
    table = closed_together(found, rows, k, by=by, most=most)
    click.echo(as_text(table.head(top), ("loss", "alone", "synergy", "unmet")))
    click.echo(
        f"million USD a year, Mt a year; of {table.attrs['sets']:,} sets {table.attrs['proven']:,} need no\n"
        f"solve, proven equal to a smaller set or to one with a link in series; "
        f"{table.attrs['solved']:,} solved, smaller sets included"
    )
    figures: dict[str, Any] = {"n_minus_k": lambda: plot_n_minus_k(found, table)} if by == "link" else {}
    case.caution(found, rows)
    case.write("n_minus_k", table, **figures)


COMMANDS = (n_minus_k,)
