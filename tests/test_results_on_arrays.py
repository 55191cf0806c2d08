"""Results of the functions on arrays as tables, and as a notebook shows them."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

import corridors as cd
from corridors.sweeping.engines import PATHS


@pytest.fixture
def problem():
    return cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])


@pytest.fixture
def changes():
    return cd.Changes.from_coo(3, capacity=([1, 2], [1, 0], [0, 0]))


def test_a_flow_is_a_row_an_arc(problem):
    result = cd.min_cost_flow(problem)
    table = result.to_frame()
    assert table.columns.tolist() == ["arc", "flow"]
    assert table.arc.tolist() == [0, 1, 2]
    assert table.flow.to_numpy() @ problem.cost == result.cost
    assert table.flow.dtype == np.int64


def test_a_sweep_is_a_row_a_scenario_and_what_has_no_optimum_has_no_number(problem, changes):
    result = cd.min_cost_flow_sweep(problem, changes, totals=[[1, 0, 0], [0, 1, 0]])
    table = result.to_frame()
    assert table.columns.tolist() == ["scenario", "status", "cost", "path", "total_0", "total_1"]
    assert table.status.tolist() == ["optimal", "infeasible", "optimal"]
    assert table.cost.isna().tolist() == table.total_1.isna().tolist() == [False, True, False]
    assert table.cost[[0, 2]].tolist() == result.cost[[0, 2]].tolist()
    assert table.total_1[[0, 2]].tolist() == result.totals[[0, 2], 1].tolist()
    assert table.path.tolist()[0] == "absorbed"


def test_costs_of_a_sweep_beyond_53_bits_keep_every_digit():
    large = 2**55 + 1
    problem = cd.Problem([0], [1], [1], [large], [1, -1])
    table = cd.min_cost_flow_sweep(problem, cd.Changes.from_coo(2, capacity=([1], [0], [0]))).to_frame()
    assert table.cost[0] == large
    assert table.cost.isna()[1]


def test_a_sweep_of_no_scenarios_is_a_table_without_rows(problem):
    table = cd.min_cost_flow_sweep(problem, cd.Changes.from_coo(0)).to_frame()
    assert table.shape == (0, 4)
    assert str(table.cost.dtype) == "Int64"


def test_proofs_are_rows_of_exact_numbers(problem, changes):
    row = cd.check(problem, cd.min_cost_flow(problem)).to_frame()
    assert row.shape == (1, 5)
    assert (row.status[0], row.cost[0], row.bound[0], row.excess[0]) == ("optimal", 17, 17, None)
    huge = cd.Problem([0], [1], [2**61], [2**61], [0, 0])
    flow = np.array([0], np.int64)
    assert cd.check(huge, cd.FlowResult(cd.Status.OPTIMAL, 0, flow, np.zeros(2, np.int64))).to_frame().cost[0] == 0
    assert cd.Proof(cd.Status.OPTIMAL, cost=2**90, bound=2**90).to_frame().cost[0] == 2**90

    result = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"))
    table = cd.check_sweep(problem, changes, result).to_frame()
    assert dict(zip(table.status, table.scenarios, strict=True)) == {
        "optimal": 2,
        "infeasible": 1,
        "unbounded": 0,
        "limit": 0,
    }


def test_scaled_numbers_stand_with_what_they_were():
    scaled = cd.scale_to_int([0.1, np.inf, 12.34], "0.01", unbounded=True)
    table = scaled.to_frame()
    assert table.x.tolist() == [0.1, np.inf, 12.34]
    assert table["value"].tolist() == [10, cd.UNCAPACITATED, 1234]
    assert scaled == (scaled.values, Fraction(100))
    assert cd.scale_to_int([2**60 + 1], 1).to_frame()["value"].tolist() == [2**60 + 1]


def test_a_notebook_shows_status_cost_and_counts(problem, changes):
    flow = cd.min_cost_flow(problem)
    kept = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"))
    shown = {
        flow: ("<th>status</th><td>optimal</td>", "<th>cost</th><td>17</td>", "<th>arcs with flow</th><td>3</td>"),
        kept: ("<th>infeasible</th><td>1</td>", "<th>cost</th><td>17 to 25</td>", "<td>flow, potential</td>"),
        cd.check(problem, flow): ("<caption>Proof</caption>", "<th>bound</th><td>17</td>"),
        cd.check_sweep(problem, changes, kept): ("<th>optimal</th><td>2</td>",),
    }
    for result, parts in shown.items():
        for part in parts:
            assert part in result._repr_html_()
    scaled = cd.scale_to_int([0.1, np.inf], "0.01", unbounded=True)._repr_html_()
    assert "<th>unit</th><td>1/100</td>" in scaled
    assert "<th>without bound</th><td>1</td>" in scaled


def test_a_notebook_shows_what_has_no_optimum_without_a_cost(problem, changes):
    cut = cd.min_cost_flow(cd.Problem([0], [1], [1], [7], [2, -2]))
    assert "<th>cost</th><td>none</td>" in cut._repr_html_()
    closed = cd.min_cost_flow_sweep(problem, changes[[1]])
    assert "<th>cost</th><td>none</td>" in closed._repr_html_()
    assert "<td>status and cost</td>" in closed._repr_html_()


def test_the_names_that_datasets_hold_for_paths_keep_their_order():
    assert PATHS == ("unloaded", "memo", "warm", "cold", "lp", "none")


def test_what_is_shown_is_escaped():
    strange = cd.FlowResult("<script>", 0, np.zeros(0), np.zeros(0))
    assert "&lt;script&gt;" in strange._repr_html_()
    assert "<script>" not in strange._repr_html_()


def test_results_load_pandas_only_when_a_table_is_asked_for():
    code = (
        "import sys, corridors as cd\n"
        "r = cd.min_cost_flow(cd.Problem([0], [1], [3], [2], [1, -1]), 'simplex')\n"
        "r._repr_html_()\n"
        "assert 'pandas' not in sys.modules\n"
        "r.to_frame()\n"
        "assert 'pandas' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
