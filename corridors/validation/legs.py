"""Corridors leg by leg: what a 40-foot box takes and costs in the model, next to what is published of the leg."""

from __future__ import annotations

import pandas as pd

from corridors import arguments
from corridors.datasets import load_legs
from corridors.network import Network
from corridors.validation.measures import Measures, in_unit

COLUMNS = ("leg_id", "corridor", "km", "days", "published_days", "usd_feu", "published_usd_feu", "facts", "note")


def compare_legs(network: Network) -> pd.DataFrame:
    """Time and cost of the legs of corridors, next to published ones.

    Parameters
    ----------
    network : Network
        The Eurasian network, or a version of it: legs name its nodes.

    Returns
    -------
    DataFrame
        A row a leg of `corridors.datasets.load_legs`: ``leg_id, corridor, km, days`` and ``usd_feu`` (freight, fees and
        handling of a 40-foot box on the cheapest path), ``published_days, published_usd_feu`` (missing where nothing is
        published), ``facts, note``.

    Raises
    ------
    InputError
        A leg whose ends the network does not have or does not join.

    Examples
    --------
    >>> import corridors as cd
    >>> from corridors.validation.legs import compare_legs
    >>> table = compare_legs(cd.load_network()).set_index("leg_id")
    >>> table.published_days["poti_constanta"]
    np.float64(9.0)
    """
    arguments.networks(network=network)
    case = Measures(network)
    legs = load_legs()
    parts = [case.legs("containers", row.origin, row.destination, row.avoid) for row in legs.itertuples()]
    return pd.DataFrame(
        {
            "leg_id": legs.leg_id,
            "corridor": legs.corridor,
            "km": [part.length.sum() for part in parts],
            "days": [part.time.sum() / 24 for part in parts],
            "published_days": legs.days,
            "usd_feu": [in_unit(part.money.sum(), "money", "USD/FEU") for part in parts],
            "published_usd_feu": legs.usd_feu,
            "facts": legs.facts,
            "note": legs.note,
        }
    )[list(COLUMNS)]
