"""What studies give that is more than one table: as a frame with units, and as a notebook shows it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import corridors as cd

FERRY, NORTH = "ferry <&>", "north"


def example() -> tuple[cd.Network, pd.DataFrame]:
    """A cheap ferry, whose name is no markup, and a line round the sea.

    ::

        kz ══ ferry <&> (10) ══ eu
           ══ north (50) ══════
    """
    links = pd.DataFrame(
        {"link_id": [FERRY, NORTH], "from_node_id": "kz", "to_node_id": "eu", "mode": "ship", "tariff": [10.0, 50.0]}
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["g"],
            "commodity": ["grain"],
            "origin": ["kz"],
            "destination": ["eu"],
            "volume": [1e6],
            "value": [200.0],
        }
    )
    return cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), demand


def interdiction() -> cd.Interdiction:
    return cd.interdiction(*example(), 1, progress=False)


def reliability() -> cd.Reliability:
    return cd.reliability(*example(), {FERRY: 0.9, NORTH: 0.8}, progress=False)


def recovery() -> cd.Recovery:
    return cd.recovery(*example(), {FERRY: 30, NORTH: 5}, progress=False)


RESULTS = {cd.Interdiction: interdiction, cd.Reliability: reliability, cd.Recovery: recovery}


@pytest.mark.parametrize("kind", RESULTS)
def test_every_number_of_a_frame_has_a_unit(kind: type) -> None:
    result: Any = RESULTS[kind]()
    assert isinstance(result, kind)
    table = result.to_frame()
    assert set(table.attrs["units"]) == set(table.select_dtypes("number").columns)


def test_the_frame_of_reliability_holds_the_mean_and_the_quantiles() -> None:
    result = reliability()
    table = result.to_frame()
    assert table.measure.tolist() == ["mean"] + ["quantile"] * len(result.quantiles)
    assert table.loss.tolist() == [result.expected, *result.quantiles.loss]
    assert (table.low[0], table.high[0]) == result.interval
    assert table.attrs["draws"] == 4


def test_the_frame_of_a_recovery_is_its_own_and_not_the_curve() -> None:
    result = recovery()
    table = result.to_frame()
    pd.testing.assert_frame_equal(table, result.curve, check_like=True)
    table["loss"] = 0.0
    assert result.curve.loss.max() > 0
    assert (table.attrs["order"], table.attrs["lost"], table.attrs["proven"]) == ((NORTH, FERRY), 5890410.96, True)


@pytest.mark.parametrize("kind", RESULTS)
def test_markup_names_the_result_and_escapes_the_names_of_links(kind: type) -> None:
    markup = RESULTS[kind]()._repr_html_()
    assert kind.__name__ in markup
    assert "ferry &lt;&amp;&gt;" in markup
    assert "<&>" not in markup


def test_markup_of_many_rows_is_short() -> None:
    days = pd.DataFrame({"day": range(500), "failed": "", "repaired": "", "loss": 0.0, "unmet": 0.0})
    assert cd.Recovery((), days, 0.0, True)._repr_html_().count("<tr") < 20
