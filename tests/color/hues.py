"""Which pairs of colours sit on the jump of CIEDE2000."""

from __future__ import annotations

import numpy as np

from pytest_colordeg.color.ciede2000 import red_green_stretch


def nearly_opposite(first, second, radians=1e-6) -> bool:
    """Whether the hue difference, with the stretched a', is within `radians` of pi."""
    mean = (np.hypot(*first[1:]) + np.hypot(*second[1:])) / 2
    stretch = 1 + red_green_stretch(mean)
    x1, y1, x2, y2 = stretch * first[1], first[2], stretch * second[1], second[2]
    angle = np.arctan2(x1 * y2 - x2 * y1, x1 * x2 + y1 * y2)
    return np.pi - abs(angle) < radians
