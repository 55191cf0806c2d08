"""What fails at random, and what is repaired, as commands."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, number, pairs, study, told


@click.command()
@study
@click.option("--availability", default=0.98, show_default=True, help="Probability that each is up.")
@click.option("--by", default="link", show_default=True, help="What fails together: link, corridor, country, node.")
@click.option(
    "--outage",
    multiple=True,
    help="What fails, mean days between outages and of one: oil_atyrau_astrakhan_cpc=180,5. Then years are drawn.",
)
@click.option(
    "--durations",
    default="exponential",
    show_default=True,
    type=click.Choice(["exponential", "fixed", "lognormal"]),
    help="How outages vary about their mean.",
)
@click.option("--draws", default=10_000, show_default=True, help="How many draws, or years.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same draws.")
def reliability(
    case: Case, availability: float, by: str, outage: tuple[str, ...], durations: str, draws: int, seed: int
) -> None:
    """The loss to expect when links fail at random, how bad it gets, and which links matter."""
    from corridors.maps.charts import plot_exceedance
    from corridors.studies.reliability import reliability as random_failures
    from corridors.studies.renewal import yearly_reliability

    found, rows = case.read()
    if outage:
        means = {name: tuple(number(v) for v in text.split(",")) for name, text in pairs("--outage", outage).items()}
        options: dict[str, Any] = {"years": draws, "durations": durations, "seed": seed}
        result = yearly_reliability(found, rows, means, by=by, **options)  # type: ignore[arg-type]
        click.echo(f"{draws:,} years with {len(result.events if result.events is not None else ()):,} outages")
    else:
        result = random_failures(found, rows, availability, by=by, draws=draws, seed=seed)
    low, high = result.interval
    sure = f"95 %: {low / 1e6:,.1f} to {high / 1e6:,.1f}" if low == low else "one draw tells no interval"
    click.echo(f"expected loss {result.expected / 1e6:,.1f} million USD a year ({sure})")
    click.echo(told(result.quantiles, ("loss", "low", "high"), ("level",)))
    click.echo("\nWhat failures add to the expected loss, million USD a year\n")
    shown = result.importance.head(15)
    click.echo(told(shown, ("loss_down", "loss_up", "birnbaum", "error", "criticality"), ("availability", "down")))
    also = {"reliability_quantiles": result.quantiles, "reliability_exceedance": result.exceedance}
    if result.events is not None:
        also["reliability_outages"] = result.events
    drawn = {"reliability": lambda: plot_exceedance(result.exceedance, expected=result.expected)}
    case.caution(found, rows)
    case.leave("reliability", result.importance, also, **drawn)


@click.command()
@study
@click.option("--down", required=True, multiple=True, help="What is down and days to repair it: oil_tengiz_atyrau=30.")
@click.option("--left", multiple=True, help="Share of its capacity that is left until then: oil_tengiz_atyrau=0.4.")
@click.option("--start", multiple=True, help="The day on which it goes down: oil_tengiz_atyrau=10.")
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
    click.echo(told(result.curve, ("loss",)))
    sure = "the best order, proven" if result.proven else "a good order, not proven"
    click.echo(f"loss in million USD a day, unmet in t a day; {result.lost / 1e6:,.1f} million USD in all; {sure}")
    click.echo(f"repairs start in this order: {', '.join(result.order)}")
    order = pd.DataFrame({"place": range(1, len(result.order) + 1), "repair": result.order})
    order["days"] = order.repair.map(days)
    drawn = {"recovery": lambda: plot_recovery(result.curve, lost=result.lost)}
    case.caution(found, rows)
    case.leave("recovery", result.curve, {"recovery_order": order}, **drawn)


FAILURES = (reliability, recovery)
