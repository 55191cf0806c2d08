"""The command of recovery: in which order to repair."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, number, pairs, repeated, study


@click.command()
@study
@repeated("--down", required=True, help="What is down and days to repair it: oil_tengiz_atyrau=30")
@repeated("--left", help="Share of its capacity that is left until then: oil_tengiz_atyrau=0.4")
@repeated("--start", help="The day on which it goes down: oil_tengiz_atyrau=10")
@click.option("--crews", default=1, show_default=True, help="How many repairs go on at a time.")
@click.option("--by", default="link", show_default=True, help="What is down: link, node, corridor, country.")
def recovery(
    case: Case,
    down: tuple[str, ...],
    left: tuple[str, ...],
    start: tuple[str, ...],
    crews: int,
    by: str,
) -> None:
    """What an outage costs until all is repaired, and in which order to repair."""
    import pandas as pd

    from corridors.maps.charts import plot_recovery
    from corridors.studies.recovery import recovery as repaired

    given = {"--down": down, "--left": left, "--start": start}
    days, shares, starts = (
        {name: number(text) for name, text in pairs(option, texts).items()} for option, texts in given.items()
    )
    found, rows = case.read()
    result = repaired(found, rows, days, left=shares, starts=starts, crews=crews, by=by)
    units = {"loss": "USD/d", "unmet": "t/d"}
    case.show(result.curve.head(25), units)
    sure = "the best order, proven" if result.proven else "a good order, not proven"
    case.say(f"loss and unmet of a day from then on; {result.lost / 1e6:,.1f} million USD in all; {sure}")
    case.say(f"repairs start in this order: {', '.join(result.order)}")
    order = pd.DataFrame({"place": range(1, len(result.order) + 1), "repair": result.order})
    order["days"] = order.repair.map(days)
    title = case.titled("What each day costs until all is repaired")
    drawn = {"recovery": lambda: plot_recovery(result.curve, lost=result.lost, title=title)}
    case.caution(found, rows)
    case.write("recovery", result.curve, {"recovery_order": order}, units, drawn)


COMMANDS = (recovery,)
