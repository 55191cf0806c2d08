"""The command that runs what a file says: a network, demand, named changes, scenarios of them, and studies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.inputs import SCENARIOS

if TYPE_CHECKING:
    from corridors.commands.study_file import StudyFile

SHARED = ("network", "year", "demand", "preferences", "commodity", "origin", "elastic", "per")
"""Keys of a file that are options of every study."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--out", type=click.Path(path_type=Path), help="The folder for results.  [default: as the file says]")
@SCENARIOS
@click.option("--store", type=click.Path(path_type=Path), help="A folder in which a long sweep goes on after a stop.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of such files, for editors, and stop.")
@click.pass_context
def run(
    context: click.Context,
    file: Path | None,
    out: Path | None,
    scenarios: Path | None,
    store: Path | None,
    schema: bool,
) -> None:
    """Run the studies and scenarios of a YAML file, and leave a manifest of what went in and came out.

    Exit codes: 0 done, 1 input that can't be used, 2 an option or study that there is not, 130 stopped by Ctrl-C.
    """
    from corridors.commands.study_file import json_schema, read_study_file
    from corridors.io.manifest import write_manifest

    group: Any = context.find_root().command
    if schema:
        click.echo(json.dumps(json_schema(group, SHARED), indent=1))
        return
    if file is None:
        raise click.UsageError("give the FILE that says what to run, or --schema", context)
    plan = read_study_file(file, SHARED)
    folder = out or plan.out
    folder.mkdir(parents=True, exist_ok=True)
    names = {name: own.name for name, own in group.commands.items()}
    wrong = [name for name, _ in plan.studies if name not in names or name == "run"]
    if wrong:
        raise click.UsageError(
            f"{file.name}: there is no study {wrong[0]}; give one of {', '.join(sorted(names))}", context
        )
    inputs = [file, *plan.files, *([scenarios] if scenarios else [])]
    if plan.scenarios is not None or scenarios is not None:
        _sweep(plan, folder, scenarios, store)
    for number, (name, options) in enumerate(plan.studies, 1):
        click.echo(f"\n== {name}")
        command = group.commands[name]
        leaves = any(own.name == "out" for own in command.params)
        place = ["--out", str(folder / f"{number}_{name}")] if leaves else []
        with command.make_context(name, [*plan.arguments(command), *options, *place], parent=context) as own:
            command.invoke(own)
    write_manifest(folder, inputs, plan.given)
    click.echo(f"\nmanifest.json in {folder} says what went in and what came out")


def _sweep(plan: StudyFile, folder: Path, given: Path | None, store: Path | None) -> None:
    """Solve the scenarios: a table of losses and what changes, and all results, with their units."""
    from corridors.commands.inputs import Case
    from corridors.edits.selection import select_demand
    from corridors.io.table import write_table
    from corridors.scenarios.tables import read_scenarios
    from corridors.sweeping.solve import solve, sweep

    options = plan.options
    case = Case(
        options.get("network", "eurasia"), options.get("year"), options.get("preferences", True), "year", False, folder,
        options.get("demand"),
    )  # fmt: skip
    network, rows = case.whole()
    rows = select_demand(network, rows, commodity=options.get("commodity"), origin=options.get("origin"))
    source = given or (plan.folder / plan.scenarios if isinstance(plan.scenarios, str) else None)
    scenarios = plan.changes() if source is None else read_scenarios(source)
    base = solve(network, rows)
    result = sweep(network, rows, scenarios, store=store)
    table = result[["loss", "cost", "unmet_total"]].reset_coords(drop=True).to_dataframe().reset_index()
    table = table.rename(columns={"unmet_total": "unmet"}).assign(more_loss=(table.loss - float(base.loss)).round(2))
    case.show(table)
    for kind in plan.formats:
        if kind == "netcdf":
            base.to_netcdf(folder / "base.nc", engine="h5netcdf")
            result.to_netcdf(folder / "scenarios.nc", engine="h5netcdf")
        else:
            write_table(table, folder / f"scenarios.{kind}")


COMMANDS = (run,)
