"""Inputs at the edge of their range: one row, no volume, no value, no route, nothing open, one scenario."""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import valid_calls
import xarray as xr
from generated import TIMES

import corridors as cd

NETWORK, DEMAND = valid_calls.network(), valid_calls.demand()
TOLL = valid_calls.TOLL
NO_LINKS = pd.DataFrame(columns=["link_id", "from_node_id", "to_node_id", "mode"])

CASES = {
    "one row": (NETWORK, DEMAND.head(1)),
    "a row of zero volume": (NETWORK, DEMAND.head(1).assign(volume=0.0)),
    "a row of zero volume among others": (NETWORK, DEMAND.assign(volume=[0.0, 40.0])),
    "all volumes zero": (NETWORK, DEMAND.assign(volume=0.0)),
    "all values zero": (NETWORK, DEMAND.assign(value=0.0)),
    "no rows": (NETWORK, DEMAND.head(0)),
    "all closed": (NETWORK.replace(links=NETWORK.links.assign(status="closed")), DEMAND),
    "all capacities zero": (NETWORK.replace(links=NETWORK.links.assign(capacity=0.0)), DEMAND),
    "no freight at all": (NETWORK.replace(links=NETWORK.links.assign(tariff=0.0, time=0.0, length=0.0)), DEMAND),
    "one link": (NETWORK.subset(links=["ferry"]), DEMAND.tail(1)),
    "no links": (NETWORK.replace(links=NO_LINKS), DEMAND),
    "one node, no rows": (NETWORK.subset(nodes=["baku"]), DEMAND.head(0)),
}
"""Networks with demand at the edge."""

QUIET = {"progress": False}
STUDIES = {
    "solve": lambda n, d: cd.solve(n, d),
    "routes": lambda n, d: cd.routes(n, d),
    "sweep of one": lambda n, d: cd.sweep(
        n,
        d,
        cd.baseline(),
        keep=("flow", "price", "rent", "throughput", "tied"),
        reduce=("loss_std", "unmet_p95"),
        **QUIET,
    ),
    "criticality": lambda n, d: cd.criticality(n, d, **QUIET),
    "criticality of one": lambda n, d: cd.criticality(n, d, scenarios=cd.baseline(), **QUIET),
    "redundancy": lambda n, d: cd.redundancy(n),
    "n_minus_k": lambda n, d: cd.n_minus_k(n, d, 2, **QUIET),
    "interdiction": lambda n, d: cd.interdiction(n, d, 1, **QUIET).to_frame(),
    "interdiction by programme": lambda n, d: cd.interdiction(n, d, 1, method="milp", **QUIET).to_frame(),
    "interdiction of nothing": lambda n, d: cd.interdiction(n, d, 0, among=[], **QUIET).to_frame(),
    "interdiction_curve": lambda n, d: cd.interdiction_curve(n, d, 2, **QUIET),
    "fortify": lambda n, d: cd.fortify(n, d, 1, 1, **QUIET),
    "leverage": lambda n, d: cd.leverage(n, d, {"x": n.links.link_id.head(1).tolist(), "nobody": []}, **QUIET),
    "leverage, sampled": lambda n, d: cd.leverage(
        n, d, {"x": n.links.link_id.head(1).tolist()}, method="sampled", orders=1, **QUIET
    ),
    "reliability": lambda n, d: cd.reliability(n, d, 0.9, **QUIET),
    "reliability of what never fails": lambda n, d: cd.reliability(n, d, 1.0, **QUIET),
    "reliability of what always fails": lambda n, d: cd.reliability(n, d, 0.0, **QUIET),
    "reliability, one draw": lambda n, d: cd.reliability(n, d, 0.9, draws=1, method="sampled", **QUIET),
    "yearly_reliability": lambda n, d: cd.yearly_reliability(n, d, {"ferry": (100.0, 10.0)}, years=1, **QUIET),
    "recovery": lambda n, d: cd.recovery(n, d, {"ferry": 0.0}, **QUIET),
    "dependence": lambda n, d: cd.dependence(n, d),
    "dependence by value": lambda n, d: cd.dependence(n, d, on="link", of="origin"),
    "concentration": lambda n, d: cd.concentration(n, d),
    "flows_by_gate": lambda n, d: cd.flows_by_gate(n, d, cd.routes(n, d)),
    "flows_by_gate at borders": lambda n, d: cd.flows_by_gate(n, d, cd.routes(n, d), by="border"),
    "concentration by bloc": lambda n, d: cd.concentration(n, d, blocs=["AZ"]),
    "autonomy": lambda n, d: cd.autonomy(n, d, bloc="AZ", **QUIET),
    "hedging_frontier": lambda n, d: cd.hedging_frontier(n, d, bloc="AZ", **QUIET),
    "hedging_frontier by commodity": lambda n, d: cd.hedging_frontier(n, d, bloc="AZ", of="commodity", **QUIET),
    "break_even": lambda n, d: cd.break_even(n, d, TOLL, 0, 100, **QUIET),
    "break_even of a capacity": lambda n, d: cd.break_even(
        n, d, ("links", "ferry", "capacity", "set"), 0, 100, **QUIET
    ),
    "atlas": lambda n, d: cd.atlas(n, d, (TOLL, 0, 100), (("links", "ferry", "tariff", "add"), [0]), **QUIET),
    "hinterland": lambda n, d: cd.hinterland(
        n, TOLL, 0, 100, commodity="grain", origin=n.nodes.node_id.iloc[0], **QUIET
    ),
    "tornado": lambda n, d: cd.tornado(n, d, valid_calls.SALIB, {"toll": TOLL}, **QUIET),
    "sensitivity by Morris": lambda n, d: cd.sensitivity(
        n, d, valid_calls.SALIB, {"toll": TOLL}, method="morris", samples=2, **QUIET
    ),
    "sensitivity by Sobol": lambda n, d: cd.sensitivity(n, d, valid_calls.SALIB, {"toll": TOLL}, samples=4, **QUIET),
    "delivered_costs": lambda n, d: cd.delivered_costs(
        n, cd.solve(n, d), commodity=d.commodity.iloc[0] if len(d) else "x"
    ),
    "rents": lambda n, d: cd.rents(n, cd.solve(n, d)),
    "emissions": lambda n, d: cd.emissions(n, cd.solve(n, d)),
    "carbon_price": lambda n, d: cd.sweep(n, d, cd.carbon_price(n, d, [0, 50]), **QUIET),
    "explain": lambda n, d: cd.explain(n, d, cd.solve(n, d), d.demand_id.iloc[0] if len(d) else "x", **QUIET).legs,
    "flow_ranges": lambda n, d: cd.flow_ranges(n, d, **QUIET),
    "compare_observed": lambda n, d: cd.compare_observed(n, cd.solve(n, d), valid_calls.OBSERVED),
    "replay": lambda n, d: cd.replay(n, d, valid_calls.EVENT),
    "min_cut": lambda n, d: cd.min_cut(n, ["aktau"], ["poti"], commodity="grain"),
    "skim": lambda n, d: cd.skim(n, commodity="grain"),
    "perform_experiments": lambda n, d: cd.perform_experiments(
        n, d, pd.DataFrame({"toll": [1.0]}), {"toll": TOLL}, **QUIET
    ),
    "select_demand": lambda n, d: cd.select_demand(n, d, commodity="grain"),
    "shocks": lambda n, d: cd.sweep(n, d, cd.shocks(n, d, valid_calls.SHOCKS), **QUIET),
}
"""Every study of a network and demand."""
NO_SENSE = {
    "no link operates": (
        ("all closed", "no links", "one node, no rows"),
        ("criticality", "n_minus_k", "yearly_reliability", "recovery", "hinterland"),
    ),
    "no demand to ask about": (
        ("no rows", "one node, no rows"),
        ("hedging_frontier", "hedging_frontier by commodity", "autonomy", "break_even", "break_even of a capacity",
         "atlas", "delivered_costs", "explain", "select_demand"),
    ),
    "nothing of that name": (
        ("one link", "no links", "one node, no rows"),
        ("break_even", "break_even of a capacity", "atlas", "hinterland", "tornado", "sensitivity by Morris",
         "sensitivity by Sobol", "compare_observed", "replay", "min_cut", "perform_experiments", "select_demand",
         "n_minus_k", "shocks"),
    ),
    "a budget for more closures than there are": (
        ("one link", "no links", "one node, no rows", "all closed"),
        ("interdiction_curve",),
    ),
    "the loss does not vary": (tuple(CASES), ("sensitivity by Sobol",)),
}  # fmt: skip
"""What makes no sense to ask, and may be refused: cases and studies by reason."""
MAY_REFUSE = {(case, study) for cases, studies in NO_SENSE.values() for case in cases for study in studies}
OPEN_ENDED = {"limit", "throughput"}
"""Columns that may be infinite: what has no limit."""


PAIRS = [
    (case, study) for i, case in enumerate(CASES) for j, study in enumerate(STUDIES) if TIMES > 1 or not (i + j) % 6
]
"""Every study meets a fifth of the cases, and every case a fifth of the studies; `make soak` tries all."""


@pytest.mark.parametrize(("case", "study"), PAIRS)
def test_a_study_of_an_edge_case_answers_or_says_why_not(case, study):
    network, demand = CASES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("ignore", cd.InputWarning)
        try:
            found = STUDIES[study](network, demand)
        except cd.InputError:
            if (case, study) not in MAY_REFUSE:
                raise
            return
    if isinstance(found, pd.DataFrame):
        numbers = found.drop(columns=OPEN_ENDED, errors="ignore").select_dtypes("number")
        assert not np.isinf(numbers.to_numpy(float)).any()
    if isinstance(found, xr.Dataset):
        assert np.isfinite(found.loss).all()
        assert (found.loss >= 0).all()


def test_a_frontier_of_goods_of_zero_volume_is_one_corner_without_a_share():
    for volume in ([0.0, 40.0], [0.0, 0.0]):
        table = cd.hedging_frontier(
            NETWORK, DEMAND.assign(volume=volume), bloc="AZ", select={"commodity": "grain"}, **QUIET
        )
        assert table.value_factor.tolist() == [1.0, 0.5, 2.0]
        assert table.through.tolist() == table.extra_loss.tolist() == table.unmet.tolist() == [0.0, 0.0, 0.0]
        assert table.entering_share.isna().all()
        assert table.cost_of_autonomy.isna().all()


def test_a_row_of_zero_volume_changes_nothing_for_the_others():
    alone, among_others = DEMAND.tail(1), DEMAND.assign(volume=[0.0, 40.0])
    for study in ("criticality", "n_minus_k", "interdiction_curve", "fortify"):
        pd.testing.assert_frame_equal(STUDIES[study](NETWORK, among_others), STUDIES[study](NETWORK, alone))
    assert float(cd.solve(NETWORK, among_others).loss) == float(cd.solve(NETWORK, alone).loss) == 40 * 10.0


def test_all_is_lost_where_nothing_is_open():
    for case in ("all closed", "all capacities zero", "no links"):
        network, demand = CASES[case]
        base = cd.solve(network, demand)
        assert float(base.loss) == 50 * 220.0 + 40 * 120.0
        assert float(base.cost) == 0.0
        for method in ("search", "milp"):
            worst = cd.interdiction(network, demand, 1, method=method, **QUIET)
            assert (worst.closed, worst.loss, worst.gap) == ((), 0.0, 0.0)
        assert cd.reliability(network, demand, 0.5, **QUIET).expected == 0.0


def test_links_without_another_way_around_are_told_even_where_there_are_none():
    table = cd.redundancy(NETWORK.replace(links=NETWORK.links.assign(status="closed")))
    assert table.empty
    assert table.columns.tolist() == cd.redundancy(NETWORK).columns.tolist()
    assert table.alt_length.dtype.kind == "f"


CHARTS = {
    "plot_leverage": "leverage",
    "plot_losses": "criticality",
    "plot_frontier": "hedging",
    "plot_break_even": "break_even",
    "plot_atlas": "atlas",
    "plot_dependence": "dependence",
    "plot_emissions": "emissions",
    "plot_flows_by_gate": "flows_by_gate",
    "plot_explanation": "explanation",
    "plot_flow_ranges": "flow_ranges",
    "plot_interdiction_curve": "curve",
    "plot_recovery": "recovery",
    "plot_exceedance": "reliability",
    "plot_sensitivity": "sensitivity",
    "plot_tornado": "tornado",
    "plot_criticality": "criticality",
    "plot_n_minus_k": "n_minus_k",
    "plot_hinterland": "flips",
    "plot_prices": "prices",
    "plot_rents": "rents",
    "plot_link_loads": "link_loads",
    "plot_observed": "observed",
    "plot_interdiction": "attack",
}
"""What draws a table, and which."""
ON_MAPS = {
    "plot_criticality",
    "plot_n_minus_k",
    "plot_hinterland",
    "plot_prices",
    "plot_rents",
    "plot_interdiction",
    "plot_link_loads",
}
EDGES = {
    "no rows": lambda table: table.head(0),
    "one row": lambda table: table.head(1),
    "all zero": lambda table: table.assign(**dict.fromkeys(table.select_dtypes("number"), 0.0)),
    "all missing": lambda table: table.assign(**dict.fromkeys(table.select_dtypes("number"), np.nan)),
}


DRAWN = [
    (chart, edge) for i, chart in enumerate(CHARTS) for j, edge in enumerate(EDGES) if TIMES > 1 or not (i + j) % 4
]
"""A quarter of them, as of `PAIRS`."""


@pytest.mark.parametrize(("chart", "edge"), DRAWN)
def test_a_table_at_the_edge_is_drawn_or_refused(chart, edge):
    whole = valid_calls.table_of(CHARTS[chart])
    table = EDGES[edge](whole)
    table.attrs = whole.attrs
    options = {"figsize": (6, 5), "inset": False} if chart in ON_MAPS else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", cd.InputWarning)
        try:
            getattr(cd, chart)(*((NETWORK,) if chart in ON_MAPS else ()), table, **options)
        except cd.InputError:
            if edge == "one row" and chart != "plot_break_even":  # whose shares are of all rows
                raise
    plt.close("all")


def test_the_frontier_of_goods_of_zero_volume_is_drawn():
    demand = DEMAND.assign(volume=0.0)
    cd.plot_frontier(cd.hedging_frontier(NETWORK, demand, bloc="AZ", **QUIET))
    plt.close("all")
