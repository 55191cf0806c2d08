"""Capacities and flows in tonnes a year, whatever unit the source gives."""

from __future__ import annotations

from .facts import default


def tonnes(value: str, unit: str) -> float | None:
    """Tonnes a year, both directions together; None where the unit can't be turned into tonnes a year.

    Trains a day are read as in each direction (20 trains a day leave Dostyk, so 40 pass); train pairs are in both
    directions by name.
    """
    if not value:
        return None
    year, heavy = default("days_per_year"), default("train_net_t")
    factors = {
        "t/y": 1.0,
        "Mt/y": default("to_t_mt"),
        "bcm/y": default("to_t_bcm"),
        "Mb/d": default("to_t_mbd"),
        "TEU/y": default("to_t_teu"),
        "TEU Jan-Oct": default("to_t_teu") * 12 / 10,
        "Mt Jan-Jul": default("to_t_mt") * 12 / 7,
        "trains/day": 2 * year * heavy,
        "train pairs/day": 2 * year * heavy,
        "trains/day each way": 2 * year * default("train_net_brest_t"),
        "trains to 20 November": default("teu_per_train") * default("to_t_teu") * year / 324,
    }
    factor = factors.get(unit)
    return None if factor is None else float(value) * factor
