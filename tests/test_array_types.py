"""Arrays of every kind at the door of the kernels: what can be meant is taken as meant, the rest refused by name."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import sparse

import corridors as cd

TRIANGLE = {"tail": [0, 0, 1], "head": [1, 2, 2], "capacity": [4, 2, 5], "cost": [2, 5, 1], "supply": [5, 0, -5]}
COLUMNS = [*TRIANGLE, "lower"]


def triangle(**changes):
    return cd.Problem(**{**TRIANGLE, **changes})


def strided(values):
    return np.repeat(values, 2)[::2]


def read_only(values):
    out = np.array(values)
    out.setflags(write=False)
    return out


MEANT = {
    "list": list,
    "tuple": tuple,
    "range of bytes": lambda v: np.array(v, np.int8),
    "big-endian": lambda v: np.array(v, ">i4"),
    "big-endian floats": lambda v: np.array(v, ">f8"),
    "floats": lambda v: np.array(v, float),
    "half floats": lambda v: np.array(v, np.float16),
    "long doubles": lambda v: np.array(v, np.longdouble),
    "not contiguous": strided,
    "backwards twice": lambda v: np.array(v[::-1])[::-1],
    "read-only": read_only,
    "Python integers": lambda v: np.array(v, object),
    "a masked array without a mask": np.ma.array,
    "a masked array with nothing masked": lambda v: np.ma.array(v, mask=np.zeros(len(v), bool)),
    "a series": pd.Series,
    "a series with an index": lambda v: pd.Series(v, index=[f"x{i}" for i in range(len(v))]),
    "a nullable series": lambda v: pd.Series(v, dtype="Int64"),
    "nullable floats": lambda v: pd.array(v, dtype="Float64"),
    "an index": pd.Index,
    "a labelled array": xr.DataArray,
    "a memory view": lambda v: memoryview(np.array(v)),
}


@pytest.mark.parametrize("kind", MEANT)
@pytest.mark.parametrize("column", COLUMNS)
def test_what_can_be_meant_is_taken_as_meant(kind, column):
    values = TRIANGLE.get(column, [0, 0, 1])
    given = getattr(triangle(**{column: MEANT[kind](values)}), column)
    assert given.tolist() == values
    assert given.dtype == np.int64
    assert given.flags.c_contiguous
    assert not given.flags.writeable


def test_unsigned_integers_are_taken_where_they_fit():
    assert triangle(capacity=np.array([4, 2, 2**63 - 1], np.uint64)).capacity[2] == cd.UNCAPACITATED
    with pytest.raises(cd.InputError, match="capacity: is no 64-bit integer for 1 entries"):
        triangle(capacity=np.array([4, 2, 2**63], np.uint64))


def test_a_truth_value_is_an_amount_but_no_index():
    assert triangle(lower=np.array([True, False, True])).lower.tolist() == [1, 0, 1]
    with pytest.raises(
        cd.InputError, match=r"tail: is of type bool; give whole numbers, of a mask by numpy\.flatnonzero"
    ):
        triangle(tail=np.array([False, False, True]))
    for place in (0, 1):
        entries = [np.array([0, 1]), np.array([0, 1]), [3, 4]]
        entries[place] = np.array([False, True])
        with pytest.raises(cd.InputError, match=f"{('scenario', 'index')[place]} of cost: is of type bool"):
            cd.Changes.from_coo(2, cost=tuple(entries))
    with pytest.raises(cd.InputError, match="arc: is of type bool"):
        cd.Bundles([0, 0], [True, False], [1, 1], [5])


def masked(values):
    return np.ma.array(values, mask=[0] * (len(values) - 1) + [1])


NEVER = {
    "masked": (masked, "is masked for 1 entries"),
    "masked floats": (lambda v: masked(np.array(v, float)), "is masked for 1 entries"),
    "complex": (lambda v: np.array(v, complex), "is of type complex128"),
    "text": (lambda v: np.array(v).astype(str), "is of type <U"),
    "bytes": (lambda v: np.array(v).astype("S3"), "is of type |S3".replace("|", r"\|")),
    "dates": (lambda v: np.array(v, "datetime64[D]"), "is of type datetime64"),
    "spans of time": (lambda v: np.array(v, "timedelta64[h]"), "is of type timedelta64"),
    "dates as objects": (lambda v: np.array([datetime(2024, 1, 1)] * len(v)), "first datetime.datetime"),
    "None": (lambda v: [*v[:-1], None], "first None of type NoneType"),
    "missing": (lambda v: pd.Series([*v[:-1], None], dtype="Int64"), "no 64-bit integer "),
    "words as objects": (lambda v: np.array([*v[:-1], "5"], object), "first '5' of type str"),
    "fractions as objects": (lambda v: np.array([*v[:-1], Fraction(1, 2)], object), "of type Fraction"),
    "decimals": (lambda v: [Decimal(x) for x in v], "of type Decimal"),
    "truth values as objects": (lambda v: np.array([*v[:-1], True], object), "first True of type bool"),
    "integers beyond 64 bits": (lambda v: [*v[:-1], 2**70], "first 118059162071741130"),
    "records": (lambda v: np.array([(x,) for x in v], [("x", int)]), "is of type "),
    "ragged lists": (lambda v: [[x] * (i + 1) for i, x in enumerate(v)], "is no array of numbers"),
    "two dimensions": (lambda v: np.array([v]), "has 2 dimensions"),
    "one number": (lambda v: np.array(v[0]), "has 0 dimensions"),
    "a set": (set, "is a set"),
    "a generator": (lambda v: (x for x in v), "is a generator"),
    "a table": (lambda v: pd.DataFrame({"x": v}), "has 2 dimensions"),
}


def doors(values):
    """Every door that takes such an array, and its name in messages."""
    yield from ((column, lambda c=column: triangle(**{c: values})) for column in COLUMNS)
    yield "scenario of cost", lambda: cd.Changes.from_coo(9, cost=(values, [0, 1, 2], [3, 3, 3]))
    yield "index of capacity", lambda: cd.Changes.from_coo(9, capacity=([0, 1, 2], values, [3, 3, 3]))
    for group in ("capacity", "cost", "supply"):
        yield group, lambda g=group: cd.Changes.from_coo(9, **{g: ([0, 1, 2], [0, 1, 2], values)})
    yield "bundle", lambda: cd.Bundles(values, [0, 1, 2], [1, 1, 1], [5])
    yield "arc", lambda: cd.Bundles([0, 0, 0], values, [1, 1, 1], [5])
    yield "weight", lambda: cd.Bundles([0, 0, 0], [0, 1, 2], values, [5])
    yield "limit", lambda: cd.Bundles([], [], [], values)
    yield "supply", lambda: cd.balance_supply(values, 0, tolerance=None)
    if np.ndim(values) < 2 and not hasattr(values, "columns"):
        changes = cd.Changes.from_coo(1)
        yield "totals", lambda: cd.min_cost_flow_sweep(triangle(), changes, totals=values, solver="ortools")


@pytest.mark.parametrize("kind", [name for name in NEVER if name not in ("ragged lists", "one number", "a generator")])
def test_what_can_not_be_meant_is_refused_at_every_door_with_its_name(kind):
    spoil, said = NEVER[kind]
    for name, door in doors(spoil([0, 1, 2])):
        with pytest.raises(cd.InputError, match=rf"{name}\b.* ?{said}"):
            door()


@pytest.mark.parametrize("kind", ["ragged lists", "one number", "a generator"])
def test_what_is_no_row_of_numbers_is_refused(kind):
    spoil, said = NEVER[kind]
    for column in COLUMNS:
        with pytest.raises(cd.InputError, match=f"{column}: {said}"):
            triangle(**{column: spoil([0, 1, 2])})


@pytest.mark.parametrize("kind", ["masked", "complex", "text", "dates", "None", "words as objects", "a set"])
def test_numbers_to_scale_are_refused_likewise(kind):
    spoil, said = NEVER[kind]
    with pytest.raises(cd.InputError, match=f"scale_to_int: x: .*{said}"):
        cd.scale_to_int(spoil([0, 1, 2]), 1)


def test_numbers_to_scale_may_lie_in_any_array():
    for values in (strided([0.5, 1.5]), pd.Series([0.5, 1.5]), np.ma.array([0.5, 1.5]), np.array([0.5, 1.5], ">f4")):
        assert cd.scale_to_int(values, 0.5)[0].tolist() == [1, 3]


@pytest.mark.parametrize("unit", [None, "1/0", np.nan, np.inf, -1, True])
def test_a_unit_that_is_none_is_refused(unit):
    with pytest.raises(cd.InputError, match=r"unit is .*; give a number > 0"):
        cd.scale_to_int([1.0], unit)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"vertex": 1.5}, "balance_supply: vertex=1.5"),
        ({"vertex": "0"}, "balance_supply: vertex='0'"),
        ({"vertex": 3}, "balance_supply: vertex=3 does not fit; give 0 to 2"),
        ({"tolerance": np.nan}, "balance_supply: tolerance=nan"),
        ({"tolerance": "9"}, "balance_supply: tolerance='9'"),
    ],
)
def test_where_a_surplus_goes_and_how_much_of_it_are_whole_numbers(options, said):
    with pytest.raises(cd.InputError, match=said):
        cd.balance_supply([5, 0, -4], **{"vertex": 0, "tolerance": 2, **options})


@pytest.mark.parametrize("S", [-1, 1.5, "2", None, [1]])
def test_the_number_of_scenarios_is_a_whole_number(S):
    with pytest.raises(cd.InputError, match="changes: S="):
        cd.Changes.from_coo(S)


@pytest.mark.parametrize("entries", [5, None.__class__, {"a": 1, "b": 2, "c": 3}, ([0], [1])])
def test_changes_are_three_arrays(entries):
    with pytest.raises(cd.InputError, match=r"changes: cost has .*; give scenario, index and value"):
        cd.Changes.from_coo(1, cost=entries)


# Totals -------------------------------------------------------------------------------------------------------------


def swept(totals):
    changes = cd.Changes.from_coo(1)
    return cd.min_cost_flow_sweep(triangle(), changes, totals=totals, solver="ortools").totals.tolist()


def test_weights_of_totals_may_be_dense_sparse_or_truth_values():
    # flow 4, 1, 4
    weights = np.array([[1, 0, 1], [0, 2, 0]])
    for totals in (
        weights,
        weights.tolist(),
        sparse.csr_array(weights),
        sparse.coo_matrix(weights),
        pd.DataFrame(weights),
    ):
        assert swept(totals) == [[8, 2]]
    assert swept(weights.astype(np.float32)) == swept(np.asfortranarray(weights)) == [[8, 2]]
    assert swept([True, False, True]) == [[8]]
    assert swept(sparse.csr_array(weights > 0)) == [[8, 1]]


def test_weights_that_stand_twice_are_summed_without_wrapping_and_left_as_they_were():
    twice = sparse.csr_array((np.array([100, 100], np.int8), np.array([0, 0]), np.array([0, 2])), shape=(1, 3))
    assert swept(twice) == [[800]]
    assert twice.data.tolist() == [100, 100]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (sparse.csr_array([[1j, 0, 0]]), "totals: is of type complex128"),
        (np.ma.array([[1, 2, 3]], mask=[[0, 1, 0]]), "totals: is masked for 1 entries"),
        (np.zeros((1, 1, 3)), "totals: has 3 dimensions"),
        ([[1, 2, 3], [1, 2]], "totals: is no array of numbers"),
        (sparse.csr_array([[0.5, 0, 0]]), "totals: is no 64-bit integer"),
        (sparse.csr_array((1, 4), dtype=int), "totals: has 4 columns; give one an arc, 3"),
        ("abc", "totals: is of type <U3"),
    ],
)
def test_weights_that_can_not_be_meant_are_refused(totals, said):
    with pytest.raises(cd.InputError, match=said):
        swept(totals)


def test_a_bundle_of_an_arc_that_is_not_there_is_refused():
    with pytest.raises(cd.InputError, match="bundles: arc is too small at 0"):
        cd.Bundles([0], [-1], [1], [5])
    with pytest.raises(cd.InputError, match="bundles: arc 3 is not in the problem; give 0 to 2"):
        cd.min_cost_flow(triangle(), "lp", bundles=cd.Bundles([0], [3], [1], [5]))


# Tables -------------------------------------------------------------------------------------------------------------


def links(**columns):
    table = {
        "link_id": ["l1", "l2"],
        "from_node_id": ["a", "b"],
        "to_node_id": ["b", "c"],
        "mode": "rail",
        "length": 1.0,
    }
    return cd.Network(pd.DataFrame({"node_id": ["a", "b", "c"]}), pd.DataFrame({**table, **columns})).links


@pytest.mark.parametrize("values", [np.ma.array([1, 2], mask=[0, 1]), pd.Series([1.0, np.ma.masked], dtype=object)])
def test_a_masked_cell_of_a_table_is_blank(values):
    assert links(capacity=values).capacity.fillna(-1).tolist() == [1, -1]
    with pytest.raises(cd.InputError, match="links: link_id is blank"):
        links(link_id=np.ma.array(["l1", "l2"], mask=[0, 1]))


@pytest.mark.parametrize(
    "values", [np.array([1, 2j]), pd.to_datetime(["2024", "2025"]), pd.to_timedelta([1, 2], unit="h"), [True, False]]
)
def test_a_column_of_what_is_no_number_is_refused_with_its_links(values):
    with pytest.raises(cd.InputError, match=r"links: capacity .* is no number for 2 links \(l1, l2\)"):
        links(capacity=values)
