"""What enters a scenario is a number in its range, or an error that names scenario, target and value."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import corridors as cd

NAN, INF = float("nan"), float("inf")


def corridor() -> tuple[cd.Network, pd.DataFrame]:
    """7 t from a to c worth 100, over b for 3 USD, at b handled 5 t at most."""
    nodes = pd.DataFrame({"node_id": ["a", "b", "c"], "capacity": [None, None, None]})
    links = pd.DataFrame({"link_id": ["l1", "l2"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"],
                          "mode": "rail", "tariff": [1.0, 2.0], "capacity": [5.0, 9.0],
                          "background": [1.0, 0.0]})  # fmt: skip
    demand = pd.DataFrame({"demand_id": ["d"], "commodity": ["grain"], "origin": ["a"], "destination": ["c"],
                           "volume": [7.0], "value": [100.0]})  # fmt: skip
    return cd.Network(nodes, links), demand


TARGETS = [
    ("links", "l1", "tariff"),
    ("links", "l1", "time"),
    ("links", "l1", "background"),
    ("demand", "d", "volume"),
    ("demand", "d", "value"),
]


def table(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scenario", "table", "id", "field", "operation", "value"])


@pytest.mark.parametrize("value", [NAN, INF, -INF, 1e13, "many", None])
@pytest.mark.parametrize("operation", ["set", "scale", "add"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_value_that_is_no_finite_number_is_refused_by_scenario_target_and_value(target, operation, value) -> None:
    parameter = (*target, operation)
    named = re.escape(f"{target[0]} {target[1]}: {target[2]}, to {operation}") + ".*(nan|inf|1e.13)"
    makers = {
        "p=(nan|inf|-inf|1e.13)": lambda: cd.grid({"p": (parameter, [1.0, value])}),
        "1": lambda: cd.from_experiments(pd.DataFrame({"p": [1.0, value]}), {"p": parameter}),
        "bad": lambda: cd.Scenarios(["good", "bad"], table((0, *parameter, 1.0), (1, *parameter, value))),
    }
    for label, make in makers.items():
        said = named + rf".*for 1 scenario \({label}\)"
        if value == "many" and label == "1":  # a cell of a table that is no number at all
            said = r"experiments: column p is no number in 1 row \(1\)"
        with pytest.raises(cd.InputError, match=said):
            make()


@pytest.mark.parametrize(
    ("law", "what"),
    [
        (stats.norm(0, -1), "nan"),
        (stats.norm(NAN, 1), "nan"),
        (stats.uniform(1e300, 1), "1e.300"),
        (stats.cauchy(0, 1e300), "1?e?"),
        (stats.uniform(0, INF), "inf|nan"),
    ],
)
def test_a_law_that_draws_no_finite_number_is_refused(law, what: str) -> None:
    network, _ = corridor()
    with pytest.raises(cd.InputError, match=rf"demand d: value, to add by -?.*({what}).*\(draw 0, draw 1, .* more\)"):
        cd.sample(network, 2000, distributions={"value": (("demand", "d", "value", "add"), law)})


def test_a_law_that_goes_wrong_late_is_refused_in_the_sweep() -> None:
    class Late:
        calls = 0

        def ppf(self, uniform):
            Late.calls += 1
            return np.where(np.arange(len(uniform)) == 5, NAN if Late.calls > 1 else 1.0, 1.0)

    network, demand = corridor()
    drawn = cd.sample(network, 2000, distributions={"value": (("demand", "d", "value", "scale"), Late())})
    with pytest.raises(cd.InputError, match=r"value, to scale by nan, .* for . scenarios? \(draw 5"):
        cd.sweep(network, demand, drawn, progress=False)


def test_values_that_leave_the_range_together_are_refused_by_both_names() -> None:
    network, demand = corridor()
    raised = cd.grid({"up": (("links", "l1", "tariff", "scale"), [1.0, 1e7])})
    with pytest.raises(cd.InputError, match=r"\(links l1: tariff, .*\) for 1 scenario \(up=1e\+07 \* up=1e\+07\)"):
        cd.sweep(network, demand, raised * raised, progress=False)
    many = raised
    for _ in range(60):
        many = many * cd.grid({"up": (("links", "l1", "tariff", "scale"), [1e12])})
    with pytest.raises(cd.InputError, match="links l1: tariff"):
        cd.sweep(network, demand, many * cd.grid({"no": (("links", "l1", "tariff", "scale"), [0.0])}), progress=False)
    lower = cd.grid({"down": (("demand", "d", "volume", "add"), [-4.0])})
    with pytest.raises(cd.InputError, match=r"falls below 0 \(demand d: volume, to -1\) for 1 scenario"):
        cd.sweep(network, demand, lower * lower, progress=False)


@pytest.mark.parametrize(
    ("target", "loss"),
    [(("links", "l1", "capacity"), 21.0), (("nodes", "b", "capacity"), 312.0), (("links", "l2", "capacity"), 312.0)],
)
def test_a_limit_set_to_infinity_is_none(target, loss: float) -> None:
    network, demand = corridor()
    for solver in ("columns", "lp"):
        scenarios = cd.grid({"room": ((*target, "set"), [2.0, INF])})
        assert scenarios.labels == ("room=2", "room=inf")
        found = cd.sweep(network, demand, scenarios, solver=solver, progress=False)
        assert found.loss.to_numpy()[1] == loss  # 4 t of room on l1, its background taken off, else 7
        assert found.gap.max() <= 1e-9
    for operation in ("scale", "add"):
        with pytest.raises(cd.InputError, match=f"to {operation} by inf, is no finite number"):
            cd.grid({"room": ((*target, operation), [INF])})
    half = cd.grid({"half": ((*target, "scale"), [0.5])})
    with pytest.raises(cd.InputError, match="capacity is not there to scale"):
        cd.sweep(network, demand, cd.grid({"room": ((*target, "set"), [INF])}) * half, progress=False)


def test_ranges_and_probabilities_are_finite() -> None:
    network, demand = corridor()
    tariff = ("links", "l1", "tariff", "add")
    for low, high in ((0, NAN), (0, INF), (NAN, 1), (0, 1e300)):
        with pytest.raises(cd.InputError):
            cd.break_even(network, demand, tariff, low, high, progress=False)
        with pytest.raises(cd.InputError):
            cd.tornado(network, demand, {"x": (low, high)}, {"x": tariff}, progress=False)
        with pytest.raises(cd.InputError):
            cd.sensitivity(network, demand, {"x": (low, high)}, {"x": tariff}, samples=2, progress=False)
        with pytest.raises(cd.InputError):
            cd.atlas(network, demand, (tariff, 0, 1), (("demand", "d", "value", "add"), [low, high]), progress=False)
    for share in (NAN, INF, -0.1, "often"):
        with pytest.raises(cd.InputError, match=r"availability: is not between 0 and 1 for 1 availability \(l1\)"):
            cd.sample(network, 3, availability={"l1": share})
    with pytest.raises(cd.InputError, match="values are not all above 0"):
        cd.hedging_frontier(network.replace(blocs=cd.load_blocs()), demand, bloc="eaeu", values=[NAN])
    with pytest.raises(cd.InputError, match="experiments: column x is no number in 1 row"):
        cd.perform_experiments(network, demand, pd.DataFrame({"x": ["?"]}), {"x": ("links", "l1", "tariff", "set")})


def test_tables_of_scenarios_name_what_does_not_fit() -> None:
    network, demand = corridor()
    flood = pd.DataFrame({"scenario_id": ["flood", "calm"], "link_id": ["l1", ""], "link_availability": [NAN, 1.0]})
    with pytest.raises(cd.InputError, match=r"not 0 to 1 for 1 scenario \(flood: l1 nan\)"):
        cd.from_table(flood)
    for weight, said in (([NAN, 1.0], "flood"), ([INF, 1.0], "flood: inf"), ([1.0, -1.0], "calm: -1")):
        with pytest.raises(cd.InputError, match=f"weights do not fit.*{said}"):
            cd.from_table(flood.assign(link_availability=0.5, weight=weight))
    storm = pd.DataFrame({"event_id": ["storm"], "affected_type": ["link"], "affected_id": ["l1"]})
    for lost in (INF, -1.0, "half"):
        with pytest.raises(
            cd.InputError, match=rf"\(storm\); give the share lost, not {lost}|_fraction is no number in 1 row"
        ):
            cd.events(network, storm.assign(capacity_loss_fraction=pd.Series([lost], dtype=object)))
    shock = {"shock_id": "dear", "kind": "scale", "target": "l1", "commodity": "", "origins": ""}
    for value in (NAN, INF, "dear"):
        with pytest.raises(
            cd.InputError, match=r"links l1: capacity, to scale by (nan|inf).*\(dear\)|value is no number"
        ):
            cd.shocks(network, demand, pd.DataFrame([{**shock, "value": value}]))
    gate = pd.DataFrame({"link_id": ["l1"], "commodities": "grain", "steps": 2, "theta": 1.0, "constant": 0.0})
    for volume in (NAN, INF, 0.0):
        with pytest.raises(cd.InputError, match="preferences: volume does not fit for 1 preference"):
            cd.with_preferences(network, gate.assign(volume=volume))
