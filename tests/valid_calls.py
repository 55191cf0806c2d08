"""A valid call of every public function, small enough to make thousands of them: each bad argument is tried in one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

import corridors as cd

MAP = {"extent": "caspian", "labels": 3, "inset": False, "ax": None, "figsize": (6.0, 5.0)}
"""Options of every map of a network."""


@cache
def network() -> cd.Network:
    """By ferry (at most 60 t) or, grain only, by barge, and on to Poti: no optimum is tied; three countries."""
    nodes = pd.DataFrame(
        [("aktau", 51.2, 43.6, "KZ"), ("baku", 49.9, 40.4, "AZ"), ("poti", 41.7, 42.1, "GE")],
        columns=["node_id", "x_coord", "y_coord", "country"],
    )
    links = pd.DataFrame(
        [
            ("ferry", "aktau", "baku", "ferry", "middle", 10.0, 60.0, 300.0, "operating"),
            ("barge", "aktau", "baku", "ferry", "north", 30.0, np.nan, 320.0, "operating"),
            ("rail", "baku", "poti", "ferry", "middle", 12.0, 80.0, 700.0, "operating"),
            ("new", "baku", "poti", "ferry", "north", 11.0, 90.0, 750.0, "planned"),
        ],
        columns=[
            "link_id",
            "from_node_id",
            "to_node_id",
            "mode",
            "corridors",
            "tariff",
            "capacity",
            "length",
            "status",
        ],
    )
    crossed = ["KZ;AZ", "KZ;AZ", "AZ;GE", "AZ;GE"]
    return cd.Network(
        nodes, links.assign(time=10.0, country=crossed, commodities=["", "grain", "", ""], gates=["middle", "", "", ""])
    )


@cache
def zoned() -> cd.Network:
    """The network, each of its nodes a traffic zone of the same name."""
    return network().replace(nodes=network().nodes.assign(zone_id=network().nodes.node_id))


@cache
def demand() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "demand_id": ["g", "o"],
            "commodity": ["grain", "ore"],
            "origin": "aktau",
            "destination": ["poti", "baku"],
            "volume": [50.0, 40.0],
            "value": [220.0, 120.0],
        }
    )


@cache
def eurasia() -> cd.Network:
    return cd.load_network()


@cache
def rails() -> pd.DataFrame:
    """One row, so that the whole network is solved at once."""
    return cd.load_demand().query("commodity == 'containers'").head(1)


@cache
def railway() -> cd.Network:
    """The links of a project, and no more: from Kashgar to Andijan."""
    links = cd.load_projects().set_index("project_id").links["cku"]
    return eurasia().subset(links=links.split(";"))


@cache
def along() -> pd.DataFrame:
    """Demand that the project matters for."""
    return pd.DataFrame(
        {
            "demand_id": ["boxes"],
            "commodity": ["containers"],
            "origin": ["kashgar"],
            "destination": ["andijan"],
            "volume": [1e6],
            "value": [900.0],
        }
    )


@cache
def lines() -> Any:
    import geopandas
    import shapely

    return geopandas.GeoDataFrame(geometry=[shapely.LineString([(50, 43), (51, 43)])], crs=4326)


@cache
def base() -> Any:
    return cd.solve(network(), demand())


@cache
def halves() -> tuple[cd.Network, pd.DataFrame]:
    return cd.periods(network(), demand(), into=2, seasons=ICE, storages=SILO)


@cache
def elastic() -> pd.DataFrame:
    return cd.with_elasticity(network(), priced(), base(), {"grain": 0.5}, steps=2)


@cache
def priced() -> pd.DataFrame:
    return demand().assign(price=200.0)


@cache
def problem() -> cd.Problem:
    return cd.Problem([0, 0, 1], [1, 2, 2], [3, 9, 9], [1, 4, 1], [5, 0, -5])


@cache
def changes() -> cd.Changes:
    return cd.Changes.from_coo(2, capacity=([0], [0], [1]))


TOLL = ("links", "barge", "tariff", "add")
SALIB = {"names": ["toll"], "bounds": [[0.0, 30.0]]}
EXCEPTIONS = pd.DataFrame({"commodity": ["grain"], "links": ["ferry"], "reason": ["the rest is full"]})
CURVES = pd.DataFrame({"link_id": ["ferry"], "capacity": [60.0], "cost": [5.0]})
FACTORS = pd.DataFrame({"mode": ["ferry"], "factor": [50.0]})
SEAS = pd.DataFrame({"sea": "Caspian Sea", "node_id": ["aktau", "baku"]})
OBSERVED = pd.DataFrame(
    {
        "obs_id": ["o"],
        "name": ["Caspian"],
        "link_ids": ["ferry;barge"],
        "direction": ["fwd"],
        "commodity": ["all"],
        "volume": [80.0],
        "tolerance": ["A"],
        "restates": [False],
    }
)
HALF = pd.DataFrame(
    {"scenario": [0], "table": "links", "id": "rail", "field": "capacity", "operation": "scale", "value": 0.5}
)
GATES = pd.DataFrame(
    {
        "link_id": ["barge"],
        "commodities": ["grain"],
        "volume": [10.0],
        "steps": [2],
        "theta": ["theta"],
        "constant": 0.0,
    }
)
ICE = pd.DataFrame(
    {"season_id": ["ice"], "table": ["links"], "ids": ["barge"], "start": ["12-01"], "end": ["03-31"], "factor": [0.0]}
)
SILO = pd.DataFrame({"storage_id": ["silo"], "node_id": ["baku"], "modes": ["ferry"], "capacity": [10.0]})
EVENT = pd.DataFrame(
    {
        "event_id": ["storm"],
        "affected_type": ["link"],
        "affected_id": ["ferry"],
        "capacity_loss_fraction": [1.0],
        "date_start": pd.to_datetime(["2024-01-01"]),
        "date_end": pd.to_datetime(["2024-01-10"]),
        "duration_days": [10.0],
        "volume_lost": [1.0],
        "volume_unit": ["t"],
        "effect": ["all ships in port"],
    }
)
CANDIDATES = pd.DataFrame(
    {"candidate_id": ["ship"], "id": "ferry", "amount": 10.0, "cost": 1e3, "kind": "modules", "most": 2}
)
SURGE = pd.DataFrame({"table": ["links"], "field": ["mode"], "which": ["ship"], "of": ["room"], "month": [0.5]})
SHOCKS = pd.DataFrame(
    {
        "shock_id": ["s"],
        "kind": ["close"],
        "target": ["rail"],
        "commodity": [""],
        "origins": [""],
        "value": [np.nan],
    }
)


SPREADS = pd.DataFrame({"table": ["links"], "field": ["tariff"], "confidence": [""], "per": [""], "factor": [1.2]})


def with_loads() -> cd.Network:
    """The network with a load that was observed on each link."""
    return network().replace(links=network().links.assign(flow=80.0, flow_year=2024))


@cache
def table_of(name: str) -> Any:
    """What a study gave, for the functions that take its table."""
    made = {
        "routes": lambda: cd.routes(network(), demand()),
        "leverage": lambda: cd.leverage(network(), demand(), ["AZ", "KZ"], progress=False),
        "criticality": lambda: cd.criticality(network(), demand(), progress=False),
        "n_minus_k": lambda: cd.n_minus_k(network(), demand(), progress=False),
        "expansion": lambda: cd.expansion(network(), demand(), CANDIDATES, steps=1, progress=False),
        "hedging": lambda: cd.hedging_frontier(network(), demand(), bloc="AZ", progress=False),
        "break_even": lambda: cd.break_even(network(), demand(), TOLL, 0, 300, progress=False),
        "atlas": lambda: cd.atlas(
            network(), demand(), (TOLL, 0, 100), (("links", "ferry", "tariff", "add"), [0, 50]), progress=False
        ),
        "hinterland": lambda: cd.hinterland(network(), TOLL, 0, 100, commodity="grain", origin="aktau", progress=False),
        "flips": lambda: cd.next_flips(table_of("hinterland"), 0.0),
        "dependence": lambda: cd.dependence(network(), demand()),
        "flows_by_gate": lambda: cd.flows_by_gate(network(), demand(), table_of("routes")),
        "prices": lambda: cd.delivered_costs(network(), base(), commodity="grain"),
        "rents": lambda: cd.rents(network(), base()),
        "link_loads": lambda: cd.link_loads(with_loads(), base()),
        "observed": lambda: cd.compare_observed(network(), base(), OBSERVED),
        "emissions": lambda: cd.emissions(network(), base()),
        "explanation": lambda: cd.explain(network(), demand(), base(), "g", progress=False).routes,
        "flow_ranges": lambda: cd.flow_ranges(network(), demand(), progress=False),
        "curve": lambda: cd.interdiction_curve(network(), demand(), 1, progress=False),
        "fortified": lambda: cd.fortify(network(), demand(), 1, 1, progress=False),
        "attack": lambda: cd.interdiction(network(), demand(), 1, progress=False).to_frame(),
        "ride_through": lambda: cd.ride_through(
            network(), demand(), "rail", storages=SILO, into=2, longest=1, progress=False
        ),
        "recovery": lambda: cd.recovery(network(), demand(), {"ferry": 10.0}, progress=False).curve,
        "reliability": lambda: cd.reliability(network(), demand(), 0.9, progress=False).exceedance,
        "sensitivity": lambda: cd.sensitivity(network(), demand(), SALIB, {"toll": TOLL}, samples=4, progress=False),
        "tornado": lambda: cd.tornado(network(), demand(), SALIB, {"toll": TOLL}, progress=False),
        "route": lambda: cd.skim(network(), commodity="grain", origins="aktau", destinations="poti").iloc[0],
        "flow": lambda: cd.min_cost_flow(problem()),
        "flows": lambda: cd.min_cost_flow_sweep(problem(), changes(), keep=("flow", "potential")),
        "graph": lambda: cd.to_networkx(network()),
        "projects": lambda: cd.project_leverage(railway(), along(), ["KG", "CN"], projects=["cku"], progress=False),
        "axes": lambda: cd.plot_losses(table_of("criticality"), label="scenario"),
    }
    return made[name]()


def valid(folder: Path) -> dict[str, dict[str, Any]]:
    """The arguments of a valid call by public name; those without arguments and plain values are left out."""
    net, rows = network(), demand()
    on = {"network": net, "demand": rows}
    study = {**on, "progress": False}
    toll = {"toll": TOLL}
    return {
        "Bundles": {"bundle": [0, 0], "arc": [0, 1], "weight": [1, 1], "limit": [9]},
        "Problem": {"tail": [0], "head": [1], "capacity": [3], "cost": [1], "supply": [1, -1], "lower": [0]},
        "Network": {"nodes": net.nodes, "links": net.links, "transfers": None, "zones": None, "commodities": None,
                    "rates": None, "blocs": None},
        "Scenarios": {"labels": ["one"], "changes": HALF, "weights": [1.0]},
        "atlas": {**study, "along": (TOLL, 0, 100), "across": (("links", "ferry", "tariff", "add"), [0, 50]),
                  "routes_by": "corridor", "select": {"commodity": "grain", "origin": "KZ", "destination": "GE"}},
        "balance_supply": {"supply": [3, -3], "vertex": 0, "tolerance": 0},
        "break_even": {**study, "parameter": TOLL, "low": 0, "high": 100, "routes_by": "corridor",
                       "select": {"commodity": "grain", "origin": "KZ", "destination": "GE"}},
        "calibrate": {"network": eurasia(), "demand": cd.load_demand(), "free": None, "evaluations": 1},
        "check": {"problem": problem(), "result": table_of("flow")},
        "check_sweep": {"problem": problem(), "changes": changes(), "result": table_of("flows")},
        "coalitions": {"network": net, "players": ["AZ", "KZ"], "by": "country"},
        "to_problem": on,
        "compare_observed": {"network": net, "result": base(), "observed": OBSERVED},
        "compare_paths": {**on, "exceptions": EXCEPTIONS, "seas": SEAS},
        "concentration": {**on, "routes": table_of("routes"), "of": "origin", "blocs": None},
        "criticality": {**study, "by": "link", "scenarios": cd.outages(net), "draws": 2, "drawn": 1, "spreads": SPREADS,
                        "seed": 0},
        "intervals": {**study, "study": cd.leverage, "players": ["AZ", "KZ"], "draws": 2, "spreads": SPREADS,
                      "seed": 0, "drivers": False},
        "uncertain_cases": {**on, "draws": 2, "spreads": SPREADS, "seed": 0},
        "delivered_costs": {"network": net, "result": base(), "commodity": "grain", "origin": "aktau"},
        "trade": {**on, "result": base(), "per": "partner", "of": "KZ", "partners": None, "published": None},
        "dependence": {**on, "routes": table_of("routes"), "on": "country", "of": "all"},
        "flows_by_gate": {**on, "result": table_of("routes"), "by": "border", "blocs": ["KZ"]},
        "emissions": {"network": net, "result": base(), "per": "mode", "factors": FACTORS},
        "carbon_price": {**on, "prices": [50.0], "factors": FACTORS},
        "explain": {**study, "result": base(), "demand_id": "g"},
        "flow_ranges": {**study, "commodity": "grain"},
        "events": {"network": net, "table": EVENT, "base": None},
        "expansion": {**study, "candidates": CANDIDATES, "budget": 1e6, "scenarios": cd.baseline(),
                      "criterion": "expected", "discount_rate": 0.06, "steps": 1, "gap": 1e-4,
                      "executor": None, "store": None},
        "next_flips": {"table": table_of("hinterland"), "now": 0.0},
        "fortify": {**study, "protect": 1, "budget": 1, "by": "link", "among": ["ferry"], "limit": 100},
        "from_experiments": {"experiments": pd.DataFrame({"toll": [1.0, 2.0]}), "parameters": toll},
        "from_networkx": {"graph": table_of("graph"), "names": {}, "units": {}, "mode": "road"},
        "from_table": {"table": pd.DataFrame({"scenario_id": ["s"], "link_id": ["rail"], "link_availability": [0.5]})},
        "grid": {"parameters": {"toll": (TOLL, [1.0, 2.0])}},
        "explore": {"network": net, "result": base(), "title": "t", "height": 300},
        "Explorer": {"page": "<p>", "height": 300},
        "autonomy": {**study, "bloc": "AZ", "select": {"commodity": "grain", "origin": "KZ"}, "projects": [],
                     "partners": ["GE"]},
        "hedging_frontier": {**study, "bloc": "AZ", "select": {"commodity": "grain", "origin": "KZ"}, "of": "all",
                             "values": [1.0]},
        "hinterland": {"network": net, "parameter": TOLL, "low": 0, "high": 100, "commodity": "grain",
                       "origin": "aktau", "destinations": ["poti"], "routes_by": "corridor", "progress": False},
        "interdiction": {**study, "budget": 1.0, "costs": {"ferry": 1.0}, "by": "link", "among": ["ferry"],
                         "method": "search", "limit": 100, "seconds": 10.0},
        "interdiction_curve": {**study, "budget": 1, "costs": {"ferry": 1.0}, "by": "link", "among": ["ferry"],
                               "method": "search", "limit": 100, "seconds": 10.0},
        "route_legs": {"network": net, "commodity": "grain", "route": table_of("route")},
        "leverage": {**study, "players": ["AZ", "KZ"], "by": "country", "method": "auto", "orders": 4, "seed": 0},
        "load_demand": {"name": "2024"},
        "load_network": {"name": "eurasia", "year": 2024},
        "load_observed": {"name": "2024"},
        "min_cost_flow": {"problem": problem(), "solver": "simplex", "bundles": None},
        "min_cost_flow_sweep": {"problem": problem(), "changes": changes(), "keep": ("flow",), "totals": None,
                                "threads": 1, "solver": "simplex"},
        "marginal_costs": {**study, "commodity": "grain", "origin": "aktau", "scenario": cd.baseline()},
        "min_cut": {"network": net, "origins": ["aktau"], "destinations": ["poti"], "commodity": "grain"},
        "n_minus_k": {**study, "k": 2, "by": "link", "among": ["ferry", "rail"], "most": 2},
        "open_planned": {"network": net, "corridors": ["new"]},
        "without_capacities": {"network": net},
        "free_of_charge": {"network": net},
        "outages": {"network": net, "k": 1, "by": "link"},
        "named_parameter": {**on, "field": "tariff", "kind": "corridor", "which": "north", "operation": "add",
                      "commodity": "grain", "origin": "KZ"},
        "penalties": on,
        "ride_through": {**study, "close": ["rail"], "storages": SILO, "into": 2, "longest": 1, "stocks": [0.0, 1.0],
                         "seasons": ICE, "first": "01"},
        "plot_ride_through": {"table": table_of("ride_through"), "title": "t"},
        "plot_year": {"network": net, "results": {"now": base()}, "commodity": "grain", "extent": "caspian",
                      "title": "t", "labels": 3, "columns": 2},
        "periods": {**on, "into": 2, "seasons": ICE, "storages": SILO, "delays": False, "first": "01"},
        "by_period": {**dict(zip(("network", "demand"), halves(), strict=True)), "result": cd.solve(*halves())},
        "perform_experiments": {**on, "experiments": pd.DataFrame({"toll": [1.0, 2.0]}), "parameters": toll,
                                "outcomes": ("loss",), "executor": None, "store": None, "progress": False,
                                "solver": "columns"},
        "plot_atlas": {"table": table_of("atlas"), "along": "a", "across": "b", "now": (0.0, 0.0), "title": "t"},
        "plot_interdiction_curve": {"curve": table_of("curve"), "fortified": table_of("fortified"), "title": "t"},
        "plot_break_even": {"table": table_of("break_even"), "name": "toll", "now": 1.0, "intervals": None,
                            "title": "t"},
        "plot_criticality": {"network": net, "table": table_of("criticality"), "by": "link", "title": "t", **MAP},
        "plot_dependence": {"table": table_of("dependence"), "title": "t", "most": 5},
        "plot_difference": {"network": net, "before": base(), "after": base(), "commodity": "grain", "closed": None,
                            "extent": "caspian", "title": "t", "labels": 3, "inset": False, "ax": None,
                            "figsize": (6.0, 5.0)},
        "plot_expansion": {"result": table_of("expansion"), "intervals": None, "title": "t", "most": 3},
        "plot_exceedance": {"table": table_of("reliability"), "expected": 1.0, "title": "t"},
        "plot_emissions": {"table": table_of("emissions"), "title": "t", "most": 5},
        "plot_explanation": {"routes": table_of("explanation"), "title": "t"},
        "plot_flow_ranges": {"table": table_of("flow_ranges"), "title": "t", "most": 5},
        "plot_flows_by_gate": {"table": table_of("flows_by_gate"), "title": "t", "most": 5, "within": True},
        "plot_frontier": {"table": table_of("hedging"), "bloc": "AZ", "intervals": None, "title": "t"},
        "plot_hinterland": {"network": net, "table": table_of("flips"), "name": "toll", "title": "t", **MAP},
        "plot_interdiction": {"network": net, "table": table_of("attack"), "title": "t", **MAP},
        "plot_leverage": {"table": table_of("leverage"), "before": table_of("leverage"), "intervals": None,
                          "title": "t"},
        "plot_losses": {"table": table_of("criticality"), "title": "t", "label": "scenario", "most": 5},
        "plot_map": {"network": net, "result": base(), "commodity": "grain", "extent": "caspian", "title": "t",
                     "closed": ["ferry"], "compared": base(),
                     "labels": 3, "inset": False, "ax": None, "figsize": (6.0, 5.0)},
        "plot_prices": {"network": net, "table": table_of("prices"), "result": base(), "title": "t", **MAP},
        "plot_projects": {"table": table_of("projects"), "title": "t"},
        "plot_recovery": {"curve": table_of("recovery"), "lost": 1.0, "title": "t"},
        "plot_rents": {"network": net, "table": table_of("rents"), "title": "t", **MAP},
        "plot_link_loads": {"network": net, "table": table_of("link_loads"), "title": "t", **MAP},
        "plot_observed": {"table": table_of("observed"), "title": "t", "most": 5},
        "plot_sensitivity": {"table": table_of("sensitivity"), "title": "t", "most": 5},
        "plot_n_minus_k": {"network": net, "table": table_of("n_minus_k"), "most": 3, "title": "t", **MAP},
        "plot_time_cost_distance": {"network": net, "commodity": "grain", "origin": "aktau", "destination": "poti",
                                    "measure": "time", "routes": {"now": net}, "title": "t", "ax": None},
        "plot_tornado": {"table": table_of("tornado"), "title": "t", "most": 5},
        "project_leverage": {"network": railway(), "demand": along(), "players": ["KG", "CN"], "projects": ["cku"],
                             "by": "country", "method": "auto", "orders": 4, "seed": 0, "progress": False},
        "with_candidates": {"network": net, "candidates": CANDIDATES, "portfolio": {"ship": 1}},
        "with_projects": {"network": railway(), "projects": ["cku"]},
        "without_projects": {"network": railway(), "projects": ["cku"]},
        "validate": {"network": eurasia(), "demand": rails(), "year": 2024, "kinds": ["distance"]},
        "read": {"path": folder / "net.gpkg", "names": {}, "units": {}, "recipe": "osmnx", "mode": "road",
                 "directed": False, "crs": "EPSG:4326"},
        "from_lines": {"lines": lines(), "mode": "rail", "tolerance": 1.0, "bridge": 5.0, "merge": True},
        "read_demand": {"path": folder / "demand.csv", "names": {}, "units": {}, "recipe": "osmnx",
                        "commodity": "coal", "value": 5.0, "network": zoned()},
        "read_scenarios": {"path": folder / "haz1.csv"},
        "read_dimacs": {"path": folder / "p.min"},
        "write_dimacs": {"problem": problem(), "path": folder / "p.min"},
        "recovery": {**study, "repairs": {"ferry": 10.0}, "left": {"ferry": 0.5}, "starts": {"ferry": 1.0},
                     "crews": 1, "by": "link", "order": None},
        "redundancy": {"network": net, "commodity": "grain", "minimise": "length", "among": ["ferry"]},
        "reliability": {**study, "availability": 0.9, "by": "link", "draws": 10, "method": "auto", "seed": 0},
        "rents": {**study, "scenario": cd.baseline()},
        "replay": {**on, "event": EVENT, "base": base(), "within": "month"},
        "routes": on,
        "sample": {"network": net, "draws": 3, "availability": 0.9,
                   "distributions": {"toll": (TOLL, stats.uniform(0, 9))}, "by": "link", "seed": 0},
        "save_figure": {"drawn": table_of("axes"), "path": folder / "map.png", "dpi": 50},
        "scale_to_int": {"x": [1.5, 2.0], "unit": 0.5, "unbounded": False},
        "select_demand": {**on, "commodity": "grain", "origin": "KZ", "destination": "GE"},
        "sensitivity": {**study, "problem": SALIB, "parameters": toll, "method": "sobol", "samples": 4, "seed": 0,
                        "of": "loss"},
        "shocks": {**on, "table": SHOCKS, "within": "month", "base": base()},
        "short_run": {**on, "base": base(), "within": "month", "surge": SURGE},
        "skim": {"network": net, "commodity": "grain", "origins": ["aktau"], "destinations": ["poti"],
                 "minimise": "cost"},
        "link_loads": {"network": with_loads(), "result": base()},
        "solve": on,
        "target": {**study, "corridor": "middle", "volume": 10.0},
        "tidy": {"result": base(), "variables": ["flow"], "zeros": False},
        "sweep": {**study, "scenarios": cd.outages(net), "keep": ("flow",), "reduce": ("loss_mean",),
                  "executor": None, "store": None, "solver": "columns"},
        "to_networkx": {"network": net, "result": base()},
        "tornado": {**study, "problem": SALIB, "parameters": toll, "of": "loss"},
        "baseline": {"label": "as it is"},
        "what_if": {**study, "close": "ferry", "open": ["new"], "scale": {"rail": 0.5}, "toll": {"GE": 5.0},
                    "refuse": "AZ", "scenario": cd.baseline(), "days": 30.0, "select": {"commodity": "grain"}},
        "with_congestion": {"network": net, "curves": CURVES, "optimum": "user", "steps": 4},
        "equilibrium": {
            "network": net.replace(cost_steps=None), "demand": rows, "curves": CURVES, "gap": 1e-6, "iterations": 50,
            "progress": False,
        },
        "by_curve": {"network": net, "demand": elastic(), "result": cd.solve(net, elastic())},
        "with_elasticity": {"network": net, "demand": priced(), "base": base(), "elasticities": {"grain": 0.5},
                            "steps": 2, "most": 1.2},
        "with_preferences": {"network": net, "preferences": GATES, "parameters": {"theta": 2.0}},
        "write": {"network": net, "path": folder / "out.gpkg", "demand": demand(), "result": base(),
                  "format": "geopackage"},
        "write_page": {"network": net, "demand": rows, "path": folder / "page.html", "title": "t", "links": 4,
                       "pairs": 1, "sliders": {}, "progress": False},
        "yearly_reliability": {**study, "outages": {"ferry": (100.0, 10.0)}, "by": "link", "years": 3,
                               "durations": "exponential", "spread": 1.0, "seed": 0},
    }  # fmt: skip
