"""Structural similarity of RGB: article 001's 7 x 7 window, and Wang's Gaussian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.structure import structure
from pytest_colordeg.metrics.windows import GAUSSIAN, SIDE
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]


def _uniform(pair: Pair) -> Value:
    if pair.short_side < SIDE:
        return NotApplicable(f"a side is shorter than the window of {SIDE}")
    return sum(structure().uniform_ssim(pair.original, pair.decoded, pair.threads)) / 3.0


def _wang(pair: Pair) -> Value:
    if pair.short_side < len(GAUSSIAN):
        return NotApplicable(f"a side is shorter than the window of {len(GAUSSIAN)}")
    return float(pair.gaussian_scales[0, 0].mean())


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
        tolerance=Tolerance(abs=0.0005),
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
        tolerance=Tolerance(abs=0.0005),
        digits=6,
        compute=_wang,
    ),
)
