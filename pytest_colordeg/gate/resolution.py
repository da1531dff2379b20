"""Planes of Y'CbCr that a decoded image has at half resolution, and its original does not."""

from __future__ import annotations

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.gate.undo import RGB_TO_YCC, Float

__all__ = ["halved"]

_NOISE = 0.067  # what rounding R, G, B to 8 bits adds to a squared difference of Cb or Cr
_SHARE = 0.1  # of the differences between pairs, that may be left within them
_LEAST = 0.5  # squared difference between pairs, below which a plane is too smooth to tell
_BLOCK = 8  # transforms of this size make steps of their own


def halved(original: Pixels, decoded: Pixels) -> list[str]:
    """Tell chroma that comes in squares of 2x2 samples."""
    names = [
        name
        for name, row in (("Cb", RGB_TO_YCC[1]), ("Cr", RGB_TO_YCC[2]))
        if _paired(decoded @ row) and not _paired(original @ row)
    ]
    if not names:
        return []
    if len(names) == 2:
        return ["Cb and Cr have half the resolution: 4:2:0, each sample repeated"]
    return [f"{names[0]} has half the resolution of the other planes"]


def _paired(plane: Float) -> bool:
    return _along(plane) and _along(plane.T)


def _along(plane: Float) -> bool:
    """Whether columns 0 and 1, 2 and 3, ... are equal, and 1 and 2, 3 and 4, ... are not."""
    steps = np.diff(plane[:, : plane.shape[1] // _BLOCK * _BLOCK]) ** 2
    if not steps.size:
        return False
    column = np.arange(steps.shape[1])
    within = float(steps[:, column % 2 == 0].mean())
    between = float(steps[:, (column % 2 == 1) & (column % _BLOCK != _BLOCK - 1)].mean())
    return between > _LEAST and within - _NOISE < _SHARE * between
