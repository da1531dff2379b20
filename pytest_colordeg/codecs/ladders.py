"""The frozen ladders: nearest attainable settings to the papers' rates, on Kodak.

Made by ``colordeg calibrate`` on the 24 Kodak images and pasted here; nothing is
searched in a test run. Rung *n* aims at the *n*-th rate; where a format cannot go
that low, the rung is absent and the others keep their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FROZEN", "RATES", "Step"]

# Bits per pixel of the papers' anchor on Kodak (CompressAI, bmshj2018-hyperprior).
RATES = (0.13, 0.21, 0.32, 0.48, 0.67, 0.94, 1.26, 1.66)


@dataclass(frozen=True, slots=True)
class Step:
    """A setting of the dial, and the mean bits per pixel that it gave on Kodak."""

    value: int | float
    bpp: float


# The remark is how far the rate is from the one aimed at.
FROZEN: Mapping[str, Mapping[int, Step]] = {
    "jpeg": {  # level
        2: Step(4, 0.2005),  # -4.5 %
        3: Step(10, 0.3266),  # +2.1 %
        4: Step(18, 0.4773),  # -0.6 %
        5: Step(31, 0.6731),  # +0.5 %
        6: Step(53, 0.9428),  # +0.3 %
        7: Step(71, 1.2640),  # +0.3 %
        8: Step(82, 1.6737),  # +0.8 %
    },
    "jpeg444": {  # level
        3: Step(5, 0.3152),  # -1.5 %
        4: Step(13, 0.4881),  # +1.7 %
        5: Step(23, 0.6718),  # +0.3 %
        6: Step(41, 0.9460),  # +0.6 %
        7: Step(62, 1.2491),  # -0.9 %
        8: Step(76, 1.6408),  # -1.2 %
    },
    "jpeg2000": {  # psnr
        1: Step(25.5, 0.1304),  # +0.3 %
        2: Step(27.2, 0.2098),  # -0.1 %
        3: Step(28.9, 0.3163),  # -1.2 %
        4: Step(30.9, 0.4777),  # -0.5 %
        5: Step(32.8, 0.6761),  # +0.9 %
        6: Step(34.9, 0.9342),  # -0.6 %
        7: Step(37.1, 1.2531),  # -0.5 %
        8: Step(39.4, 1.6605),  # +0.0 %
    },
    "jpegxl": {  # distance
        1: Step(24.9, 0.1301),  # +0.1 %
        2: Step(13.0, 0.2096),  # -0.2 %
        3: Step(8.2, 0.3192),  # -0.2 %
        4: Step(5.05, 0.4802),  # +0.0 %
        5: Step(3.45, 0.6705),  # +0.1 %
        6: Step(2.35, 0.9488),  # +0.9 %
        7: Step(1.7, 1.2519),  # -0.6 %
        8: Step(1.2, 1.6466),  # -0.8 %
    },
    "webp": {  # level
        1: Step(0.1, 0.1296),  # -0.3 %
        2: Step(3, 0.2046),  # -2.6 %
        3: Step(12, 0.3189),  # -0.4 %
        4: Step(27, 0.4819),  # +0.4 %
        5: Step(45, 0.6747),  # +0.7 %
        6: Step(70, 0.9343),  # -0.6 %
        7: Step(81, 1.2692),  # +0.7 %
        8: Step(87, 1.6825),  # +1.4 %
    },
    "avif": {  # level
        1: Step(14, 0.1307),  # +0.5 %
        2: Step(23, 0.2014),  # -4.1 %
        3: Step(31, 0.3277),  # +2.4 %
        4: Step(40, 0.4787),  # -0.3 %
        5: Step(47, 0.6763),  # +0.9 %
        6: Step(56, 0.9150),  # -2.7 %
        7: Step(65, 1.2488),  # -0.9 %
        8: Step(76, 1.6751),  # +0.9 %
    },
    "heic": {  # quality
        1: Step(16, 0.1270),  # -2.3 %
        2: Step(22, 0.2045),  # -2.6 %
        3: Step(27, 0.3204),  # +0.1 %
        4: Step(33, 0.4835),  # +0.7 %
        5: Step(39, 0.7015),  # +4.7 %
        6: Step(45, 0.9809),  # +4.3 %
        7: Step(50, 1.2190),  # -3.3 %
        8: Step(56, 1.6592),  # -0.1 %
    },
    "vvc": {  # qp
        1: Step(44, 0.1312),  # +0.9 %
        2: Step(41, 0.2103),  # +0.1 %
        3: Step(38, 0.3233),  # +1.0 %
        4: Step(35, 0.4814),  # +0.3 %
        5: Step(32, 0.6885),  # +2.8 %
        6: Step(29, 0.9437),  # +0.4 %
        7: Step(26, 1.2539),  # -0.5 %
        8: Step(23, 1.6268),  # -2.0 %
    },
}
