"""Bjontegaard differences of two rate-quality curves, guarded: a reason, never NaN.

Sources: G. Bjontegaard, VCEG-M33 (2001), one cubic through four points; the common test
conditions of HEVC and VVC (JCTVC-L1100, JVET-T2010), the piecewise cubic of Fritsch and
Carlson. The figures are those of the package ``bjontegaard``, which gives NaN without
overlap, raises on curves that turn back and needs matplotlib; it is the oracle in our tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.values import NotApplicable

__all__ = ["Curve", "Method", "bd_quality", "bd_rate"]

Curve: TypeAlias = Sequence[tuple[float, float]]
Method: TypeAlias = Literal["pchip", "cubic"]

_FEWEST = 4


def bd_rate(
    anchor: Curve,
    test: Curve,
    *,
    lower_is_better: bool = False,
    method: Method = "pchip",
    least_overlap: float = 0.25,
) -> float | NotApplicable:
    """Bjontegaard difference of rate at equal quality, in percent.

    The logarithm of the rate is interpolated over quality and averaged over the
    qualities that both curves have.

    Parameters
    ----------
    anchor, test
        Points (rate, quality) in any order, rates above 0; at least four each.
    lower_is_better
        True for a distortion such as mean CIEDE2000.
    method
        ``pchip``: through all points, as in the common test conditions of HEVC and
        VVC. ``cubic``: one polynomial of third degree, as in VCEG-M33.
    least_overlap
        How much of the qualities that either curve has, both must have: 0..1.

    Returns
    -------
    float or NotApplicable
        Percent of rate that `test` needs more than `anchor`, negative when it saves;
        or why there is no such number: too few points, a curve whose quality does
        not rise with its rate, or too little quality in common.

    Raises
    ------
    ColordegError
        If a rate or quality is not finite, or a rate is not above 0.
    """
    curves = _curves("BD-rate", anchor, test, lower_is_better)
    if isinstance(curves, NotApplicable):
        return curves
    mean = _mean_difference(
        "BD-rate", [(quality, rate) for rate, quality in curves], "quality", method, least_overlap
    )
    return mean if isinstance(mean, NotApplicable) else float(100 * np.expm1(mean))


def bd_quality(
    anchor: Curve,
    test: Curve,
    *,
    lower_is_better: bool = False,
    method: Method = "pchip",
    least_overlap: float = 0.25,
) -> float | NotApplicable:
    """Bjontegaard difference of quality at equal rate, in the quality's unit.

    Quality is interpolated over the logarithm of the rate and averaged over the rates
    that both curves have: BD-PSNR, or with `lower_is_better` BD-dE00.

    Parameters
    ----------
    anchor, test, lower_is_better, method, least_overlap
        As for `bd_rate`.

    Returns
    -------
    float or NotApplicable
        `test` minus `anchor` (of a distortion: negative is better); or why there is
        no such number.

    Raises
    ------
    ColordegError
        As `bd_rate`.
    """
    curves = _curves("BD difference", anchor, test, lower_is_better)
    if isinstance(curves, NotApplicable):
        return curves
    mean = _mean_difference("BD difference", curves, "rate", method, least_overlap)
    if isinstance(mean, NotApplicable):
        return mean
    return -mean if lower_is_better else mean


_Pair: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


def _curves(
    what: str, anchor: Curve, test: Curve, lower_is_better: bool
) -> list[_Pair] | NotApplicable:
    """Log rate and quality (higher is better) of both, checked to rise together."""
    curves: list[_Pair] = []
    for name, points in (("anchor", anchor), ("test", test)):
        curve = np.array(sorted(points), dtype=np.float64).reshape(-1, 2)
        if not np.isfinite(curve).all() or (curve[:, 0] <= 0.0).any():
            raise ColordegError(f"{what}: the {name} curve has a rate or quality that is no number")
        if len(curve) < _FEWEST:
            return NotApplicable(f"{what}: the {name} curve has fewer than four points")
        log_rate, quality = np.log(curve[:, 0]), (-1 if lower_is_better else 1) * curve[:, 1]
        if (np.diff(log_rate) <= 0.0).any() or (np.diff(quality) <= 0.0).any():
            return NotApplicable(f"{what}: the {name} curve's quality does not rise with its rate")
        curves.append((log_rate, quality))
    return curves


def _mean_difference(
    what: str, curves: Sequence[_Pair], over: str, method: Method, least_overlap: float
) -> float | NotApplicable:
    """Mean of test minus anchor over the part of the first coordinate that both have."""
    starts, ends = [x[0] for x, _ in curves], [x[-1] for x, _ in curves]
    low, high = max(starts), min(ends)
    if high <= low:
        return NotApplicable(f"{what}: the two curves have no {over} in common")
    overlap = float((high - low) / (max(ends) - min(starts)))
    if overlap < least_overlap:
        return NotApplicable(
            f"{what}: the two curves have {100 * overlap:.0f} % of their {over} in common, "
            f"{100 * least_overlap:.0f} % is the least"
        )
    areas = [_integral(x, y, method)(low, high) for x, y in curves]
    return float((areas[1] - areas[0]) / (high - low))


def _integral(
    x: NDArray[np.float64], y: NDArray[np.float64], method: Method
) -> Callable[[float, float], Any]:
    if method == "pchip":
        from scipy.interpolate import PchipInterpolator

        integral: Callable[[float, float], Any] = PchipInterpolator(x, y).integrate
        return integral
    if method != "cubic":
        raise ColordegError(f"unknown interpolation {method!r}; known: pchip, cubic")
    # Polynomial fits in a domain scaled to -1..1 keep their digits.
    fit: Any = np.polynomial.Polynomial.fit
    whole = fit(x, y, 3).integ()
    return lambda low, high: whole(high) - whole(low)
