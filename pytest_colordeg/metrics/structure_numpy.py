"""Squared error and the windows of SSIM in plain NumPy, where numba is missing."""

# NumPy's stubs type arithmetic on arrays as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.metrics.windows import C1, C2, GAUSSIAN, SIDE

__all__ = ["gaussian_scales", "squared_error", "uniform_ssim"]

Array = NDArray[np.float64]
Image = NDArray[np.uint8]


def squared_error(first: Image, second: Image) -> int:
    """Sum of the squared differences of all samples."""
    total = 0
    for row1, row2 in zip(first, second, strict=True):
        difference = row1.astype(np.int32) - row2
        total += int((difference * difference).sum(dtype=np.int64))
    return total


def box_sums(plane: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    """Exact sums over all `side` x `side` windows, (H, W) to (H-side+1, W-side+1)."""
    table = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1), dtype=np.int64)
    np.cumsum(plane.cumsum(axis=0), axis=1, out=table[1:, 1:])
    return table[side:, side:] - table[side:, :-side] - table[:-side, side:] + table[:-side, :-side]


def uniform_ssim(first: Image, second: Image, threads: int = 1) -> tuple[float, ...]:
    """Mean SSIM of each channel, uniform window, sample covariance.

    All sums are integers, hence exact; only the last formula is in float64.
    """
    n = SIDE * SIDE
    sample = n * (n - 1)
    result = []
    for channel in range(3):
        x, y = (image[..., channel].astype(np.int64) for image in (first, second))
        sx, sy, square, sxy = (box_sums(p, SIDE) for p in (x, y, x * x + y * y, x * y))
        cross, own = sx * sy, sx * sx + sy * sy
        means = (2 * cross / n**2 + C1) / (own / n**2 + C1)
        spread = (2 * (n * sxy - cross) / sample + C2) / ((n * square - own) / sample + C2)
        result.append(float((means * spread).mean()))
    return tuple(result)


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
    return (plane[0::2, 0::2] + plane[1::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 1::2]) / 4.0


def _gaussian_means(x: Array, y: Array) -> tuple[float, float]:
    mx, my = gaussian_filter(x), gaussian_filter(y)
    cross, own = mx * my, mx * mx + my * my
    covariance = gaussian_filter(x * y) - cross
    variances = gaussian_filter(x * x + y * y) - own
    structure = (2.0 * covariance + C2) / (variances + C2)
    means = (2.0 * cross + C1) / (own + C1)
    return float((means * structure).mean()), float(structure.mean())


def gaussian_scales(first: Image, second: Image, scales: int, threads: int = 1) -> Array:
    """Mean SSIM and mean contrast-structure factor of each scale and channel.

    Wang's window, population covariance, over the region where it fits whole.

    Returns
    -------
    ndarray of shape (scales, 2, 3)
    """
    result = np.empty((scales, 2, 3))
    for channel in range(3):
        x, y = (image[..., channel].astype(np.float64) for image in (first, second))
        for scale in range(scales):
            if scale:
                x, y = halve(x), halve(y)
            result[scale, :, channel] = _gaussian_means(x, y)
    return result
