from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.ladder import bd_rate, cumulative_change
from pytest_colordeg.values import NotApplicable


def test_cumulative_change_of_two_images():
    got = cumulative_change({"one": [100, 90, 95], "two": [200, 210, 150]})
    assert got.images == 2
    assert got.step_mean == (0.0, -27.5)
    assert got.step_std == (10.0, 32.5)
    assert got.mean == (0.0, -27.5)
    assert got.std == (10.0, 22.5)


counts = st.integers(2, 6).flatmap(
    lambda rungs: st.lists(
        st.lists(st.integers(1, 9000), min_size=rungs, max_size=rungs), min_size=1, max_size=5
    )
)


@given(counts)
def test_sums_of_steps_telescope(rows):
    got = cumulative_change({str(i): row for i, row in enumerate(rows)})
    assert got.mean == pytest.approx(np.cumsum(got.step_mean).tolist(), abs=1e-6)
    table = np.array(rows, dtype=float)
    assert got.mean[-1] == pytest.approx((table[:, -1] - table[:, 0]).mean())
    assert got.std[-1] == pytest.approx(np.std(table[:, -1] - table[:, 0], ddof=0), abs=1e-6)
    assert len(got.mean) == len(got.step_mean) == len(rows[0]) - 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({}, "at least one image"),
        ({"a": [3]}, "at least two rungs"),
        ({"a": [3, 4], "b": [3]}, "same rungs for every image, but got a: 2, b: 1"),
        ({"a": [3, 4], "b": [3, math.nan]}, "counts of 'b' are not all finite"),
    ],
)
def test_bad_counts_are_named(rows, message):
    with pytest.raises(ColordegError, match=message):
        cumulative_change(rows)


ANCHOR = [(0.21, 29.2), (0.32, 30.97), (0.48, 32.84), (0.67, 34.53), (0.94, 36.74)]
TEST = [(0.198, 29.36), (0.307, 31.13), (0.461, 32.95), (0.662, 34.97), (0.914, 36.91)]


def test_bd_rate_is_that_of_the_bjontegaard_package():
    oracle = pytest.importorskip("bjontegaard", reason="bjontegaard is the oracle here")
    expected = oracle.bd_rate(*zip(*ANCHOR), *zip(*TEST), method="pchip")  # noqa: B905
    assert bd_rate(ANCHOR, TEST) == pytest.approx(float(expected), abs=1e-9)


def test_bd_rate_of_a_constant_factor_is_that_factor():
    cheaper = [(0.8 * rate, quality) for rate, quality in ANCHOR]
    assert bd_rate(ANCHOR, cheaper) == pytest.approx(-20.0)
    assert bd_rate(cheaper, ANCHOR) == pytest.approx(25.0)
    assert bd_rate(ANCHOR, ANCHOR[::-1]) == pytest.approx(0.0)


def test_bd_rate_of_a_distortion_runs_the_other_way():
    errors = [(rate, 40 - quality) for rate, quality in ANCHOR]
    cheaper = [(0.8 * rate, error) for rate, error in errors]
    assert bd_rate(errors, cheaper, lower_is_better=True) == pytest.approx(-20.0)
    assert isinstance(bd_rate(errors, cheaper), NotApplicable)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (TEST[:3], "the test curve has fewer than four points"),
        ([(r, q + 20) for r, q in TEST], "no quality in common"),
        ([*TEST[:4], (0.914, 34.0)], "the test curve's quality does not rise with its rate"),
        ([*TEST, (0.914, 37.5)], "the test curve's quality does not rise with its rate"),
    ],
)
def test_no_bd_rate_says_why(test, reason):
    value = bd_rate(ANCHOR, test)
    assert isinstance(value, NotApplicable)
    assert reason in value.reason


@pytest.mark.parametrize("point", [(0.0, 40.0), (-1.0, 40.0), (math.nan, 40.0), (1.2, math.inf)])
def test_bd_rate_refuses_what_is_no_number(point):
    with pytest.raises(ColordegError, match="the anchor curve has a rate or quality"):
        bd_rate([*ANCHOR, point], TEST)
