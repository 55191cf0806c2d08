"""The main job and the command line, as a newcomer runs them; files in and out."""

import pandas as pd
import pytest
from click.testing import CliRunner
from toy_networks import demand, network

import corridors as cd
from corridors.cli import main
from corridors.io.files import write_csv

PLACES = {
    "xian": (109.0, 34.3),
    "khorgos": (80.4, 44.2),
    "aktau": (51.2, 43.6),
    "baku": (49.5, 40.0),
    "poti": (41.7, 42.1),
    "batumi": (41.6, 41.6),
}


@pytest.fixture(scope="module")
def placed():
    nodes = network().nodes
    x, y = (nodes.node_id.map({n: p[i] for n, p in PLACES.items()}) for i in (0, 1))
    country = nodes.node_id.map(
        {"xian": "CN", "khorgos": "KZ", "aktau": "KZ", "baku": "AZ", "poti": "GE", "batumi": "GE"}
    )
    links = network().links.assign(corridors="Middle", length=1000.0)
    return network().replace(nodes=nodes.assign(x_coord=x, y_coord=y, country=country), links=links)


@pytest.fixture(scope="module")
def folder(placed, tmp_path_factory):
    """A network of a user's own: a folder with a CSV a table, and a demand table."""
    path = tmp_path_factory.mktemp("own")
    for name in ("nodes", "links", "transfers", "zones"):
        getattr(placed, name).to_csv(path / f"{name}.csv", index=False)
    demand().to_csv(path / "demand.csv", index=False)
    return path


@pytest.fixture(scope="module")
def out(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "out"
    arguments = ["report", "--network", str(folder), "--demand", str(folder / "demand.csv"), "--out", str(path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    (path / "printed.txt").write_text(result.output)
    return path


def test_no_ranking_is_printed_without_how_sure_it_is(out):
    table = pd.read_csv(out / "criticality.csv")
    assert table["first"].sum() == pytest.approx(1.0)
    assert (table.low <= table.high).head(10).all()
    summary = (out / "summary.md").read_text()
    assert "| nine of ten cases" in summary
    assert f"{table.low[0] / 1e6:,.0f} to {table.high[0] / 1e6:,.0f}" in summary
    assert "first: the share of cases in which it costs most" in (out / "printed.txt").read_text()


def test_the_report_leaves_every_file_that_it_names(out):
    summary = (out / "summary.md").read_text()
    named = [line[3:-1] for line in summary.splitlines() if line.startswith("- `")]
    assert {"flows_by_link.csv", "routes.csv", "criticality.csv", "map_all.png", "map_all.svg", "network.gpkg"} <= set(
        named
    )
    assert all((out / name).stat().st_size > 0 for name in named)


def test_the_report_prints_what_fits_a_screen(out):
    printed = (out / "printed.txt").read_text()
    shown = ("proven gap 0", "By commodity, all 2", "link:ferry", "Most expensive of", "plain")
    for words in (*shown, f"The summary is {out / 'summary.md'}"):
        assert words in printed
    assert len(printed.splitlines()) <= 45


def test_the_tables_of_the_report_say_what_was_computed_by_hand(out):
    critical = pd.read_csv(out / "criticality.csv").set_index("scenario")
    assert critical.loss["plain"] == pytest.approx(10_990 - 4_890)
    assert critical.unmet["plain"] == 50
    assert critical.losers_origin["plain"] == "CN 0.0061"  # million USD
    losers = pd.read_csv(out / "criticality_losers.csv")
    by_origin = losers[(losers.scenario == "plain") & (losers.end == "origin")].set_index("country").loss
    # China loses its boxes; with their berths free, Kazakh wheat sails as cheaply as before.
    assert by_origin.to_dict() == pytest.approx({"CN": 50 * 200 - 20 * 63 - 30 * 88})
    binding = pd.read_csv(out / "binding_capacities.csv").set_index("bundle")
    assert binding.saves_together.to_dict() == pytest.approx({"link:ferry": 25, "zone:black_sea:poti": 7})
    assert binding.costs_less.to_dict() == pytest.approx({"link:ferry": 25, "zone:black_sea:poti": 7})
    corridor = pd.read_csv(out / "flows_by_corridor.csv").set_index("commodity")
    assert corridor.tonne_km["grain"] == pytest.approx((40 + 30 + 10) * 1000)


def test_the_report_sets_penalties_beside_prices_under_its_ranking(out):
    summary = (out / "summary.md").read_text()
    assert "depends on this: a tonne left behind costs the value of its demand row, which is a penalty" in summary
    table = pd.read_csv(out / "penalties.csv").set_index("commodity")
    assert table.penalty.to_dict() == demand().groupby("commodity").value.first().to_dict()
    assert table.price.isna().all()


def test_a_geopackage_holds_the_network_and_its_flows(out, placed):
    import geopandas as gpd

    links = gpd.read_file(out / "network.gpkg", layer="links").set_index("link_id")
    assert links.flow_containers["north"] == pytest.approx(30)
    assert links.flow["ferry"] == pytest.approx(60)
    back = cd.read(out / "network.gpkg").network
    assert float(cd.solve(back, demand()).loss) == pytest.approx(float(cd.solve(placed, demand()).loss))


def test_a_skim_is_told_in_one_line_and_its_path(folder):
    arguments = ["skim", "--network", str(folder), "--commodity", "containers", "--from", "xian", "--to", "poti"]
    result = CliRunner().invoke(main, arguments)
    assert "network own" in result.output
    assert "\nxian -> poti: 63.00 USD/t, " in result.output
    assert "plain > steppe > ferry > to_poti" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--demand", "1999"], "demand '1999' is unknown; there is"),
        (["report", "--network", "nowhere.gpkg"], "path nowhere.gpkg is no file or folder that is there"),
        (["report", "--network", "/vsizip/x.gpkg"], "is no plain path"),
        (
            ["skim", "--commodity", "boxes", "--from", "xian", "--to", "poti_port"],
            "commodity: is unknown for 1 commodity (boxes)",
        ),
    ],
)
def test_bad_input_is_one_line_without_a_traceback(arguments, said):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_cell_that_looks_like_a_formula_is_written_so_that_no_spreadsheet_runs_it(tmp_path):
    table = pd.DataFrame({"name": ["=1+1", "+x", "-x", "@x", "\tx", "fine"], "number": [-1.0] * 6})
    text = write_csv(table, tmp_path / "t.csv").read_text().splitlines()
    assert [line.split(",")[0].strip('"') for line in text[1:]] == ["'=1+1", "'+x", "'-x", "'@x", "'\tx", "fine"]
    assert all(line.endswith(",-1") for line in text[1:])
