"""The command of several closures at once."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import BY, Case, study


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
    case.show(table.head(top))
    sets, proven, solved = (table.attrs[name] for name in ("sets", "proven", "solved"))
    case.say("loss: together, more than in the base; alone: each by itself, summed")
    case.say(
        f"of {sets:,} sets {proven:,} need no solve, proven equal to a smaller set or to one with a link in series;\n"
        f"{solved:,} solved, smaller ones included"
    )
    figures: dict[str, Any] = {}
    if by == "link":
        figures["n_minus_k"] = lambda: plot_n_minus_k(found, table, title=case.titled("False redundancy"))
    case.caution(found, rows)
    case.write("n_minus_k", table, figures=figures)


COMMANDS = (n_minus_k,)
