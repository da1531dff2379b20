from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, QhullError

from pytest_colordeg.color.hull import hull_area

points = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 8)), min_size=1, max_size=30)


def grid(marked) -> np.ndarray:
    used = np.zeros((12, 9), dtype=bool)
    for x, y in marked:
        used[x, y] = True
    return used


@given(points)
def test_equals_qhull(marked):
    try:
        expected = ConvexHull(np.array(sorted(marked), dtype=float)).volume
    except QhullError:
        expected = 0.0
    assert hull_area(grid(marked)) == pytest.approx(expected, abs=1e-12)


def test_known_shapes():
    assert hull_area(grid({(0, 0), (4, 0), (0, 3)})) == 6.0
    assert hull_area(grid({(0, 0), (4, 0), (0, 3), (4, 3), (2, 1)})) == 12.0
    assert hull_area(grid({(0, 0), (1, 1), (7, 7)})) == 0.0
    assert hull_area(grid({(3, 3)})) == 0.0
    assert hull_area(grid(set())) == 0.0
