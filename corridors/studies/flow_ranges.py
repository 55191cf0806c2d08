"""Flow ranges: what each link may carry over all flows that have the least loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.methods.digits import places
from corridors.model.arcs import Kind
from corridors.model.build import build
from corridors.model.face import face_of
from corridors.model.ranges import Deviations
from corridors.network import Network, case_names, checked_demand
from corridors.schema.definitions import DIRECTIONS
from corridors.sweeping.optimum import solved
from corridors.sweeping.progress import counted


def flow_ranges(network: Network, demand: Any, *, commodity: str | None = None, progress: bool = True) -> pd.DataFrame:
    """The least and the most that each link carries over all flows of least loss.

    Where routes cost the same, `corridors.solve` shows one flow of many. What is certain is the range.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it moves.
    commodity : str, optional
        Whose flow; by default that of all commodities together.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        A row a link and direction that may carry something, the widest ranges first: ``link_id, name, direction, low,
        flow`` (what `corridors.solve` gives), ``high, width`` (t/year).

    Raises
    ------
    InputError
        A commodity that is not moved.
    SolverError
        A range could not be found.

    See Also
    --------
    corridors.explain : Why one demand row goes the way it does.

    Notes
    -----
    The optimal flows are those over arcs of zero reduced cost that fill what has a rent and serve what is worth it
    (complementary slackness; Schrijver 1986, section 7.9). On this face a pair of linear programmes finds each range,
    after all that the balances fix is taken out. A cycle that costs nothing carries at most what its class moves.
    Ranges of several links do not hold at once: what one carries more, another carries less.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "south", "on"], "from_node_id": ["a", "a", "b"],
    ...                       "to_node_id": ["b", "b", "c"], "mode": "ship", "tariff": [10.0, 10.0, 1.0],
    ...                       "capacity": [70.0, None, None]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["a", "b", "c"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["c"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> cd.flow_ranges(network, demand)[["link_id", "low", "high", "width"]]
      link_id    low   high  width
    0   north    0.0   70.0   70.0
    1   south   30.0  100.0   70.0
    2      on  100.0  100.0    0.0
    """
    rows = checked_demand(network, demand)
    if commodity is not None:
        known = dict.fromkeys(rows.commodity)
        [commodity] = arguments.known_names("commodity", [commodity], known, "is not moved", "give one of demand")
    model = build(network, rows)
    solution = solved(model)
    arcs, face = model.arcs, face_of(model, solution.flow, solution.rent, solution.distance)
    wanted = np.ones(len(model.classes), bool) if commodity is None else model.classes.commodity == commodity
    on_links = (arcs.kind == Kind.LINK) & np.asarray(wanted)[arcs.owner]
    passage = 2 * arcs.item + arcs.direction
    shown = model.units.tonnes(
        np.bincount(passage[on_links], solution.flow[on_links], minlength=2 * len(network.links))
    )
    deviations = Deviations(face, solution.flow)
    place = np.flatnonzero(on_links[face.arc])
    of = passage[face.arc[place]]
    found = []
    with counted("flow_ranges", len(np.unique(of)), "links", progress) as done:
        for number in np.unique(of).tolist():
            parts = list(deviations.of(place[of == number]))
            low, high = (
                (float(model.units.tonnes(sum(ends))) for ends in zip(*parts, strict=True)) if parts else (0.0, 0.0)
            )
            now = float(shown[number])
            found.append((*divmod(number, 2), max(now + low, 0.0), now, now + high))
            done(1)
    return _table(network, rows, found)


def _table(network: Network, rows: pd.DataFrame, found: list[tuple[int, int, float, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(found, columns=["row", "side", "low", "flow", "high"])
    links = network.links.iloc[table.row]
    digits = places(3, rows.volume, 1e6)
    figures = ["low", "flow", "high"]
    table[figures] = table[figures].round(digits) + 0.0
    table = table.assign(
        link_id=links.link_id.to_numpy(),
        name=links["name"].to_numpy(),
        direction=np.asarray(DIRECTIONS, object)[table.side],
        width=(table.high - table.low).round(digits),
    )
    table = table[table.high > 0].sort_values("width", ascending=False, kind="stable", ignore_index=True)
    table = table[["link_id", "name", "direction", "low", "flow", "high", "width"]]
    table.attrs.update({**case_names(network, rows), "units": dict.fromkeys((*figures, "width"), "t/year")})
    return table
