"""Projects: what they change is in the data, and what they do to hands is known on a small network."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import corridors as cd
from corridors.schema.checks import split
from corridors.studies import projects


def test_a_project_changes_links_that_are_there_and_says_on_what_it_rests() -> None:
    network, table = cd.load_network(), cd.load_projects()
    links = network.links.set_index("link_id")
    for row in table.itertuples():
        assert set(split(row.links)) <= set(links.index), row.project_id
        assert row.before != row.after
        assert row.source
        assert row.confidence in ("high", "medium", "low")
        now = links[row.field][list(split(row.links))].astype(str)
        state = row.after if row.project_id == "btk_5mt" else row.before
        assert (now.str.removesuffix(".0") == state).all()
    without = cd.without_projects(network, table.project_id)
    done = cd.with_projects(without, table.project_id)
    assert len(cd.outages(done)) - len(cd.outages(network)) == 14
    again = cd.without_projects(done, table.project_id).links
    pd.testing.assert_frame_equal(again, without.links, check_dtype=False)


def test_a_project_leaves_room_for_goods_before_and_after_it_and_more_after() -> None:
    network, table = cd.load_network(), cd.load_projects()
    rooms = {}
    for row in table.itertuples():
        before, after = (f(network, [row.project_id]).links for f in (cd.without_projects, cd.with_projects))
        mine = after.link_id.isin(split(row.links))
        then, now = ((links.capacity - links.background)[mine].tolist() for links in (before, after))
        assert min(now) > 0, row.project_id
        if row.field == "capacity":
            rooms[row.project_id] = then, now
    # BTK's whole line takes what the project says, and no home traffic is in the way.
    assert rooms == {"btk_5mt": ([1e6], [5e6])}
    links = network.links.set_index("link_id")
    line = ["rail_marabda_akhalkalaki", "rail_akhalkalaki_kartsakhi"]
    assert (links.capacity - links.background)[line].tolist() == [5e6, 5e6]


def test_the_trans_caspian_pipeline_is_marked_as_an_idea() -> None:
    links = cd.load_network().links
    pipe = links[links.corridors == "trans-Caspian pipeline"]
    assert list(pipe.capacity) == [20e6, 20e6]
    assert list(pipe.status) == ["planned", "planned"]
    assert pipe.tariff_basis.str.startswith("estimate").all()
    assert not (cd.load_network(year=2040).links.status[pipe.index] == "operating").any()


@pytest.fixture
def ferries(monkeypatch: pytest.MonkeyPatch) -> tuple[cd.Network, pd.DataFrame]:
    """A ferry of Azerbaijan, and one of Turkmenistan that is planned; each does what the other does."""
    links = pd.DataFrame({"link_id": ["baku", "awaza"], "from_node_id": "kz", "to_node_id": "eu", "mode": "ship"})
    links = links.assign(tariff=10.0, country=["AZ", "TM"], status=["operating", "planned"])
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 1e6, "value": 200.0}
    planned = pd.DataFrame(
        {"project_id": ["awaza"], "name": "Awaza", "field": "status", "links": "awaza"}
        | {"before": "planned", "after": "operating"}
    )
    monkeypatch.setattr(projects, "load_projects", lambda: planned)
    return cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), pd.DataFrame([row])


def test_a_second_ferry_halves_the_hand_of_the_first(ferries: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.project_leverage(*ferries, ["AZ", "TM"], progress=False).set_index("player")
    assert table.before.to_dict() == {"AZ": 190e6, "TM": 0.0}
    assert table.after.to_dict() == {"AZ": 95e6, "TM": 95e6}
    assert table.change.to_dict() == {"AZ": -95e6, "TM": 95e6}
    assert (table.saved == 0).all()
    ax = cd.plot_projects(table.reset_index())
    assert {a.get_gid() for a in ax.figure.axes} == {"project-awaza"}
    plt.close("all")


def test_an_unknown_project_and_one_whose_links_are_not_there_say_so(
    ferries: tuple[cd.Network, pd.DataFrame],
) -> None:
    network, demand = ferries
    with pytest.raises(cd.InputError, match=r"projects: is unknown for 1 project \(canal\); give some of awaza"):
        cd.project_leverage(network, demand, ["AZ"], projects=["canal"])
    bare = network.replace(links=network.links.iloc[:1])
    with pytest.raises(cd.InputError, match="project awaza has links that are not there for 1 link"):
        cd.with_projects(bare, ["awaza"])
