"""The command of reliability: what is lost when links fail at random."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, number, pairs, repeated, study

DRAWS, YEARS = 500, 2_000
"""How many are drawn: a draw closes a dozen links of the library's network, and takes a tenth of a second of a core; in
years of some outages the same few states come back."""


@click.command()
@study
@click.option("--availability", default=0.98, show_default=True, help="Probability that each is up.")
@click.option("--by", default="link", show_default=True, help="What fails together: link, corridor, country, node.")
@repeated(
    "--outage",
    help="What fails, mean days between outages and of one, so that years are drawn: oil_atyrau_astrakhan_cpc=180,5",
)
@click.option(
    "--durations",
    default="exponential",
    show_default=True,
    type=click.Choice(["exponential", "fixed", "lognormal"]),
    help="How outages vary about their mean.",
)
@click.option("--draws", type=int, help=f"How many draws, or years.  [default: {DRAWS}, or {YEARS:,} years]")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same draws.")
def reliability(
    case: Case, availability: float, by: str, outage: tuple[str, ...], durations: str, draws: int | None, seed: int
) -> None:
    """The loss to expect when links fail at random, how bad it gets, and which links matter."""
    from corridors.maps.charts import plot_exceedance
    from corridors.studies.reliability import reliability as random_failures
    from corridors.studies.renewal import yearly_reliability

    found, rows = case.read()
    if draws is None:
        draws = YEARS if outage else DRAWS
    if outage:
        means = {name: tuple(number(v) for v in text.split(",")) for name, text in pairs("--outage", outage).items()}
        options: dict[str, Any] = {"years": draws, "durations": durations, "seed": seed}
        result = yearly_reliability(found, rows, means, by=by, **options)  # type: ignore[arg-type]
        case.say(f"{draws:,} years with {len(result.events if result.events is not None else ()):,} outages")
    else:
        result = random_failures(found, rows, availability, by=by, draws=draws, seed=seed)
    low, high = result.interval
    unit, factor = case.money
    sure = f"95 %: {low * factor:,.1f} to {high * factor:,.1f}" if low == low else "one draw gives no interval"
    case.say(f"expected loss {result.expected * factor:,.1f} {unit} ({sure})\n")
    case.show(result.quantiles)
    case.say("\nWhat failures add to the expected loss (criticality), and the loss when each is down and up\n")
    case.show(result.importance.head(15))
    also = {"reliability_quantiles": result.quantiles, "reliability_exceedance": result.exceedance}
    if result.events is not None:
        also["reliability_outages"] = result.events
    title = case.titled("How bad a year gets" if outage else "How bad a day gets")
    drawn = {"reliability": lambda: plot_exceedance(result.exceedance, expected=result.expected, title=title)}
    case.caution(found, rows)
    case.write("reliability", result.importance, also, None, drawn)


COMMANDS = (reliability,)
