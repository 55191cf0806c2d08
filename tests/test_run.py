"""A run as a file: what it says is done, and what was done is written down."""

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import valid_calls
import xarray as xr
import yaml
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.io.table import write_table

STUDY = """
network: net.gpkg
overrides:
  half ferry:
    - {table: links, id: ferry, field: capacity, operation: scale, value: 0.5}
  no barge:
    - {table: links, id: barge, operation: close}
scenarios:
  as it is: []
  half: [half ferry]
  ferry alone: [half ferry, no barge]
studies:
  - redundancy: {top: 2}
formats: [csv, parquet, netcdf]
"""


@pytest.fixture
def folder(tmp_path):
    cd.write(valid_calls.network(), tmp_path / "net.gpkg", demand=valid_calls.demand())
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path


def ran(*arguments):
    return CliRunner().invoke(main, ["run", *map(str, arguments)])


def loss(**capacity):
    network = valid_calls.network()
    links = network.links.set_index("link_id")
    for link, tonnes in capacity.items():
        links.loc[link, "capacity"] = tonnes
    return float(cd.solve(network.replace(links=links.reset_index()), valid_calls.demand()).loss)


def test_a_study_file_runs_its_scenarios_and_studies_and_writes_them_down(folder):
    result = ran(folder / "study.yaml")
    assert result.exit_code == 0, result.output
    after = xr.load_dataset(folder / "out" / "scenarios.nc", engine="h5netcdf")
    assert after.loss.attrs["units"] == "USD/year"
    assert after.loss.to_series().to_dict() == pytest.approx(
        {"as it is": loss(), "half": loss(ferry=30.0), "ferry alone": loss(ferry=30.0, barge=0.0)}
    )
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    assert {"scenarios.csv", "scenarios.parquet", "base.nc", "1_redundancy/redundancy.csv"} <= set(manifest["outputs"])
    network = hashlib.sha256((folder / "net.gpkg").read_bytes()).hexdigest()
    assert manifest["inputs"][str(folder / "net.gpkg")] == network
    assert manifest["corridors"] == version("corridors")
    assert manifest["study"]["scenarios"]["half"] == ["half ferry"]


def test_scenarios_may_be_a_table(folder):
    (folder / "study.yaml").write_text("network: net.gpkg\nscenarios: haz\n")
    (folder / "haz").mkdir()
    (folder / "haz" / "flood.csv").write_text("link_id,link_availability\nferry,0.5\n")
    assert ran(folder / "study.yaml").exit_code == 0
    assert "flood" in (folder / "out" / "scenarios.csv").read_text()
    (folder / "more.csv").write_text("link_id,link_availability\nferry,0\n")
    assert ran(folder / "study.yaml", "--scenarios", folder / "more.csv", "--out", folder / "b").exit_code == 0
    assert "more" in (folder / "b" / "scenarios.csv").read_text()


def test_the_rule_of_snakemake_that_is_shown_runs(folder):
    page = (Path(__file__).parents[1] / "docs" / "files.md").read_text(encoding="utf-8")
    (shell,) = re.findall(r'shell: "corridors ([^"]*)"', page)
    (output,) = re.findall(r'output: directory\("([^"]*)"\)', page)
    words = shell.format(input=SimpleNamespace(study=folder / "study.yaml"), output=folder / output).split()
    assert CliRunner().invoke(main, words).exit_code == 0
    assert (folder / output / "manifest.json").is_file()


def test_a_manifest_follows_no_links_out_of_the_folder(folder):
    (folder / "out").mkdir()
    (folder / "secret.txt").write_text("not for others")
    (folder / "out" / "notes.txt").symlink_to(folder / "secret.txt")
    (folder / "study.yaml").write_text("network: net.gpkg\n")
    assert ran(folder / "study.yaml").exit_code == 0
    assert "notes.txt" not in json.loads((folder / "out" / "manifest.json").read_text())["outputs"]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("studies:", "studys:", 1, "study.yaml: has studys; give network"),
        ("[half ferry]", "[half fery]", 1, "scenarios: half has 'half fery', which is no override; give some of"),
        ("operation: close", "operations: close", 1, "overrides: no barge has a change with table, id, operations"),
        ("redundancy: {top: 2}", "redundancies", 2, "study.yaml: there is no study redundancies; give one of"),
        ("top: 2", "tip: 2", 2, "no such option --tip; there are --minimise, --top"),
        ("net.gpkg", "not.gpkg", 1, "not.gpkg is no file or folder that is there"),
        ("parquet", "parkett", 1, "formats: parkett is none; give some of csv, parquet, xlsx, netcdf"),
        ("overrides:", "overrides: [", 1, "study.yaml: is no YAML that can be read"),
    ],
)
def test_a_file_that_can_not_be_meant_ends_with_its_exit_code(folder, old, new, code, words):
    (folder / "study.yaml").write_text(STUDY.replace(old, new))
    result = ran(folder / "study.yaml")
    assert result.exit_code == code
    assert words in result.output


def test_the_schema_takes_good_files_and_no_others():
    schema = json.loads(ran("--schema").output)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(STUDY), schema)
    for old, new in (("studies:", "studys:"), ("top: 2", "tip: 2"), ("operation: close", "operations: close")):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(STUDY.replace(old, new)), schema)


@pytest.mark.parametrize("kind", ["netcdf", "zarr"])
def test_results_come_back_from_files_with_their_attributes(tmp_path, kind):
    network = valid_calls.network()
    for result in (valid_calls.base(), cd.sweep(network, valid_calls.demand(), cd.outages(network), progress=False)):
        path = tmp_path / f"r{result.sizes.get('scenario', 0)}.{kind}"
        if kind == "netcdf":
            result.to_netcdf(path, engine="h5netcdf")
            back = xr.load_dataset(path, engine="h5netcdf")
        else:
            result.to_zarr(path, consolidated=False)
            back = xr.open_zarr(path, consolidated=False).load()
        assert back.attrs == result.attrs
        for name in result.variables:
            assert back[name].attrs == result[name].attrs
            assert back[name].to_numpy().tolist() == result[name].to_numpy().tolist() or result[name].isnull().any()
        assert back.loss.attrs["units"] == "USD/year"


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_tables_of_studies_go_into_files_by_their_suffix(tmp_path, suffix):
    from corridors.io.table import read_table

    table = cd.criticality(valid_calls.network(), valid_calls.demand(), progress=False)
    path = write_table(table, Path(tmp_path) / f"table{suffix}")
    back = read_table(path)
    assert list(back) == list(table)
    assert [float(v) for v in back.loss] == pytest.approx(table.loss.tolist())
    with pytest.raises(cd.InputError, match=r"table.doc is the name of no table; give one that ends in .csv, .parquet"):
        write_table(table, tmp_path / "table.doc")
