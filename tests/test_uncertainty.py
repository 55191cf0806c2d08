"""Uncertain cases and what is told of them: the same as tables changed by hand, and intervals that hold the truth."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from generated import TIMES, cases, thorough
from hypothesis import given, settings

import corridors as cd
from corridors.cli import main
from corridors.edits.drawn import drawn
from corridors.methods.spread import interval, ranked
from corridors.network import checked_demand
from corridors.scenarios.uncertainty import errors_of

SPREADS = pd.DataFrame(
    [
        ("links", "capacity", "", "", 1.3),
        ("links", "tariff", "high", "", 1.1),
        ("links", "tariff", "low", "", 1.6),
        ("links", "tariff", "", "mode", 1.2),
        ("demand", "volume", "", "", 1.5),
        ("demand", "value", "", "commodity", 1.4),
    ],
    columns=["table", "field", "confidence", "per", "factor"],
)


def case(seed: int) -> tuple[cd.Network, pd.DataFrame]:
    """Six nodes with two ways round, links of three confidences, and three demand rows of two commodities."""
    random = Random(seed)
    pairs = [(0, 1), (1, 2), (2, 3), (3, 5), (0, 4), (4, 3), (1, 4), (2, 5)]
    links = pd.DataFrame([(f"n{a}", f"n{b}") for a, b in pairs], columns=["from_node_id", "to_node_id"])
    links = links.assign(link_id=[f"l{i}" for i in links.index])
    links["mode"] = random.choices(["rail", "road"], k=len(pairs))
    links["mode"] = "rail" if seed % 2 else "road"
    links["tariff"] = [float(random.randint(10, 60)) for _ in pairs]
    links["capacity"] = [float(random.randint(4000, 20_000)) for _ in pairs]
    links["confidence"] = random.choices(["high", "medium", "low", ""], k=len(pairs))
    ends = [("n0", "n5", "grain"), ("n0", "n3", "ore"), ("n1", "n5", "grain")]
    rows = pd.DataFrame(ends, columns=["origin", "destination", "commodity"])
    rows = rows.assign(demand_id=["a", "b", "c"], volume=[float(random.randint(1000, 6000)) for _ in ends])
    rows["value"] = [float(random.randint(150, 600)) for _ in ends]
    nodes = pd.DataFrame(
        {"node_id": [f"n{i}" for i in range(6)], "x_coord": [50.0, 52, 54, 56, 53, 58], "y_coord": 43.0}
    )
    nodes.loc[4, "y_coord"] = 41.0
    return cd.Network(nodes, links), rows


def scaled(
    network: cd.Network, rows: pd.DataFrame, uncertain: cd.Scenarios, number: int, power: float = 1.0
) -> tuple[cd.Network, pd.DataFrame]:
    """The tables with what a case multiplies in them, or to a power of it."""
    links, rows = network.links.set_index("link_id", drop=False), rows.set_index("demand_id", drop=False)
    for change in uncertain.changes(number).itertuples():
        assert change.operation == "scale"
        (links if change.table == "links" else rows).loc[change.id, change.field] *= change.value**power
    return network.replace(links=links.reset_index(drop=True)), rows.reset_index(drop=True)


@pytest.mark.parametrize("seed", range(2 * TIMES))
def test_intervals_are_those_of_tables_changed_by_hand(seed: int) -> None:
    network, rows = case(seed)
    table = cd.criticality(network, rows, draws=5, drawn=3, spreads=SPREADS, seed=seed)
    uncertain = cd.uncertain_cases(network, rows, 5, spreads=SPREADS, seed=seed)
    names = table.scenario.head(3).tolist()
    losses = np.zeros((5, 3))
    for number in range(5):
        own, wanted = scaled(network, rows, uncertain, number)
        base = float(cd.solve(own, wanted).loss)
        for place, name in enumerate(names):
            status = np.where(own.links.link_id == name, "closed", "operating")
            losses[number, place] = (
                float(cd.solve(own.replace(links=own.links.assign(status=status)), wanted).loss) - base
            )
    by_hand = ranked(losses)
    got = table.head(3)
    assert got[["low", "high"]].to_numpy() == pytest.approx(by_hand[["low", "high"]].to_numpy(), rel=1e-4)
    assert got[["first", "rank_low", "rank_high"]].to_numpy() == pytest.approx(
        by_hand[["first", "rank_low", "rank_high"]].to_numpy()
    )
    assert table.iloc[3:][["low", "high", "first"]].isna().all(axis=None)
    plain = cd.criticality(network, rows)
    pd.testing.assert_frame_equal(table[plain.columns.tolist()], plain)


@pytest.mark.parametrize("seed", [1, 4])
def test_the_spread_has_its_drivers_in_the_errors_that_move_the_loss(seed: int) -> None:
    """Each error by itself, a tenth of its size down and up, solved with all that it scales."""
    network, rows = case(seed)
    spreads = SPREADS.assign(factor=SPREADS.factor**0.1)  # so small that the loss is linear
    table = cd.criticality(network, rows, draws=19, drawn=2, spreads=spreads, seed=seed, progress=False)
    errors = errors_of(network, rows, spreads)
    names = errors.error.unique().tolist()
    changes = [
        errors.assign(scenario=2 * errors.error.map(names.index) + up, value=np.exp((0.2 * up - 0.1) * errors["size"]))
        for up in (0, 1)
    ]
    columns = ["scenario", "table", "id", "field", "operation", "value"]
    moves = pd.concat(changes).assign(operation="scale").sort_values("scenario", kind="stable")[columns]
    alone = cd.Scenarios([f"{name}, {way}" for name in names for way in ("down", "up")], moves)
    closures = cd.baseline() + cd.outages(network).select(table.scenario.head(2))
    losses = cd.sweep(network, rows, alone * closures, progress=False).loss.to_numpy().reshape(len(names), 2, 3)
    moved = np.diff(losses[:, :, 1:] - losses[:, :, :1], axis=1)[:, 0]
    shares = moved**2 / (moved**2).sum(axis=0)
    for closure, text in enumerate(table.drivers.head(2)):
        told = dict(part.rsplit(" ", 2)[:2] for part in text.split("; "))
        largest = np.argsort(-shares[:, closure])[: len(told)].tolist()
        assert {names[i] for i in largest} == set(told)
        assert [float(told[names[i]]) for i in largest] == pytest.approx(100 * shares[largest, closure], abs=0.6)
    assert (table.explained.head(2) > 0.9).all()


def test_nine_of_ten_intervals_hold_the_truth() -> None:
    """The data err from a truth that is known, by what their confidence says; closures of the truth are the answer."""
    held = []
    for seed in range(8 * TIMES):
        truth, wanted = case(seed)
        errors = cd.uncertain_cases(truth, wanted, 5, spreads=SPREADS, seed=1000 + seed)
        closures = cd.baseline() + cd.outages(truth).select(["l1", "l3", "l4", "l6"])
        right = cd.sweep(truth, wanted, closures, progress=False).loss.to_numpy()
        answer = right[1:] - right[0]
        for number in range(5):
            data, rows = scaled(truth, wanted, errors, number, -1.0)
            uncertain = cd.uncertain_cases(data, rows, 19, spreads=SPREADS, seed=5 * seed + number)
            losses = cd.sweep(data, rows, uncertain * closures, progress=False).loss.to_numpy().reshape(19, -1)
            low, high = interval(losses[:, 1:] - losses[:, :1])
            held += (((low - 1 <= answer) & (answer <= high + 1))[answer > 1]).tolist()
    assert len(held) > 100
    assert 0.85 <= np.mean(held) <= 0.95, np.mean(held)


@given(cases())
@settings(thorough, max_examples=3 * TIMES)
def test_cases_put_into_tables_are_those_of_a_sweep(generated) -> None:
    """With rates, tariffs of single goods, zones, fleets and transfers: two ways to the same loss."""
    network, rows = generated.network, generated.demand
    speeds = network.rates.dropna(subset="speed").groupby("mode").speed.nunique()
    spreads = cd.load_spreads()
    if (speeds > 1).any():  # no time of a link to change
        spreads = spreads[spreads.field != "time"]
    uncertain = cd.uncertain_cases(network, rows, 2, spreads=spreads)
    swept = cd.sweep(network, rows, uncertain, progress=False).loss.to_numpy()
    for number in range(2):
        case = drawn(network, checked_demand(network, rows), uncertain.changes(number))
        assert float(cd.solve(*case).loss) == pytest.approx(swept[number], rel=2e-4, abs=0.5)


def test_other_studies_have_intervals_of_their_own_runs() -> None:
    network, rows = case(4)
    kept = {"draws": 3, "spreads": SPREADS, "seed": 5, "progress": False}
    uncertain = cd.uncertain_cases(network, rows, 3, spreads=SPREADS, seed=5)
    worlds = [scaled(network, rows, uncertain, number) for number in range(3)]
    players = ["l1", "l3", "l4"]
    table = cd.intervals(cd.leverage, network, rows, players, by="link", **kept).set_index("player")
    worths = pd.DataFrame([cd.leverage(*world, players, by="link").set_index("player").shapley for world in worlds])
    assert table.low.to_numpy() == pytest.approx(worths.min()[table.index].to_numpy(), rel=1e-3, abs=1.0)
    assert table.high.to_numpy() == pytest.approx(worths.max()[table.index].to_numpy(), rel=1e-3, abs=1.0)
    assert table["first"].sum() == pytest.approx(1.0)

    toll = ("links", "l1", "tariff", "add")
    flips = cd.intervals(cd.break_even, network, rows, toll, 0, 200, routes_by="link", **kept)
    assert (flips.low <= flips.high).all()
    for row in flips[flips.found == 1].itertuples():
        at = []
        for world in worlds:
            pieces = cd.break_even(*world, toll, 0, 200, routes_by="link", progress=False)
            change = pieces.flips & (pieces.preferred == row.after) & (pieces.preferred.shift() == row.before)
            at.append(pieces.low[change].iloc[0])
        assert (row.low, row.high) == pytest.approx((min(at), max(at)), rel=1e-3)
    worth = cd.leverage(network, rows, players, by="link", progress=False)
    ax = cd.plot_leverage(worth, intervals=table.reset_index())
    ends = [line.get_segments()[0][:, 0].tolist() for line in ax.collections if len(line.get_segments()) == 3]
    unit = 1e6 if worth.shapley.abs().max() < 1e9 else 1e9
    assert ends[-1] == pytest.approx((table.loc[worth.player.iloc[0], ["low", "high"]] / unit).tolist())
    pieces = cd.break_even(network, rows, toll, 0, 200, routes_by="link", progress=False)
    plain = len(cd.plot_break_even(pieces).collections)
    drawn_flips = len(cd.plot_break_even(pieces, intervals=flips).collections) - plain
    assert drawn_flips == (2 if flips["value"].notna().any() else 0)
    with pytest.raises(cd.InputError, match=r"intervals: .*give what intervals of leverage gave"):
        cd.plot_leverage(worth, intervals=flips)
    with pytest.raises(
        cd.InputError, match=r"study: is .*; give one of leverage, hedging_frontier, break_even, expansion"
    ):
        cd.intervals(cd.criticality, network, rows)


def test_the_spread_of_any_study_has_its_drivers_in_kinds_of_figures() -> None:
    """One way there: a player is worth all that is moved, (value - cost) x volume, whatever errs."""
    links = pd.DataFrame({"link_id": ["a"], "from_node_id": "x", "to_node_id": "y", "mode": "rail", "tariff": 100.0})
    network = cd.Network(pd.DataFrame({"node_id": ["x", "y"]}), links)
    rows = pd.DataFrame({"demand_id": ["g"], "commodity": "ore", "origin": "x", "destination": "y"})
    rows = rows.assign(volume=1e6, value=300.0)
    kinds = [("demand", "volume", 1.5), ("links", "tariff", 1.5), ("demand", "value", 1.01)]
    spreads = pd.DataFrame(kinds, columns=["table", "field", "factor"])
    kept = {"by": "link", "draws": 6, "spreads": spreads, "seed": 3, "progress": False}
    table = cd.intervals(cd.leverage, network, rows, ["a"], drivers=True, **kept)
    pd.testing.assert_frame_equal(table.iloc[:, :-2], cd.intervals(cd.leverage, network, rows, ["a"], **kept))
    factors = cd.uncertain_cases(network, rows, 6, spreads=spreads, seed=3)
    by = np.array([factors.changes(i).set_index("field").value.loc[["volume", "tariff", "value"]] for i in range(6)])
    volume, tariff, value = by.T
    alone = np.array([200 * volume, 300 - 100 * tariff, 300 * value - 100])
    variance = alone.var(axis=1) / alone.var(axis=1).sum()
    told = dict(part.rsplit(" ", 2)[:2] for part in table.drivers[0].split("; "))
    assert list(told) == ["volume of demand", "tariff of links"]
    assert [float(share) for share in told.values()] == pytest.approx(100 * variance[:2], abs=0.6)
    together = volume * (300 * value - 100 * tariff)
    assert table.explained[0] == pytest.approx(np.corrcoef(alone.sum(axis=0), together)[0, 1] ** 2, abs=1e-3)


def test_figures_err_together_as_the_spreads_say() -> None:
    network, rows = case(1)
    uncertain = cd.uncertain_cases(network, rows, 2000, spreads=SPREADS)
    factors = uncertain.block(0, 2000).value.reshape(2000, -1)
    values = dict(zip(zip(uncertain.atoms.id, uncertain.atoms.field, strict=True), factors.T, strict=True))
    assert (values["a", "value"] == values["c", "value"]).all()  # of one commodity
    assert (values["a", "value"] != values["b", "value"]).all()
    one, other = values["l0", "capacity"], values["l1", "capacity"]
    assert abs(np.corrcoef(np.log(one), np.log(other))[0, 1]) < 0.1
    for key, factor in ((("l0", "capacity"), 1.3), (("a", "volume"), 1.5)):
        inside = (values[key] > 1 / factor) & (values[key] < factor)
        assert inside.mean() == pytest.approx(0.9, abs=0.03)
        assert np.median(values[key]) == pytest.approx(1.0, abs=0.05)
    high = network.links.link_id[network.links.confidence == "high"].iloc[0]
    low = network.links.link_id[network.links.confidence == "low"].iloc[0]
    assert np.log(values[high, "tariff"]).std() < np.log(values[low, "tariff"]).std()
    fewer = cd.uncertain_cases(network, rows, 3, spreads=SPREADS)
    assert all(fewer.changes(i).equals(uncertain.changes(i)) for i in range(3))


def test_steps_of_a_demand_curve_err_together() -> None:
    network, rows = case(1)
    rows = rows.assign(price=200.0)
    stepped = cd.with_elasticity(network, rows, cd.solve(network, rows), {"grain": 0.5, "ore": 0.5}, steps=3)
    uncertain = cd.uncertain_cases(network, stepped, 2, spreads=SPREADS)
    changes = uncertain.changes(0)
    volumes = changes[changes.field == "volume"].set_index("id").value
    assert volumes.groupby(stepped.set_index("demand_id").curve).nunique().tolist() == [1, 1, 1]
    assert cd.sweep(network, stepped, uncertain, progress=False).loss.to_series().notna().all()


def test_what_is_no_spread_is_refused() -> None:
    network, rows = case(1)
    for changes, says in (
        ({"field": "capasity"}, r"spreads: is no figure for 6 spreads .*give a table and its field"),
        ({"confidence": "sure"}, "spreads: confidence is unknown for 6 spreads .*; give high, medium, low"),
        ({"factor": 0.5}, "spreads: factor is below 1 or none for 6 spreads"),
    ):
        with pytest.raises(cd.InputError, match=says):
            cd.uncertain_cases(network, rows, spreads=SPREADS.assign(**changes))
    with pytest.raises(cd.InputError, match="none of the spreads is of a figure that is there"):
        cd.uncertain_cases(network, rows, spreads=pd.DataFrame({"table": ["zones"], "field": "limit", "factor": 2.0}))
    with pytest.raises(cd.InputError, match="draws"):
        cd.uncertain_cases(network, rows, 0)
    with pytest.raises(cd.InputError, match="draws"):
        cd.criticality(network, rows, draws=-1)
    with pytest.raises(cd.InputError, match="drivers: is the text 'yes'; give True or False"):
        cd.intervals(cd.leverage, network, rows, ["a"], drivers="yes")  # type: ignore[arg-type]


def test_the_command_prints_intervals(tmp_path: Path) -> None:
    network, rows = case(2)
    cd.write(network, tmp_path / "net", demand=rows)
    command = ["criticality", "--network", str(tmp_path / "net"), "--draws", "19", "--drawn", "3"]
    done = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "rank_high" in done.output
    table = pd.read_csv(tmp_path / "out" / "criticality.csv")
    assert table["first"].sum() == pytest.approx(1.0)
    assert (table.low <= table.high).head(3).all()
    assert (tmp_path / "out" / "criticality_intervals.png").exists()


@pytest.mark.parametrize(
    ("study", "options", "item"),
    [
        ("leverage", ["--by", "link", "--player", "l1", "--player", "l3", "--drivers"], "l3"),
        ("hedging", ["--bloc", "B"], "extra_loss, nothing enters"),
        ("break-even", ["--vary", "tariff link l1 add 0 200", "--routes-by", "link", "--drivers"], "found"),
        ("expansion", ["--candidates", "candidates.csv", "--steps", "1"], "wider"),
    ],
)
def test_commands_print_how_sure_they_are(
    study: str, options: list[str], item: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, rows = case(4)
    nodes = network.nodes.assign(country=["A", "B", "A", "A", "A", "A"])
    cd.write(network.replace(nodes=nodes), tmp_path / "net", demand=rows.assign(volume=9 * rows.volume))
    monkeypatch.chdir(tmp_path)
    wider = pd.DataFrame({"candidate_id": ["wider"], "id": ";".join(network.links.link_id), "cost": 1.0})
    wider = wider.assign(field="capacity", amount=3000.0)
    wider.to_csv("candidates.csv", index=False)
    done = CliRunner().invoke(
        main, [study, "--network", str(tmp_path / "net"), *options, "--draws", "3", "--out", "out"]
    )
    assert done.exit_code == 0, done.output
    assert "by 3 draws of all figures by their confidence" in done.output
    table = pd.read_csv(next(Path("out").glob("*_intervals.csv")))
    table = table[table.low.notna()]
    assert item in done.output
    assert len(table)
    assert (table.low <= table.high).all()
    told = "--drivers" in options
    assert ("drivers" in table) == ("What the spread depends on" in done.output) == told
    assert study != "leverage" or table.drivers.str.fullmatch(r"(\w+ of \w+ \d+ %(; )?)+").all()


def test_what_a_spread_depends_on_is_not_asked_without_draws() -> None:
    done = CliRunner().invoke(main, ["leverage", "--player", "KZ", "--drivers"])
    assert done.exit_code == 2
    assert "--drivers is given without --draws; add --draws 19" in done.output
