from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.ladder import cumulative_change


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
