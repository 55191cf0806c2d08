"""Generated networks of a hundred links and more, many of them full: against the linear programme, and transformed."""

import numpy as np
import pandas as pd
import pytest
from scarce_grids import closures, crowded_grid, scarce_grid

import corridors as cd

SEEDS = range(2)


@pytest.mark.parametrize("seed", [*SEEDS, 7])  # 7: rounding carried through a thousand pivots shows in its prices
def test_the_optimum_is_that_of_the_programme(seed):
    network, demand = scarce_grid(seed)
    ours, theirs = cd.solve(network, demand), cd.solve(network, demand, solver="lp")
    assert ours.attrs["solver"] == "columns"
    assert (ours.rent > 0).sum() >= 20
    assert float(ours.gap) <= 1e-9
    assert float(ours.loss) == pytest.approx(float(theirs.loss), rel=1e-9)


@pytest.mark.parametrize("seed", [5, 10])
def test_from_rents_brought_near_the_optimum_is_that_of_the_programme(seed):
    network, demand = crowded_grid(seed)
    ours, theirs = cd.solve(network, demand), cd.solve(network, demand, solver="lp")
    assert (ours.rent > 0).sum() >= 80
    assert float(ours.gap) <= 1e-9
    assert float(ours.loss) == pytest.approx(float(theirs.loss), rel=1e-9)


@pytest.mark.parametrize(("seed", "closed"), [(0, 2), (1, 12)])
def test_a_few_closures_and_many_find_what_the_programme_finds(seed, closed):
    network, demand = scarce_grid(seed)
    scenarios = closures(network, 4, closed, seed)
    ours, theirs = (cd.sweep(network, demand, scenarios, solver=solver, progress=False) for solver in ("columns", "lp"))
    assert ours.loss.to_numpy() == pytest.approx(theirs.loss.to_numpy(), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_names_and_the_order_of_rows_change_nothing(seed):
    network, demand = scarce_grid(seed)
    rng = np.random.default_rng(seed)
    name = dict(zip(network.nodes.node_id, rng.permutation(network.nodes.node_id), strict=True))
    nodes, links = network.nodes, network.links
    other = cd.Network(
        nodes.assign(node_id=nodes.node_id.map(name)).sample(frac=1, random_state=seed),
        links.assign(from_node_id=links.from_node_id.map(name), to_node_id=links.to_node_id.map(name)).sample(
            frac=1, random_state=seed
        ),
    )
    rows = demand.assign(origin=demand.origin.map(name), destination=demand.destination.map(name))
    shuffled = rows.sample(frac=1, random_state=seed)
    assert float(cd.solve(other, shuffled).loss) == pytest.approx(float(cd.solve(network, demand).loss), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_link_in_two_parts_is_the_same_link(seed):
    network, demand = scarce_grid(seed)
    base = cd.solve(network, demand)
    carried = base.flow.sum(["direction", "commodity"])
    fullest = network.links[network.links.link_id == carried.link.to_numpy()[int(carried.argmax())]]
    first = fullest.assign(link_id="first", to_node_id="middle", tariff=fullest.tariff * 0.25)
    second = fullest.assign(link_id="second", from_node_id="middle", tariff=fullest.tariff * 0.75)
    others = network.links.drop(fullest.index)
    nodes = pd.concat([network.nodes, pd.DataFrame({"node_id": ["middle"]})], ignore_index=True)
    parted = cd.Network(nodes, pd.concat([others, first, second], ignore_index=True))
    assert float(cd.solve(parted, demand).loss) == pytest.approx(float(base.loss), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_costs_and_values_times_three_lose_three_times_as_much(seed):
    network, demand = scarce_grid(seed)
    threefold = network.replace(links=network.links.assign(tariff=3 * network.links.tariff))
    found = cd.solve(threefold, demand.assign(value=3 * demand.value))
    assert float(found.loss) == pytest.approx(3 * float(cd.solve(network, demand).loss), rel=1e-12)
