"""Transport corridors as a weighted graph: what a closure costs, and who depends on whom.

Public names load when they are first used, so the import alone costs little.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Network": "network",
    "load_network": "datasets",
    "load_demand": "datasets",
    "load_observed": "datasets",
    "load_events": "datasets",
    "load_shocks": "datasets",
    "load_projects": "datasets",
    "load_references": "datasets",
    "load_flows": "datasets",
    "load_validation": "datasets",
    "load_defaults": "datasets",
    "load_blocs": "datasets",
    "load_countries": "datasets",
    "load_gates": "datasets",
    "load_penalties": "datasets",
    "penalties": "studies.penalties",
    "Scenarios": "scenarios.batch",
    "outages": "scenarios.make",
    "sample": "scenarios.make",
    "baseline": "scenarios.make",
    "grid": "scenarios.make",
    "coalitions": "scenarios.make",
    "shocks": "scenarios.shocks",
    "from_table": "scenarios.make",
    "from_experiments": "scenarios.make",
    "named_parameter": "scenarios.parameters",
    "events": "scenarios.events",
    "with_preferences": "edits.preferences",
    "load_preferences": "datasets",
    "load_parameters": "datasets",
    "solve": "sweeping.solve",
    "sweep": "sweeping.solve",
    "routes": "sweeping.solve",
    "skim": "model.skims",
    "route_legs": "model.legs",
    "plot_leverage": "maps.charts",
    "plot_losses": "maps.charts",
    "plot_exceedance": "maps.charts",
    "plot_recovery": "maps.charts",
    "plot_n_minus_k": "maps.n_minus_k",
    "plot_frontier": "maps.charts",
    "plot_dependence": "maps.charts",
    "plot_break_even": "maps.break_even",
    "plot_atlas": "maps.atlas",
    "plot_hinterland": "maps.hinterland",
    "plot_prices": "maps.prices",
    "plot_rents": "maps.prices",
    "plot_sensitivity": "maps.sensitivity",
    "plot_tornado": "maps.sensitivity",
    "plot_map": "maps.flow_map",
    "plot_difference": "maps.flow_map",
    "plot_time_cost_distance": "maps.time_cost_distance",
    "save_figure": "maps.style",
    "perform_experiments": "studies.experiments",
    "criticality": "studies.criticality",
    "redundancy": "studies.redundancy",
    "plot_criticality": "maps.criticality",
    "compare_observed": "validation.observed",
    "validate": "validation.compare_published",
    "dependence": "studies.dependence",
    "concentration": "studies.dependence",
    "min_cut": "studies.cuts",
    "hedging_frontier": "studies.hedging",
    "break_even": "studies.break_even",
    "atlas": "studies.atlas",
    "hinterland": "studies.hinterland",
    "next_flips": "studies.hinterland",
    "delivered_costs": "studies.prices",
    "marginal_costs": "studies.prices",
    "rents": "studies.rents",
    "sensitivity": "studies.sensitivity",
    "tornado": "studies.sensitivity",
    "interdiction": "studies.interdiction",
    "interdiction_curve": "studies.interdiction",
    "plot_interdiction": "maps.interdiction",
    "plot_interdiction_curve": "maps.interdiction",
    "fortify": "studies.interdiction",
    "leverage": "studies.leverage",
    "reliability": "studies.reliability",
    "yearly_reliability": "studies.renewal",
    "recovery": "studies.recovery",
    "n_minus_k": "studies.n_minus_k",
    "select_demand": "edits.selection",
    "open_planned": "edits.selection",
    "with_projects": "studies.projects",
    "without_projects": "studies.projects",
    "project_leverage": "studies.projects",
    "plot_projects": "maps.projects",
    "calibrate": "validation.calibration",
    "replay": "validation.replay",
    "read": "io.geo",
    "read_gmns": "io.gmns",
    "from_networkx": "io.nx",
    "to_networkx": "io.nx",
    "write": "io.geo",
    "min_cost_flow": "mincostflow",
    "min_cost_flow_sweep": "mincostflow",
    "check": "mincostflow",
    "check_sweep": "mincostflow",
    "scale_to_int": "arrays.scaling",
    "balance_supply": "arrays.scaling",
    "Bundles": "arrays.problem",
    "Changes": "arrays.changes",
    "Problem": "arrays.problem",
    "Status": "arrays.problem",
    "base_cache": "solvers.multicommodity.remembered",
    "UNCAPACITATED": "arrays.problem",
    "CorridorsError": "errors",
    "InputError": "errors",
    "InputWarning": "errors",
    "RangeError": "errors",
    "SolverError": "errors",
}
"""Where each public name lives."""

__all__ = sorted(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'corridors' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"corridors.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
