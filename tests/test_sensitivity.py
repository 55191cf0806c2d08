"""Sensitivity: indices known in closed form where the loss is linear, ends of a tornado against single solves."""

from __future__ import annotations

import importlib

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.errors import InputError


@pytest.fixture(autouse=True)
def _close_figures() -> object:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def chain() -> tuple[cd.Network, pd.DataFrame]:
    """Xi'an ── rail ── Aktau ── ferry ── Baku ── on ── Poti: 1 Mt a year pays every tariff, so the loss is linear."""
    nodes = pd.DataFrame({"node_id": ["xian", "aktau", "baku", "poti"]})
    links = pd.DataFrame(
        {
            "link_id": ["rail", "ferry", "on", "unused"],
            "from_node_id": ["xian", "aktau", "baku", "poti"],
            "to_node_id": ["aktau", "baku", "poti", "xian"],
            "directed": True,
            "mode": "ship",
            "tariff": [60.0, 10.0, 20.0, 5.0],
        }
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["boxes"],
            "commodity": ["containers"],
            "origin": ["xian"],
            "destination": ["poti"],
            "volume": [1e6],
            "value": [900.0],
        }
    )
    return cd.Network(nodes, links), demand


ADD = {name: ("links", name, "tariff", "add") for name in ("rail", "ferry", "on", "unused")}
BOUNDS = {"ferry": (0.0, 10.0), "rail": (0.0, 20.0), "on": (-5.0, 0.0), "unused": (0.0, 50.0)}
SALIB = {"num_vars": 4, "names": list(BOUNDS), "bounds": [list(pair) for pair in BOUNDS.values()]}


def test_sobol_of_a_linear_loss_is_its_variances(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.sensitivity(*chain, SALIB, ADD, n=1024, progress=False)
    ranges = np.array([20.0, 10.0, 5.0, 0.0])
    expected = ranges**2 / (ranges**2).sum()
    assert table["name"].tolist() == ["rail", "ferry", "on", "unused"]
    assert table.S1.to_numpy() == pytest.approx(expected, abs=0.02)
    assert table.ST.to_numpy() == pytest.approx(expected, abs=0.02)
    assert ((table.ST - expected).abs() <= table.ST_conf + 1e-9).all()
    assert table.attrs["solved"] == 1024 * 6
    assert table.attrs["mean"] == pytest.approx(1e6 * (90 + 10 + 5 - 2.5), rel=1e-3)


def test_morris_of_a_linear_loss_is_its_ranges(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.sensitivity(*chain, BOUNDS, ADD, method="morris", n=8, progress=False)
    assert table["name"].tolist() == ["rail", "ferry", "on", "unused"]
    # The model rounds to 1e-4 USD a tonne.
    assert table.mu.to_numpy() == pytest.approx([20e6, 10e6, 5e6, 0], abs=200)
    assert table.sigma.to_numpy() == pytest.approx(0, abs=200)
    assert table.attrs["solved"] == 8 * 5


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_same_seed_gives_the_same_table(chain: tuple[cd.Network, pd.DataFrame], method: str) -> None:
    def told(seed: int) -> str:
        return cd.sensitivity(*chain, BOUNDS, ADD, method=method, n=16, seed=seed, progress=False).to_csv()

    assert told(0) == told(0)
    assert told(7) == told(7)
    if method == "sobol":  # effects of a linear loss are the same wherever they are taken
        assert told(7) != told(8)


def test_a_tornado_is_two_solves_for_each_number(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = chain
    capped = network.replace(links=network.links.assign(capacity=[np.nan, 5e5, np.nan, np.nan]))
    parameters = {**ADD, "value": ("demand", "boxes", "value", "scale")}
    table = cd.tornado(capped, demand, {**BOUNDS, "value": (0.5, 2.0)}, parameters, progress=False)
    base = float(cd.solve(capped, demand).loss)
    assert table.attrs["base"] == pytest.approx(base)
    assert table.swing.is_monotonic_decreasing
    by_name = table.set_index("name")
    for name, (low, high) in BOUNDS.items():
        links = capped.links
        for column, end in (("at_low", low), ("at_high", high)):
            there = capped.replace(links=links.assign(tariff=links.tariff + np.where(links.link_id == name, end, 0.0)))
            assert by_name[column][name] == pytest.approx(float(cd.solve(there, demand).loss) - base, abs=0.1)
    assert by_name.at_high["value"] == pytest.approx(5e5 * 900)
    assert table["name"].iloc[0] == "value"


def test_tables_are_drawn(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    ax = cd.plot_tornado(cd.tornado(*chain, BOUNDS, ADD, progress=False))
    assert next(label.get_text() for label in ax.get_yticklabels()) == "rail  (0 to 20)"
    assert "+20.00" in [text.get_text() for text in ax.texts]
    for method in ("sobol", "morris"):
        table = cd.sensitivity(*chain, BOUNDS, ADD, method=method, n=8, progress=False)
        assert len(cd.plot_sensitivity(table).patches) == (8 if method == "sobol" else 4)
    with pytest.raises(InputError, match="give what sensitivity gave"):
        cd.plot_sensitivity(pd.DataFrame(table.to_dict("list")))


@pytest.mark.parametrize(
    ("problem", "options", "message"),
    [
        ({"speed": (0, 1)}, {}, "parameters: is not given for 1 parameter (speed)"),
        ({"rail": (1, 1)}, {}, "problem: bounds are no range for 1 problem (rail)"),
        ({"names": ["rail"], "bounds": []}, {}, "1 names and 0 bounds"),
        ({"rail": (0, 1)}, {"method": "fast"}, "method='fast' is unknown; give sobol or morris"),
        ({"rail": (0, 1)}, {"n": 100}, "n=100 does not fit; give a power of 2"),
        ({"rail": (0, 1)}, {"of": "hope"}, "of='hope' is unknown"),
        ({"rail": (0, 1)}, {"seed": -1}, "seed=-1 is negative"),
        ({"unused": (0, 1)}, {"n": 8}, "loss does not vary"),
        ({"rail": (-100, 0)}, {"n": 8}, "a number falls below 0"),
    ],
)
def test_wrong_input_is_told(
    chain: tuple[cd.Network, pd.DataFrame], problem: dict[str, object], options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError) as error:
        cd.sensitivity(*chain, problem, ADD, progress=False, **options)  # type: ignore[arg-type]
    assert message in str(error.value)


def test_without_salib_the_remedy_is_told(
    chain: tuple[cd.Network, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", gone)
    from corridors.studies.sensitivity import sensitivity

    with pytest.raises(InputError, match="SALib is not installed"):
        sensitivity(*chain, BOUNDS, ADD, progress=False)
