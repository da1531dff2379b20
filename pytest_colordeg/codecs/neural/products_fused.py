"""`products.add_product` compiled: four rows and four inner indices at a time.

A value of `weight` is loaded once for four rows. Within a row the sum still runs in the order
of the inner index: four steps, one after the other, without leaving a register.
"""

# numba's types are not Python's.
# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit

from pytest_colordeg.codecs.neural.products import BLOCK

__all__ = ["add_product"]


@njit(error_model="numpy")
def _four_rows(rows, weight, sums, r, k):
    w0, w1, w2, w3 = weight[k], weight[k + 1], weight[k + 2], weight[k + 3]
    p, q, s, t = sums[0], sums[1], sums[2], sums[3]
    p0, p1, p2, p3 = rows[r, k], rows[r, k + 1], rows[r, k + 2], rows[r, k + 3]
    q0, q1, q2, q3 = rows[r + 1, k], rows[r + 1, k + 1], rows[r + 1, k + 2], rows[r + 1, k + 3]
    s0, s1, s2, s3 = rows[r + 2, k], rows[r + 2, k + 1], rows[r + 2, k + 2], rows[r + 2, k + 3]
    t0, t1, t2, t3 = rows[r + 3, k], rows[r + 3, k + 1], rows[r + 3, k + 2], rows[r + 3, k + 3]
    for j in range(weight.shape[1]):
        v0, v1, v2, v3 = w0[j], w1[j], w2[j], w3[j]
        p[j] = (((p[j] + p0 * v0) + p1 * v1) + p2 * v2) + p3 * v3
        q[j] = (((q[j] + q0 * v0) + q1 * v1) + q2 * v2) + q3 * v3
        s[j] = (((s[j] + s0 * v0) + s1 * v1) + s2 * v2) + s3 * v3
        t[j] = (((t[j] + t0 * v0) + t1 * v1) + t2 * v2) + t3 * v3


@njit(error_model="numpy")
def _one_row(rows, weight, sums, r, k):
    w0, w1, w2, w3 = weight[k], weight[k + 1], weight[k + 2], weight[k + 3]
    p = sums[0]
    p0, p1, p2, p3 = rows[r, k], rows[r, k + 1], rows[r, k + 2], rows[r, k + 3]
    for j in range(weight.shape[1]):
        p[j] = (((p[j] + p0 * w0[j]) + p1 * w1[j]) + p2 * w2[j]) + p3 * w3[j]


@njit(error_model="numpy")
def _finish(rows, weight, sums, out, r, start, end):
    """Add the last, fewer than four, inner indices of a block, and its sums to `out`."""
    for i in range(len(out)):
        p = sums[i]
        for k in range(start, end):
            factor, line = rows[r + i, k], weight[k]
            for j in range(weight.shape[1]):
                p[j] = p[j] + factor * line[j]
        for j in range(weight.shape[1]):
            out[i, j] += p[j]


@njit(nogil=True, error_model="numpy", cache=True)
def add_product(rows, weight, out):
    """See `products.add_product`."""
    number, inner = rows.shape
    together = number - number % 4
    sums = np.empty((4, weight.shape[1]), np.float32)
    for start in range(0, inner, BLOCK):
        end = min(start + BLOCK, inner)
        whole = end - (end - start) % 4
        for r in range(0, together, 4):
            sums[:] = 0
            for k in range(start, whole, 4):
                _four_rows(rows, weight, sums, r, k)
            _finish(rows, weight, sums, out[r : r + 4], r, whole, end)
        for r in range(together, number):
            sums[0] = 0
            for k in range(start, whole, 4):
                _one_row(rows, weight, sums, r, k)
            _finish(rows, weight, sums, out[r : r + 1], r, whole, end)
