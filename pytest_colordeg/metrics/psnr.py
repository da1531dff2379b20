"""Peak signal-to-noise ratio of the 8-bit RGB samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.structure import structure
from pytest_colordeg.values import LOSSLESS, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]


def _psnr(pair: Pair) -> Value:
    total = structure().squared_error(pair.original, pair.decoded)
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
        tolerance=Tolerance(abs=0.02),
        digits=4,
        compute=_psnr,
    ),
)
