"""Generated grids where room is scarce: the networks of the growth benchmark, with a part of their capacities."""

import numpy as np
import pandas as pd

import corridors as cd
from benchmarks.growth import grid


def scarce_grid(seed):
    """A grid of 100 to 600 links with demand whose optimum fills 20 of them or more (12 to 19 for one seed in 35)."""
    rng = np.random.default_rng(seed)
    network, demand = grid(int(rng.integers(81, 401)), int(rng.integers(5, 15)), int(rng.integers(40, 80)), seed)
    return network.replace(links=network.links.assign(capacity=network.links.capacity / 10)), demand


def crowded_grid(seed):
    """A grid with more demand than that, of which one in four fills so many links that rents are first brought near."""
    rng = np.random.default_rng(seed)
    network, demand = grid(int(rng.integers(225, 401)), int(rng.integers(6, 10)), int(rng.integers(150, 300)), seed)
    return network.replace(links=network.links.assign(capacity=network.links.capacity / 10)), demand


def closures(network, scenarios, closed, seed):
    """Scenarios that close so many links each."""
    rng = np.random.default_rng(seed)
    ids = np.concatenate([rng.choice(network.links.link_id, closed, replace=False) for _ in range(scenarios)])
    number = np.repeat(np.arange(scenarios), closed)
    return cd.from_table(pd.DataFrame({"scenario_id": number, "link_id": ids, "link_availability": 0.0}))
