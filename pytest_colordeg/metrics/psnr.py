"""Peak signal-to-noise ratio of the 8-bit RGB samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.values import LOSSLESS, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]


def _psnr(pair: Pair) -> Value:
    total = 0
    for row1, row2 in zip(pair.original, pair.decoded, strict=True):
        difference = row1.astype(np.int64) - row2
        total += int((difference * difference).sum())
    if total == 0:
        return LOSSLESS
    return 10.0 * math.log10(255.0**2 * pair.original.size / total)


METRICS = (
    Metric(
        name="psnr.rgb",
        definition="10 log10(255^2 / MSE), MSE over all 8-bit RGB samples",
        unit="dB",
        direction="higher",
        aggregate="mean",
        gated=True,
        tolerance=Tolerance(abs=0.05),
        digits=4,
        compute=_psnr,
    ),
)
