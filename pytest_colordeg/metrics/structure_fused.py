"""The numba backend of the structure metrics: bands of rows through the fused kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.spans import each
from pytest_colordeg.metrics import structure_kernel
from pytest_colordeg.metrics.windows import C1, C2, GAUSSIAN

__all__ = ["gaussian_scales", "squared_error", "uniform_ssim"]

Image = NDArray[np.uint8]
kernel: Any = structure_kernel

BAND = 128
"""Rows of windows in a band: the same however many threads, so that sums are too."""


def _rows(image: Image) -> Image:
    """As (H, 3 * W), contiguous and read-only: the kernels are compiled for that alone."""
    flat = np.ascontiguousarray(image).reshape(image.shape[0], -1).view()
    flat.flags.writeable = False
    return flat


def _bands(height: int) -> list[tuple[int, int]]:
    return [(top, min(top + BAND, height)) for top in range(0, height, BAND)]


def squared_error(first: Image, second: Image) -> int:
    """Sum of the squared differences of all samples."""
    return int(kernel.squared_error(_rows(first), _rows(second)))


def uniform_ssim(first: Image, second: Image, threads: int = 1) -> tuple[float, ...]:
    """Mean SSIM of each channel, uniform window, sample covariance."""
    rows1, rows2 = _rows(first), _rows(second)
    height, width = (side - kernel.SIDE + 1 for side in first.shape[:2])

    def work(band: tuple[int, int]) -> NDArray[np.float64]:
        sums: NDArray[np.float64] = kernel.uniform_band(rows1, rows2, *band, C1, C2)
        return sums

    short = np.sum(each(threads, work, _bands(height)), axis=0) / (height * width)
    return tuple((1.0 - short).tolist())


def _halve(rows: NDArray[np.generic], threads: int) -> NDArray[np.generic]:
    # A padded odd side of 2n + 1 becomes 2n + 3, whose last sample is dropped.
    height, width = ((side + 1) // 2 for side in (rows.shape[0], rows.shape[1] // 3))
    out = np.empty((height, 3 * width), dtype=np.float32)
    each(threads, lambda band: kernel.halve_rows(rows, *band, out), _bands(height))
    out.flags.writeable = False
    return out


def gaussian_scales(
    first: Image, second: Image, scales: int, threads: int = 1
) -> NDArray[np.float64]:
    """Mean SSIM and mean contrast-structure factor of each scale and channel.

    Wang's window, population covariance, over the region where it fits whole.

    Returns
    -------
    ndarray of shape (scales, 2, 3)
    """
    weights = tuple(GAUSSIAN[: kernel.TAPS // 2 + 1].tolist())
    rows1: NDArray[np.generic] = _rows(first)
    rows2: NDArray[np.generic] = _rows(second)
    result = np.empty((scales, 2, 3))
    for scale in range(scales):
        if scale:
            rows1, rows2 = _halve(rows1, threads), _halve(rows2, threads)
        height = rows1.shape[0] - kernel.TAPS + 1
        width = rows1.shape[1] // 3 - kernel.TAPS + 1

        def work(
            band: tuple[int, int],
            one: NDArray[np.generic] = rows1,
            two: NDArray[np.generic] = rows2,
        ) -> NDArray[np.float64]:
            sums: NDArray[np.float64] = kernel.gaussian_band(one, two, *band, weights, C1, C2)
            return sums

        short = np.sum(each(threads, work, _bands(height)), axis=0) / (height * width)
        result[scale] = 1.0 - short
    return result
