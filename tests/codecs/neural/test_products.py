"""Products: the same bits from both ways, for any number of rows, and right."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.products import add_product, add_product_numpy
from pytest_colordeg.color.backend import default_backend

SHAPES = [(1, 1, 1), (1, 4, 3), (2, 5, 8), (4, 4, 4), (5, 7, 33), (9, 130, 17), (4, 3, 6)]


def sample(rows, inner, columns, seed=0):
    random = np.random.default_rng(seed)
    spread = 10.0 ** random.uniform(-6, 6, (rows, inner))
    left = spread * random.normal(size=(rows, inner))
    return left, random.normal(size=(inner, columns)).astype("f4"), random.normal(size=columns)


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_run_in_order_and_are_rounded_at_every_step(shape):
    left, weight, start = sample(*shape)
    out = np.repeat(start[None], shape[0], axis=0)
    expected = [
        [sequential(row, weight[:, j], start[j]) for j in range(shape[2])] for row in left.tolist()
    ]
    for function in (add_product, add_product_numpy):
        found = out.copy()
        function(left, weight, found)
        assert found.tolist() == expected


def sequential(row, column, total):
    """Python's floats: one rounding an operation, in the order of the index."""
    for value, factor in zip(row, column.tolist(), strict=True):
        total = float(total) + value * factor
    return total


@pytest.mark.parametrize("rows", [2, 3, 4, 7])
def test_a_row_has_the_same_bits_whatever_stands_beside_it(rows):
    left, weight, start = sample(rows, 50, 21, seed=rows)
    together = np.repeat(start[None], rows, axis=0)
    add_product(left, weight, together)
    for row in range(rows):
        alone = start[None].copy()
        add_product(left[row : row + 1], weight, alone)
        assert (alone[0] == together[row]).all()


def test_numba_is_what_is_tested_where_it_is_there():
    from pytest_colordeg.codecs.neural import products

    chosen = products._chosen()
    assert (chosen is add_product_numpy) is (default_backend() == "numpy")
