"""What goes wrong with colours in codecs, as functions from right pixels to wrong ones.

All take and give (H, W, 3) uint8 sRGB, and give the same for the same. The matrices and
curves stand here once more, so that the gate's evidence is not tested with itself.
"""

# NumPy's stubs type arithmetic on arrays as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.codecs.protocol import Pixels

__all__ = [
    "biased",
    "chroma_halved",
    "chroma_swapped",
    "desaturated",
    "hue_turned",
    "limited_range",
    "linear_light",
    "matrix_mixed",
    "plane_halved",
    "shifted",
    "truncated",
    "wide_gamut",
]

Float = NDArray[np.float64]


def _matrix(kr: float, kb: float) -> Float:
    """R'G'B' to Y'CbCr in full range (ITU-R BT.601: 0.299, 0.114; BT.709: 0.2126, 0.0722)."""
    kg = 1.0 - kr - kb
    return np.array(
        [
            [kr, kg, kb],
            [-kr / (2 - 2 * kb), -kg / (2 - 2 * kb), 0.5],
            [0.5, -kg / (2 - 2 * kr), -kb / (2 - 2 * kr)],
        ]
    )


_BT601, _BT709 = _matrix(0.299, 0.114), _matrix(0.2126, 0.0722)
_LIMITED = (219 / 255, 224 / 255)  # luma's and chroma's share of the full range

# Linear Display P3 to linear sRGB (both D65), from the primaries of SMPTE EG 432-1.
_P3_TO_SRGB = np.array(
    [
        [1.2249401763, -0.2249401763, 0.0],
        [-0.0420569547, 1.0420569547, 0.0],
        [-0.0196375546, -0.0786360456, 1.0982736001],
    ]
)


def _codes(values: Float) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _to_ycc(pixels: Pixels) -> Float:
    return pixels.astype(np.float64) @ _BT601.T


def _from_ycc(ycc: Float) -> Pixels:
    return _codes(ycc @ np.linalg.inv(_BT601).T)


def chroma_swapped(pixels: Pixels) -> Pixels:
    """Cb in place of Cr."""
    return _from_ycc(_to_ycc(pixels)[..., [0, 2, 1]])


def chroma_halved(pixels: Pixels) -> Pixels:
    """Cb and Cr at half resolution both ways (4:2:0): means of 2x2, repeated."""
    return plane_halved(plane_halved(pixels, 1), 2)


def plane_halved(pixels: Pixels, plane: int = 1) -> Pixels:
    """One plane of Y'CbCr (0, 1, 2) at half resolution; an odd last row or column stays."""
    ycc = _to_ycc(pixels)
    rows, columns = (side // 2 * 2 for side in pixels.shape[:2])
    inner = ycc[:rows, :columns, plane]
    means = inner.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
    ycc[:rows, :columns, plane] = means.repeat(2, axis=0).repeat(2, axis=1)
    return _from_ycc(ycc)


def matrix_mixed(pixels: Pixels) -> Pixels:
    """Y'CbCr of BT.601 decoded with the matrix of BT.709."""
    return _codes(_to_ycc(pixels) @ np.linalg.inv(_BT709).T)


def limited_range(pixels: Pixels) -> Pixels:
    """Y'CbCr of full range decoded as limited: too much contrast, clipped ends."""
    luma, chroma = _LIMITED
    return _from_ycc((_to_ycc(pixels) - [16, 0, 0]) / [luma, chroma, chroma])


def biased(pixels: Pixels, channel: int = 1, steps: int = 1) -> Pixels:
    """One channel of RGB too high by `steps` of 8 bits, clipped at 255."""
    wrong = pixels.astype(np.int16)
    wrong[..., channel] += steps
    return np.clip(wrong, 0, 255).astype(np.uint8)


def truncated(pixels: Pixels) -> Pixels:
    """The decoder's real numbers cut to whole ones instead of rounded.

    What stood behind the point is gone from 8-bit pixels; it is taken as uniform, so half of all
    samples lose a step. The same samples each time.
    """
    lost = np.random.default_rng(0).random(pixels.shape) < 0.5
    return np.where(lost & (pixels > 0), pixels - 1, pixels).astype(np.uint8)


def desaturated(pixels: Pixels, share: float = 0.05) -> Pixels:
    """Cb and Cr smaller by `share`."""
    return _from_ycc(_to_ycc(pixels) * [1, 1 - share, 1 - share])


def hue_turned(pixels: Pixels, degrees: float = 2.0) -> Pixels:
    """(Cb, Cr) turned by an angle, as by the hue control of a television."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return _from_ycc(_to_ycc(pixels) @ np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]]))


def shifted(pixels: Pixels, distance: int) -> Pixels:
    """All moved to the right by `distance` pixels; the left edge is repeated."""
    return np.concatenate([pixels[:, :1].repeat(distance, 1), pixels[:, :-distance]], axis=1)


def _linear(pixels: Pixels) -> Float:
    code = pixels / 255.0
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def linear_light(pixels: Pixels) -> Pixels:
    """The transfer curve is not applied: linear light in 8-bit codes."""
    return _codes(255 * _linear(pixels))


def wide_gamut(pixels: Pixels) -> Pixels:
    """Display P3 codes of the same colours, shown as sRGB: the profile was dropped."""
    light: Float = np.clip(_linear(pixels) @ np.linalg.inv(_P3_TO_SRGB).T, 0, 1)
    code: Float = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return _codes(255.0 * code)
