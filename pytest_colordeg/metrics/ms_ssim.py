"""Multi-scale SSIM of RGB (Wang, Simoncelli, Bovik 2003)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.ssim import gaussian_means
from pytest_colordeg.metrics.windows import GAUSSIAN, halve
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS", "SHORTEST", "WEIGHTS", "ms_ssim"]

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the five scales, finest first."""

SHORTEST = (len(GAUSSIAN) - 1) * 2 ** (len(WEIGHTS) - 1)
"""Both sides must be longer than this, so that the window fits at the coarsest scale."""


def ms_ssim(plane1: NDArray[np.uint8], plane2: NDArray[np.uint8]) -> float:
    """MS-SSIM of two 8-bit planes.

    The product over scales of the mean contrast-structure factor, and of the mean
    SSIM at the coarsest, each to its weight; a negative factor counts as 0.
    """
    x, y = plane1.astype(np.float64), plane2.astype(np.float64)
    factors = []
    for scale in range(len(WEIGHTS)):
        if scale:
            x, y = halve(x), halve(y)
        ssim, contrast_structure = gaussian_means(x, y)
        factors.append(ssim if scale == len(WEIGHTS) - 1 else contrast_structure)
    return math.prod(math.pow(max(f, 0.0), w) for f, w in zip(factors, WEIGHTS, strict=True))


def _ms_ssim(pair: Pair) -> Value:
    if pair.short_side <= SHORTEST:
        return NotApplicable(f"MS-SSIM needs both sides longer than {SHORTEST}")
    return sum(ms_ssim(pair.original[..., i], pair.decoded[..., i]) for i in range(3)) / 3.0


METRICS = (
    Metric(
        name="ms_ssim.rgb",
        definition=(
            "MS-SSIM, 5 scales .0448 .2856 .3001 .2363 .1333, 11x11 Gaussian sigma 1.5 window "
            "where it fits whole, K1 .01 K2 .03, range 255, 2x2 mean with zero border on odd "
            "sides, negative factors 0, mean over R G B of the product"
        ),
        unit="",
        direction="higher",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=0.001),
        digits=6,
        compute=_ms_ssim,
    ),
)
