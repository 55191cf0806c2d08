"""The command that solves a table of scenarios, all or a part of them: for long sweeps and arrays of jobs."""

from __future__ import annotations

import re
from pathlib import Path

import click

from corridors.commands.inputs import Case, study

SHOWN = 15
"""Scenarios on the screen, those that cost most."""


def part_of(context: click.Context, option: click.Parameter, text: str | None) -> tuple[int, int]:
    """``2/8``: which of how many parts, from 1."""
    if text is None:
        return 1, 1
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise click.BadParameter(f"{text!r} is no part; give which of how many, such as 2/8", context, option)
    return int(found[1]), int(found[2])


@click.command()
@click.argument("scenarios", type=click.Path(path_type=Path, exists=True))
@study
@click.option("--store", type=click.Path(path_type=Path), help="A folder that keeps what is solved, block by block.")
@click.option("--part", metavar="I/N", callback=part_of, help="Only the I-th of N parts, into the store: a job's.")
def sweep(case: Case, scenarios: Path, store: Path | None, part: tuple[int, int]) -> None:
    """Solve each of the SCENARIOS of a table or folder: what it costs.

    Jobs that share a --store each do a --part; the same command without --part then puts them together.
    """
    from corridors.commands.outputs import done_so_far
    from corridors.scenarios.tables import read_scenarios
    from corridors.sweeping.solve import sweep_all

    if part != (1, 1) and store is None:
        raise click.UsageError("--part needs a --store that the other jobs share")
    found, rows = case.read()
    result = sweep_all(found, rows, read_scenarios(scenarios), store=store, part=part)
    table = done_so_far(result)
    if part != (1, 1):
        case.say(f"part {part[0]} of {part[1]}: {len(table):,} scenarios are in {store}")
    case.show(table.sort_values("loss", ascending=False, kind="stable").head(SHOWN))
    case.write("sweep", table)


COMMANDS = (sweep,)
