"""Replay of events: what they close, how long, and what the model says, next to what was reported."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.errors import InputError
from corridors.validation import page
from corridors.validation.replay import days_of, replay_reported, text

EVENT = {
    "event_id": "storm",
    "date_start": pd.Timestamp("2025-03-01"),
    "date_end": pd.Timestamp("2025-03-10"),
    "duration_days": float("nan"),
    "affected_type": "link",
    "affected_id": "ferry",
    "capacity_loss_fraction": 1.0,
    "volume_lost": 5.0,
    "volume_unit": "t",
    "effect": "ferries wait",
}


@pytest.fixture
def caspian() -> tuple[cd.Network, pd.DataFrame]:
    """From aktau ── ferry 10 USD/t, 3.65 Mt ──> baku, and a ship for 12 USD/t and 1 Mt; 3.65 Mt of grain, 220 USD/t."""
    links = pd.DataFrame(
        {
            "link_id": ["ferry", "ship"],
            "from_node_id": "aktau",
            "to_node_id": "baku",
            "mode": ["ferry", "ship"],
            "capacity": [3.65e6, 1e6],
            "tariff": [10.0, 12.0],
        }
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["g"],
            "commodity": ["grain"],
            "origin": ["aktau"],
            "destination": ["baku"],
            "volume": [3.65e6],
            "value": [220.0],
        }
    )
    return cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links), demand


def test_an_event_is_solved_at_annual_rates_and_counted_by_its_days(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    row = cd.replay(*caspian, pd.DataFrame([EVENT])).iloc[0]
    assert row.days == 10
    assert row.unmet == pytest.approx(2.65e6 * 10 / 365)
    assert row.moved == pytest.approx(100_000)
    assert row.loss == pytest.approx((1e6 * 2 + 2.65e6 * 210) * 10 / 365, rel=1e-6)
    assert (row.flow_before, row.flow_after) == (3.65e6, 0.0)
    assert row.diverted_to == "ship +27"
    assert (row.reported, row.note) == (5.0, "")


def test_an_event_that_lasts_a_week_finds_less_room_and_is_compared_with_the_report(
    caspian: tuple[cd.Network, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    surge = pd.DataFrame({"table": ["links"], "field": ["id"], "which": ["ship"], "of": ["room"], "week": [0.2]})
    monkeypatch.setattr("corridors.scenarios.short_run.load_surge", lambda: surge)
    event = pd.DataFrame([EVENT | {"measure": "unmet", "volume_lost": 50_000.0}])
    row = cd.replay(*caspian, event, within="week").iloc[0]
    assert row.unmet == pytest.approx((3.65e6 - 0.2e6) * 10 / 365)
    assert row.ratio == pytest.approx(row.unmet / 50_000)
    assert row.diverted_to == "ship +5"


def test_an_event_may_hit_some_of_the_goods_and_take_a_share_of_what_they_may_use(
    caspian: tuple[cd.Network, pd.DataFrame],
) -> None:
    event = {"affected_type": "link", "affected_id": "ferry", "commodity": "grain;uranium", "direction": "fwd"}
    part = cd.events(caspian[0], pd.DataFrame([EVENT | event | {"capacity_loss_fraction": 0.5}])).changes(0)
    assert part[["id", "operation", "value", "commodity", "direction"]].to_numpy().tolist() == [
        ["ferry", "scale", 0.5, "grain", "fwd"], ["ferry", "scale", 0.5, "uranium", "fwd"],
    ]  # fmt: skip
    shut = cd.events(caspian[0], pd.DataFrame([EVENT | event | {"origins": "aktau"}])).changes(0)
    assert shut[["operation", "origin"]].to_numpy().tolist() == [["close", "aktau"]] * 2


def test_a_share_of_traffic_leaves_the_rest_of_what_passes_and_a_share_of_capacity_may_leave_all(
    caspian: tuple[cd.Network, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, demand = caspian
    small = demand.assign(volume=1e6)  # the ferry has room for 3.65 Mt, and half of that is enough
    base = cd.solve(network, small)
    for direction in ("", "fwd"):
        event = pd.DataFrame([EVENT | {"capacity_loss_fraction": 0.5, "direction": direction}])
        monkeypatch.setattr("corridors.scenarios.short_run.load_surge", lambda: surge_of("ferry;ship", 0.2))
        for within in (None, "week"):
            after = [
                cd.replay(network, small, event.assign(share_of=of), base=base, within=within).flow_after.item()
                for of in ("capacity", "traffic", "")
            ]
            assert after == [1e6, 0.5e6, 1e6]
    # Of what a base that is not given carries nothing is known: a share is taken off the capacity.
    assert cd.events(network, event.assign(share_of="traffic")).changes(0).operation.tolist() == ["scale"]


def test_the_lower_of_what_an_event_leaves_and_of_what_can_be_added_in_time_holds(
    caspian: tuple[cd.Network, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, demand = caspian
    monkeypatch.setattr("corridors.scenarios.short_run.load_surge", lambda: surge_of("ferry;ship", 0.2))
    small = demand.assign(volume=2e6)
    for lost, after in ((0.2, 2e6), (0.6, 0.4 * 3.65e6)):
        event = EVENT | {"capacity_loss_fraction": lost, "direction": "fwd"}
        row = cd.replay(network, small, pd.DataFrame([event]), within="week").iloc[0]
        assert row.flow_after == pytest.approx(after)
        assert row.unmet == pytest.approx(max(2e6 - after - 0.2e6, 0.0) * 10 / 365)


def test_an_event_says_what_its_share_is_of_or_is_refused(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = caspian
    half = pd.DataFrame([EVENT | {"capacity_loss_fraction": 0.5}])
    with pytest.raises(cd.InputError, match=r"share_of is unknown for 1 event .*give capacity or traffic, not trains"):
        cd.events(network, half.assign(share_of="trains"))
    with pytest.raises(cd.InputError, match="share_of is traffic of some origins for 1 event"):
        cd.events(network, half.assign(share_of="traffic", origins="aktau"), base=cd.solve(network, demand))
    grain = half.assign(share_of="traffic", commodity="grain")
    changes = cd.events(network, grain, base=cd.solve(network, demand)).changes(0)
    assert changes[["operation", "value", "commodity", "direction"]].to_numpy().tolist() == [
        ["set", 0.5 * 3.65e6, "grain", "fwd"], ["set", 0.0, "grain", "rev"],
    ]  # fmt: skip


def surge_of(links: str, share: float) -> pd.DataFrame:
    """So much of the room of some links can be filled within a week."""
    return pd.DataFrame({"table": ["links"], "field": ["id"], "which": [links], "of": ["room"], "week": [share]})


def test_half_of_the_events_with_a_reported_volume_chose_no_figure() -> None:
    reported = cd.load_events().query("measure != ''")
    assert len(reported) >= 6
    assert set(reported.measure) == {"unmet", "moved"}
    assert (reported.held_out.astype(str) == "True").sum() * 2 >= len(reported)


def test_a_share_lost_scales_the_capacity(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    half = pd.DataFrame([EVENT | {"capacity_loss_fraction": 0.2}])
    row = cd.replay(*caspian, half).iloc[0]
    assert row.flow_after == pytest.approx(0.8 * 3.65e6)
    assert row.unmet == 0


def test_an_event_without_an_end_is_listed_with_the_reason(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    row = cd.replay(*caspian, pd.DataFrame([EVENT | {"date_end": pd.NaT}])).iloc[0]
    assert row.note == "it has not ended, so its days are not known"
    assert pd.isna(row.loss)


def test_every_event_of_the_library_is_a_scenario_on_its_network() -> None:
    network, table = cd.load_network(), cd.load_events()
    scenarios = cd.events(network)
    assert len(scenarios) == len(table) == 38
    hitting = [len(scenarios.changes(number)) > 0 for number in range(len(table))]
    harmless = table.event_id[[not hits for hits in hitting]].tolist()
    assert {"cpc_court_2022", "cpc_kropotkin_mar2025"} <= set(harmless)
    assert sum(hitting) >= 30
    closed = scenarios.changes(int(table.index[table.event_id == "druzhba_unecha_2025"][0]))
    assert {"oil_nikolskoye_unecha", "druzhba_unecha_mozyr"} <= set(closed.id)


def test_trains_held_at_brest_go_around_by_the_baltic() -> None:
    network, demand = cd.load_network(year=2025), cd.load_demand("2025")
    row = cd.replay(network, demand[demand.commodity == "containers"], "pl_by_2025").iloc[0]
    assert row.days == 13
    assert row.flow_before > 3e6
    assert row.flow_after == 0
    assert row.loss > 0
    assert "rail_vilnius_klaipeda_port" in row.diverted_to
    assert "pl_by_2025: 12 September 2025, 13 days" in text(pd.DataFrame([row]).assign(demand="2025"))


def test_days_are_those_reported_or_counted_with_both_ends() -> None:
    days = days_of(cd.load_events())
    assert days["cpc_aug_2022"] == 85
    assert days["caspian_load_2025"] == 365
    assert pd.isna(days["hormuz_2026"])


def test_an_unknown_event_says_what_there_is(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    with pytest.raises(InputError, match=r"there is no event flood; there is caspian_level"):
        cd.replay(*caspian, "flood")
    wrong = pd.DataFrame([EVENT | {"affected_id": "bridge"}])
    with pytest.raises(InputError, match=r"bridge is no link"):
        cd.replay(*caspian, wrong)
    too_much = pd.DataFrame([EVENT | {"capacity_loss_fraction": 1.5}])
    with pytest.raises(InputError, match=r"give the share lost"):
        cd.replay(*caspian, too_much)


def test_the_command_prints_and_leaves_events_as_a_table_with_units(tmp_path: Path) -> None:
    arguments = ["replay", "druzhba_2019", "SUEZ_2021", "--json", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)  # before 2022, so that nothing is solved
    assert result.exit_code == 0, result.output
    rows = json.loads(result.output)["tables"]["replay"]
    assert [row["event_id"] for row in rows] == ["druzhba_2019", "suez_2021"]
    assert rows[1]["date_start"].startswith("2021-03-2")
    assert json.loads((tmp_path / "units.json").read_text())["replay.csv"]["days"] == "d"
    assert pd.read_csv(tmp_path / "replay.csv").note.tolist() == ["there is no demand before 2022"] * 2
    many = CliRunner().invoke(main, ["replay", *cd.load_events().query("date_start < '2022'").event_id])
    assert "not replayed: caspian_level, mala_works_2018" in many.output


def test_events_with_a_report_are_replayed_within_the_time_nearest_to_their_days(
    caspian: tuple[cd.Network, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, days = ["half_month", "weeks", "quarter", "season"], [13.0, 16.0, 90.0, 120.0]
    rows = pd.DataFrame([EVENT | {"event_id": i, "duration_days": d} for i, d in zip(ids, days, strict=True)])
    rows = rows.assign(measure="moved", held_out=[True, False, False, True], volume_lost=130_000.0)
    surge = pd.DataFrame({"table": ["links"], "field": ["id"], "which": ["ship"], "of": ["room"]})
    surge = surge.assign(week=0.2, month=0.5, year=float("nan"))
    unreported = pd.DataFrame([EVENT | {"event_id": "silent", "measure": "", "held_out": False}])
    monkeypatch.setattr("corridors.validation.replay.load_events", lambda: pd.concat([rows, unreported]))
    monkeypatch.setattr("corridors.validation.replay.load_network", lambda year: caspian[0])
    monkeypatch.setattr("corridors.validation.replay.load_demand", lambda name: caspian[1])
    monkeypatch.setattr("corridors.scenarios.short_run.load_surge", lambda: surge)
    found = replay_reported().set_index("event_id")
    assert found.within.to_dict() == {"half_month": "week", "weeks": "month", "quarter": "month", "season": "year"}
    assert found.ratio["half_month"] == pytest.approx(1.0)
    assert found.held_out.loc[ids].tolist() == [True, False, False, True]
    section = "\n".join(page._events(found.reset_index()))
    assert "| `half_month` | 13 | week | yes | 130 moved | 130 | 1.00 |" in section
    assert "right in 4 of 4, the size within a factor of 1.5 in 2." in section
