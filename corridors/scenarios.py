"""Scenarios: labelled batches of sparse changes to a network and its demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint, listed
from corridors.kernels.types import FloatArray
from corridors.network import Network
from corridors.tables import split

FIELDS: Mapping[str, tuple[str, ...]] = {
    "links": ("status", "capacity", "background", "tariff", "time", "border_fee", "border_time"),
    "transfers": ("status", "capacity", "cost", "time"),
    "nodes": ("capacity",),
    "zones": ("limit", "price"),
    "demand": ("volume", "value"),
}
"""What a scenario may change, by table."""

OPERATIONS = ("close", "open", "set", "scale", "add")


@dataclass(frozen=True, eq=False)
class Scenarios:
    """A frozen, labelled batch of scenarios, each a few changes to one base.

    Parameters
    ----------
    labels : sequence of str
        A name for each scenario, unique.
    changes : DataFrame
        A row a change: ``scenario`` (its number from 0), ``table``, ``id``, ``field``, ``operation`` (``close`` and
        ``open`` set the status; ``set, scale, add`` change a number), ``value``. Zone members are ``zone_id:node_id``.
    weights : (S,) float, optional
        Probability or importance of each; one each by default.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> half = pd.DataFrame({"scenario": [0], "table": ["links"], "id": ["ferry"], "field": ["capacity"],
    ...                      "operation": ["scale"], "value": [0.5]})
    >>> cd.Scenarios(["low water"], half)
    Scenarios(1: low water)
    """

    labels: Sequence[str]
    changes: pd.DataFrame
    weights: FloatArray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        labels = tuple(str(label) for label in self.labels)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "changes", _checked_changes(self.changes, len(labels)))
        weights = np.ones(len(labels)) if self.weights is None else np.array(self.weights, float)
        object.__setattr__(self, "weights", weights)
        twice = pd.Series(labels, dtype=object)
        twice = twice[twice.duplicated()]
        if len(twice):
            raise InputError(complaint("scenarios", "label is there twice", twice, "name each scenario once"))
        if weights.shape != (len(labels),) or not np.isfinite(weights).all() or (weights < 0).any():
            raise InputError(f"scenarios: weights do not fit; give {len(labels)} finite numbers >= 0")

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Scenarios({len(self)}: {listed(self.labels)})"

    def select(self, labels: Iterable[str]) -> Scenarios:
        """The scenarios with these labels, in this order."""
        number = {label: i for i, label in enumerate(self.labels)}
        wanted = list(labels)
        unknown = [label for label in wanted if label not in number]
        if unknown:
            raise InputError(complaint("scenarios", "label is unknown", unknown, "give labels of the batch"))
        rows = [number[label] for label in wanted]
        changes = self.changes[self.changes.scenario.isin(rows)]
        place = {old: new for new, old in enumerate(rows)}
        return Scenarios(wanted, changes.assign(scenario=changes.scenario.map(place)), self.weights[rows])

    def of(self, number: int) -> pd.DataFrame:
        """The changes of one scenario, by its number from 0."""
        return self.changes[self.changes.scenario == number]


def outages(network: Network, k: int = 1, *, by: str = "link") -> Scenarios:
    """All closures of `k` links, nodes, countries, corridors, modes or blocs at a time.

    Parameters
    ----------
    network : Network
        Its operating links are what can close.
    k : int
        How many at once.
    by : str
        ``link, node, country, corridor, mode`` or ``bloc``. A node closes with its links and transfers; a country, a
        corridor or a mode with every link of it; a bloc with every link in one of its countries, by the memberships
        that come with the library.

    Returns
    -------
    Scenarios
        Labels are the ids closed, joined by `` + ``.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "from_node_id": ["x", "y"], "to_node_id": ["y", "z"],
    ...                       "mode": "ship", "tariff": 1.0})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["x", "y", "z"]}), links)
    >>> cd.outages(network, k=2)
    Scenarios(1: a + b)
    """
    if by not in _GROUPS:
        raise InputError(f"outages: by={by!r} is unknown; give one of {', '.join(_GROUPS)}")
    groups = _GROUPS[by](network)
    if not 1 <= k <= len(groups):
        raise InputError(f"outages: k={k} does not fit; give 1 to {len(groups)}, the number of {by} groups")
    chosen = list(combinations(groups, k))
    rows = []
    for number, names in enumerate(chosen):
        closed = dict.fromkeys(item for name in names for item in groups[name])
        rows += [(number, table, item, "status", "close", np.nan) for table, item in closed]
    changes = pd.DataFrame(rows, columns=["scenario", "table", "id", "field", "operation", "value"])
    return Scenarios([" + ".join(names) for names in chosen], changes)


_Groups = dict[str, list[tuple[str, str]]]


def _operating(network: Network) -> pd.DataFrame:
    links = network.links
    return links[links.status == "operating"]


def _by_cells(column: str) -> Callable[[Network], _Groups]:
    def groups(network: Network) -> _Groups:
        links = _operating(network)
        named = links.assign(group=links[column].map(split)).explode("group").dropna(subset="group")
        return {str(g): [("links", i) for i in rows.link_id] for g, rows in named.groupby("group", sort=True)}

    return groups


def _by_link(network: Network) -> _Groups:
    return {str(i): [("links", str(i))] for i in _operating(network).link_id}


def _by_node(network: Network) -> _Groups:
    links = _operating(network)
    ends = pd.concat([links.from_node_id, links.to_node_id])
    touching = ends.groupby(ends, sort=False).apply(lambda rows: list(dict.fromkeys(links.link_id[rows.index])))
    transfers = network.transfers.groupby("node_id").transfer_id.apply(list)
    return {
        str(n): [("links", i) for i in touching[n]] + [("transfers", i) for i in transfers.get(n, [])]
        for n in network.nodes.node_id
        if n in touching
    }


def _by_bloc(network: Network) -> _Groups:
    from corridors.datasets import load_blocs

    members: dict[str, set[str]] = {}
    for country, bloc in load_blocs().itertuples(index=False):
        members.setdefault(bloc, set()).add(country)
    by_country = _by_cells("country")(network)
    groups: _Groups = {}
    for bloc, countries in members.items():
        closed = dict.fromkeys(item for country in countries & by_country.keys() for item in by_country[country])
        if closed:
            groups[bloc] = list(closed)
    return groups


_GROUPS: dict[str, Callable[[Network], _Groups]] = {
    "link": _by_link,
    "node": _by_node,
    "country": _by_cells("country"),
    "corridor": _by_cells("corridors"),
    "mode": _by_cells("mode"),
    "bloc": _by_bloc,
}


def _checked_changes(changes: pd.DataFrame, scenarios: int) -> pd.DataFrame:
    columns = ["scenario", "table", "id", "field", "operation", "value"]
    missing = [c for c in columns if c not in changes]
    if missing:
        raise InputError(f"scenarios: column {listed(missing)} is missing; give {', '.join(columns)}")
    changes = pd.DataFrame(changes)[columns].reset_index(drop=True)
    wrong: Iterable[tuple[str, Any, str]] = (
        ("scenario is no number of a scenario", ~changes.scenario.isin(range(scenarios)), f"give 0 to {scenarios - 1}"),
        ("table is unknown", ~changes.table.isin(FIELDS), f"give one of {', '.join(FIELDS)}"),
        ("operation is unknown", ~changes.operation.isin(OPERATIONS), f"give one of {', '.join(OPERATIONS)}"),
    )
    for problem, bad, remedy in wrong:
        if bad.any():
            raise InputError(complaint("changes", problem, changes.index[bad], remedy))
    status = changes.operation.isin(["close", "open"])
    allowed = pd.Series(
        [f in FIELDS[t] and (f == "status") == s for t, f, s in zip(changes.table, changes.field, status, strict=True)],
        dtype=bool,
    )
    if not allowed.all():
        known = "; ".join(f"{table}: {', '.join(names)}" for table, names in FIELDS.items())
        remedy = f"close and open take status, the rest a number; there is {known}"
        raise InputError(complaint("changes", "field does not fit", changes.index[~allowed], remedy))
    unsaid = ~status & ~np.isfinite(changes.value.astype(float))
    if unsaid.any():
        raise InputError(complaint("changes", "value is no finite number", changes.index[unsaid], "give one"))
    return changes
