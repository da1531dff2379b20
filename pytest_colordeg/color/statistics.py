"""What a pair of images amounts to in colour: one record, made in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "NEUTRAL",
    "NEUTRAL_CHROMA",
    "SECTORS",
    "SECTOR_DEGREES",
    "ColourStatistics",
    "Shift",
]

SECTOR_DEGREES = 30
"""Width of a hue sector; the first begins at h_ab = 0."""

NEUTRAL_CHROMA = 5.0
"""Original colours with less C*ab than this have no hue worth naming."""

NEUTRAL = "neutral"
"""Name of the bin of those colours."""

SECTORS = (*(f"h{start:03d}" for start in range(0, 360, SECTOR_DEGREES)), NEUTRAL)
"""Names of the 12 hue sectors, by where each begins, and of the neutral bin."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Mean signed change of colour, decoded minus original, over some pixels.

    Attributes
    ----------
    pixels
        How many, at least 1.
    delta_e
        Mean CIEDE2000.
    delta_l, delta_c
        Mean difference of L* and of C*ab; negative is darker, less colourful.
    delta_h
        Mean CIELAB hue difference ``2 sqrt(C1 C2) sin((h2 - h1) / 2)``, in Lab
        units; positive turns from red towards yellow.
    """

    pixels: int
    delta_e: float
    delta_l: float
    delta_c: float
    delta_h: float


@dataclass(frozen=True, eq=False)
class ColourStatistics:
    """All colour statistics of an original and its decoded image.

    Attributes
    ----------
    pixels
        Number of pixels.
    mean, p50, p95, p99, max
        CIEDE2000 over the pixels; percentiles interpolate linearly between the
        two nearest pixels, as `numpy.percentile` does.
    over_1, over_2, over_5
        Share of pixels, 0..1, whose CIEDE2000 is above 1, 2, 5.
    shift
        Mean signed change over all pixels.
    sectors
        The same by hue sector of the original (`SECTORS`); empty sectors are absent.
    unique_original, unique_decoded
        Number of different quantised (a*, b*) pairs.
    hull_original, hull_decoded
        Area of the convex hull of those pairs, in squared Lab units.
    delta_map
        float32 array (H, W) of CIEDE2000 when it was asked for.
    """

    pixels: int
    mean: float
    p50: float
    p95: float
    p99: float
    max: float
    over_1: float
    over_2: float
    over_5: float
    shift: Shift
    sectors: Mapping[str, Shift]
    unique_original: int
    unique_decoded: int
    hull_original: float
    hull_decoded: float
    delta_map: NDArray[np.float32] | None = None
