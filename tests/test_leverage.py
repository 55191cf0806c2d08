"""Leverage: games whose answer is known, and worths of coalitions from an independent programme."""

from __future__ import annotations

from itertools import permutations
from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, case
from independent import least_loss

import corridors as cd
from corridors.methods.closure_sets import Support
from corridors.methods.cooperative_games import banzhaf, nucleolus, shapley, shapley_sampled
from corridors.network import checked_demand
from corridors.scenarios.make import players_of


def gloves(left: int, right: int) -> np.ndarray:
    """Players have a left or a right glove; a pair is worth 1."""
    number = np.arange(1 << left + right)
    lefts = np.bitwise_count(number & (1 << left) - 1).astype(int)
    rights = np.bitwise_count(number >> left).astype(int)
    return np.minimum(lefts, rights).astype(float)


def random_game(players: int, seed: int) -> np.ndarray:
    worth = np.random.default_rng(seed).normal(size=1 << players)
    worth[0] = 0.0
    return worth


@pytest.mark.parametrize("right", range(1, 7))
def test_one_left_glove_among_many_right_ones_gets_what_the_closed_form_says(right: int) -> None:
    # The left glove adds a pair unless it comes first: right / (right + 1); the rest is shared evenly.
    value = shapley(gloves(1, right))
    assert value == pytest.approx([right / (right + 1)] + [1 / (right * (right + 1))] * right)
    if right > 1:
        assert nucleolus(gloves(1, right)) == pytest.approx([1.0] + [0.0] * right, abs=1e-9)
    assert banzhaf(gloves(1, right))[0] == pytest.approx(1 - 0.5**right)


@pytest.mark.parametrize("pairs", range(1, 5))
def test_even_gloves_are_worth_a_half_each(pairs: int) -> None:
    assert shapley(gloves(pairs, pairs)) == pytest.approx(np.full(2 * pairs, 0.5))
    assert nucleolus(gloves(pairs, pairs)) == pytest.approx(np.full(2 * pairs, 0.5))


@pytest.mark.parametrize("seed", range(10))
def test_the_shapley_value_is_the_mean_over_all_orders(seed: int) -> None:
    worth = random_game(5, seed)
    added = np.zeros(5)
    for order in permutations(range(5)):
        there = 0
        for player in order:
            added[player] += worth[there | 1 << player] - worth[there]
            there |= 1 << player
    assert shapley(worth) == pytest.approx(added / 120)


@pytest.mark.parametrize("seed", range(10))
def test_values_share_out_the_worth_of_all_and_nobody_gets_something_for_nothing(seed: int) -> None:
    worth = random_game(6, seed)
    number = np.arange(64)
    null = worth[number & ~(1 << 2)]  # player 2 adds nothing
    even = (null + null[number ^ 0b1001 * ((number & 1) != (number >> 3 & 1))]) / 2  # players 0 and 3 are alike
    value = shapley(even)
    assert value.sum() == pytest.approx(even[-1])
    assert value[2] == pytest.approx(0.0, abs=1e-12)
    assert value[0] == pytest.approx(value[3])
    assert banzhaf(even)[[0, 2]] == pytest.approx([banzhaf(even)[3], 0.0], abs=1e-12)


def test_the_nucleolus_of_the_bankruptcy_problem_is_the_talmuds() -> None:
    # Aumann & Maschler 1985: claims 100, 200, 300 on an estate; what the Mishnah gives is the nucleolus.
    claims = np.array([100.0, 200.0, 300.0])
    member = (np.arange(8)[:, None] >> np.arange(3)) & 1
    for estate, paid in ((100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])):
        worth = np.maximum(estate - (1 - member) @ claims, 0.0)
        assert nucleolus(worth) == pytest.approx(paid)


@pytest.mark.parametrize("seed", range(15))
def test_no_other_payoff_has_smaller_complaints_than_the_nucleolus(seed: int) -> None:
    worth = random_game(4, seed)
    member = ((np.arange(16)[:, None] >> np.arange(4)) & 1).astype(float)
    alone = worth[1 << np.arange(4)]
    best = nucleolus(worth)
    bounded = alone.sum() <= worth[-1]
    assert best.sum() == pytest.approx(worth[-1])

    def complaints(payoff: np.ndarray) -> list[float]:
        return np.sort((worth - member @ payoff)[1:-1])[::-1].round(9).tolist()

    rng = np.random.default_rng(seed)
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for _ in range(50):
            step = rng.normal(size=4) * size
            other = best + step - step.mean()
            if not bounded or (other >= alone).all():
                assert complaints(best) <= complaints(other)


def test_sampled_values_are_exact_within_their_errors_and_share_out_everything() -> None:
    worth = random_game(8, 1)
    asked: list[int] = []

    def of(numbers: np.ndarray) -> np.ndarray:
        asked.append(len(np.unique(numbers)) - len(numbers))
        return worth[numbers]

    value, error = shapley_sampled(of, 8, 2000, seed=3)
    assert asked == [0]
    assert value.sum() == pytest.approx(worth[-1])
    assert (np.abs(value - shapley(worth)) < 4 * error).all()
    assert (shapley_sampled(of, 8, 2000, seed=3)[0] == value).all()


def test_random_coalitions_are_worth_what_an_independent_programme_says() -> None:
    checked = 0
    for number in range(4 * TIMES):
        example = case(Random(number))
        links = example.network.links
        players = links.link_id[links.status == "operating"].tolist()[:5]
        groups = players_of(example.network, players, "link")
        support = Support(example.network, checked_demand(example.network, example.demand), groups, progress=False)
        loss = support.every_loss()[::-1]
        worth = loss[0] - loss
        plain = cd.sweep(example.network, example.demand, cd.coalitions(example.network, players, by="link"))
        assert loss == pytest.approx(plain.loss.to_numpy(), rel=1e-9, abs=1e-3)
        nobody = None
        for coalition in [0, *Random(number).sample(range(1, len(worth)), min(5, len(worth) - 1))]:
            out = [p for i, p in enumerate(players) if not coalition >> i & 1]
            shut = links.assign(status=links.status.where(~links.link_id.isin(out), "closed"))
            loss = least_loss(example.network.replace(links=shut), example.demand).loss
            nobody = loss if nobody is None else nobody
            assert worth[coalition] == pytest.approx(nobody - loss, rel=1e-9, abs=1e-3)
            checked += coalition > 0
    assert checked >= 16 * TIMES


def relay() -> tuple[cd.Network, pd.DataFrame]:
    """Two ferries that replace each other, then a railway that nothing replaces; a road to nowhere."""
    nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti", "nowhere"], "country": ["KZ", "AZ", "GE", "GE"]})
    links = pd.DataFrame(
        {
            "link_id": ["ferry", "ship", "rail", "road"],
            "from_node_id": ["aktau", "aktau", "baku", "poti"],
            "to_node_id": ["baku", "baku", "poti", "nowhere"],
            "mode": "ship",
            "tariff": 10.0,
        }
    )
    row = {"demand_id": "g", "commodity": "grain", "origin": "aktau", "destination": "poti"}
    return cd.Network(nodes, links), pd.DataFrame([{**row, "volume": 6e6, "value": 220.0}])


def test_sampling_and_all_coalitions_agree_on_a_network() -> None:
    network, demand = relay()
    players = ["ferry", "ship", "rail", "road"]
    exact = cd.leverage(network, demand, players, by="link").set_index("player")
    sampled = cd.leverage(network, demand, players, by="link", method="sampled", orders=200).set_index("player")
    assert exact.shapley.to_dict() == {"rail": 8e8, "ferry": 2e8, "ship": 2e8, "road": 0.0}
    assert exact["last"].to_dict() == {"rail": 1.2e9, "ferry": 0.0, "ship": 0.0, "road": 0.0}
    assert exact.nucleolus.to_dict() == {"rail": 1.2e9, "ferry": 0.0, "ship": 0.0, "road": 0.0}
    assert exact.share.sum() == pytest.approx(1.0)
    off = (sampled.shapley - exact.shapley).abs()
    assert (off <= 4 * sampled.error.reindex(off.index)).all()
    assert sampled.error["rail"] > 0
    assert sampled.nucleolus.isna().all()


def test_the_same_table_comes_out_byte_for_byte() -> None:
    network, demand = relay()
    tables = [cd.leverage(network, demand, ["ferry", "ship", "rail"], by="link", method="sampled") for _ in range(2)]
    assert tables[0].to_csv() == tables[1].to_csv()


def test_a_player_that_there_is_not_is_refused() -> None:
    network, demand = relay()
    with pytest.raises(cd.InputError, match="is no operating link for 1 player"):
        cd.leverage(network, demand, ["tunnel"], by="link")
    with pytest.raises(cd.InputError, match="method='fast' is unknown"):
        cd.leverage(network, demand, ["ferry"], by="link", method="fast")


def test_more_players_than_coalitions_can_be_told_of_say_so() -> None:
    links = pd.DataFrame({"link_id": [f"l{i}" for i in range(25)], "from_node_id": "kz", "to_node_id": "eu"})
    network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links.assign(mode="ship", tariff=10.0))
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 1e6, "value": 200.0}
    demand, players = pd.DataFrame([row]), links.link_id.tolist()
    with pytest.raises(
        cd.InputError, match="leverage: 25 players have too many coalitions; give 24 at most, or method"
    ):
        cd.leverage(network, demand, players, by="link", method="exact")
    with pytest.raises(cd.InputError, match="leverage: seed=-1 does not fit; give 0 or more, a whole number"):
        cd.leverage(network, demand, players, by="link", seed=-1)
