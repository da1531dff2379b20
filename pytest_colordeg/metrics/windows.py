"""The windows and constants of SSIM."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["C1", "C2", "GAUSSIAN", "SIDE"]

C1 = (0.01 * 255.0) ** 2
C2 = (0.03 * 255.0) ** 2
SIDE = 7
"""Side of the uniform window."""


def _gaussian(size: int, sigma: float) -> NDArray[np.float64]:
    offsets = np.arange(size) - size // 2
    weights: NDArray[np.float64] = np.exp(-(offsets**2) / (2.0 * sigma**2))
    return np.divide(weights, weights.sum())


GAUSSIAN = _gaussian(11, 1.5)
"""Wang's window along one axis: 11 taps, sigma 1.5, sum 1."""
