"""Random failures: draws against every combination, and every combination against a second count."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import case

import corridors as cd
from corridors.scenarios.groups import closures
from corridors.studies.reliability import reduced


def up_of(number: int) -> tuple[cd.Network, pd.DataFrame, dict[str, float]]:
    """A generated case in which up to ten links may fail."""
    random, example = Random(number), case(Random(number))
    names = list(closures(example.network, "link"))[:10]
    return example.network, example.demand, {name: random.choice([0.7, 0.8, 0.9, 0.95]) for name in names}


@pytest.mark.parametrize("number", [1, 11])
def test_every_combination_counts_with_its_probability(number: int) -> None:
    network, demand, up = up_of(number)
    up = dict(list(up.items())[:5])
    result = cd.reliability(network, demand, up, progress=False)
    loss = cd.sweep(network, demand, cd.coalitions(network, list(up), by="link"), progress=False).loss.to_numpy()
    states = [tuple(c >> i & 1 for i in range(len(up))) for c in range(len(loss))]
    chance = [np.prod([p if s else 1 - p for s, p in zip(state, up.values(), strict=True)]) for state in states]
    extra = loss - loss[-1]
    assert result.expected == pytest.approx(extra @ chance, rel=1e-9, abs=0.02)
    assert result.error == 0
    worst = result.exceedance.iloc[-1]
    assert worst.loss == pytest.approx(extra.max(), abs=0.02)
    median = result.quantiles.loss[0]
    assert sum(c for c, e in zip(chance, extra, strict=True) if e <= median + 0.02) >= 0.5
    for row in result.importance.itertuples():
        at = list(up).index(row.group)
        by_state = {s: [(e, c) for st, e, c in zip(states, extra, chance, strict=True) if st[at] == s] for s in (0, 1)}
        down, alive = (sum(e * c for e, c in by_state[s]) / sum(c for _, c in by_state[s]) for s in (0, 1))
        assert row.birnbaum == pytest.approx(down - alive, rel=1e-9, abs=0.05)
    assert len(list(product([0, 1], repeat=len(up)))) == result.draws


@pytest.mark.parametrize("number", [1, 11, 27])
def test_draws_agree_with_every_combination_within_their_interval(number: int) -> None:
    network, demand, up = up_of(number)
    exact = cd.reliability(network, demand, up, method="exact", progress=False)
    drawn = cd.reliability(network, demand, up, method="sampled", draws=20_000, seed=5, progress=False)
    assert abs(drawn.expected - exact.expected) <= 3.3 * drawn.error + 0.02
    assert drawn.interval[0] <= drawn.expected <= drawn.interval[1]
    for there, known in zip(drawn.quantiles.itertuples(), exact.quantiles.itertuples(), strict=True):
        assert there.low <= known.loss <= there.high
    known = exact.importance.set_index("group").birnbaum
    for row in drawn.importance.itertuples():
        assert abs(row.birnbaum - known[row.group]) <= 4 * row.error + 0.05


def test_the_same_seed_gives_the_same_years_and_common_causes_fail_together() -> None:
    nodes = pd.DataFrame({"node_id": ["kz", "eu"]})
    links = pd.DataFrame({"link_id": ["ferry", "ship", "north"], "from_node_id": "kz", "to_node_id": "eu"})
    links = links.assign(mode="ship", tariff=[10.0, 10.0, 50.0], corridors=["middle", "middle", "northern"])
    network = cd.Network(nodes, links)
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 1e6, "value": 200.0}
    demand = pd.DataFrame([row])
    together = cd.reliability(network, demand, {"middle": 0.9}, by="corridor", progress=False)
    apart = cd.reliability(network, demand, {"ferry": 0.9, "ship": 0.9}, progress=False)
    assert together.expected == pytest.approx(0.1 * 40e6)
    assert apart.expected == pytest.approx(0.01 * 40e6)
    options = {"method": "sampled", "draws": 3000, "seed": 2, "progress": False}
    twice = [cd.reliability(network, demand, 0.9, **options) for _ in range(2)]
    assert twice[0].expected == twice[1].expected
    assert twice[0].importance.to_csv() == twice[1].importance.to_csv()
    with pytest.raises(cd.InputError, match="is not between 0 and 1"):
        cd.reliability(network, demand, {"ferry": 1.2})


def pair() -> tuple[cd.Network, pd.DataFrame]:
    links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu", "mode": "ship"})
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 1e6, "value": 200.0}
    nodes = pd.DataFrame({"node_id": ["kz", "eu"]})
    return cd.Network(nodes, links.assign(tariff=[10.0, 50.0])), pd.DataFrame([row])


MEANS = {"ferry": (60.0, 20.0), "north": (100.0, 25.0)}


@pytest.mark.parametrize("durations", ["exponential", "fixed", "lognormal"])
def test_years_of_outages_cost_what_the_long_run_says(durations: str) -> None:
    network, demand = pair()
    # Ferry down a quarter of the time: 40 million a year; the other route as well a fifth of that: 190 million.
    expected = 0.25 * (0.8 * 40e6 + 0.2 * 190e6)
    years = cd.yearly_reliability(network, demand, MEANS, durations=durations, spread=0.8, years=6000, progress=False)
    assert abs(years.expected - expected) <= 3.3 * years.error
    exact = cd.reliability(network, demand, {"ferry": 0.75, "north": 0.8}, progress=False)
    assert exact.expected == pytest.approx(expected)
    table, known = years.importance.set_index("group"), exact.importance.set_index("group")
    for name in MEANS:
        assert table.availability[name] == pytest.approx(known.availability[name])
        assert abs(table.birnbaum[name] - known.birnbaum[name]) <= 4 * table.error[name]
        mine = years.events[years.events.group == name]
        assert mine.duration.sum() / (365 * 6000) == pytest.approx(1 - known.availability[name], rel=0.05)
    # Outages of days average out over a year: its bad years are milder than a closure that lasts.
    assert years.quantiles.loss.iloc[-1] < exact.quantiles.loss.iloc[-1]


def test_the_loss_of_a_year_is_that_of_its_days() -> None:
    network, demand = pair()
    result = cd.yearly_reliability(network, demand, MEANS, durations="fixed", years=40, seed=4, progress=False)
    events = result.events
    assert (events.duration <= 25).all()
    assert (events.start + events.duration <= 365 + 1e-9).all()
    grid = (np.arange(365 * 200) + 0.5) / 200
    total = []
    for year in range(40):
        mine = events[events.year == year]
        down = {
            name: np.any([(grid >= e.start) & (grid < e.start + e.duration) for e in part.itertuples()], axis=0)
            for name, part in mine.groupby("group")
        }
        off = np.zeros(len(grid), bool)
        ferry, north = down.get("ferry", off), down.get("north", off)
        total.append(float(np.where(ferry & north, 190e6, np.where(ferry, 40e6, 0.0)).mean()))
    assert result.expected == pytest.approx(np.mean(total), rel=2e-3)
    assert result.exceedance.loss.iloc[[0, -1]].tolist() == pytest.approx([min(total), max(total)], rel=5e-3, abs=2e4)


def test_the_same_seed_gives_the_same_years_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    network, demand, _ = up_of(11)
    outages = dict.fromkeys(list(closures(network, "link"))[:6], (100.0, 10.0))
    tables = []
    for threads in (1, 3):
        monkeypatch.setattr("corridors.sweeping.workers.os.cpu_count", lambda threads=threads: threads)
        result = cd.yearly_reliability(network, demand, outages, years=50, seed=9, progress=False)
        tables.append(result.importance.to_csv() + result.events.to_csv() + result.exceedance.to_csv())
    assert tables[0] == tables[1]
    # A group's outages do not depend on what else may fail.
    fewer = cd.yearly_reliability(network, demand, dict([*outages.items()][:1]), years=50, seed=9, progress=False)
    first = next(iter(outages))
    mine = result.events[result.events.group == first].reset_index(drop=True)
    assert fewer.events.equals(mine)


def test_outages_that_are_none_say_so() -> None:
    network, demand = pair()
    with pytest.raises(cd.InputError, match="no two means above 0 for ferry; give days between outages"):
        cd.yearly_reliability(network, demand, {"ferry": (10.0, 0.0)})
    with pytest.raises(cd.InputError, match="outages: is no operating link for 1 outage"):
        cd.yearly_reliability(network, demand, {"bridge": (10.0, 1.0)})
    with pytest.raises(cd.InputError, match="durations='long' is unknown"):
        cd.yearly_reliability(network, demand, MEANS, durations="long")


def test_links_fail_by_themselves_and_by_a_common_cause_at_once() -> None:
    network, demand = pair()
    links = network.links.assign(corridors=["caspian", ""], country=["KZ;AZ", "KZ;RU"])
    network = network.replace(links=links)
    up = {"link:ferry": 0.9, "link:north": 0.8, "corridor:caspian": 0.95, "country:RU": 0.7}
    result = cd.reliability(network, demand, up, by="link+corridor+country", progress=False)
    ferry, north = 1 - 0.9 * 0.95, 1 - 0.8 * 0.7
    assert result.expected == pytest.approx(ferry * ((1 - north) * 40e6 + north * 190e6))
    # A country that all links run through takes them all along.
    both = cd.reliability(network, demand, {"KZ": 0.9}, by="country", progress=False)
    assert both.expected == pytest.approx(0.1 * 190e6)
    with pytest.raises(cd.InputError, match=r"by='link\+lane' is unknown; give one of link"):
        cd.reliability(network, demand, 0.9, by="link+lane")


def test_what_one_draw_or_one_year_can_not_tell_is_missing_and_not_zero() -> None:
    network, demand = pair()
    up = {"ferry": 0.5, "north": 0.5}
    one = cd.reliability(network, demand, up, method="sampled", draws=1, progress=False)
    assert np.isnan(one.error)
    assert np.isnan(one.interval).all()
    assert one.quantiles[["low", "high"]].isna().all(axis=None)
    assert one.importance.error.isna().all()
    year = cd.yearly_reliability(network, demand, MEANS, years=1, progress=False)
    assert np.isnan(year.error)
    assert year.importance.error.isna().all()
    # An outage that only one of many years has says nothing of how years differ.
    rare = cd.yearly_reliability(network, demand, {"ferry": (365.0 * 40, 5.0)}, years=20, seed=2, progress=False)
    assert rare.events.year.tolist() == [17]
    assert rare.importance.error.isna().all()
    assert rare.error > 0


def test_a_quantile_has_an_interval_only_where_enough_draws_lie_beyond_it() -> None:
    loss = np.arange(100.0)
    found = reduced(loss, np.full(100, 0.01), pd.DataFrame(), exact=False).quantiles.set_index("level")
    # 1.96 standard deviations of the number below are 9.8, 5.9, 4.3 and 2.0 draws.
    assert found.low.tolist() == [39.0, 83.0, 89.0, 96.0]
    assert found.high[[0.5, 0.9]].tolist() == [60.0, 96.0]
    assert found.high[[0.95, 0.99]].isna().all()
    exact = reduced(loss, np.full(100, 0.01), pd.DataFrame(), exact=True).quantiles
    assert (exact.low == exact.loss).all()
    assert (exact.high == exact.loss).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "reliability: seed=-1 does not fit; give 0 or more, a whole number"),
        ({"draws": 1.5}, "reliability: draws=1.5 does not fit; give 1 or more, a whole number"),
        (
            {"availability": "x"},
            "availability: the text 'x' is no probability; give a number, or one for each link by name",
        ),
        ({"availability": {"ferry": "x"}}, r"availability: is not between 0 and 1 for 1 availability \(ferry\)"),
    ],
)
def test_draws_that_can_not_be_made_say_so(options: dict, message: str) -> None:
    network, demand = pair()
    with pytest.raises(cd.InputError, match=message):
        cd.reliability(network, demand, **{"availability": 0.9, "progress": False, **options})


def test_years_that_can_not_be_drawn_say_so() -> None:
    network, demand = pair()
    with pytest.raises(cd.InputError, match="outages: seed=-1 does not fit; give 0 or more"):
        cd.yearly_reliability(network, demand, MEANS, seed=-1)
    with pytest.raises(cd.InputError, match="outages: years=0 does not fit; give 1"):
        cd.yearly_reliability(network, demand, MEANS, years=0)
    with pytest.raises(cd.InputError, match="sample: seed=-1 does not fit"):
        cd.sample(network, 3, availability=0.9, seed=-1)
