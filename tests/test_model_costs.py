"""What links and transfers cost a commodity: its own tariff, the link's, or a rate; hours given or by a speed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.model.costs import link_parts, may_carry, starts_by, transfer_parts, value_of_time


def lines(**of_links: object) -> cd.Network:
    """Four links and a yard; grain is worth 0.5 USD/t/h and goes by any gauge and by ship, iron has no row."""
    links = pd.DataFrame(
        {
            "link_id": ["own", "rated", "half", "pipe"],
            "from_node_id": "a",
            "to_node_id": "b",
            "mode": ["rail-1520", "rail-1520", "ship", "pipeline"],
            "length": [100.0, 100.0, 80.0, 10.0],
            "tariff": [3.0, np.nan, np.nan, 1.0],
            "tariff_factor": [1.0, 2.0, 1.0, 1.0],
            "time": [5.0, np.nan, np.nan, 1.0],
            "headway": [24.0, 0.0, 0.0, 0.0],
            "border_fee": [2.0, 0.0, 0.0, 0.0],
            "border_time": [6.0, 0.0, 0.0, 0.0],
        }
    ).assign(**of_links)
    yard = pd.DataFrame({"transfer_id": ["yard", "rack"], "node_id": "b", "from_mode": ["rail-1520", "pipeline"]})
    yard = yard.assign(to_mode="ship", cost=[4.0, 9.0], time=[8.0, 1.0], commodities=["", "grain;tea"])
    goods = pd.DataFrame(
        {"commodity": ["grain", "salt", "ore", "tea"], "modes": ["rail;ship", "ship;pipeline", "", ""]}
    )
    goods = goods.assign(value_of_time=[0.5, 0.0, 0.0, 0.0], start_modes=["ship", "", "", ""])
    rates = pd.DataFrame({"mode": ["rail-1520", "ship", "ship"], "commodity": ["", "", "grain"]})
    rates = rates.assign(rate=[0.1, 0.05, 0.025], speed=[50.0, 20.0, np.nan])
    tariffs = pd.DataFrame({"link_id": ["own", "rated"], "commodity": ["ore", "salt"], "tariff": [2.0, 7.0]})
    tables = {"transfers": yard, "commodities": goods, "rates": rates, "tariffs": tariffs}
    return cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links, **tables)


def test_goods_pay_their_own_tariff_else_the_links_else_a_rate() -> None:
    grain, ore, nan = link_parts(lines(), "grain"), link_parts(lines(), "ore"), np.nan
    assert grain.freight == pytest.approx([3.0, 20.0, 2.0, nan], nan_ok=True)
    assert ore.freight.tolist() == [2.0, 20.0, 4.0, 1.0]
    assert grain.time.tolist() == [5.0, 2.0, 4.0, 1.0]
    assert grain.hours().tolist() == [5 + 6 + 12, 2.0, 4.0, 1.0]
    assert grain.cost() == pytest.approx([3 + 2 + 23 / 2, 21.0, 4.0, nan], nan_ok=True)
    assert ore.cost().tolist() == [4.0, 20.0, 4.0, 1.0]
    assert (grain.worth.tolist(), ore.worth.tolist()) == ([0.5] * 4, [0.0] * 4)
    assert [value_of_time(lines(), name) for name in ("grain", "ore", "iron")] == [0.5, 0.0, 0.0]
    whole = np.arange(5)
    assert grain.marginal(whole, np.zeros(5, int)).tolist() == [1.0, 1.0, 0.5, 0.5, 0.25]
    assert ore.marginal(whole, np.zeros(5, int)).tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]


def test_changes_of_mode_cost_their_handling_and_their_hours() -> None:
    grain, tea = transfer_parts(lines(), "grain"), transfer_parts(lines(), "tea")
    assert grain.cost() == pytest.approx([4 + 8 * 0.5, np.nan], nan_ok=True)  # grain is on the list, but in no pipe
    assert tea.cost().tolist() == [4.0, 9.0]
    assert transfer_parts(lines(), "ore").cost() == pytest.approx([4.0, np.nan], nan_ok=True)
    assert (grain.fee.tolist(), grain.border.tolist(), grain.headway.tolist()) == ([0, 0], [0, 0], [0, 0])


def test_goods_go_by_their_modes_and_start_by_fewer() -> None:
    assert may_carry(lines(), "links", "grain").tolist() == [True, True, True, False]
    assert may_carry(lines(), "links", "salt").tolist() == [False, False, True, True]
    assert may_carry(lines(), "transfers", "salt").tolist() == [False, False]
    assert starts_by(lines(), "grain", ["ship", "rail-1520"]).tolist() == [True, False]
    assert starts_by(lines(), "salt", ["ship", "rail-1520"]).tolist() == [True, True]
    listed = lines(commodities=["", "grain", "tea", "ore;grain"])
    assert may_carry(listed, "links", "ore").tolist() == [True, False, False, True]


def test_what_a_cost_lacks_is_asked_for_by_link() -> None:
    free = lines(length=[100.0, np.nan, np.nan, 10.0])
    says = r"links: tariff is missing for 2 links \(rated, half\); give it, or the rate of its mode for ore"
    with pytest.raises(cd.InputError, match=says):
        link_parts(free, "ore")
    partly = link_parts(lines(length=[100.0, np.nan, 80.0, 10.0]), "salt")  # no salt goes by rail
    assert partly.freight == pytest.approx([np.nan, np.nan, 4.0, 1.0], nan_ok=True)
    slow = lines(length=[100.0, np.nan, 80.0, 10.0], tariff=1.0)
    with pytest.raises(cd.InputError, match=r"links: time is missing for 1 link \(rated\); give it, or the speed of"):
        link_parts(slow, "grain")
    assert np.isnan(link_parts(slow, "ore").time[1])  # its time is worth nothing
    assert link_parts(slow, "ore").cost().tolist() == [2.0 + 2.0, 1.0, 1.0, 1.0]


def test_a_cost_beyond_all_range_is_refused_by_link() -> None:
    most = lines(tariff=[0.0, 1e9, 1.0, 1.0], border_fee=0.0)
    assert link_parts(most, "iron").cost()[:2].tolist() == [0.0, 1e9]
    high = lines(tariff=[1e9, 1.0, 1.0, 1.0])
    with pytest.raises(cd.InputError, match=r"links: cost is beyond 1e\+09 USD/t for 1 link \(own\); check tariff"):
        link_parts(high, "iron")
