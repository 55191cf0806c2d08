"""The command of the user equilibrium: loads of congested links of which no tonne has a cheaper route."""

from __future__ import annotations

from pathlib import Path

import click

from corridors.commands.inputs import Case, study


@click.command()
@study
@click.option(
    "--curves",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of curves: link_id or transfer_id, capacity, cost, and optionally curve, alpha, beta, direction.",
)
@click.option("--gap", default=1e-6, show_default=True, help="The relative gap to reach.")
@click.option("--top", default=15, show_default=True, help="How many links to print.")
def equilibrium(case: Case, curves: Path, gap: float, top: int) -> None:
    """Loads of congested links of which no tonne has a cheaper route, to a relative gap."""
    import pandas as pd

    from corridors.studies.equilibrium import equilibrium as balanced

    found, rows = case.read()
    result = balanced(found, rows, pd.read_csv(curves), gap=gap)
    links = result.to_frame()
    case.say(
        f"Beckmann's objective {result.objective:,.10g} USD a year, relative gap {result.relative_gap:.2g}, "
        f"{result.iterations} iterations\n"
    )
    case.show(links.assign(paid=links.load * links.delay).sort_values("paid", ascending=False).head(top))
    case.say("the links whose delays cost most; delay: what each tonne pays for it; paid: all together")
    case.write("equilibrium", links, {"equilibrium_demand": result.demand})


COMMANDS = (equilibrium,)
