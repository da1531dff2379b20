"""Matrix products whose bits do not depend on the machine, the library or the number of rows.

What decides how a symbol is coded must be the same in encoder and decoder to the last bit. A
library's product sums in an order of its own, that changes with shapes, threads and processors.
Here the order is fixed: `BLOCK` terms are summed in float32 from first to last, these sums in
float64 from first to last, every product and every sum rounded once; compilers may not fuse
them. numba's code and NumPy's give the same bits.

The order makes them agree, not the precision. Short float32 sums take half the time of
float64 ones, and come closer to the exact product than a library's float32 does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.color.backend import default_backend

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["BLOCK", "add_product", "add_product_numpy"]

BLOCK = 64
"""Terms of a sum that are added in float32."""


def add_product(
    rows: NDArray[np.float32], weight: NDArray[np.float32], out: NDArray[np.float64]
) -> None:
    """Add ``rows @ weight`` to `out`.

    Parameters
    ----------
    rows
        (n, K).
    weight
        (K, J).
    out
        (n, J), holding what the sums begin with.
    """
    _chosen()(rows, weight, out)


def add_product_numpy(
    rows: NDArray[np.float32], weight: NDArray[np.float32], out: NDArray[np.float64]
) -> None:
    """The same without numba: slow."""
    for start in range(0, len(weight), BLOCK):
        sums = np.zeros(out.shape, np.float32)
        for k, line in enumerate(weight[start : start + BLOCK], start):
            sums += rows[:, k, None] * line
        out += sums


@cache
def _chosen() -> Callable[..., None]:
    if default_backend() != "numba":
        return add_product_numpy
    from pytest_colordeg.codecs.neural import products_fused

    chosen: Callable[..., None] = products_fused.add_product
    return chosen
