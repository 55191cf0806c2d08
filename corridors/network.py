"""The network: a frozen value of tables, checked on entry."""

from __future__ import annotations

import copy
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

import pandas as pd

from corridors.arrays.frames import html
from corridors.errors import InputError, InputWarning, complaint, kind_of, listed, warn
from corridors.schema.checks import as_country, as_id, check_reference, checked, split
from corridors.schema.columns import as_ids
from corridors.schema.consistency import (
    LISTING,
    check_blocs,
    check_courses,
    check_ends_and_modes,
    check_references,
    check_zones,
    member_ids,
    places_of_ends,
    warn_of_lengths,
    warn_of_modes_apart,
    with_lists_parted,
)
from corridors.schema.cost_steps import check_cost_steps, origins_named, with_step_ids
from corridors.schema.fleets import check_fleets
from corridors.schema.plausibility import warn_of_speeds, warn_of_tonnes
from corridors.sketch import sketch


@dataclass(frozen=True, eq=False)
class Network:
    """A transport network as tables; a change makes a new one.

    The columns of each table, their units and defaults stand in `corridors.schema.TABLES`. Other columns are kept.

    Parameters
    ----------
    nodes : DataFrame
        A row a node: ``node_id``, and ``x_coord, y_coord`` in degrees where maps are wanted.
    links : DataFrame
        A row a link: ``link_id, from_node_id, to_node_id, mode``; capacity in t/year, length in km, time in h,
        tariff in USD/t.
    transfers : DataFrame, optional
        A row a change of mode or gauge at a node. Modes that meet at a node without a transfer do not exchange goods.
    zones : DataFrame, optional
        A row a member node of a zone where goods start or end.
    commodities : DataFrame, optional
        A row a commodity: its modes and value of time. Without the table any commodity takes any mode, and its time
        costs nothing.
    rates : DataFrame, optional
        Freight a kilometre and speed by mode and commodity, for links without a tariff or time of their own.
    tariffs : DataFrame, optional
        A row a link and commodity whose freight is not the link's own: ``link_id, commodity, tariff`` (USD/t).
    fleets : DataFrame, optional
        A row a link that shares ships, or anything else, with others: ``fleet_id, link_id, capacity`` (t/year of the
        whole fleet).
    cost_steps : DataFrame, optional
        A row a step of a link's or transfer's cost: ``link_id`` or ``transfer_id``, ``load`` (t/year from which it
        holds) and ``extra_cost`` (USD/t that each tonne above pays more), which rises with the load.
    blocs : DataFrame, optional
        A row a membership: ``bloc, country``. Studies by bloc need it; nothing else reads it.

    Raises
    ------
    InputError
        What `schema.checks.checked` raises; an id that another table does not have; a link from a node to itself;
        a geometry far from its nodes; a rate, a tariff or a membership of a bloc given twice; a zone with two roles;
        steps of a cost that fall with the load, or that meet the same goods twice.

    Warns
    -----
    InputWarning
        A length that is implausible given the link's course or the places of its nodes, such as one in metres, or
        where longitude and latitude are swapped; a speed that nothing of the mode has; nodes whose geometry and
        coordinates differ; a column whose name is nearly that of the schema; modes that meet while
        there is no transfer at all.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"]})
    >>> links = pd.DataFrame({
    ...     "link_id": ["ferry", "rail"],
    ...     "from_node_id": ["aktau", "baku"],
    ...     "to_node_id": ["baku", "poti"],
    ...     "mode": ["ferry", "rail-1520"],
    ...     "capacity": [2.6e6, 10e6],
    ...     "tariff": [10.3, 12.0],
    ... })
    >>> network = cd.Network(nodes, links)
    >>> network
    Network(nodes=3, links=2)
    >>> network.replace(links=links.assign(tariff=0.0)).links.tariff.sum()
    np.float64(0.0)
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    transfers: pd.DataFrame = None
    zones: pd.DataFrame = None
    commodities: pd.DataFrame = None
    rates: pd.DataFrame = None
    tariffs: pd.DataFrame = None
    fleets: pd.DataFrame = None
    cost_steps: pd.DataFrame = None
    blocs: pd.DataFrame = None

    def __post_init__(self) -> None:
        self._take({field.name: object.__getattribute__(self, field.name) for field in fields(self)})

    def _take(self, tables: dict[str, Any]) -> None:
        """Check the cells of some tables, hold them, and check how all tables fit together."""
        absent = [name for name in ("nodes", "links") if name in tables and tables[name] is None]
        if absent:
            raise InputError(f"{absent[0]}: is None; give a DataFrame, without rows where there are none")
        for name, table in tables.items():
            object.__setattr__(self, name, checked(name, table))
        object.__setattr__(self, "cost_steps", with_step_ids(self.cost_steps))
        commodities = set(self.commodities.commodity)
        for name in LISTING:
            object.__setattr__(self, name, with_lists_parted(getattr(self, name), commodities))
        held = lent(self)
        check_references({field.name: getattr(held, field.name) for field in fields(self)})
        check_ends_and_modes(held.links, held.transfers, held.rates, held.tariffs)
        check_zones(held.zones, held.nodes)
        check_fleets(held.fleets)
        named = origins_named(held.cost_steps, held.nodes, held.zones)
        check_cost_steps(held.cost_steps, held.links, held.transfers, named)
        check_blocs(held.blocs)
        ends = places_of_ends(held.nodes, held.links)
        check_courses(held.links, ends)
        warn_of_modes_apart(held.links, held.transfers)
        warn_of_lengths(held.links, ends)
        warn_of_speeds(held.links, held.rates)

    def __getattribute__(self, name: str) -> Any:
        # A shallow copy: pandas copies on write, so no caller can change the network's own table.
        value = object.__getattribute__(self, name)
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value

    def __repr__(self) -> str:
        counts = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        sizes = [f"{table}={n}" for table, n in counts.items() if n]
        return f"Network({', '.join([repr(self.name)] * bool(self.name) + sizes)})"

    def _repr_html_(self) -> str:
        counts = {field.name: f"{len(getattr(self, field.name)):,}" for field in fields(self)}
        links = self.links.assign(capacity=self.links.capacity / 1e6)
        by_mode = links.groupby("mode", sort=False).agg(
            links=("link_id", "size"),
            operating=("status", lambda status: int((status == "operating").sum())),
            length=("length", "sum"),
            capacity=("capacity", "median"),
        )
        table = by_mode.assign(
            length=by_mode.length.map("{:,.0f}".format),
            capacity=[f"{most:,.2f}" if most == most else "no limit" for most in by_mode.capacity],
        ).rename(columns={"length": "length, km", "capacity": "median capacity, Mt/year"})
        figures = {name: count for name, count in counts.items() if count != "0"}
        title = f"Network {self.name}".rstrip()
        return html(title, figures, table.reset_index()) + sketch(self.nodes, self.links)

    def replace(self, **tables: Any) -> Network:
        """A network with some tables replaced; it keeps the name.

        Parameters
        ----------
        **tables : DataFrame
            By table name: ``links=...``.
        """
        unknown = tables.keys() - {field.name for field in fields(self)}
        if unknown:
            names = ", ".join(field.name for field in fields(self))
            raise InputError(f"network: has no table {', '.join(sorted(unknown))}; it has {names}")
        changed = copy.copy(self)
        changed._take(tables)
        return changed.named(self.name) if self.name and not changed.name else changed

    @property
    def name(self) -> str:
        """What results, tables and maps call it, such as ``eurasia 2024``; blank where it was given no name."""
        return str(self.nodes.attrs.get("name", ""))

    def named(self, name: str) -> Network:
        """The same network by another name."""
        changed = copy.copy(self)
        nodes = self.nodes
        nodes.attrs["name"] = name
        object.__setattr__(changed, "nodes", nodes)
        return changed

    def member_ids(self) -> pd.Series[str]:
        """What scenarios and results call the members of zones: ``zone_id:node_id``, a row a row of `zones`."""
        return member_ids(object.__getattribute__(self, "zones"))

    def of_links(self, kept: Iterable[str]) -> dict[str, pd.DataFrame]:
        """The rows of the tables that speak of links, for some links: what `replace` takes along with fewer `links`.

        Cost steps of transfers stay.

        Parameters
        ----------
        kept : iterable of str
            Ids of links.
        """
        names, tables = {"", *kept}, {name: getattr(self, name) for name in ("tariffs", "fleets", "cost_steps")}
        return {name: table[table.link_id.isin(names)] for name, table in tables.items()}

    def subset(
        self,
        *,
        nodes: Iterable[str] | None = None,
        links: Iterable[str] | None = None,
        modes: Iterable[str] | None = None,
        countries: Iterable[str] | None = None,
    ) -> Network:
        """The part of the network that has the nodes, links, modes and countries given (all of them, where None).

        A link stays when both its ends do; a node stays, with or without links, when it is given, and else when a
        link of the part touches it. Transfers and zone members go with their nodes, tariffs and fleets with their
        links, cost steps with their links and transfers.

        Parameters
        ----------
        nodes, links : iterable of str
            Ids to keep.
        modes : iterable of str
            Modes of links to keep.
        countries : iterable of str
            Countries of nodes to keep.
        """
        all_nodes, all_links = self.nodes, self.links
        wanted = pd.Series(True, index=all_nodes.index)
        if nodes is not None:
            wanted &= all_nodes.node_id.isin(_known(nodes, all_nodes.node_id, "nodes"))
        if countries is not None:
            wanted &= all_nodes.country.isin(_known(countries, all_nodes.country, "nodes", as_country))
        ids = set(all_nodes.node_id[wanted])
        kept = all_links.from_node_id.isin(ids) & all_links.to_node_id.isin(ids)
        if links is not None:
            kept &= all_links.link_id.isin(_known(links, all_links.link_id, "links"))
        if modes is not None:
            kept &= all_links["mode"].isin(_known(modes, all_links["mode"], "links"))
        if nodes is None and countries is None:
            ids = set(all_links.from_node_id[kept]) | set(all_links.to_node_id[kept])
        kept_nodes = all_nodes.node_id.isin(ids)
        transfers, steps = self.transfers[self.transfers.node_id.isin(ids)], self.cost_steps
        stepped = steps.link_id.isin(all_links.link_id[kept]) | steps.transfer_id.isin(transfers.transfer_id)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)  # the whole network was warned of
            return self.replace(
                nodes=all_nodes[kept_nodes],
                links=all_links[kept],
                transfers=transfers,
                zones=self.zones[self.zones.node_id.isin(ids)],
                **(self.of_links(all_links.link_id[kept]) | {"cost_steps": steps[stepped]}),
            )


class _Lent(Network):
    """A network whose tables come as they are held."""

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


def lent(network: Network) -> Network:
    """The same network for code that looks at its tables often and changes none: with a copy of each, not of each look.

    A copy takes a twentieth of a millisecond, and a small case was laid out and solved with more than a hundred.
    """
    same = object.__new__(_Lent)
    for field in fields(network):
        object.__setattr__(same, field.name, getattr(network, field.name))
    return same


def checked_demand(network: Network, demand: Any) -> pd.DataFrame:
    """Demand rows checked against the schema and the network.

    Parameters
    ----------
    network : Network
        Where the ends are: nodes, or zones with the role.
    demand : DataFrame
        ``demand_id, commodity, origin, destination, volume`` (t/year) and ``value`` (USD/t).

    Raises
    ------
    InputError
        What `schema.checks.checked` raises; an unknown commodity, node or zone; a zone used against its role; an
        origin that is its own destination.

    Warns
    -----
    InputWarning
        Links, transfers or rates of a network without a table of commodities that name none of demand's, or one that
        is nearly one of them; volumes and capacities that are hardly in the same unit, such as Mt and t.
    """
    if not isinstance(network, Network):
        raise InputError(f"network: is {kind_of(network)}; give a Network, such as load_network gives")
    if demand is None:
        raise InputError("demand: is None; give a DataFrame, without rows where nothing moves")
    rows = checked("demand", demand)
    commodities = set(network.commodities.commodity)
    if commodities:
        check_reference("demand", rows, "commodity", commodities, "commodities")
    else:
        _check_commodities(network, rows)
    nodes, zones = set(network.nodes.node_id.tolist()), network.zones
    for end in ("origin", "destination"):
        fit = set(zones.zone_id[zones.role == end].tolist())
        unfit = set(zones.zone_id.tolist()) - fit
        if unfit and (against := rows[end].isin(unfit)).any():
            problem = f"{end} is a zone whose role is not {end}"
            raise InputError(complaint("demand", problem, rows.demand_id[against], f"give a zone with the role {end}"))
        check_reference("demand", rows, end, nodes | fit, "nodes or zones")
    pairs = dict.fromkeys(zip(rows.commodity.tolist(), rows.origin.tolist(), strict=True))
    count = Counter(_class_name(*pair) for pair in pairs)
    if alike := [pair for pair in pairs if count[_class_name(*pair)] > 1]:
        problem = f"{_class_name(*alike[0])!r} is the name of several flow classes"
        named = [f"{commodity!r} with {origin!r}" for commodity, origin in alike]
        raise InputError(complaint("demand", problem, named, "rename a commodity or an origin"))
    circular = (rows.origin == rows.destination).to_numpy()
    if circular.any():
        remedy = "give two different ends, or leave the row out"
        raise InputError(complaint("demand", "origin is the destination", rows.demand_id[circular], remedy))
    warn_of_tonnes(network.links, rows)
    return rows


def _check_commodities(network: Network, rows: pd.DataFrame) -> None:
    """Warn where no commodity of demand is named, or one that is nearly one of demand: it may be misspelt."""
    wanted = {_plain(name): name for name in rows.commodity}
    for table, column in (*((table, "commodities") for table in LISTING), ("rates", "commodity")):
        frame: pd.DataFrame = getattr(network, table)
        unknown = [_misspelt(split(cell), wanted) for cell in frame[column]]
        if wanted and any(unknown):
            items = listed(dict.fromkeys(repr(item) for found in unknown for item in found))
            ids = frame["mode" if table == "rates" else frame.columns[0]][[bool(found) for found in unknown]]
            remedy = f"demand has {listed(dict.fromkeys(rows.commodity))}; is one misspelt?"
            message = complaint(table, f"{column} {items} is not in demand", ids, remedy)
            warn(message)


def _misspelt(items: tuple[str, ...], wanted: dict[str, str]) -> list[str]:
    """Items that demand does not have, where none of them is there or one is nearly there."""
    unknown = [item for item in items if item not in wanted.values()]
    near = [item for item in unknown if get_close_matches(_plain(item), wanted, 1, 0.8)]
    return unknown if len(unknown) == len(items) else near


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def class_names(rows: pd.DataFrame) -> pd.Series[str]:
    """The flow class of each demand row, as results call it: ``crude_oil from tengiz``."""
    names: pd.Series[str] = _class_name(rows.commodity, rows.origin)
    return names


def _class_name(commodity: Any, origin: Any) -> Any:
    """The name of one flow class, or of many."""
    return commodity + " from " + origin


def _known(wanted: object, column: pd.Series[Any], table: str, spelt: Callable[[object], str] = as_id) -> set[str]:
    """The names that are asked for, which all have to be in a column."""
    names = {spelt(name) for name in as_ids(wanted)}
    unknown = sorted(names - set(column))
    if unknown:
        raise InputError(
            f"subset: {column.name} {listed(unknown)} {'is' if len(unknown) == 1 else 'are'} not in {table}; "
            f"give some of {listed(dict.fromkeys(column))}"
        )
    return names


def case_names(network: Network, demand: Any) -> dict[str, str]:
    """The names of a network and of its demand, where they have one: what results and tables carry in ``attrs``."""
    names = {"network": network.name, "demand": str(getattr(demand, "attrs", {}).get("name", ""))}
    return {what: name for what, name in names.items() if name}
