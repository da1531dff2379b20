"""CIEDE2000 in float64, one function an equation.

Numbers in brackets are those of G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000
Color-Difference Formula: Implementation Notes, Supplementary Test Data, and
Mathematical Observations", Color Research and Application 30 (1), 2005. Angles
are in degrees, as there. This file is the yardstick for every faster backend:
plain, vectorised over any shape, and not tuned.
"""

# NumPy's stubs type arithmetic on arrays as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_colordeg.errors import ColordegError

__all__ = ["delta_e00", "nearly_opposite"]

Array = NDArray[np.float64]


def chroma(a: Array, b: Array) -> Array:
    """(2) and (6): distance from the neutral axis."""
    return np.hypot(a, b)


def seventh_power_ratio(mean_chroma: Array) -> Array:
    """The root that (4) and (17) share: ``sqrt(C^7 / (C^7 + 25^7))``."""
    power = mean_chroma**7
    return np.sqrt(power / (power + 25.0**7))


def red_green_stretch(mean_chroma: Array) -> Array:
    """(4): G, by which a* is stretched for colours near grey."""
    return 0.5 * (1.0 - seventh_power_ratio(mean_chroma))


def hue(a: Array, b: Array) -> Array:
    """(7): hue angle in 0..360, zero for a colour without chroma."""
    return np.degrees(np.arctan2(b, a)) % 360.0


def hue_wraps(h1: Array, h2: Array, cross: Array) -> Array:
    """Turns of 360 to add to ``h2 - h1`` for the shorter way round, -1, 0 or 1.

    The paper asks whether the difference of the angles exceeds 180. The sign of
    the cross product of the two (a', b) vectors answers the same question
    without rounding an angle, so that exactly opposite hues (pairs 10 and 14 of
    the test data) stay on the side where the paper puts them: no turn.
    """
    return np.where((h2 > h1) & (cross < 0.0), -1.0, np.where((h2 < h1) & (cross > 0.0), 1.0, 0.0))


def hue_angle_difference(h1: Array, h2: Array, wraps: Array, neutral: Array) -> Array:
    """(10): h2 - h1 the shorter way round; zero when either colour is neutral."""
    return np.where(neutral, 0.0, h2 - h1 + 360.0 * wraps)


def hue_difference(c1: Array, c2: Array, angle: Array) -> Array:
    """(11): Delta H'."""
    return 2.0 * np.sqrt(c1 * c2) * np.sin(np.radians(angle) / 2.0)


def mean_hue(h1: Array, h2: Array, wraps: Array, neutral: Array) -> Array:
    """(14): the hue halfway; the sum of both when either colour is neutral."""
    total = h1 + h2
    turned = np.where(total < 360.0, 180.0, -180.0)
    return np.where(neutral, total, total / 2.0 + np.where(wraps != 0.0, turned, 0.0))


def hue_weight(h: Array) -> Array:
    """(15): T."""
    return (
        1.0
        - 0.17 * np.cos(np.radians(h - 30.0))
        + 0.24 * np.cos(np.radians(2.0 * h))
        + 0.32 * np.cos(np.radians(3.0 * h + 6.0))
        - 0.20 * np.cos(np.radians(4.0 * h - 63.0))
    )


def rotation_angle(h: Array) -> Array:
    """(16): Delta theta, a bump around the blues."""
    return 30.0 * np.exp(-(((h - 275.0) / 25.0) ** 2))


def rotation_chroma(mean_chroma: Array) -> Array:
    """(17): R_C."""
    return 2.0 * seventh_power_ratio(mean_chroma)


def lightness_weight(mean_lightness: Array) -> Array:
    """(18): S_L."""
    square = (mean_lightness - 50.0) ** 2
    return 1.0 + 0.015 * square / np.sqrt(20.0 + square)


def chroma_weight(mean_chroma: Array) -> Array:
    """(19): S_C."""
    return 1.0 + 0.045 * mean_chroma


def hue_chroma_weight(mean_chroma: Array, t: Array) -> Array:
    """(20): S_H."""
    return 1.0 + 0.015 * mean_chroma * t


def rotation(theta: Array, rc: Array) -> Array:
    """(21): R_T."""
    return -np.sin(np.radians(2.0 * theta)) * rc


def _pair(caller: str, lab1: ArrayLike, lab2: ArrayLike) -> tuple[Array, Array]:
    """Both as float64, after the checks that the public functions share."""
    first, second = (np.asarray(lab, dtype=np.float64) for lab in (lab1, lab2))
    for name, lab in (("lab1", first), ("lab2", second)):
        if lab.ndim < 1 or lab.shape[-1] != 3:
            raise ColordegError(f"{caller} needs {name} of shape (..., 3), not {lab.shape}")
        if not np.isfinite(lab).all():
            raise ColordegError(f"{caller} got NaN or infinity in {name}")
    try:
        np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        raise ColordegError(
            f"{caller} got shapes {first.shape} and {second.shape}, which do not broadcast"
        ) from None
    return first, second


def nearly_opposite(lab1: ArrayLike, lab2: ArrayLike, radians: float = 1e-6) -> NDArray[np.bool_]:
    """Tell which pairs have hues opposite to within an angle.

    There CIEDE2000 jumps, and two right implementations may differ by whole units: such
    pairs are left out of bounds on agreement, and their share is told.

    Parameters
    ----------
    lab1, lab2
        L*, a*, b* along the last axis; the shapes broadcast.
    radians
        How near to pi the difference of the hues h' of equation (7) has to be.

    Returns
    -------
    ndarray of bool
        The broadcast shape without its last axis; False where a colour has no hue.

    Raises
    ------
    ColordegError
        As `delta_e00`.
    """
    first, second = _pair("nearly_opposite", lab1, lab2)
    (_, a1, b1), (_, a2, b2) = np.moveaxis(first, -1, 0), np.moveaxis(second, -1, 0)
    stretch = 1.0 + red_green_stretch((chroma(a1, b1) + chroma(a2, b2)) / 2.0)
    a1, a2 = stretch * a1, stretch * a2
    cross, dot = a1 * b2 - a2 * b1, a1 * a2 + b1 * b2
    return (dot < 0.0) & (np.abs(np.arctan2(cross, -dot)) <= radians)


def delta_e00(
    lab1: ArrayLike, lab2: ArrayLike, *, kl: float = 1.0, kc: float = 1.0, kh: float = 1.0
) -> Array:
    """CIEDE2000 colour difference, equation (22), in float64.

    Parameters
    ----------
    lab1, lab2
        L*, a*, b* along the last axis; the shapes broadcast.
    kl, kc, kh
        Parametric factors; 1 under reference conditions.

    Returns
    -------
    ndarray of float64
        Differences, at least 0; the broadcast shape without its last axis.
        Symmetric in its arguments, and 0 exactly for equal colours.

    Raises
    ------
    ColordegError
        If a last axis is not 3 long, shapes do not broadcast, or a value is NaN or
        infinite.

    Notes
    -----
    The formula is discontinuous at opposite hues (Sharma et al., section 4): two
    colours within rounding of 180 degrees apart may legitimately come out on
    either side, several units apart. Such pairs have no place in a bound on the
    agreement of two implementations.
    """
    first, second = _pair("delta_e00", lab1, lab2)
    # Contiguous rows: on strided ones NumPy may take another arctan2, which rounds otherwise,
    # depending on where in memory its result comes to lie.
    l1, a1, b1 = np.ascontiguousarray(np.moveaxis(first, -1, 0))
    l2, a2, b2 = np.ascontiguousarray(np.moveaxis(second, -1, 0))

    stretch = 1.0 + red_green_stretch((chroma(a1, b1) + chroma(a2, b2)) / 2.0)  # (3)
    a1, a2 = stretch * a1, stretch * a2  # (5)
    c1, c2 = chroma(a1, b1), chroma(a2, b2)
    h1, h2 = hue(a1, b1), hue(a2, b2)
    neutral = c1 * c2 == 0.0
    wraps = hue_wraps(h1, h2, a1 * b2 - a2 * b1)

    dl = l2 - l1  # (8)
    dc = c2 - c1  # (9)
    dh = hue_difference(c1, c2, hue_angle_difference(h1, h2, wraps, neutral))

    mean_c = (c1 + c2) / 2.0  # (13)
    mean_h = mean_hue(h1, h2, wraps, neutral)
    lightness = dl / (kl * lightness_weight((l1 + l2) / 2.0))  # (12)
    colour = dc / (kc * chroma_weight(mean_c))
    shade = dh / (kh * hue_chroma_weight(mean_c, hue_weight(mean_h)))
    turn = rotation(rotation_angle(mean_h), rotation_chroma(mean_c))
    # The quadratic form can dip below zero by rounding only (|R_T| < 2).
    square = lightness**2 + colour**2 + shade**2 + turn * colour * shade
    return np.sqrt(np.maximum(square, 0.0))
