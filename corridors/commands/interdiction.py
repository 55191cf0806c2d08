"""The command of the worst closures, and of what to protect against them."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import BY, Case, study


@click.command()
@study
@click.option("--budget", default=2, show_default=True, help="How many closures.")
@click.option("--by", default="link", show_default=True, help=BY)
@click.option("--protect", default=0, show_default=True, help="How many to protect against the worst.")
@click.option(
    "--method",
    default="search",
    show_default=True,
    type=click.Choice(["search", "milp"]),
    help="How the worst is found and proven: by solving sets of closures, or by one programme on the dual.",
)
@click.option("--seconds", default=120.0, show_default=True, help="Stop after so long, with what is proven by then.")
def interdiction(case: Case, budget: int, by: str, protect: int, method: str, seconds: float) -> None:
    """The worst closures within a budget, proven; and what to protect against them."""
    from corridors.maps.interdiction import plot_interdiction, plot_interdiction_curve
    from corridors.studies.interdiction import fortify, interdiction_curve

    found, rows = case.read()
    curve = interdiction_curve(found, rows, budget, by=by, method=method, seconds=seconds)
    case.show(curve.tail(20))
    case.say("loss: more than in the base; bound: no closures cost more; gap 0 is proven")
    if len(curve) <= budget:
        case.say(f"stopped at a budget of {len(curve) - 1} of {budget}: {seconds:g} s are over; --seconds gives more")
    safe = None
    if protect:
        safe = fortify(found, rows, protect, budget, by=by)
        case.say("\nThe worst that is left when some are protected\n")
        case.show(safe)
    curve_title = case.titled("The worst loss within a budget of closures")
    figures: dict[str, Any] = {"interdiction_budget": lambda: plot_interdiction_curve(curve, safe, title=curve_title)}
    if by == "link":
        figures["interdiction"] = lambda: plot_interdiction(
            found, curve if safe is None else safe, title=case.titled("The worst closures within a budget")
        )
    case.caution(found, rows)
    case.write("interdiction", curve, {} if safe is None else {"fortification": safe}, None, figures)


COMMANDS = (interdiction,)
