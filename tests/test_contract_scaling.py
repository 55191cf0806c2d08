"""Floats become integers exactly or not at all; an imbalance is put right on purpose or not at all."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corridors as cd


@given(st.lists(st.integers(-(10**11), 10**11), min_size=1), st.integers(0, 4))
def test_decimal_numbers_scale_to_the_integers_they_print_as(counts, digits):
    x = np.array([float(f"{n}e-{digits}") for n in counts])
    values, factor = cd.scale_to_int(x, f"1e-{digits}")
    assert values.tolist() == counts
    assert factor == 10**digits


hundredths = st.integers(-(10**11), 10**11).map(lambda n: n / 100)
neighbours = st.builds(np.nextafter, hundredths, st.sampled_from([-np.inf, np.inf])).map(float)


@given(st.one_of(hundredths, neighbours, st.floats(-1e9, 1e9)))
def test_a_float_is_scaled_exactly_or_refused(x):
    nearest = round(Fraction(x) * 100)
    if float(Fraction(nearest, 100)) == x:  # the float that this many hundredths are closest to
        assert cd.scale_to_int([x], 0.01).values.tolist() == [nearest]
    else:
        with pytest.raises(cd.InputError, match=r"1 value .* is no whole number of 0.01"):
            cd.scale_to_int([x], 0.01)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_each_width_of_float_is_read_as_it_prints(dtype):
    assert cd.scale_to_int(np.array([0.1, 2.5], dtype), 0.1).values.tolist() == [1, 25]


def test_integers_scale_without_floats():
    big = 2**62 + 1
    assert cd.scale_to_int([big], 1).values.tolist() == [big]
    assert cd.scale_to_int([10, 20], 5) == (pytest.approx([2, 4]), Fraction(1, 5))


def test_infinity_is_no_bound_only_where_asked_for():
    assert cd.scale_to_int([np.inf, 0.5], 0.5, unbounded=True).values.tolist() == [cd.UNCAPACITATED, 1]
    with pytest.raises(cd.InputError, match="not a finite number"):
        cd.scale_to_int([np.inf, 0.5], 0.5)


@pytest.mark.parametrize(
    ("x", "unit", "said"),
    [
        ([1.0, 1.9, 2.3], 1, r"2 values \(1, 2\) are no whole number of 1, first 1.9"),
        ([np.nan], 1, "not a finite number"),
        ([1.0], 0, "give a number > 0"),
        ([1.0], "x", "give a number > 0"),
        ([[1.0]], 1, "one-dimensional"),
        (["1"], 1, "array of numbers"),
        ([7], 2, "no whole number of 2"),
    ],
)
def test_what_can_not_be_scaled_is_refused_with_the_reason(x, unit, said):
    with pytest.raises(cd.InputError, match=said):
        cd.scale_to_int(x, unit)


@pytest.mark.parametrize("x", [[1e17], [2**62]])
def test_numbers_past_64_bits_are_a_range_error(x):
    with pytest.raises(cd.RangeError):
        cd.scale_to_int(x, 1e-3)


def test_an_imbalance_beyond_the_tolerance_is_named():
    with pytest.raises(cd.InputError, match="sums to 2, more than the tolerance of 1"):
        cd.balance_supply([5, -3], 0, tolerance=1)
    assert cd.balance_supply([5, -3], 0, tolerance=2).tolist() == [3, -3]
    assert cd.balance_supply([5, -3, 0], 2, tolerance=None).tolist() == [5, -3, -2]
