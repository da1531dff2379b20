"""Matrix products whose bits do not depend on the machine, the library or the number of rows.

What decides how a symbol is coded must be the same in encoder and decoder to the last bit. A
library's product sums in an order of its own, that changes with shapes, threads and processors.
Here each sum runs over the inner index from first to last, every product and every sum rounded
once; compilers may not fuse them. numba's code and NumPy's give the same bits.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pytest_colordeg.color.backend import default_backend

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["add_product", "add_product_numpy"]


def add_product(
    rows: NDArray[np.float64], weight: NDArray[np.float32], out: NDArray[np.float64]
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
    rows: NDArray[np.float64], weight: NDArray[np.float32], out: NDArray[np.float64]
) -> None:
    """The same without numba: slow."""
    for k, line in enumerate(weight.astype("f8")):
        out += rows[:, k, None] * line


@cache
def _chosen() -> Callable[..., None]:
    if default_backend() != "numba":
        return add_product_numpy
    from pytest_colordeg.codecs.neural import products_fused

    chosen: Callable[..., None] = products_fused.add_product
    return chosen
