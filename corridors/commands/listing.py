"""The command that lists what there is to name: nodes, links, corridors, commodities, shocks and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corridors.commands.inputs import Case, network_study

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("nodes", "links", "ports", "borders", "corridors", "countries", "blocs", "commodities", "shocks", "projects")


WHY_NONE = {
    "ports": ": a port is a node at which links of mode ship or ferry end",
    "commodities": " of its own: any may be moved, in any mode",
    "borders": ": give nodes a column country",
    "countries": ": give nodes a column country",
    "corridors": ": give links a column corridors",
}
"""Why a network may have none of a kind."""


@click.command(name="list")
@network_study
@click.argument("kind", type=click.Choice(KINDS), metavar="WHAT")
@click.option("--find", help="Only those in whose row this text is, whatever its case.")
@click.option("--top", default=40, show_default=True, help="How many to print.")
def list_names(case: Case, kind: str, find: str | None, top: int) -> None:
    """The names that other commands take.

    WHAT is one of nodes, links, ports, borders, corridors, countries, blocs, commodities, shocks, projects.
    """
    from corridors.datasets import country_words
    from corridors.errors import nearest

    table = _table(case.network_only(), kind)
    shown = table
    if find is not None:
        text = table.astype(object).fillna("").astype(str).agg(" ".join, axis=1).str.casefold()
        shown = table[text.str.contains(find.casefold(), regex=False).to_numpy()].reset_index(drop=True)
    if len(shown):
        case.show(shown.head(top))
        case.say(f"{min(top, len(shown))} of {len(shown)} {kind}{f' that hold {find!r}' if find else ''}")
    elif find and len(table):
        case.say(f"none of {len(table)} {kind} holds {find!r}{nearest([find], table.iloc[:, 0], country_words())}")
    else:
        case.say(f"the network has no {kind}{WHY_NONE.get(kind, '')}")
    case.write(kind, shown)


def _table(network: Any, kind: str) -> pd.DataFrame:
    """A row a name: its id first, and what tells it apart."""
    import pandas as pd

    from corridors.datasets import load_countries, load_projects, load_shocks
    from corridors.scenarios.crossings import bloc_members
    from corridors.scenarios.groups import closures
    from corridors.scenarios.shocks import within_reach
    from corridors.studies.volumes import gates_of

    if kind == "nodes":
        return network.nodes[["node_id", "name", "country", "node_type"]]
    if kind == "links":
        return network.links[["link_id", "name", "mode", "country", "corridors", "capacity", "status"]]
    if kind == "ports":
        ports = network.nodes.node_id.isin(list(closures(network, "port")))
        return network.nodes[ports][["node_id", "name", "country", "capacity"]].reset_index(drop=True)
    if kind == "shocks":
        return within_reach(load_shocks())[["shock_id", "name"]]
    if kind == "projects":
        return load_projects()[["project_id", "name"]]
    if kind == "commodities":
        return network.commodities[["commodity", "modes"]]
    if kind == "blocs":
        members = bloc_members(network)
        return pd.DataFrame({"bloc": list(members), "countries": [", ".join(names) for names in members.values()]})
    groups = closures(network, {"borders": "border", "corridors": "corridor", "countries": "country"}[kind])
    column = {"borders": "border", "corridors": "corridor", "countries": "country"}[kind]
    table = pd.DataFrame({column: list(groups), "links": [len(items) for items in groups.values()]})
    if kind == "corridors":
        gates = gates_of(network)
        table["gate"] = [" ".join(gates.get(name, [])) for name in table.corridor]
    if kind == "countries":
        names = load_countries().set_index("country").country_name
        table.insert(1, "name", table.country.map(names).fillna(""))
    return table


COMMANDS = (list_names,)
