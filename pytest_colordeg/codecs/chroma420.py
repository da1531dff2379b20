"""8-bit RGB to 10-bit 4:2:0 and back: our own conversion for codecs that take only that.

Every step rounds to the nearest; nothing truncates. Luma has four codes where a pixel has one,
and is not halved: each pixel takes the one whose rounded RGB is nearest, which makes up for a
part of what chroma lost. What the conversion alone costs is measured by
``benchmarks/vvc_kodak.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Planes", "from_planes", "to_planes"]

Planes: TypeAlias = tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]
_Floats: TypeAlias = NDArray[np.float64]

# ITU-T H.273, matrix 1 (BT.709), full range, 10 bits.
_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_TOP, _MIDDLE = 1023, 512
# Of luma, in codes: a little less than one of 8 bits. More gains nothing.
_REACH = 3


def _lanczos(positions: _Floats) -> _Floats:
    """Weights of the three-lobed Lanczos window at these distances, of sum 1."""
    weights: _Floats = np.sinc(positions) * np.sinc(positions / 3)
    weights /= weights.sum()
    return weights


# A chroma sample lies in the middle of four luma samples: a quarter of its own spacing
# from the nearest ones.
_DOWN = _lanczos((np.arange(12) - 5.5) / 2)
_UP = _lanczos(np.arange(-3, 3) + 0.25)


def to_planes(image: NDArray[np.uint8]) -> Planes:
    """Convert to luma and two half-sized chroma planes.

    Parameters
    ----------
    image
        uint8 array of shape (H, W, 3), sRGB; H and W even.

    Returns
    -------
    Planes
        Y of shape (H, W), Cb and Cr of shape (H/2, W/2): uint16 in 0..1023, BT.709 in
        full range. Chroma is filtered by a three-lobed Lanczos window, edges repeated;
        luma lies within 3 codes of the pixel's own.
    """
    red, green, blue = (image[..., channel].astype(np.float64) / 255 for channel in range(3))
    luma = _KR * red + _KG * green + _KB * blue
    chroma = ((blue - luma) / (2 * (1 - _KB)), (red - luma) / (2 * (1 - _KR)))
    halved = [_quantised(_halve(_halve(plane).T).T * _TOP + _MIDDLE) for plane in chroma]
    return _nearest_luma(image, _quantised(luma * _TOP), _enlarged(halved)), halved[0], halved[1]


def from_planes(planes: Planes) -> NDArray[np.uint8]:
    """Convert back: chroma enlarged by the same window, rounded half to even, clipped."""
    shares = _enlarged(planes[1:])
    channels = [_rounded(planes[0], share).astype(np.uint8) for share in shares]
    return np.stack(channels, axis=2)


def _enlarged(planes: Sequence[NDArray[np.uint16]]) -> tuple[_Floats, _Floats, _Floats]:
    """What chroma adds to luma in R, G and B, at full size, in 8-bit codes."""
    blue_difference, red_difference = (
        _double(_double((plane.astype(np.float64) - _MIDDLE) * (255 / _TOP)).T).T
        for plane in planes
    )
    red = 2 * (1 - _KR) * red_difference
    blue = 2 * (1 - _KB) * blue_difference
    return red, -(_KR * red + _KB * blue) / _KG, blue


def _rounded(luma: NDArray[np.uint16], share: _Floats) -> _Floats:
    """One channel of the pixels that a decoder makes."""
    channel: _Floats = np.rint(luma * (255 / _TOP) + share)
    return channel.clip(0, 255, out=channel)


def _nearest_luma(
    image: NDArray[np.uint8], luma: NDArray[np.uint16], shares: tuple[_Floats, _Floats, _Floats]
) -> NDArray[np.uint16]:
    """Of each pixel's luma and its neighbours the code that gives the least squared error."""
    best, least = luma, np.full(luma.shape, np.inf)
    # From the middle outwards: of equal ones the code nearest to the pixel's own stays.
    for step in sorted(range(-_REACH, _REACH + 1), key=abs):
        tried = (luma.astype(np.int32) + step).clip(0, _TOP).astype(np.uint16)
        error = np.zeros(luma.shape)
        for channel, (share, weight) in enumerate(zip(shares, (_KR, _KG, _KB), strict=True)):
            error += weight * (_rounded(tried, share) - image[..., channel]) ** 2
        best = np.where(error < least, tried, best)
        np.minimum(least, error, out=least)
    return best


def _quantised(plane: _Floats) -> NDArray[np.uint16]:
    return np.rint(plane).clip(0, _TOP).astype(np.uint16)


def _halve(plane: _Floats) -> _Floats:
    """Filter along the first axis and keep every other position."""
    reach = len(_DOWN) // 2 - 1
    wide = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
    length = plane.shape[0] // 2
    return sum(
        (weight * wide[tap : tap + 2 * length : 2] for tap, weight in enumerate(_DOWN)),
        start=np.zeros((length, plane.shape[1])),
    )


def _double(plane: _Floats) -> _Floats:
    """Interpolate along the first axis a quarter of a sample before and after each."""
    length, reach = plane.shape[0], 3
    wide = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
    result = np.zeros((2 * length, plane.shape[1]))
    for offset, weight in zip(range(-3, 3), _UP, strict=True):
        result[0::2] += weight * wide[reach + offset : reach + offset + length]
        result[1::2] += weight * wide[reach - offset : reach - offset + length]
    return result
