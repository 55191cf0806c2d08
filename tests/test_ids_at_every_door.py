"""Ids are ids: numbers or text, with any letters in them, and no function reads one as a pattern or takes it apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.commands.parameters import typed
from corridors.scenarios.labels import parted, together
from corridors.schema.columns import as_ids


def numbered(kind: type = int) -> tuple[cd.Network, pd.DataFrame]:
    """Nodes 1, 2, 3 in a chain by links 10 and 20, and 30 around; goods 5 from 1 to 3."""
    nodes = pd.DataFrame({"node_id": [1, 2, 3], "country": [398, 31, 268], "x_coord": [0.0, 1, 2], "y_coord": 0.0})
    links = pd.DataFrame({"link_id": [10, 20, 30], "from_node_id": [1, 2, 1], "to_node_id": [2, 3, 3], "mode": "ship",
                          "tariff": [1.0, 2.0, 10.0], "length": [1.0, 2.0, 5.0], "capacity": [50.0, 50.0, np.nan],
                          "corridors": [100, 100, 200],
                          "country": [398, 31, 268], "time": 1.0})  # fmt: skip
    demand = pd.DataFrame({"demand_id": [1, 2], "commodity": 5, "origin": 1, "destination": [3, 2],
                           "volume": [7.0, 1.0], "value": 100.0})  # fmt: skip
    for table in (nodes, links, demand):
        for name in table.columns[table.dtypes == "int64"]:
            table[name] = table[name].astype(kind)
    return cd.Network(nodes, links), demand


def named(network: cd.Network, demand: pd.DataFrame) -> dict[str, object]:
    """What every function that takes ids gives, called with numbers."""
    sweep = {"progress": False}
    grid = cd.grid({"tariff": (("links", [10, 20.0], "tariff", "add"), [0, 5])})
    drawn = cd.sample(network, 3, availability={10: 0.5, np.int64(20): 0.5}, seed=1)
    table = pd.DataFrame({"scenario_id": [1, 2], "link_id": [10, np.int64(20)], "link_availability": [0.0, 0.5]})
    experiments = cd.from_experiments(pd.DataFrame({"x": [1.0]}), {"x": ("links", 10, "tariff", "add")})
    event = pd.DataFrame({"event_id": [1], "affected_type": ["link"], "affected_id": [10],
                          "capacity_loss_fraction": [1.0]})  # fmt: skip
    shock = pd.DataFrame({"shock_id": [1], "kind": ["close"], "target": [10], "commodity": [np.nan],
                          "origins": [np.nan], "value": [np.nan]})  # fmt: skip
    changes = pd.DataFrame({"scenario": [0], "table": "links", "id": [10], "field": "tariff", "operation": "add",
                            "value": [1.0], "commodity": [5.0], "origin": [1.0]})  # fmt: skip
    route = cd.skim(network, commodity=5, origins=1, destinations=[3])
    base = cd.solve(network, demand)
    gates = pd.DataFrame({"link_id": [30], "commodities": [5], "volume": 10.0, "steps": 2, "theta": 1.0, "constant": 0})
    repaired = cd.recovery(network, demand, {10: 3, 20: 4}, starts={20: 1}, left={10: 0.5}, order=[20, 10], **sweep)
    asked = {
        "grid": grid.changes(1).id.tolist(),
        "sample": sorted(set(drawn.atoms.id)),
        "from_table": [cd.from_table(table).labels, cd.from_table(table).changes(0).id.tolist()],
        "from_experiments": experiments.changes(0).id.tolist(),
        "events": [cd.events(network, event).labels, cd.events(network, event).changes(0).id.tolist()],
        "shocks": [cd.shocks(network, demand, shock).labels, cd.shocks(network, demand, shock).changes(0).id.tolist()],
        "Scenarios": cd.sweep(network, demand, cd.Scenarios([7], changes), **sweep).loss.sel(scenario="7").item(),
        "select": cd.Scenarios([7.0], changes).select([7]).labels,
        "coalitions": cd.coalitions(network, [10, 20.0], by="link").labels,
        "coalitions of links": cd.coalitions(network, {1: [10], 2: [20, 30]}).labels,
        "coalitions of countries": cd.coalitions(network, [398, 31]).labels,
        "parameter": cd.named_parameter(network, demand, "tariff", "link", [10, 20], commodity=5, origin=1).id.tolist(),
        "parameter of a country": cd.named_parameter(network, demand, "tariff", "corridor", 200).id.tolist(),
        "parameter of a row": cd.named_parameter(network, demand, "volume", "demand", 2).id.tolist(),
        "skim": route[["cost", "links"]].to_numpy().tolist(),
        "legs": cd.route_legs(network, 5, route.iloc[0]).id.tolist(),
        "subset": network.subset(links=[10.0]).links.link_id.tolist(),
        "select_demand": len(cd.select_demand(network, demand, commodity=5, origin=398)),
        "min_cut": cd.min_cut(network.subset(links=[10, 20]), 1, [3], commodity=5).id.tolist(),
        "redundancy": cd.redundancy(network, commodity=5, among=[30]).alt_links.tolist(),
        "interdiction": cd.interdiction(network, demand, 1, among=[10, 30], costs={30: 1}, **sweep).closed[0],
        "n_minus_k": len(cd.n_minus_k(network, demand, 2, among=[10, 30], **sweep)),
        "leverage": cd.leverage(network, demand, [10, 30], by="link", **sweep).player.tolist(),
        "reliability": cd.reliability(network, demand, {10: 0.5}, **sweep).expected,
        "yearly_reliability": cd.yearly_reliability(network, demand, {10: (90, 10)}, years=2, **sweep)
        .importance.group.tolist(),
        "recovery": [repaired.order, repaired.lost],
        "delivered_costs": cd.delivered_costs(network, base, commodity=5, origin=1).cost.tolist(),
        "break_even": cd.break_even(network, demand, ("links", 10, "tariff", "add"), 0, 20, routes_by={1: [30]},
                                    select={"commodity": 5}, **sweep).preferred.tolist(),
        "hinterland": cd.hinterland(network, ("links", 10, "tariff", "add"), 0, 20, commodity=5, origin=1,
                                    destinations=3, **sweep).preferred.tolist(),
        "with_preferences": cd.with_preferences(network, gates, {}).cost_steps.link_id.tolist(),
        "open_planned": cd.open_planned(network.replace(links=network.links.assign(status="planned")), 200)
        .links.status.tolist(),
    }  # fmt: skip
    return asked


def test_ids_that_are_numbers_mean_what_the_same_ids_as_text_mean() -> None:
    found = named(*numbered())
    assert found == named(*numbered(str))
    assert found["skim"] == [[3.0, "10;20"]]
    assert found["coalitions"] == ("nobody", "10", "20", "10 + 20")
    assert found["coalitions of countries"] == ("nobody", "398", "31", "398 + 31")
    assert found["parameter"] == ["10", "20"]
    assert found["Scenarios"] == 7 * 4 + 1 * 2
    assert found["from_table"] == [("1", "2"), ["10"]]
    assert found["delivered_costs"] == [0.0, 1.0, 3.0]
    assert found["interdiction"] == "10"


def test_a_map_takes_ids_that_are_numbers() -> None:
    network, demand = numbered()
    base = cd.solve(network, demand)
    shut = network.replace(links=network.links.assign(status=["closed", "operating", "operating"]))
    cd.plot_map(network, base, commodity=5)
    cd.plot_difference(network, base, cd.solve(shut, demand), commodity=[5], closed=[10])


def test_a_mapping_that_names_an_id_twice_is_refused() -> None:
    network, _ = numbered()
    with pytest.raises(cd.InputError, match=r"availability: is given twice for 1 availability \(10\)"):
        cd.sample(network, 3, availability={10: 0.5, "10": 0.6})
    with pytest.raises(cd.InputError, match=r"players: is there twice for 1 player \(10\)"):
        cd.coalitions(network, [10, "10"], by="link")


STRANGE = ["a*", "ab", "a?", "a[bc]", "a + b", "b", "a * b", "x", "x:fwd", "x, y", 'the "d"', "from a from b", "p=1"]


def strange(**columns: object) -> tuple[cd.Network, pd.DataFrame]:
    """Parallel links of odd names between two nodes of odd names, the next one a dollar more."""
    nodes = pd.DataFrame({"node_id": ["here from there", "zone:here"]})
    links = pd.DataFrame({"link_id": STRANGE, "from_node_id": "here from there", "to_node_id": "zone:here",
                          "mode": "ship", "tariff": np.arange(1.0, 1 + len(STRANGE)), "capacity": 10.0})  # fmt: skip
    demand = pd.DataFrame({"demand_id": ["d"], "commodity": ["oil from sea"], "origin": ["here from there"],
                           "destination": ["zone:here"], "volume": [15.0], "value": [100.0]})  # fmt: skip
    return cd.Network(nodes, links.assign(**columns)), demand


@pytest.mark.parametrize("link", STRANGE)
def test_a_link_is_named_by_its_id_whatever_letters_it_has(link: str) -> None:
    network, demand = strange()
    assert cd.named_parameter(network, demand, "tariff", "link", link).id.tolist() == [link]
    assert cd.coalitions(network, [link], by="link").labels == ("nobody", together([link]))
    shock = pd.DataFrame({"shock_id": ["s"], "kind": ["close"], "target": [link], "commodity": "", "origins": "",
                          "value": np.nan})  # fmt: skip
    assert cd.shocks(network, demand, shock).changes(0).id.tolist() == [link]
    quoted = "'" + link + "'"
    assert typed(network, demand, f"tariff link {quoted} scale 0.5 2").atoms.id.tolist() == [link]


def test_a_star_is_for_any_letters_and_no_other_letter_is_for_another() -> None:
    network, demand = strange()
    assert cd.named_parameter(network, demand, "tariff", "link", "a[*").id.tolist() == ["a[bc]"]
    assert cd.named_parameter(network, demand, "tariff", "link", "*fwd").id.tolist() == ["x:fwd"]
    for pattern in ("?b", "a[b]", "x.*wd"):
        with pytest.raises(cd.InputError, match="no link is named"):
            cd.named_parameter(network, demand, "tariff", "link", ["b", pattern])


def test_closures_of_two_links_have_labels_of_their_own() -> None:
    network, _ = strange()
    labels = cd.outages(network, k=2).labels
    assert len(set(labels)) == len(labels) == len(STRANGE) * (len(STRANGE) - 1) // 2
    for label, (one, other) in zip(
        labels, [(a, b) for i, a in enumerate(STRANGE) for b in STRANGE[i + 1 :]], strict=True
    ):
        assert parted(label) == [one, other]
    assert len(set(cd.coalitions(network, STRANGE[:10], by="link").labels)) == 1024


def test_the_worst_closures_are_drawn_whatever_their_ids() -> None:
    network, demand = strange()
    network = network.replace(nodes=network.nodes.assign(x_coord=[0.0, 1.0], y_coord=0.0))
    table = cd.interdiction(network, demand, 2, among=["a + b", "b", "a*"], progress=False)
    assert parted(table.closed[0]) == ["a*"]
    few = network.subset(links=["a + b", "b"])
    curve = cd.interdiction_curve(few, demand, 2, progress=False)
    assert parted(curve.closed.iloc[-1]) == ["a + b", "b"]
    cd.plot_interdiction(few, curve)


def test_bundles_of_a_link_named_as_anothers_direction_are_told_apart() -> None:
    scope = np.where(np.array(STRANGE) == "x", "each", "both")
    network, demand = strange(capacity_scope=scope, tariff=[9.0] * 7 + [1.0, 2.0] + [9.0] * 4)
    base = cd.solve(network, demand)
    assert len(set(base.bundle.to_numpy())) == base.sizes["bundle"]
    table = cd.rents(network, base).set_index("id")
    assert table.loc["x", ["kind", "direction", "dual"]].tolist() == ["link", "fwd", 1.0]
    assert base.throughput[(base.bundle_id == "x:fwd").to_numpy()].to_numpy().tolist() == [5.0]


def test_a_class_is_found_by_its_commodity_and_origin_not_by_reading_its_name() -> None:
    network, demand = strange()
    base = cd.solve(network, demand)
    costs = cd.delivered_costs(network, base, commodity="oil from sea")
    assert costs.cost.tolist() == [0.0, 2.0]
    assert (costs.attrs["commodity"], costs.attrs["origin"]) == ("oil from sea", "here from there")
    closed = cd.criticality(network, demand, progress=False).set_index("scenario")
    assert closed.loc["a*", "base_flow"] == 10.0


def test_classes_and_members_that_would_share_a_name_are_refused_by_both() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b from a", "b:c", "c"]})
    links = pd.DataFrame({"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["c"], "mode": "ship", "tariff": 1.0})
    network = cd.Network(nodes, links)
    demand = pd.DataFrame({"demand_id": [1, 2], "commodity": ["x from b", "x"], "origin": ["a", "b from a"],
                           "destination": "c", "volume": 1.0, "value": 9.0})  # fmt: skip
    with pytest.raises(cd.InputError, match=r"'x from b' with 'a', 'x' with 'b from a'"):
        cd.solve(network, demand)
    zones = pd.DataFrame({"zone_id": ["z", "z:b"], "role": "origin", "node_id": ["b:c", "c"]})
    with pytest.raises(cd.InputError, match=r"'z' with 'b:c', 'z:b' with 'c'"):
        network.replace(zones=zones)


def test_several_ids_come_in_any_container() -> None:
    for given in (
        [1, 2.0],
        (1, "2"),
        np.array([1, 2]),
        pd.Series([1.0, 2.0]),
        {1: "x", 2: "y"}.keys(),
        pd.Index([1, 2]),
    ):
        assert as_ids(given) == ["1", "2"]
    for one in (1, 1.0, "1", np.int64(1), np.float64(1), np.array(1)):
        assert as_ids(one) == ["1"]


def test_corridors_named_by_numbers_are_the_same_as_whole_numbers_and_floats() -> None:
    network, demand = numbered(float)
    assert sorted(set(network.links.corridors)) == ["100", "200"]
    assert network.nodes.country.tolist() == ["398", "31", "268"]
    assert cd.criticality(network, demand, by="corridor", progress=False).scenario.tolist() == ["100", "200"]


def test_the_command_line_follows_volumes(tmp_path) -> None:
    from corridors.cli import main

    asked = ["break-even", "--vary", "volume commodity uranium scale 0.5 1.5", "--commodity", "uranium",
             "--out", str(tmp_path)]  # fmt: skip
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
