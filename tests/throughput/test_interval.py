"""Intervals of medians: exact, and right as often as they say."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.throughput.interval import compare, interval

times = st.lists(st.floats(1e-6, 10), min_size=1, max_size=60)


@given(times)
def test_the_median_lies_inside(seconds):
    found = interval(seconds)
    assert min(seconds) <= found.low <= found.median <= found.high <= max(seconds)


@pytest.mark.parametrize(("n", "place"), [(5, 0), (6, 0), (9, 1), (20, 5), (100, 39)])
def test_order_statistics_of_the_tables(n, place):
    """Ranks of the 95 % interval of a median as in tables of nonparametric statistics."""
    found = interval([float(i) for i in range(n)])
    assert (found.low, found.high) == (place, n - 1 - place)


@given(st.integers(6, 80))
def test_coverage_is_at_least_95_percent_and_no_more_than_needed(n):
    first = int(interval([float(i) for i in range(n)]).low)
    inside = 1 - 2 * sum(comb(n, i) for i in range(first + 1)) / 2**n
    tighter = 1 - 2 * sum(comb(n, i) for i in range(first + 2)) / 2**n
    assert tighter < 0.95 <= inside


def test_overlap_is_no_difference():
    slow, fast = [2.0, 2.1, 2.2] * 4, [1.0, 1.1, 1.2] * 4
    assert compare(fast, slow).verdict == "faster"
    assert compare(slow, fast).verdict == "slower"
    assert compare(fast, slow).ratio == pytest.approx(2.1 / 1.1)
    assert compare([1.0, 2.0, 3.0] * 4, [1.5, 2.5, 3.5] * 4).verdict == "same"


def test_nothing_measured_is_an_error():
    with pytest.raises(ValueError, match="no time"):
        interval([])
