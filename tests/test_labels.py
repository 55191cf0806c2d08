"""No two scenarios of a batch have one label, and none of a table is named twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd


def many_links(ids) -> cd.Network:
    names = list(ids)
    links = pd.DataFrame({"link_id": names, "from_node_id": "a", "to_node_id": "b", "mode": "ship", "tariff": 1.0})
    return cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)


def parameter(name: str = "l") -> tuple[str, str, str, str]:
    return ("links", name, "capacity", "set")


def named(*labels: str) -> cd.Scenarios:
    return cd.Scenarios(labels, pd.DataFrame(columns=["scenario", "table", "id", "field", "operation", "value"]))


def test_values_that_six_digits_do_not_tell_apart_have_all_their_digits() -> None:
    batch = cd.grid({"p": (parameter(), [1_000_000, 1_000_001]), "q": (parameter("m"), [0.5, 0.1 + 0.2, 0.3])})
    assert batch.labels[:3] == ("p=1000000, q=0.5", "p=1000000, q=0.30000000000000004", "p=1000000, q=0.3")
    assert batch.select(["p=1000000, q=0.5"]).changes(0).value.tolist() == [1e6, 0.5]
    assert batch.select(["p=1000001, q=0.5"]).changes(0).value.tolist() == [1e6 + 1, 0.5]
    assert cd.grid({"p": (parameter(), [2e6, 0.25])}).labels == ("p=2e+06", "p=0.25")
    assert len(set(cd.grid({"p": (parameter(), [1.0, 1.0, 1.0])}).labels)) == 3


def test_a_label_selects_the_scenario_that_has_it() -> None:
    random = np.random.default_rng(3)
    values = np.concatenate([1e6 + random.integers(0, 30, 20), random.random(20) * 1e-9, [0.0, -0.0, 1.0, 1.0]])
    batch = cd.grid({"p": (("links", "l", "tariff", "add"), values), "a, p": (parameter("m"), [1.0, 2.0])})
    assert len(set(batch.labels)) == len(batch)
    for number, label in enumerate(batch.labels):
        assert batch.select([label]).changes(0).value.tolist() == batch.changes(number).value.tolist()


def test_batches_that_are_joined_or_picked_keep_labels_apart() -> None:
    batch = cd.grid({"p": (parameter(), [1, 2])})
    assert (batch + batch).labels == ("p=1", "p=2", "p=1 (2)", "p=2 (2)")
    assert (batch + batch + batch).labels[4:] == ("p=1 (3)", "p=2 (3)")
    assert batch.take([0, 0, 1, 0]).labels == ("p=1", "p=1 (2)", "p=2", "p=1 (3)")
    assert (cd.baseline() + cd.baseline()).labels == ("as it is", "as it is (2)")
    assert named("x", "x (2)").take([0, 0, 1]).labels == ("x", "x (3)", "x (2)")
    assert (batch * batch).labels == ("p=1 * p=1", "p=1 * p=2", "p=2 * p=1", "p=2 * p=2")


def test_products_of_labels_that_hold_stars_keep_them_apart() -> None:
    left, right = named("x", "x * y"), named("y * z", "z", '"z"')
    assert len(set((left * right).labels)) == 6
    assert len(set((left * (right + left)).labels)) == 10
    plain = named("a", "b") * named("c") * named("d")
    assert plain.labels == ("a * c * d", "b * c * d")
    assert (named("a", "b") * (named("c") * named("d"))).labels == plain.labels
    assert len(set((left * right.take([0, 0, 1]) * left).labels)) == 12


def test_products_mean_the_same_from_the_left_and_from_the_right() -> None:
    one, two, three = (cd.grid({n: (("links", n, "tariff", "add"), [1.0, 2.0])}) for n in "abc")
    left, right = (one * two) * three, one * (two * three)
    for number in range(8):
        pd.testing.assert_frame_equal(left.changes(number), right.changes(number))


@pytest.mark.parametrize("by", ["outages", "coalitions"])
def test_names_that_hold_a_plus_are_told_apart(by: str) -> None:
    ids = ["a", "b", "c", "a + b", "b + c", "+", "a +", "+ b", "nobody", '"a', "a + b + c"]
    network = many_links(ids)
    if by == "coalitions":
        labels = [*cd.coalitions(network, ids, by="link").labels]
        assert labels[0] == "nobody"
        assert labels[1:4] == ["a", "b", "a + b"]
    else:
        labels = [label for k in (2, 3) for label in cd.outages(network, k=k).labels]
    for part in [labels] if by == "coalitions" else [labels[:55], labels[55:]]:
        assert len(set(part)) == len(part)
    assert cd.outages(network).labels == tuple(ids)


def test_large_batches_have_labels_of_their_own_without_being_listed() -> None:
    network = many_links(f"l{i}" for i in range(500))
    triples = cd.outages(network, k=3)
    assert len(triples) == 20_708_500
    joined = cd.baseline() + triples
    assert [joined.label(i) for i in (0, 1, 20_708_500)] == ["as it is", "l0 + l1 + l2", "l497 + l498 + l499"]
    both = triples + triples
    assert both.label(0) != both.label(len(triples))
    again = named("l0 + l1 + l2", "l0 + l1 + l2 (2)") + triples
    assert len({again.label(i) for i in range(4)}) == 4
    behind = triples + named("l0 + l1 + l2")
    assert behind.label(0) != behind.label(len(triples))
    picked = triples.take(np.repeat(np.arange(60_000), 2))
    assert len({picked.label(i) for i in range(2000)}) == 2000
    draws = cd.sample(network, 200_000, availability=0.9)
    assert len({(draws + draws).label(i) for i in (5, 200_005)}) == 2
    grid = cd.grid({n: (parameter(n), np.linspace(1e6, 1e6 + 1, 400)) for n in ("l1", "l2")})
    assert len({grid.label(i) for i in range(0, len(grid), 79)}) == len(range(0, len(grid), 79))


def change(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scenario", "table", "id", "field", "operation", "value"])


@pytest.mark.parametrize("operation", ["set", "scale", "add"])
def test_a_table_that_makes_the_same_change_twice_in_one_scenario_is_refused(operation: str) -> None:
    row = ("links", "l", "tariff", operation, 0.5)
    with pytest.raises(cd.InputError, match=rf"links l: tariff is there twice to {operation} for 1 scenario \(s\)"):
        cd.Scenarios(["s", "t"], change((0, *row), (1, *row), (0, *row)))
    assert len(cd.Scenarios(["s", "t"], change((0, *row), (1, *row)))) == 2


def test_a_table_of_availabilities_names_a_link_once_in_a_scenario() -> None:
    rows = {"scenario_id": ["flood", "flood", "calm"], "link_id": ["l", "l", "l"]}
    for levels in ([0.5, 0.5, 1.0], [0.5, 1.0, 1.0], [0.0, 0.5, 1.0]):
        with pytest.raises(cd.InputError, match=r"a link is there twice for 1 scenario \(flood: l\)"):
            cd.from_table(pd.DataFrame({**rows, "link_availability": levels}))
    two = pd.DataFrame({**rows, "link_id": ["l", "m", "l"], "link_availability": 0.5, "weight": [1.0, 2.0, 3.0]})
    with pytest.raises(cd.InputError, match=r"weight differs by row for 1 scenario \(flood\)"):
        cd.from_table(two)


def test_a_number_is_set_by_one_parameter_and_changed_once_by_each() -> None:
    tariff, more = ("links", "l", "tariff", "set"), ("links", "l", "tariff", "add")
    with pytest.raises(cd.InputError, match=r"links l: tariff is set twice for 2 parameters \(x, y\)"):
        cd.grid({"x": (tariff, [1.0]), "y": (tariff, [2.0])})
    with pytest.raises(cd.InputError, match="set twice for 2 parameters"):
        cd.from_experiments(pd.DataFrame({"x": [1.0], "y": [2.0]}), {"x": tariff, "y": tariff})
    with pytest.raises(cd.InputError, match=r"changes a number twice for 1 parameter \(l\)"):
        cd.grid({"x": (("links", ["l", "l"], "tariff", "add"), [1.0])})
    both = cd.from_experiments(pd.DataFrame({"x": [1.0], "y": [2.0]}), {"x": more, "y": more})
    network = many_links(["l"])
    demand = pd.DataFrame({"demand_id": ["d"], "commodity": "g", "origin": "a", "destination": "b", "volume": [1.0],
                           "value": 100.0})  # fmt: skip
    assert cd.sweep(network, demand, both, progress=False).loss.item() == 4.0


def test_the_order_of_two_batches_is_that_of_their_changes() -> None:
    scale = cd.grid({"x": (("links", "l", "tariff", "scale"), [3.0])})
    add = cd.grid({"y": (("links", "l", "tariff", "add"), [1.0])})
    network = many_links(["l"])
    demand = pd.DataFrame({"demand_id": ["d"], "commodity": "g", "origin": "a", "destination": "b", "volume": [1.0],
                           "value": 100.0})  # fmt: skip
    losses = [cd.sweep(network, demand, batch, progress=False).loss.item() for batch in (scale * add, add * scale)]
    assert losses == [4.0, 6.0]
