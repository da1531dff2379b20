"""What is worth computing once of an original that many decoded images are compared with."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.hull import hull_area
from pytest_colordeg.color.lab import AB_SIZE, ab_index, srgb_to_lab
from pytest_colordeg.color.statistics import NEUTRAL_CHROMA, SECTOR_DEGREES, SECTORS
from pytest_colordeg.errors import ColordegError

__all__ = ["BLOCK", "Pixels", "Reference", "check_pixels", "hue_sector"]

Pixels = NDArray[np.uint8]

BLOCK = 1 << 14
"""Pixels worked on at a time; partial sums are kept per block and added in order."""


def check_pixels(image: object, what: str) -> Pixels:
    """Return `image` if it is a non-empty uint8 array of shape (H, W, 3).

    Raises
    ------
    ColordegError
        Otherwise, naming `what` the image is.
    """
    if not isinstance(image, np.ndarray):
        raise ColordegError(f"the {what} is not a NumPy array but {type(image).__name__}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ColordegError(
            f"the {what} must be uint8 of shape (H, W, 3), but is {image.dtype} of shape "
            f"{image.shape}"
        )
    if image.size == 0:
        raise ColordegError(f"the {what} has no pixels: shape {image.shape}")
    return image


def hue_sector(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Position in `SECTORS` of each colour, shape (..., 3) to (...)."""
    a, b = lab[..., 1], lab[..., 2]
    hue = np.degrees(np.arctan2(b, a)) % 360.0
    sector = np.minimum(hue // SECTOR_DEGREES, len(SECTORS) - 2)
    return np.where(np.hypot(a, b) < NEUTRAL_CHROMA, len(SECTORS) - 1, sector).astype(np.uint8)


class Reference:
    """An original with its Lab, hue sectors and (a*, b*) pairs, kept once computed.

    Parameters
    ----------
    pixels
        uint8 array of shape (H, W, 3), sRGB, not empty.

    Raises
    ------
    ColordegError
        If `pixels` is anything else.
    """

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = check_pixels(pixels, "original")
        self.flat: Pixels = np.ascontiguousarray(self.pixels).reshape(-1, 3)

    @cached_property
    def lab(self) -> NDArray[np.float64]:
        """L*, a*, b* of every pixel, shape (H*W, 3), row by row."""
        return srgb_to_lab(self.flat)

    @cached_property
    def sector(self) -> NDArray[np.uint8]:
        """Position of every pixel's hue in `SECTORS`, shape (H*W,)."""
        return hue_sector(self.lab)

    @cached_property
    def used(self) -> NDArray[np.bool_]:
        """Which quantised (a*, b*) pairs occur, shape (255, 255)."""
        used = np.zeros(AB_SIZE * AB_SIZE, dtype=np.bool_)
        used[ab_index(self.lab)] = True
        return used.reshape(AB_SIZE, AB_SIZE)

    @cached_property
    def unique(self) -> int:
        """Number of different quantised (a*, b*) pairs."""
        return int(np.count_nonzero(self.used))

    @cached_property
    def hull(self) -> float:
        """Area of the convex hull of those pairs."""
        return hull_area(self.used)
