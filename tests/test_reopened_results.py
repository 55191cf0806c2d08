"""Results that were written and opened again, reordered, or taken from a sweep say what they said before."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import valid_calls
import xarray as xr

import corridors as cd
from corridors.model.build import build
from corridors.report.tables import flows_by_commodity, flows_by_corridor, flows_by_link, unmet_reasons
from corridors.sweeping.solve import solved

NETWORK, DEMAND = valid_calls.network(), valid_calls.demand()
BASE = valid_calls.base()


def labelled(result: xr.Dataset, change: Callable[[np.ndarray], np.ndarray]) -> xr.Dataset:
    """A result whose labels are of another type."""
    names = [name for name in result.dims if result[name].dtype == object]
    return result.assign_coords({name: (name, change(result[name].to_numpy())) for name in names})


def through_netcdf(result: xr.Dataset) -> xr.Dataset:
    """What a file of netCDF 3 makes of it."""
    return xr.load_dataset(io.BytesIO(bytes(result.to_netcdf(engine="scipy"))), engine="scipy")


def of_a_sweep(result: xr.Dataset) -> xr.Dataset:
    """One scenario of a sweep that changes nothing."""
    keep = ("flow", "price", "rent", "throughput", "unmet", "row_cost", "tied")
    swept = cd.sweep(NETWORK, DEMAND, cd.baseline(), keep=keep, progress=False)
    return swept.isel(scenario=0)


FORMS = {
    "as zarr gives it": lambda r: labelled(r, lambda ids: ids.astype(np.dtypes.StringDType())),
    "with bytes": lambda r: labelled(r, lambda ids: ids.astype("S")),
    "with fixed widths": lambda r: labelled(r, lambda ids: ids.astype("U")),
    "through netCDF": through_netcdf,
    "with attributes of lists": lambda r: r.assign_attrs(rounding=[r.attrs["rounding"]], year=np.int64(2024)),
    "transposed": lambda r: r.transpose(*reversed(list(r.dims))),
    "with labels in another order": lambda r: r.isel({dim: slice(None, None, -1) for dim in r.dims}),
    "of a sweep": of_a_sweep,
}
ROWS = pd.concat([valid_calls.OBSERVED, valid_calls.OBSERVED.assign(direction="to_az", obs_id="p", commodity="ore")])


def tables(result: xr.Dataset) -> dict[str, pd.DataFrame]:
    """What all that reads results makes of one."""
    graph = cd.to_networkx(NETWORK, result=result)
    flows = [(a, b, key, flow) for a, b, key, flow in graph.edges(keys=True, data="flow")]
    solution = solved(build(NETWORK, DEMAND))
    bare = [name for name in ("gap", "tied", "status", "objective", "path") if name in result]
    kept = {
        "costs": cd.delivered_costs(NETWORK, result, commodity="grain"),
        "rents": cd.rents(NETWORK, result).drop(columns="limit"),
        "gates": cd.compare_observed(NETWORK, result, ROWS),
        "graph": pd.DataFrame(flows),
        "replay": cd.replay(NETWORK, DEMAND, valid_calls.EVENT, base=result.drop_vars(bare)),
        "links": flows_by_link(NETWORK, result).sort_values(["link", "commodity"], ignore_index=True),
        "commodities": flows_by_commodity(DEMAND, result, NETWORK),
        "corridors": flows_by_corridor(NETWORK, result, cd.routes(NETWORK, DEMAND)),
        "unmet": unmet_reasons(solution, result),
    }
    return kept


def drawn(result: xr.Dataset) -> list[tuple[str, float]]:
    """Links on a map of flows, with their widths; and that the other maps take the result."""
    ax = cd.plot_map(NETWORK, result, commodity="grain", figsize=(6, 5), inset=False)
    lines = sorted((str(line.get_gid()), float(line.get_linewidth())) for line in ax.lines)
    cd.plot_difference(NETWORK, BASE, result, figsize=(6, 5), inset=False)
    costs = cd.delivered_costs(NETWORK, result, commodity="grain")
    cd.plot_prices(NETWORK, costs, result, figsize=(6, 5), inset=False)
    plt.close("all")
    return lines


@pytest.fixture(scope="module")
def expected():
    return tables(BASE), drawn(BASE)


@pytest.mark.parametrize("form", FORMS)
def test_a_result_says_the_same_whatever_it_went_through(form, expected):
    result = FORMS[form](BASE)
    found = tables(result)
    for name, table in expected[0].items():
        if name in found:
            pd.testing.assert_frame_equal(found[name], table, check_dtype=False, rtol=1e-9, obj=name)


@pytest.mark.parametrize("form", ["as zarr gives it", "through netCDF", "with labels in another order", "of a sweep"])
def test_maps_draw_the_same_from_a_result_opened_again(form, expected):
    assert drawn(FORMS[form](BASE)) == expected[1]


def test_a_scenario_opened_again_is_chosen_by_its_label(tmp_path: Path):
    swept = cd.sweep(NETWORK, DEMAND, cd.outages(NETWORK), keep=("flow", "rent", "throughput"), progress=False)
    swept.to_netcdf(tmp_path / "swept.nc", engine="scipy")
    again = xr.load_dataset(tmp_path / "swept.nc", engine="scipy")
    for closed in ("ferry", "rail"):
        answer = cd.rents(NETWORK, again.sel(scenario=closed))
        pd.testing.assert_frame_equal(answer, cd.rents(NETWORK, swept.sel(scenario=closed)), check_dtype=False)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (BASE.drop_vars("rent"), "result: has no rent; keep it"),
        (BASE.rent, "result: is a DataArray; give a Dataset"),
        (BASE.isel(link=[0, 0, 1, 2, 3]), "result: link ferry is there twice"),
        (BASE.isel(link=[0, 1, 2]), "result: has no link new of the network"),
        (BASE.assign_coords(link=["ferry", "barge", "rail", "old"]), "result: has no link new of the network"),
        (BASE.drop_vars("bundle"), "result: rent has no bundle with labels"),
        (BASE.expand_dims(year=[2024, 2030]), r"rent has a dimension too many \(year of 2\)"),
        (BASE.expand_dims(scenario=["a", "b"]), "result: rent has scenarios; choose one"),
    ],
)
def test_a_result_that_does_not_fit_is_refused(result, words):
    with pytest.raises(cd.InputError, match=words):
        cd.rents(NETWORK, result)


def test_a_part_of_the_network_can_be_drawn_but_not_counted():
    part = NETWORK.subset(links=["ferry", "barge"])
    cd.plot_map(part, BASE, figsize=(6, 5), inset=False)
    plt.close("all")
    with pytest.raises(cd.InputError, match="result: link rail, new is not in the network"):
        cd.compare_observed(part, BASE, valid_calls.OBSERVED)
