"""Structural similarity of RGB: article 001's 7 x 7 window, and Wang's Gaussian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.windows import GAUSSIAN, box_sums, gaussian_filter
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["C1", "C2", "METRICS", "gaussian_means", "ssim_gaussian", "ssim_uniform"]

C1 = (0.01 * 255.0) ** 2
C2 = (0.03 * 255.0) ** 2
SIDE = 7
"""Side of the uniform window."""


def ssim_uniform(plane1: NDArray[np.uint8], plane2: NDArray[np.uint8]) -> float:
    """Mean SSIM of two 8-bit planes: 7 x 7 uniform window, sample covariance.

    All sums are integers, hence exact; only the last formula is in float64.
    """
    x, y = plane1.astype(np.int64), plane2.astype(np.int64)
    n = SIDE * SIDE
    sx, sy, sxx, syy, sxy = (box_sums(p, SIDE) for p in (x, y, x * x, y * y, x * y))
    cross, square = sx * sy, sx * sx + sy * sy
    means = (2 * cross / n**2 + C1) / (square / n**2 + C1)
    sample = n * (n - 1)
    spread = (2 * (n * sxy - cross) / sample + C2) / ((n * (sxx + syy) - square) / sample + C2)
    return float((means * spread).mean())


def gaussian_means(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Mean SSIM and mean of its contrast-structure factor: Wang's Gaussian window.

    Parameters
    ----------
    x, y
        Planes of one shape (H, W), each side at least 11, samples 0..255.

    Returns
    -------
    ssim, contrast_structure
        Means over the region where the window fits whole.
    """
    mx, my = gaussian_filter(x), gaussian_filter(y)
    cross, square = mx * my, mx * mx + my * my
    covariance = gaussian_filter(x * y) - cross
    variances = gaussian_filter(x * x + y * y) - square
    spread = (2.0 * covariance + C2) / (variances + C2)
    means = (2.0 * cross + C1) / (square + C1)
    return float((means * spread).mean()), float(spread.mean())


def ssim_gaussian(plane1: NDArray[np.uint8], plane2: NDArray[np.uint8]) -> float:
    """Mean SSIM of two 8-bit planes with Wang's window and population covariance."""
    return gaussian_means(plane1.astype(np.float64), plane2.astype(np.float64))[0]


def _uniform(pair: Pair) -> Value:
    if pair.short_side < SIDE:
        return NotApplicable(f"a side is shorter than the window of {SIDE}")
    return sum(ssim_uniform(pair.original[..., i], pair.decoded[..., i]) for i in range(3)) / 3.0


def _wang(pair: Pair) -> Value:
    if pair.short_side < len(GAUSSIAN):
        return NotApplicable(f"a side is shorter than the window of {len(GAUSSIAN)}")
    return sum(ssim_gaussian(pair.original[..., i], pair.decoded[..., i]) for i in range(3)) / 3.0


METRICS = (
    Metric(
        name="ssim.rgb",
        definition=(
            "SSIM, 7x7 uniform window where it fits whole, sample covariance, K1 .01 K2 .03, "
            "range 255, mean over R G B"
        ),
        unit="",
        direction="higher",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=0.001),
        digits=6,
        compute=_uniform,
    ),
    Metric(
        name="ssim.wang",
        definition=(
            "SSIM, 11x11 Gaussian sigma 1.5 window where it fits whole, population covariance, "
            "K1 .01 K2 .03, range 255, mean over R G B"
        ),
        unit="",
        direction="higher",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=0.001),
        digits=6,
        compute=_wang,
    ),
)
