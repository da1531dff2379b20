"""The a*b* plane of an image as a picture (MacPherson, Canham, Brown, figures 1 and 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.color.lab import ab_index, srgb_to_lab
from pytest_colordeg.color.srgb import relative_matrix

__all__ = ["LIGHTNESS", "SIDE", "lab_to_srgb", "pairs", "plane"]

LIGHTNESS = 70.0
"""The one L* that all pairs are drawn at: the plane shows which colours there are."""

SIDE = 255
"""Values that a* and b* can take, from -127 to 127."""

_ABSENT, _AXIS = 38, 74


def pairs(pixels: Pixels) -> tuple[NDArray[np.intp], Pixels]:
    """Give the unique (a*, b*) of an image, shape (n, 2), and their colours at L* = 70, (n, 3)."""
    index = np.unique(ab_index(srgb_to_lab(pixels)))
    ab = np.stack([index // SIDE, index % SIDE], axis=-1) - SIDE // 2
    lightness = np.full((len(ab), 1), LIGHTNESS)
    return ab, lab_to_srgb(np.concatenate([lightness, ab], axis=-1))


def plane(pixels: Pixels) -> Pixels:
    """Draw the unique (a*, b*) of an image, as the metric counts them.

    Returns
    -------
    ndarray
        (255, 255, 3) uint8: a* to the right and b* upwards, neutral in the middle;
        each pair in its colour at L* = 70, the rest dark grey with lighter axes.
    """
    middle = SIDE // 2
    canvas = np.full((SIDE, SIDE, 3), _ABSENT, dtype=np.uint8)
    canvas[middle, :] = canvas[:, middle] = _AXIS
    ab, colours = pairs(pixels)
    canvas[middle - ab[:, 1], middle + ab[:, 0]] = colours
    return canvas


def lab_to_srgb(lab: NDArray[np.float64]) -> Pixels:
    """Give the sRGB colours of CIELAB values (D65) of shape (..., 3), out of gamut clipped."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    light = np.clip(xyz @ np.linalg.inv(relative_matrix()).T, 0.0, 1.0)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    rounded: Pixels = np.rint(255 * encoded).astype(np.uint8)
    return rounded
