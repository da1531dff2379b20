"""Multi-scale SSIM of RGB (Wang, Simoncelli, Bovik 2003)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.windows import GAUSSIAN
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS", "SHORTEST", "WEIGHTS"]

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the five scales, finest first."""

SHORTEST = (len(GAUSSIAN) - 1) * 2 ** (len(WEIGHTS) - 1)
"""Both sides must be longer than this, so that the window fits at the coarsest scale."""


def _ms_ssim(pair: Pair) -> Value:
    """Product over scales of the contrast-structure factor, at the coarsest of SSIM.

    Each to its weight; a negative factor counts as 0.
    """
    if pair.short_side <= SHORTEST:
        return NotApplicable(f"MS-SSIM needs both sides longer than {SHORTEST}")
    factors = np.append(pair.gaussian_scales[:-1, 1], pair.gaussian_scales[-1:, 0], axis=0)
    powers = np.power(np.maximum(factors, 0.0), np.array(WEIGHTS)[:, None])
    return float(powers.prod(axis=0).mean())


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
        tolerance=Tolerance(abs=0.0005),
        digits=6,
        compute=_ms_ssim,
    ),
)
