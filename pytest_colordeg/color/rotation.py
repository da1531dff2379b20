"""The hue rotation of CIEDE2000 as two polynomials, for backends without trigonometry."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

from pytest_colordeg.color.ciede2000 import rotation_angle

__all__ = ["BUMP_ROOT", "rotation_fit"]

BUMP_ROOT = 8
"""The first polynomial gives this root of the bump; squaring three times undoes it."""

Coefficients = tuple[np.float32, ...]


@cache
def rotation_fit() -> tuple[Coefficients, Coefficients]:
    """Fit sin(2 Delta theta) of equations (16) and (21), within 6e-7.

    With d the distance of the mean hue from 275 degrees and ``z = 1 - 2 cos d``,
    clipped at 1 (beyond 90 degrees the bump is below 3e-6), and e the bump
    ``exp(-(d / 25)^2)``:

    Returns
    -------
    bump
        Six coefficients, constant first: ``e ** (1 / 8)`` over z in -1..1.
    sine
        Four: ``sin(60 degrees * e) / e`` over ``e**2`` in 0..1.
    """
    peak = 275.0

    def bump(z: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = np.degrees(np.arccos((1.0 - z) / 2.0))
        height: NDArray[np.float64] = rotation_angle(peak + angle) / rotation_angle(np.array(peak))
        return np.power(height, 1.0 / BUMP_ROOT)

    def sine(square: NDArray[np.float64]) -> NDArray[np.float64]:
        e = np.sqrt(square)
        return np.divide(np.sin(np.radians(2.0 * rotation_angle(np.array(peak))) * e), e)

    return _fit(bump, 5, (-1.0, 1.0)), _fit(sine, 3, (0.0, 1.0))


def _fit(function: object, degree: int, domain: tuple[float, float]) -> Coefficients:
    """Interpolate at Chebyshev points; give the coefficients of the powers, constant first."""
    series = Chebyshev.interpolate(function, degree, domain)  # type: ignore[no-untyped-call]
    return tuple(np.float32(c) for c in series.convert(kind=Polynomial).coef)
