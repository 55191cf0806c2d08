"""The functions that make scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.errors import InputError, a_number, complaint, kind_of, listed, whole
from corridors.network import Network
from corridors.scenarios import labels
from corridors.scenarios.atoms import Parameter, as_numbers, atoms_of, closing, joined, listed_values
from corridors.scenarios.batch import ATOM, Scenarios, check_values
from corridors.scenarios.groups import Groups, closures, keyed_among, names_among
from corridors.scenarios.sources import CHUNK, Coalitions, Combinations, Draws, Laws, Levels
from corridors.schema.columns import as_id


def baseline(label: str = "as it is") -> Scenarios:
    """One scenario that changes nothing: the base among the others, solved as they are.

    Parameters
    ----------
    label : str
        What to call it.

    Returns
    -------
    Scenarios
        One.

    Raises
    ------
    InputError
        A label that is no text.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.baseline()
    Scenarios(1: as it is)
    """
    arguments.words(label=label)
    nothing = pd.DataFrame({name: [] for name in ("scenario", *ATOM, "value")})
    return Scenarios([label], nothing)


def outages(network: Network, k: int = 1, *, by: str = "link") -> Scenarios:
    """All closures of `k` links, nodes, ports, borders, countries, corridors, modes or blocs at a time.

    Parameters
    ----------
    network : Network
        Its operating links are what can close.
    k : int
        How many at once.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``. A node closes with its links and transfers,
        and a port is a node where ships or ferries call; a border (``AZ-KZ``) closes with every link from one country
        to the other, over land or water; a corridor or a mode with every link of it; a country with every link that
        touches it, at an end or on its course; a bloc with every link that touches one of its countries, by the
        memberships that come with the library.

    Raises
    ------
    InputError
        An unknown `by`, or a `k` that does not fit: a network without countries has no borders.

    Returns
    -------
    Scenarios
        Labels are the ids closed, with a plus sign between them. They are worked out as they are needed: all
        triples of 500 links take no more memory than the links.

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
    groups = closures(network, by)
    k = whole("outages: k", k)
    if not groups:
        raise InputError(f"outages: no {by} of the network operates, so none can close; give a network that has one")
    if not 1 <= k <= len(groups):
        raise InputError(f"outages: k={k} does not fit; give 1 to {len(groups)}, the number of {by} groups")
    atoms, numbered = closing(groups)
    return Scenarios.of(atoms, Combinations(list(groups), numbered, k))


def sample(
    network: Network,
    draws: int,
    *,
    availability: Any = None,
    distributions: Mapping[str, tuple[Parameter, Any]] | None = None,
    by: str = "link",
    seed: int = 0,
) -> Scenarios:
    """Random draws: what is down, and what values numbers take.

    Parameters
    ----------
    network : Network
    draws : int
        How many draws.
    availability : float, mapping or Series, optional
        The probability that each link (or node, country, ... see `by`) is up, 0 to 1; one number for all that
        operate. What goes down by a common cause goes down together: ``by="corridor"``.
    distributions : mapping, optional
        By name: what is changed, ``(table, id, field, operation)``, and its distribution, an object with ``ppf`` as
        SciPy's frozen distributions have.
    by : str
        What the availabilities are of.
    seed : int
        The same seed gives the same draws, whatever they are used for.

    Returns
    -------
    Scenarios
        So many, each drawn when it is asked for.

    Raises
    ------
    InputError
        What is named and not there; a share that is none; a distribution that draws what is no finite number: at once
        where one of the first 1,024 draws does, else when the draw is asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "from_node_id": ["x", "y"], "to_node_id": ["y", "z"],
    ...                       "mode": "ship", "tariff": 1.0})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["x", "y", "z"]}), links)
    >>> cd.sample(network, 1_000_000, availability={"a": 0.99, "b": 0.9}, seed=7)
    Scenarios(1000000: draw 0, draw 1, draw 2, draw 3, draw 4, ...)
    """
    arguments.networks(network=network)
    arguments.texts(by=by)
    draws, seed = whole("sample: draws", draws, 1), whole("sample: seed", seed)
    groups = closures(network, by) if availability is not None else {}
    up = availabilities(availability, groups, by, network)
    atoms, numbered = closing({name: groups[name] for name in up})
    named = _pairs(
        "distributions", {} if distributions is None else distributions, "what is changed and its distribution"
    )
    for name, (_, distribution) in named.items():
        if not callable(getattr(distribution, "ppf", None)):
            raise InputError(f"sample: the distribution of {name} has no ppf; give a frozen one of scipy.stats")
    valued = [atoms_of(parameter, name) for name, (parameter, _) in named.items()]
    column = np.repeat(np.arange(len(valued)), [len(rows) for rows in valued])
    numbers = len(atoms) + np.arange(len(column))
    atoms = pd.concat([atoms, joined(valued, list(named))], ignore_index=True)
    laws = [distribution for _, distribution in named.values()]

    down = 1.0 - np.array(list(up.values()), float)
    drawn = Scenarios.of(atoms, Draws(draws, seed, numbered, down, numbers, Laws(laws, column)))
    if laws:
        drawn.block(0, min(draws, CHUNK))  # a law that can't be drawn from raises here
    return drawn


def grid(parameters: Mapping[str, tuple[Parameter, Iterable[float]]]) -> Scenarios:
    """All combinations of values of some parameters, the last changing fastest.

    Parameters
    ----------
    parameters : mapping
        By name: what is changed, ``(table, id, field, operation)`` with one id or several or what
        `corridors.named_parameter` made, and its values.

    Returns
    -------
    Scenarios
        One a combination, made when it is asked for.

    Raises
    ------
    InputError
        No parameter, or one without values; a value that does not fit what it changes.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.grid({"ferry": (("links", "ferry", "capacity", "scale"), [0.5, 1.0]),
    ...          "value": (("demand", ["g1", "g2"], "value", "set"), [200, 400])})
    Scenarios(4: ferry=0.5, value=200, ferry=0.5, value=400, ferry=1, value=200, ferry=1, value=400)
    """
    parameters = _pairs("parameters", parameters, "what is changed and its values")
    rows = [atoms_of(parameter, name) for name, (parameter, _) in parameters.items()]
    values = [as_numbers(f"parameters: grid: {name}", levels) for name, (_, levels) in parameters.items()]
    empty = [name for name, levels in zip(parameters, values, strict=True) if not len(levels)]
    if empty or not parameters:
        raise InputError(f"parameters: {listed(empty) or 'nothing'} has no values; give one or more for each")
    names = [str(name) for name in parameters]
    for name, atoms, levels in zip(names, rows, values, strict=True):
        texts = [f"{name}={text}" for text in labels.values(levels)]
        atom = np.repeat(np.arange(len(atoms)), len(levels))
        check_values(atoms, atom, np.tile(levels, len(atoms)), (texts * len(atoms)).__getitem__)
    ends = np.cumsum([len(r) for r in rows])
    numbers = [np.arange(end - len(r), end) for r, end in zip(rows, ends, strict=True)]
    return Scenarios.of(joined(rows, names), Levels(names, numbers, values))


def coalitions(
    network: Network, players: Sequence[str] | Mapping[str, Iterable[str]], *, by: str = "country"
) -> Scenarios:
    """All subsets of players: what each leaves out is closed. Scenario number b has player i in it where bit i is 1.

    Parameters
    ----------
    network : Network
    players : sequence of str, or mapping
        Groups by the name that `by` gives them, or each player's links by its name.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``, for names.

    Returns
    -------
    Scenarios
        Two to the number of players, made when they are asked for.

    Raises
    ------
    InputError
        A player that does not operate, or twice; more than 62.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "from_node_id": ["x", "y"], "to_node_id": ["y", "z"],
    ...                       "mode": "ship", "tariff": 1.0})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["x", "y", "z"]}), links)
    >>> cd.coalitions(network, ["a", "b"], by="link")
    Scenarios(4: nobody, a, b, a + b)
    """
    groups = players_of(network, players, by)
    if len(groups) > 62:
        raise InputError(f"coalitions: {len(groups)} players are too many; give 62 at most")
    atoms, numbered = closing(groups)
    return Scenarios.of(atoms, Coalitions(list(groups), numbered))


def players_of(network: Network, players: Sequence[str] | Mapping[str, Iterable[str]], by: str) -> Groups:
    """What closes when each player leaves: groups by the name that `by` gives them, or each player's links."""
    arguments.networks(network=network)
    if isinstance(players, Mapping):
        arguments.mappings(players=players)
        groups = {as_id(p): [("links", link) for link in dict.fromkeys(arguments.names_of("players", own))]
                  for p, own in players.items()}  # fmt: skip
        names, links = list(map(as_id, players)), set(network.links.link_id)
        if strange := [link for own in groups.values() for _, link in own if link not in links]:
            raise InputError(complaint("players", "is no link of the network", strange, "give ids in links.link_id"))
    else:
        known = closures(network, by)
        names = names_among("players", network, by, known, players)
        groups = {p: known[p] for p in names}
    twice = [p for i, p in enumerate(names) if p in names[:i]]
    if twice:
        raise InputError(complaint("players", "is there twice", dict.fromkeys(twice), "name each once"))
    return groups


def from_experiments(experiments: pd.DataFrame, parameters: Mapping[str, Parameter]) -> Scenarios:
    """Scenarios from a table of experiments: a row a scenario, a column a parameter, as EMA Workbench and SALib make.

    Parameters
    ----------
    experiments : DataFrame
        A column for each parameter.
    parameters : mapping
        What each column changes: ``(table, id, field, operation)``, or what `corridors.named_parameter` made.

    Returns
    -------
    Scenarios
        As many as the table has rows, called by their numbers from 0.

    Raises
    ------
    InputError
        No parameters, or a parameter without a column; a value that is no finite number.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> experiments = pd.DataFrame({"toll": [0.0, 50.0], "ferry": [1.0, 0.5]})
    >>> scenarios = cd.from_experiments(experiments, {"toll": ("links", "road", "tariff", "add"),
    ...                                               "ferry": ("links", "ferry", "capacity", "scale")})
    >>> len(scenarios)
    2
    """
    arguments.mappings(parameters=parameters)
    if not len(parameters):
        raise InputError("parameters: is empty; say what each column of experiments changes")
    bare = [name for name in parameters if isinstance(experiments, pd.DataFrame) and name not in experiments]
    if bare:
        raise InputError(f"experiments: column {listed(bare)} is missing; give a column for each of parameters")
    experiments = arguments.table_of("experiments", experiments, numbers=parameters)
    rows = [atoms_of(parameter, name) for name, parameter in parameters.items()]
    values = [as_numbers(f"experiments: {name}", experiments[name]) for name in parameters]
    return listed_values(
        [str(i) for i in range(len(experiments))],
        joined(rows, list(map(str, parameters))),
        np.column_stack(
            [np.zeros((len(experiments), 0))]
            + [np.repeat(value[:, None], len(atoms), axis=1) for value, atoms in zip(values, rows, strict=True)]
        ),
    )


def _pairs(name: str, given: Any, what: str) -> dict[str, tuple[Any, Any]]:
    """A mapping whose values are pairs."""
    arguments.mappings(**{name: given})
    found = dict(given)
    bad = [key for key, pair in found.items() if not isinstance(pair, (tuple, list)) or len(pair) != 2]
    if bad:
        raise InputError(f"{name}: {listed(bad)} is no pair; give {what}")
    return found


def availabilities(availability: Any, groups: Groups, by: str, network: Network) -> dict[str, float]:
    """The probability that each group is up, by name."""
    if availability is None:
        return {}
    if isinstance(availability, Real):
        if not 0 <= float(availability) <= 1:
            raise InputError(f"availability: is {availability:g}; give the probability of being up, between 0 and 1")
        given = dict.fromkeys(groups, float(availability))
    elif isinstance(availability, Mapping | pd.Series):
        named = keyed_among("availability", network, by, groups, availability)
        given = {name: a_number(share) for name, share in named.items()}
    else:
        raise InputError(
            f"availability: {kind_of(availability)} is no probability; give a number, or one for each {by} by name"
        )
    bad = {name: share for name, share in given.items() if not 0 <= share <= 1}
    if bad:
        remedy = f"give the probability of being up, not {listed(f'{share:g}' for share in bad.values())}"
        raise InputError(complaint("availability", "is not between 0 and 1", bad, remedy))
    return given
