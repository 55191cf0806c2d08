"""Sensitivity: indices known in closed form where the loss is linear, ends of a tornado against single solves."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.errors import InputError


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


def two(dists: list[str], bounds: object = ((10, 20), (3, 4)), **more: object) -> dict[str, object]:
    """SALib's problem of two numbers."""
    return {"num_vars": 2, "names": ["rail", "on"], "bounds": bounds, "dists": dists, **more}


def test_sobol_of_a_linear_loss_is_its_variances(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.sensitivity(*chain, SALIB, ADD, samples=1024, progress=False)
    ranges = np.array([20.0, 10.0, 5.0, 0.0])
    expected = ranges**2 / (ranges**2).sum()
    assert table["name"].tolist() == ["rail", "ferry", "on", "unused"]
    assert table.S1.to_numpy() == pytest.approx(expected, abs=0.02)
    assert table.ST.to_numpy() == pytest.approx(expected, abs=0.02)
    assert ((table.ST - expected).abs() <= table.ST_conf + 1e-9).all()
    assert table.attrs["solved"] == 1024 * 6
    assert table.attrs["mean"] == pytest.approx(1e6 * (90 + 10 + 5 - 2.5), rel=1e-3)


def test_morris_of_a_linear_loss_is_its_ranges(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.sensitivity(*chain, BOUNDS, ADD, method="morris", samples=8, progress=False)
    assert table["name"].tolist() == ["rail", "ferry", "on", "unused"]
    # The model rounds to 1e-4 USD a tonne.
    assert table.mu.to_numpy() == pytest.approx([20e6, 10e6, 5e6, 0], abs=200)
    assert table.sigma.to_numpy() == pytest.approx(0, abs=200)
    assert table.attrs["solved"] == 8 * 5


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_same_seed_gives_the_same_table(chain: tuple[cd.Network, pd.DataFrame], method: str) -> None:
    def written(seed: int) -> str:
        return cd.sensitivity(*chain, BOUNDS, ADD, method=method, samples=16, seed=seed, progress=False).to_csv()

    assert written(0) == written(0)
    assert written(7) == written(7)
    if method == "sobol":  # effects of a linear loss are the same wherever they are taken
        assert written(7) != written(8)


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


def test_a_tornado_goes_to_the_ends_of_a_distribution(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    found = cd.tornado(*chain, two(["triang", "unif"], [(0, 20, 0.3), (3, 4)]), ADD, progress=False)
    assert found[["name", "low", "high", "at_high"]].to_numpy().tolist() == [["rail", 0, 20, 20e6], ["on", 3, 4, 4e6]]
    with pytest.raises(InputError, match=r"tornado needs ends, and there are none for 2 parameters \(rail: norm, on"):
        cd.tornado(*chain, two(["norm", "norm"], [(10, 2), (30, 3)]), ADD, progress=False)
    with pytest.raises(InputError, match="bounds of unif are not 2 numbers"):
        cd.tornado(*chain, {"rail": 3}, ADD, progress=False)


def test_distributions_without_ends_are_drawn(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    problem = two(["norm", "triang"], [(10, 2), (0, 6, 0.5)])
    table = cd.sensitivity(*chain, problem, ADD, samples=512, progress=False)
    shares = np.array([2.0**2, 6.0**2 / 24])  # the variance of a symmetric triangle is its width squared over 24
    assert table["name"].tolist() == ["rail", "on"]
    assert table.S1.to_numpy() == pytest.approx(shares / shares.sum(), abs=0.05)


def test_tables_are_drawn(chain: tuple[cd.Network, pd.DataFrame]) -> None:
    ax = cd.plot_tornado(cd.tornado(*chain, BOUNDS, ADD, progress=False))
    assert next(label.get_text() for label in ax.get_yticklabels()) == "rail  (0 to 20)"
    assert "+20.00" in [text.get_text() for text in ax.texts]
    for method in ("sobol", "morris"):
        table = cd.sensitivity(*chain, BOUNDS, ADD, method=method, samples=8, progress=False)
        assert len(cd.plot_sensitivity(table).patches) == (8 if method == "sobol" else 4)
    with pytest.raises(InputError, match="give what sensitivity gave"):
        cd.plot_sensitivity(pd.DataFrame(table.to_dict("list")))


@pytest.mark.parametrize(
    ("problem", "options", "message"),
    [
        ({"speed": (0, 1)}, {}, "parameters: is not given for 1 parameter (speed)"),
        ({"rail": (1, 1)}, {}, "parameters: bounds are no range for 1 parameter (rail)"),
        ({"names": ["rail"], "bounds": []}, {}, "1 names and 0 bounds"),
        ({"rail": 3, "on": "12"}, {}, "bounds of unif are not 2 numbers for 2 parameters (rail, on); give a low end"),
        (two(["norm"] * 2, groups=["a", "a"]), {}, "has 1 groups of 2 names; leave groups out"),
        (two(["norm"]), {}, "2 names and 1 dists; give one for each"),
        (two(["norm", "beta"]), {}, "dist is unknown for 1 parameter (on: beta); give one of unif, logunif, triang"),
        (two(["triang", "norm"]), {}, "bounds of triang are not 3 numbers for 1 parameter (rail); give low below high"),
        (
            two(["norm", "norm"], [[10, 2], [30, 0]]),
            {},
            "bounds are of no norm for 1 parameter (on); give mean, and dev",
        ),
        (
            two(["unif", "norm"]),
            {"method": "morris"},
            "morris needs ends, and there are none for 1 parameter (on: norm)",
        ),
        ({"rail": (0, 1)}, {"method": "fast"}, "method='fast' is unknown; give sobol or morris"),
        ({"rail": (0, 1)}, {"samples": 100}, "samples=100 does not fit; give a power of 2"),
        ({"rail": (0, 1)}, {"of": "hope"}, "of='hope' is unknown"),
        ({"rail": (0, 1)}, {"seed": -1}, "seed=-1 does not fit"),
        ({"unused": (0, 1)}, {"samples": 8}, "loss does not vary"),
        ({"rail": (-100, 0)}, {"samples": 8}, "a number falls below 0"),
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

    with pytest.raises(InputError, match=r"SALib is not installed; pip install SALib, or in a checkout"):
        sensitivity(*chain, BOUNDS, ADD, progress=False)
