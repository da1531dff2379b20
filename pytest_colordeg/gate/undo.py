"""Faults of colour that can be undone on the wrong pixels, by the phrase that names each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["RGB_TO_YCC", "UNDO", "Float"]

Float = NDArray[np.float64]


def _ycbcr(kr: float, kb: float) -> Float:
    """R'G'B' to Y'CbCr, full range, chroma centred on 0 (ITU-T T.871, BT.709)."""
    luma = np.array([kr, 1 - kr - kb, kb])
    blue = (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - kb))
    red = (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - kr))
    return np.stack([luma, blue, red])


RGB_TO_YCC, _709 = _ycbcr(0.299, 0.114), _ycbcr(0.2126, 0.0722)


def _through(matrix: Float) -> Callable[[Float], Float]:
    return lambda rgb: rgb @ matrix.T


def _range(luma: float, offset: float, chroma: float) -> Callable[[Float], Float]:
    def undo(rgb: Float) -> Float:
        ycc = rgb @ RGB_TO_YCC.T * np.array([luma, chroma, chroma]) + np.array([offset, 0.0, 0.0])
        restored: Float = ycc @ np.linalg.inv(RGB_TO_YCC).T
        return restored

    return undo


@cache
def _curve(encode: bool) -> Float:
    """The sRGB curve on 0..255, either way (IEC 61966-2-1)."""
    x = np.arange(256) / 255
    encoded = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    decoded = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    scaled: Float = 255.0 * (encoded if encode else decoded)
    return scaled


def _toned(encode: bool) -> Callable[[Float], Float]:
    return lambda rgb: np.interp(rgb, np.arange(256), _curve(encode))


# Linear sRGB to linear Display P3, both D65: from the primaries of the two spaces.
def _rgb_to_xyz(primaries: tuple[tuple[float, float], ...]) -> Float:
    columns: Float = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290])
    scaled: Float = columns * np.linalg.solve(columns, white)
    return scaled


_SRGB_XYZ = _rgb_to_xyz(((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)))
_P3_XYZ = _rgb_to_xyz(((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)))


def _linear(matrix: Float) -> Callable[[Float], Float]:
    def undo(rgb: Float) -> Float:
        light = np.interp(rgb, np.arange(256), _curve(encode=False)) @ matrix.T
        return np.interp(np.clip(light, 0, 255), _curve(encode=False), np.arange(256))

    return undo


_SWAP = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]])
_P3_TO_SRGB = np.linalg.solve(_SRGB_XYZ, _P3_XYZ)

UNDO: dict[str, Callable[[Float], Float]] = {
    "Cb and Cr are swapped": _through(np.linalg.inv(RGB_TO_YCC) @ _SWAP @ RGB_TO_YCC),
    "red and blue are swapped": lambda rgb: rgb[..., ::-1],
    "red and green are swapped": lambda rgb: rgb[..., [1, 0, 2]],
    "green and blue are swapped": lambda rgb: rgb[..., [0, 2, 1]],
    "the matrix is wrong: BT.601 decoded as BT.709": _through(np.linalg.inv(RGB_TO_YCC) @ _709),
    "the matrix is wrong: BT.709 decoded as BT.601": _through(np.linalg.inv(_709) @ RGB_TO_YCC),
    "the range is wrong: full decoded as limited": _range(219 / 255, 16.0, 224 / 255),
    "the range is wrong: limited decoded as full": _range(255 / 219, -16.0 * 255 / 219, 255 / 224),
    "the transfer curve is skipped: linear light shown as sRGB": _toned(encode=True),
    "the transfer curve is applied twice": _toned(encode=False),
    "the primaries are wrong: Display P3 values read as sRGB": _linear(_P3_TO_SRGB),
    "the primaries are wrong: sRGB values read as Display P3": _linear(np.linalg.inv(_P3_TO_SRGB)),
}
