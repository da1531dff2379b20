"""Products: the same bits from both ways, for any number of rows, and right."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.products import BLOCK, add_product, add_product_numpy
from pytest_colordeg.color.backend import default_backend

SHAPES = [
    *((1, 1, 1), (1, 4, 3), (2, 5, 8), (4, 4, 4), (5, 7, 33), (4, 3, 6)),
    *((9, 2 * BLOCK + 2, 17), (4, BLOCK, 5), (3, BLOCK + 1, 2)),
]


def sample(rows, inner, columns, seed=0):
    random = np.random.default_rng(seed)
    spread = 10.0 ** random.uniform(-6, 6, (rows, inner))
    left = (spread * random.normal(size=(rows, inner))).astype("f4")
    return left, random.normal(size=(inner, columns)).astype("f4"), random.normal(size=columns)


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_run_in_order_and_are_rounded_at_every_step(shape):
    left, weight, start = sample(*shape)
    out = np.repeat(start[None], shape[0], axis=0)
    expected = [[sequential(row, weight[:, j], start[j]) for j in range(shape[2])] for row in left]
    for function in (add_product, add_product_numpy):
        found = out.copy()
        function(left, weight, found)
        assert found.tolist() == expected


def sequential(row, column, total):
    """One rounding an operation, in the order of the index: blocks in float32, then float64."""
    for first in range(0, len(row), BLOCK):
        part = np.float32(0)
        for value, factor in zip(row[first : first + BLOCK], column[first:], strict=False):
            part = np.float32(part + np.float32(value * factor))
        total = float(total) + float(part)
    return total


def test_a_product_is_closer_to_the_exact_one_than_a_library_s_of_float32():
    random = np.random.default_rng(3)
    left, weight = (random.normal(size=shape).astype("f4") for shape in ((8, 2304), (2304, 384)))
    exact = left.astype("f8") @ weight.astype("f8")
    ours = np.zeros_like(exact)
    add_product(left, weight, ours)
    assert np.abs(ours - exact).max() < np.abs(left @ weight - exact).max()


@pytest.mark.parametrize("rows", [2, 3, 4, 7])
def test_a_row_has_the_same_bits_whatever_stands_beside_it(rows):
    left, weight, start = sample(rows, 2 * BLOCK + 50, 21, seed=rows)
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
