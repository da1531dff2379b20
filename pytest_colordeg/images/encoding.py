"""What the numbers of an RGB image mean when its file says so without an ICC profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_colordeg.color.srgb import PRIMARIES, WHITE
from pytest_colordeg.errors import ColordegError

__all__ = ["ADOBE_RGB", "SRGB", "Chromaticity", "Encoding", "Transfer", "from_cicp"]

Chromaticity: TypeAlias = tuple[float, float]
Transfer: TypeAlias = Literal["srgb", "bt709"] | float


@dataclass(frozen=True)
class Encoding:
    """Primaries, white, transfer curve and range of RGB samples.

    Attributes
    ----------
    primaries
        CIE 1931 x, y of red, green and blue.
    white
        CIE 1931 x, y of R = G = B.
    transfer
        ``"srgb"``, ``"bt709"`` (inverse of the camera curve), or the exponent
        that turns a sample of 0..1 into linear light.
    full_range
        False when black and white lie at 16/255 and 235/255 (scaled to the depth).
    """

    primaries: tuple[Chromaticity, Chromaticity, Chromaticity]
    white: Chromaticity
    transfer: Transfer
    full_range: bool = True


SRGB = Encoding(PRIMARIES, WHITE, "srgb")
ADOBE_RGB = Encoding(((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), WHITE, 563 / 256)
"""Adobe RGB (1998), which a camera announces by the Exif interoperability index R03."""

# ITU-T H.273, table 2. 2 is "unspecified", for which sRGB stands.
_P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
_BT601_525 = ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07))
_PRIMARIES = {
    1: (PRIMARIES, WHITE),
    2: (PRIMARIES, WHITE),
    5: (((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)), WHITE),
    6: (_BT601_525, WHITE),
    7: (_BT601_525, WHITE),
    9: (((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), WHITE),
    11: (_P3, (0.314, 0.351)),
    12: (_P3, WHITE),
}
# ITU-T H.273, table 3. 6, 14 and 15 have the curve of 1.
_TRANSFERS: dict[int, Transfer] = {
    1: "bt709",
    2: "srgb",
    4: 2.2,
    5: 2.8,
    6: "bt709",
    8: 1.0,
    13: "srgb",
    14: "bt709",
    15: "bt709",
}
_HIGH_DYNAMIC_RANGE = {16: "PQ", 18: "HLG"}


def from_cicp(primaries: int, transfer: int, full_range: bool = True) -> Encoding:
    """The encoding behind a pair of code points of ITU-T H.273.

    Raises
    ------
    ColordegError
        With the end of a sentence, for high dynamic range and for codes that no
        still image has use for.
    """
    if transfer in _HIGH_DYNAMIC_RANGE:
        raise ColordegError(
            f"is high dynamic range ({_HIGH_DYNAMIC_RANGE[transfer]}), which has no single "
            "rendering in sRGB; export a standard dynamic range version"
        )
    if primaries not in _PRIMARIES or transfer not in _TRANSFERS:
        raise ColordegError(
            f"has colour code points (primaries {primaries}, transfer {transfer}) that are not "
            "handled; convert it to sRGB"
        )
    colours, white = _PRIMARIES[primaries]
    return Encoding(colours, white, _TRANSFERS[transfer], full_range)
