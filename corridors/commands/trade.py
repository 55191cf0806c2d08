"""The command of trade: tonnes and money of a country, by whom it trades with, what and by which corridor."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study

UNITS = {
    **dict.fromkeys(("export_tonnes", "import_tonnes"), "t/year"),
    **dict.fromkeys(("export_value", "import_value", "value", "published"), "USD/year"),
}
"""Of the columns that are printed."""


@click.command()
@study
@click.option("--of", default="KZ", show_default=True, help="The country whose trade it is (two letters).")
@click.option(
    "--by",
    default="partner",
    show_default=True,
    type=click.Choice(["partner", "bloc", "corridor", "commodity"]),
    help="What the trade is divided by; blocs and corridors overlap.",
)
@click.option("--top", default=15, show_default=True, help="How many rows to print.")
def trade(case: Case, of: str, by: str, top: int) -> None:
    """What a country sends and receives, in tonnes and at market prices, next to published totals."""
    from corridors.datasets import load_partners, load_published_trade
    from corridors.studies.trade import known_country
    from corridors.studies.trade import trade as traded
    from corridors.sweeping.solve import routes, solve

    found, rows = case.read()
    of = known_country(found, of)
    delivered = routes(found, rows) if by == "corridor" else solve(found, rows)
    some = case.commodity is not None or case.origin is not None  # no total is compared with a part of itself
    published = None if some else load_published_trade()
    table = traded(found, rows, delivered, per=by, of=of, partners=load_partners(), published=published)
    case.show(table.head(top), UNITS)
    case.say(f"{table.attrs['known']:.1%} of the value has a partner that is known")
    if "coverage" in table:
        case.say("coverage: the value by the published total of published_year, both directions")
    case.write("trade", table, units=UNITS)


COMMANDS = (trade,)
