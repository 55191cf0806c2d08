"""Months and weeks as layers: against the year, by hand, and against a second programme."""

from itertools import pairwise
from random import Random

import numpy as np
import pandas as pd
import pytest
import toy_networks
from click.testing import CliRunner
from generated import Case, cases, thorough
from hypothesis import given, settings
from independent import least_loss as least_loss_of_tables
from independent_periods import least_loss

import corridors as cd
from corridors.cli import main

pytestmark = pytest.mark.filterwarnings("ignore::corridors.InputWarning")


def ice(ids, start, end, factor=0.0, keeps_total=True, table="links", commodities=""):
    return pd.DataFrame(
        {"season_id": "ice", "table": table, "ids": ids, "commodities": commodities, "start": start, "end": end,
         "factor": factor, "keeps_total": keeps_total}, index=[0],
    )  # fmt: skip


def test_twelve_equal_months_are_the_year():
    network, demand = toy_networks.network(), toy_networks.demand()
    times = 12e5  # a month has whole tonnes
    links, zones = network.links, network.zones
    network = network.replace(
        links=links.assign(capacity=links.capacity * times), zones=zones.assign(limit=zones.limit * times)
    )
    demand = demand.assign(volume=demand.volume * times)
    year = cd.solve(network, demand)
    months, rows = cd.periods(network, demand, into=12)
    result = cd.solve(months, rows)
    assert float(result.loss) == pytest.approx(float(year.loss), rel=1e-9)
    parts = cd.by_period(months, rows, result)
    assert parts.loss.to_numpy() == pytest.approx(np.full(12, float(year.loss) / 12), rel=1e-9)
    assert parts.unmet.sum("period").sel(demand=year.demand).to_numpy() == pytest.approx(
        year.unmet.to_numpy(), rel=1e-9
    )
    assert list(parts.flow.dims) == ["period", "link", "direction", "commodity"]


@settings(thorough, max_examples=6)
@given(cases())
def test_equal_parts_are_the_year_on_generated_networks(case: Case):
    parts, rows = cd.periods(case.network, case.demand, into=4)
    assert float(cd.solve(parts, rows).loss) == pytest.approx(
        least_loss_of_tables(case.network, case.demand).loss, rel=1e-9
    )


def river():
    """Grain comes to the upper port in autumn only; the canal freezes in winter (first of four quarters).

    ::

        upper ──canal, 10, at most 400 a year── lower ──sea, 5── market     200 a quarter wanted, worth 100
          └──────── rail, 60, 160 a year ────────┘
    """
    nodes = pd.DataFrame({"node_id": ["upper", "lower", "market"]})
    links = pd.DataFrame(
        [("canal", "upper", "lower", 10.0, 400.0), ("rail", "upper", "lower", 60.0, 160.0),
         ("sea", "lower", "market", 5.0, None)],
        columns=["link_id", "from_node_id", "to_node_id", "tariff", "capacity"],
    )  # fmt: skip
    demand = pd.DataFrame(
        {"demand_id": ["g"], "commodity": "grain", "origin": "upper", "destination": "market", "volume": 400.0,
         "value": 100.0}
    )  # fmt: skip
    return cd.Network(nodes, links.assign(mode="ship", time=0.0)), demand


QUARTER = ("01-01", "04-02")
"""Days that cover the first quarter of 91.25 days, and three quarters of the 92nd."""


def test_ice_and_a_silo_by_hand():
    """Without the silo 100 t are wanted in winter: 40 go by rail at 65, 60 stay behind at 100.

    In the other quarters the canal has 400 / 3 or so for 100 t at 15. The silo below the lock holds 50 t: they come by
    the canal in autumn at 15 and 8 for handling and a quarter in store. Those left: 40 by rail, 10 stay behind.
    """
    network, demand = river()
    frozen = ice("canal", *QUARTER)
    bare, rows = cd.periods(network, demand, into=4, seasons=frozen)
    assert float(cd.solve(bare, rows).loss) == 3 * 100 * 15 + 40 * 65 + 60 * 100
    silo = pd.DataFrame({"storage_id": ["silo"], "node_id": ["lower"], "modes": ["ship"], "capacity": [50.0],
                         "handling": [6.0], "cost": [8.0]})  # fmt: skip
    stored, rows = cd.periods(network, demand, into=4, seasons=frozen, storages=silo)
    result = cd.solve(stored, rows)
    # the canal has room for 400 / 3 - 100 = 33 more in autumn; the other 17 wait since summer, a quarter more at 2
    room = float(stored.links.set_index("link_id").capacity["canal@04"]) - 100
    summer = 50 - room
    assert float(result.loss) == pytest.approx(3 * 100 * 15 + 50 * (15 + 6 + 2) + summer * 2 + 40 * 65 + 10 * 100)
    parts = cd.by_period(stored, rows, result)
    assert parts.stock.sel(storage="silo", commodity="grain").to_numpy() == pytest.approx([0, 0, summer, 50])
    assert parts.loss.sel(period="01") == pytest.approx(50 * 23 + summer * 2 + 40 * 65 + 1000)
    # a year that begins with the ice has in store what `stock` says
    surprised, rows = cd.periods(network, demand, into=4, seasons=frozen, storages=silo.assign(stock=20.0), first="01")
    assert cd.by_period(surprised, rows, cd.solve(surprised, rows)).stock.to_numpy().max() == pytest.approx(20)
    assert cd.solve(surprised, rows).unmet.sum() == pytest.approx(40)


def test_goods_that_take_long_arrive_in_a_later_period():
    network, demand = river()
    network = network.replace(links=network.links.assign(time=[0.0, 0.0, 2190.0]))  # a quarter at sea
    # there and not back: a ship that turns round would be a store
    there = network.replace(links=network.links.assign(directed=True))
    late, rows = cd.periods(there, demand, into=4, seasons=ice("canal", *QUARTER), delays=True)
    result = cd.solve(late, rows)
    parts = cd.by_period(late, rows, result)
    assert parts.unmet.sel(demand="g").to_numpy() == pytest.approx(
        [0, 60, 0, 0]
    )  # what the ice holds is missed in spring
    assert parts.flow.sel(link="sea", direction="fwd", commodity="grain").to_numpy() == pytest.approx(
        [40, 100, 100, 100]
    )
    back, rows = cd.periods(network, demand.assign(origin="market", destination="upper"), into=4, delays=True)
    flow = cd.by_period(back, rows, cd.solve(back, rows)).flow.sel(link="sea", commodity="grain")
    assert flow.sel(direction="rev").to_numpy() == pytest.approx([100] * 4)
    assert not flow.sel(direction="fwd").any()


def generated(random: Random) -> tuple[cd.Network, pd.DataFrame]:
    nodes = [f"n{i}" for i in range(random.randint(3, 5))]
    ends = [*pairwise(nodes), *(random.sample(nodes, 2) for _ in range(random.randint(1, 4)))]
    links = [
        (f"l{i}", a, b, random.randint(1, 30), random.choice([None, 400 * random.randint(1, 9)]),
         random.choice([0.0, 24.0, 1500.0, 4000.0]), random.random() < 0.3, random.choice(["both", "each"]),
         random.choice(["", "", "grain"]))
        for i, (a, b) in enumerate(ends)
    ]  # fmt: skip
    columns = ["link_id", "from_node_id", "to_node_id", "tariff", "capacity", "time", "directed", "capacity_scope",
               "commodities"]  # fmt: skip
    commodities = pd.DataFrame({"commodity": ["grain", "oil"], "value_of_time": [0.0, random.choice([0.0, 0.001])]})
    rows = [
        (f"d{i}", random.choice(["grain", "oil"]), *random.sample(nodes, 2), 400 * random.randint(1, 5),
         random.randint(20, 90))
        for i in range(random.randint(1, 5))
    ]  # fmt: skip
    demand = pd.DataFrame(rows, columns=["demand_id", "commodity", "origin", "destination", "volume", "value"])
    network = cd.Network(
        pd.DataFrame({"node_id": nodes}),
        pd.DataFrame(links, columns=columns).assign(mode="ship"),
        commodities=commodities,
    )
    return network, demand


@pytest.mark.parametrize("seed", range(20))
def test_the_least_loss_is_that_of_a_second_programme(seed):
    random = Random(seed)
    network, demand = generated(random)
    quarters = [("01-01", "04-02"), ("10-01", "12-31")]
    seasons, factors, volumes, outputs = [], {}, {}, {}
    for link in network.links.link_id[:2]:
        factor = random.choice([0.0, 0.5])
        seasons.append(ice(link, *random.choice(quarters), factor, random.choice([True, False])))
    if random.random() < 0.5:
        seasons.append(ice("d0", *random.choice(quarters), 0.2, table="demand"))
    own = demand.iloc[-1]
    if random.random() < 0.5:
        seasons.append(ice(own.origin, "07-01", "12-31", 5.0, True, "supply", own.commodity))
    table = pd.concat(seasons, ignore_index=True)
    storages = [
        {"storage_id": f"s{i}", "node_id": random.choice(list(network.nodes.node_id)), "modes": "ship",
         "commodities": random.choice(["", "grain"]), "capacity": 100.0 * random.randint(1, 4),
         "handling": float(random.randint(0, 3)), "cost": float(random.randint(0, 12)),
         "stock": random.choice([0.0, 50.0, 1e6])}
        for i in range(random.randint(0, 2))
    ]  # fmt: skip
    used = {*network.links.from_node_id, *network.links.to_node_id}
    storages = [silo for silo in storages if silo["node_id"] in used]
    delays = random.random() < 0.5
    for season in seasons:
        of = season.iloc[0]
        share = _shares(of)
        if of.table == "links":
            factors[of.ids] = share
        elif of.table == "demand":
            volumes[of.ids] = share
        else:
            outputs[of.commodities, of.ids] = share
    frame = pd.DataFrame(storages) if storages else None
    layered, rows = cd.periods(network, demand, into=4, seasons=table, storages=frame, delays=delays)
    loss = float(cd.solve(layered, rows).loss)
    expected = least_loss(network, demand, 4, factors=factors, volumes=volumes, outputs=outputs, storages=storages,
                          delays=delays)  # fmt: skip
    assert loss == pytest.approx(expected, rel=1e-5, abs=0.1)  # shares of a year in quarters are no whole tonnes
    assert least_loss_of_tables(layered, rows).loss == pytest.approx(loss, rel=1e-5, abs=0.1)


def _shares(season) -> list[float]:
    """Parts of a year in quarters, day by day: an eighth of a day at a time."""
    eighths = pd.date_range("2001-01-01", periods=365 * 8, freq="3h").strftime("%m-%d")
    factor = np.where((eighths >= season.start) & (eighths <= season.end), season.factor, 1.0)
    if season.keeps_total:
        factor = factor / factor.mean()
    return [float(part.sum() / len(factor)) for part in factor.reshape(4, -1)]


def test_ride_through_is_what_solving_each_outage_by_itself_gives():
    network, demand = river()
    silo = pd.DataFrame({"storage_id": ["silo"], "node_id": ["lower"], "modes": ["ship"], "capacity": [70.0]})
    table = cd.ride_through(network, demand, ["canal", "rail"], storages=silo, into=12, longest=3, progress=False)
    for capacity, found in table.groupby("capacity"):
        months, rows = cd.periods(network, demand, into=12, storages=silo.assign(capacity=capacity))
        before = cd.solve(months, rows)
        for row in found.itertuples():
            shut = months.links.base_id.isin(["canal", "rail"]) & months.links.period.isin(
                ["01", "02", "03"][: row.periods]
            )
            closed = months.replace(links=months.links.assign(capacity=months.links.capacity.mask(shut, 0.0)))
            after = cd.solve(closed, rows)
            assert row.loss == pytest.approx(float(after.loss - before.loss), abs=1e-3)
            assert row.unmet == pytest.approx(float(after.unmet.sum() - before.unmet.sum()), abs=1e-6)
    assert set(table.days) == {365 / 12, 2 * 365 / 12, 3 * 365 / 12}


def test_small_multiples_have_one_map_a_period_and_one_scale():
    network = cd.Network(
        pd.DataFrame({"node_id": ["a", "b"], "x_coord": [51.2, 49.4], "y_coord": [43.6, 40.0]}),
        pd.DataFrame({"link_id": ["ab"], "from_node_id": "a", "to_node_id": "b", "mode": "ferry", "tariff": 1.0}),
    )
    demand = pd.DataFrame({"demand_id": ["g"], "commodity": "grain", "origin": "a", "destination": "b",
                           "volume": 1e6, "value": 9.0})  # fmt: skip
    quarters, rows = cd.periods(network, demand, into=4, seasons=ice("g", "01-01", "04-02", table="demand"))
    result = cd.by_period(quarters, rows, cd.solve(quarters, rows))
    sheet = cd.plot_year(network, result, columns=2, title="Grain")
    names = [panel.get_title(loc="left") for panel in sheet.child_axes]
    assert [name for name in names if name] == ["01", "02", "03", "04"]
    with pytest.raises(cd.InputError, match="results: flow has neither periods nor scenarios"):
        cd.plot_year(network, cd.solve(network, demand))


def test_the_command_leaves_tables_and_figures(tmp_path):
    network, demand = river()
    network = network.replace(nodes=network.nodes.assign(x_coord=[44.0, 39.0, 34.0], y_coord=[48.0, 47.0, 37.0]))
    cd.write(network, tmp_path / "net.gpkg", demand=demand)
    ice("canal", *QUARTER).to_csv(tmp_path / "ice.csv", index=False)
    silo = pd.DataFrame({"storage_id": ["silo"], "node_id": ["lower"], "modes": ["ship"], "capacity": [70.0]})
    silo.to_csv(tmp_path / "silo.csv", index=False)
    case = [
        f"--network={tmp_path / 'net.gpkg'}",
        f"--demand={tmp_path / 'net.gpkg'}",
        "--into=4",
        f"--storages={tmp_path / 'silo.csv'}",
        f"--seasons={tmp_path / 'ice.csv'}",
        f"--out={tmp_path}",
    ]
    for more, left in ([], "periods"), (["--close", "canal", "--longest", "2"], "ride_through"):
        done = CliRunner().invoke(main, ["periods", *case, *more])
        assert done.exit_code == 0, done.output
        assert (tmp_path / f"{left}.csv").exists()
        assert (tmp_path / f"{left}.png").exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"into": "month"}, "into: 'month' is unknown; give months, weeks, or how many equal parts; is it months?"),
        ({"first": "13"}, "first: there is no period '13'; give one of 01 to 12"),
        ({"into": 1, "delays": True}, "into: a year of one period has no later one"),
        ({"seasons": ice("canl", "01-01", "02-01")}, "ids of ice are not in links for 1 .*canl.*is it canal"),
        ({"seasons": ice("canal", "01-01", "02-30")}, "seasons: end is no day for 1 .*ice: 02-30"),
        ({"seasons": ice("canal", "01-01", "12-31")}, "no day of the year is left"),
        ({"storages": {"storage_id": ["s"], "node_id": ["lwer"], "modes": ["ship"]}}, "node_id is not in nodes"),
        ({"storages": {"storage_id": ["s"], "node_id": ["lower"], "modes": ["road"]}}, "no link of the mode"),
        ({"storages": {"storage_id": ["canal"], "node_id": ["lower"], "modes": ["ship"]}}, "that of a node or link"),
    ],
)
def test_what_does_not_fit_is_named(given, message):
    with pytest.raises(cd.InputError, match=message):
        cd.periods(*river(), **given)
