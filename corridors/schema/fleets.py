"""Fleets: ships, wagons or a stretch of track that several links share, and what they carry together."""

from __future__ import annotations

import pandas as pd

from corridors.errors import InputError, complaint


def capacities(fleets: pd.DataFrame) -> pd.DataFrame:
    """What each fleet carries, a row a fleet in the order of the table: ``fleet_id, capacity`` (t/year).

    Parameters
    ----------
    fleets : DataFrame
        The table `fleets` of a network, a row a link of a fleet.
    """
    if not len(fleets):
        return fleets
    return fleets.drop_duplicates("fleet_id")[["fleet_id", "capacity"]].reset_index(drop=True)


def check_fleets(fleets: pd.DataFrame) -> None:
    """Raise where a fleet has a link twice, or a capacity that differs by link.

    Parameters
    ----------
    fleets : DataFrame
        The table `fleets`, its columns checked.
    """
    if not len(fleets):
        return
    twice = fleets[fleets.duplicated(["fleet_id", "link_id"])]
    if len(twice):
        pairs = twice.fleet_id + ":" + twice.link_id
        raise InputError(complaint("fleets", "a link is there twice", pairs, "keep one row"))
    unlike = fleets[["fleet_id", "capacity"]].drop_duplicates()
    differs = unlike.fleet_id[unlike.fleet_id.duplicated()].unique()
    if len(differs):
        remedy = "give each link of a fleet what the whole fleet carries"
        raise InputError(complaint("fleets", "capacity differs by link", differs, remedy))
