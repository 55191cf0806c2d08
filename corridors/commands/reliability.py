"""The command of reliability: what is lost when links fail at random."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, number, pairs, study
from corridors.commands.outputs import as_text


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
    sure = f"95 %: {low / 1e6:,.1f} to {high / 1e6:,.1f}" if low == low else "one draw gives no interval"
    click.echo(f"expected loss {result.expected / 1e6:,.1f} million USD a year ({sure})")
    click.echo(as_text(result.quantiles, ("loss", "low", "high"), ("level",)))
    click.echo("\nWhat failures add to the expected loss, million USD a year\n")
    shown = result.importance.head(15)
    click.echo(as_text(shown, ("loss_down", "loss_up", "birnbaum", "error", "criticality"), ("availability", "down")))
    also = {"reliability_quantiles": result.quantiles, "reliability_exceedance": result.exceedance}
    if result.events is not None:
        also["reliability_outages"] = result.events
    drawn = {"reliability": lambda: plot_exceedance(result.exceedance, expected=result.expected)}
    case.caution(found, rows)
    case.write("reliability", result.importance, also, **drawn)


COMMANDS = (reliability,)
