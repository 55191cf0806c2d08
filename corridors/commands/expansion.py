"""The command of expansion: what to build in a budget, and for whom it pays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.inputs import SCENARIOS, Case, Draws, data_of_library, demand_of, repeated, study, uncertain

if TYPE_CHECKING:
    import pandas as pd

ROWS = 6
"""Rows of each table on the screen."""
SHOWN = ["candidate_id", "built", "cost", "alone", "alone_bcr", "last", "last_npv", "last_bcr", "last_payback"]


@click.command()
@study
@click.option("--budget", type=float, help="Capital, million USD.  [default: as much as pays]")
@click.option(
    "--candidates",
    type=click.Path(exists=True, dir_okay=False),
    help="A CSV file of candidates.  [default: those of the library]",
)
@repeated("--future", "futures", help="Demand of a future, a year or file")
@click.option("--closures", help="What closes, one at a time, next to the base: link, country, corridor, ...")
@SCENARIOS
@click.option("--likelihood", default=0.01, show_default=True, help="Of each of them; the base has the rest.")
@click.option("--regret", is_flag=True, help="Least regret over futures and closures, not the least expected loss.")
@click.option("--rate", default=6.0, show_default=True, help="Discount rate, % a year.")
@click.option("--steps", default=8, show_default=True, help="Budgets of the frontier, after none.")
@click.option("--store", type=click.Path(path_type=Path), help="A folder in which a long search goes on after a stop.")
@uncertain
def expansion(
    case: Case,
    budget: float | None,
    candidates: str | None,
    futures: tuple[str, ...],
    closures: str | None,
    scenarios: Path | None,
    likelihood: float,
    regret: bool,
    rate: float,
    steps: int,
    store: Path | None,
    draws: Draws,
) -> None:
    """What to build of many candidates in a budget, who gains, and what each one brings."""
    import pandas as pd

    from corridors.datasets import load_candidates
    from corridors.maps.expansion import plot_expansion
    from corridors.studies.expansion import expansion as best

    found, rows = case.read()
    table = load_candidates() if candidates is None else pd.read_csv(candidates)
    if futures and draws.number:
        raise click.UsageError("--future and --draws are both given; give one")
    options = {
        "budget": None if budget is None else budget * 1e6,
        "scenarios": _cases(found, closures, scenarios, likelihood),
        "criterion": "regret" if regret else "expected",
        "discount_rate": rate / 100,
    }
    wanted = {name: demand_of(name) for name in futures} if futures else rows
    with data_of_library(case.network, "candidates", "give yours by --candidates", used=candidates is None):
        result = best(found, wanted, table, steps=steps, store=store, **options)
    _say(case, result)
    built = dict.fromkeys(("value", "low", "high"), "modules")
    also, sure = case.intervals(draws, best, found, rows, table, units=built, steps=1, **options)
    case.caution(found, rows)
    also |= {"expansion_frontier": result.frontier, "expansion_portfolio": result.portfolio}
    title = case.titled("What to build")
    drawn = {"expansion": lambda: plot_expansion(result, intervals=sure, title=title)}
    case.write("expansion", result.candidates, {**also, "expansion_gains": result.gains}, None, drawn)


def _cases(network: Any, by: str | None, path: Path | None, likelihood: float) -> Any:
    """The base, and closures one at a time or scenarios of a table, weighted; None where neither is asked for."""
    import pandas as pd

    from corridors.scenarios.batch import ATOM, Scenarios
    from corridors.scenarios.make import outages
    from corridors.scenarios.tables import read_scenarios

    if by is not None and path is not None:
        raise click.UsageError("--closures and --scenarios are both given; give one")
    if by is None and path is None:
        return None
    others = read_scenarios(path) if path is not None else outages(network, by=str(by))
    weight = float(others.weights.sum())
    if not 0 <= likelihood * weight <= 1:
        problem = f"{likelihood:g} is no likelihood of each of {weight:g}; give 0 to {1 / weight:.3g}"
        raise click.BadParameter(problem, param_hint="--likelihood")
    nothing = pd.DataFrame(columns=["scenario", *ATOM, "value"])
    base = Scenarios(["as it is"], nothing, [1 - likelihood * weight])
    return base + Scenarios(["closed" if path is None else path.stem], nothing, [likelihood]) * others


def _say(case: Case, result: Any) -> None:
    unit, factor = case.money
    last = result.frontier.iloc[-1]
    case.say(
        f"built for {last.spent / 1e6:,.0f} M USD, of {last.budget / 1e6:,.0f}; loss {last.loss * factor:,.1f} {unit}"
    )
    case.say(f"saved {last.saved * factor:,.1f} {unit}, {last.net * factor:,.1f} net of what capital costs")
    case.say(f"no portfolio is better by more than {100 * last.gap:.2g} % of what all candidates together save\n")
    case.show(result.portfolio.head(ROWS))
    case.say("\nBest portfolios, from the budget on at which each is the best\n")
    case.show(result.frontier.drop(columns=["loss", "gap"]).drop_duplicates("portfolio").tail(ROWS))
    case.say(f"\nThe best of {len(result.candidates)} candidates: alone, and as the last one in\n")
    case.show(_best(result.candidates).head(ROWS))
    case.say("\nWho gains, by origin and destination of goods\n")
    case.show(result.gains[result.gains.kind == "country"].drop(columns="kind").head(ROWS))


def _best(candidates: pd.DataFrame) -> pd.DataFrame:
    """Candidates by what they bring as the last one in."""
    ranked = candidates.sort_values(["last_npv"], ascending=False, kind="stable")[SHOWN]
    ranked.attrs = candidates.attrs
    return ranked


COMMANDS = (expansion,)
