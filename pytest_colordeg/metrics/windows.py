"""The sliding windows of SSIM in plain NumPy, over the region where they fit whole."""

# NumPy's stubs type arithmetic on arrays as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["GAUSSIAN", "box_sums", "gaussian_filter", "halve"]

Array = NDArray[np.float64]


def _gaussian(size: int, sigma: float) -> Array:
    offsets = np.arange(size) - size // 2
    weights = np.exp(-(offsets**2) / (2.0 * sigma**2))
    return weights / weights.sum()


GAUSSIAN = _gaussian(11, 1.5)
"""Wang's window along one axis: 11 taps, sigma 1.5, sum 1."""


def box_sums(plane: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    """Exact sums over all `side` x `side` windows, (H, W) to (H-side+1, W-side+1)."""
    table = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1), dtype=np.int64)
    np.cumsum(plane.cumsum(axis=0), axis=1, out=table[1:, 1:])
    sums: NDArray[np.int64] = (
        table[side:, side:] - table[side:, :-side] - table[:-side, side:] + table[:-side, :-side]
    )
    return sums


def gaussian_filter(plane: Array) -> Array:
    """Means weighted by `GAUSSIAN` on both axes, (H, W) to (H-10, W-10)."""
    for axis in (0, 1):
        length = plane.shape[axis] - len(GAUSSIAN) + 1
        plane = sum(
            weight * plane.take(range(tap, tap + length), axis)
            for tap, weight in enumerate(GAUSSIAN)
        )
    return plane


def halve(plane: Array) -> Array:
    """Mean of 2 x 2 samples; an odd side is first given a border of zeros, which count.

    That border on both ends and the loss of the last odd line is what
    ``avg_pool2d(x, 2, padding=side % 2)`` of the usual MS-SSIM does.
    """
    plane = np.pad(plane, [(side % 2, side % 2) for side in plane.shape])
    height, width = (side // 2 * 2 for side in plane.shape)
    plane = plane[:height, :width]
    mean: Array = (
        plane[0::2, 0::2] + plane[1::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 1::2]
    ) / 4.0
    return mean
