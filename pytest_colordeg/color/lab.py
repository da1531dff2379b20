"""CIELAB (CIE 15:2018, ISO/CIE 11664-4) of 8-bit sRGB, and its quantised (a*, b*) pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_colordeg.color.srgb import code_table, relative_xyz
from pytest_colordeg.errors import ColordegError

__all__ = [
    "AB_LIMIT",
    "AB_SIZE",
    "EPSILON",
    "KAPPA",
    "LAB_DEFINITION",
    "ab_index",
    "lightness_response",
    "relative_xyz_to_lab",
    "srgb_to_lab",
]

EPSILON = 216 / 24389
"""Where the cube root gives way to a line: (6/29)^3."""

KAPPA = 24389 / 27
"""Slope of L* in that line: (29/3)^3."""

AB_LIMIT = 127
"""Quantised a* and b* lie in -127..127."""

AB_SIZE = 2 * AB_LIMIT + 1
"""Number of integers on each of the two axes: 255."""

LAB_DEFINITION = (
    "CIELAB D65, white x .3127 y .3290, sRGB matrix derived from primaries, "
    "constants 216/24389 24389/27"
)


def lightness_response(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """The f(t) of CIE 15 (8.4): cube root above `EPSILON`, ``(KAPPA t + 16) / 116`` below."""
    return np.where(t > EPSILON, np.cbrt(t), (KAPPA * t + 16.0) / 116.0)


def relative_xyz_to_lab(xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """L*, a*, b* of X/Xn, Y/Yn, Z/Zn, shape (..., 3) to (..., 3); CIE 15 (8.3)."""
    f = lightness_response(xyz)
    lab = np.empty_like(f)
    lab[..., 0] = 116.0 * f[..., 1] - 16.0
    lab[..., 1] = 500.0 * (f[..., 0] - f[..., 1])
    lab[..., 2] = 200.0 * (f[..., 1] - f[..., 2])
    return lab


def srgb_to_lab(image: ArrayLike) -> NDArray[np.float64]:
    """Convert 8-bit sRGB to CIELAB.

    Parameters
    ----------
    image
        uint8 array of shape (..., 3): an image, a list of colours or one colour.

    Returns
    -------
    ndarray of float64, shape (..., 3)
        L* in 0..100, a* in -86.2..98.3, b* in -107.9..94.5, relative to D65.
        Greys (R = G = B) have a* = b* = 0 exactly.

    Raises
    ------
    ColordegError
        If `image` is not uint8 or its last axis is not 3 long.
    """
    pixels = np.asarray(image)
    if pixels.dtype != np.uint8 or pixels.ndim < 1 or pixels.shape[-1] != 3:
        raise ColordegError(
            f"srgb_to_lab needs a uint8 array of shape (..., 3), not {pixels.dtype} of shape "
            f"{pixels.shape}"
        )
    return relative_xyz_to_lab(relative_xyz(code_table()[pixels]))


def ab_index(lab: NDArray[np.float64]) -> NDArray[np.intp]:
    """Number of each colour's quantised (a*, b*) pair, 0..`AB_SIZE`**2 - 1.

    a* and b* are rounded half to even and clipped to -127..127; the pair's number
    is ``(a + 127) * 255 + (b + 127)``. L* is ignored. Shape (..., 3) to (...).
    """
    steps = np.clip(np.rint(lab[..., 1:]), -AB_LIMIT, AB_LIMIT).astype(np.intp) + AB_LIMIT
    index: NDArray[np.intp] = steps[..., 0] * AB_SIZE + steps[..., 1]
    return index
