"""What the pixels tell about a failure: faults that, undone, bring the original back.

Each candidate fault is undone on the decoded image. Where that at least halves
the mean squared error, compression cannot be the reason, and the fault is named.
Faults of colour are looked for in means of 8x8 blocks, where compression noise
averages out and a wrong matrix does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.codecs.protocol import Pixels

__all__ = ["faults"]

Float = NDArray[np.float64]

_HALVED = 0.5
_SHIFT = 8
_WINDOW = 256
_BLOCK = 8
_BIAS = 0.35  # 8-bit steps, in the mean over blocks of mid tones, where nothing clips
_SPREAD = 0.5  # and this share of the blocks' own spread, which grows as the rate falls
_MID_TONES = (48, 207)
_ENOUGH = 64  # blocks
_COLOURS = 40  # with fewer, a picture can be explained by anything


def faults(original: Pixels, decoded: Pixels) -> list[str]:
    """Name the systematic faults that explain a decoded image.

    Parameters
    ----------
    original, decoded
        (H, W, 3) uint8 arrays of one shape.

    Returns
    -------
    list of str
        Plain phrases, the most explaining first; empty when nothing fits.
    """
    first, second = _window(original), _window(decoded)
    found = sorted(
        (ratio, phrase) for phrase, ratio in _candidates(first, second) if ratio < _HALVED
    )
    if found:
        return [found[0][1]]
    return _bias(first, second)


def _candidates(original: Float, decoded: Float) -> Iterator[tuple[str, float]]:
    """Faults, and what share of the error is left when each is undone."""
    yield _shift(original, decoded)
    flat = _blocks(original)
    before = _error(flat, _blocks(decoded))
    if before > _BIAS**2 and _colourful(flat):
        for phrase, undo in _UNDO.items():
            undone = np.clip(undo(decoded), 0.0, 255.0)
            yield phrase, _error(flat, _blocks(undone)) / before


def _colourful(blocks: Float) -> bool:
    return len(np.unique(blocks.reshape(-1, 3) // 16, axis=0)) >= _COLOURS


def _blocks(pixels: Float) -> Float:
    """Means of 8x8 blocks; a picture without a whole block stays as it is."""
    height, width = (side // _BLOCK * _BLOCK for side in pixels.shape[:2])
    if not height or not width:
        return pixels
    tiles = pixels[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, 3)
    means: Float = tiles.mean(axis=(1, 3))
    return means


def _shift(original: Float, decoded: Float) -> tuple[str, float]:
    """The best whole-pixel shift of up to 8, and the share of error left on the shared part."""
    height, width, _ = original.shape
    green, moved = original[..., 1], decoded[..., 1]
    best = (np.inf, 0, 0)
    for dy in range(-min(_SHIFT, height // 2), min(_SHIFT, height // 2) + 1):
        for dx in range(-min(_SHIFT, width // 2), min(_SHIFT, width // 2) + 1):
            if dy or dx:
                a = green[max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)]
                b = moved[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)]
                best = min(best, (float(np.mean((a - b) ** 2)), dx, dy))
    error, dx, dy = best
    still = _error(green, moved)
    phrase = f"the picture is shifted by ({dx}, {dy}) pixels (right, down)"
    return phrase, error / still if still else 1.0


def _bias(original: Float, decoded: Float) -> list[str]:
    """Constant offsets that stand out of the spread of the blocks' errors."""
    first, second = _blocks(original), _blocks(decoded)
    if not _colourful(first):
        return []
    bias, found = np.zeros(3), []
    for channel in range(3):
        levels = first[..., channel]
        middle = (levels >= _MID_TONES[0]) & (levels <= _MID_TONES[1])
        errors = (second[..., channel] - levels)[middle]
        if errors.size >= _ENOUGH:
            bias[channel] = np.median(errors)
            if abs(bias[channel]) >= max(_BIAS, _SPREAD * float(np.std(errors))):
                found.append(channel)
    if not found:
        return []
    text = ", ".join(f"{'RGB'[channel]} {bias[channel]:+.1f}" for channel in found)
    if len(found) == 3 and np.all(np.abs(bias + 0.5) < 0.2):
        return [f"every channel is too low by half a step ({text}): truncated, not rounded"]
    return [f"a constant offset of the channels, in 8-bit steps: {text}"]


def _error(a: Float, b: Float) -> float:
    return float(np.mean((a - b) ** 2))


def _window(pixels: Pixels) -> Float:
    height, width, _ = pixels.shape
    top, left = max(0, (height - _WINDOW) // 2), max(0, (width - _WINDOW) // 2)
    return pixels[top : top + _WINDOW, left : left + _WINDOW].astype(np.float64)


def _ycbcr(kr: float, kb: float) -> Float:
    """R'G'B' to Y'CbCr, full range, chroma centred on 0 (ITU-T T.871, BT.709)."""
    luma = np.array([kr, 1 - kr - kb, kb])
    blue = (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - kb))
    red = (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - kr))
    return np.stack([luma, blue, red])


_601, _709 = _ycbcr(0.299, 0.114), _ycbcr(0.2126, 0.0722)


def _through(matrix: Float) -> Callable[[Float], Float]:
    return lambda rgb: rgb @ matrix.T


def _range(luma: float, offset: float, chroma: float) -> Callable[[Float], Float]:
    def undo(rgb: Float) -> Float:
        ycc = rgb @ _601.T * np.array([luma, chroma, chroma]) + np.array([offset, 0.0, 0.0])
        restored: Float = ycc @ np.linalg.inv(_601).T
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

_UNDO: dict[str, Callable[[Float], Float]] = {
    "Cb and Cr are swapped": _through(np.linalg.inv(_601) @ _SWAP @ _601),
    "red and blue are swapped": lambda rgb: rgb[..., ::-1],
    "red and green are swapped": lambda rgb: rgb[..., [1, 0, 2]],
    "green and blue are swapped": lambda rgb: rgb[..., [0, 2, 1]],
    "the matrix is wrong: BT.601 decoded as BT.709": _through(np.linalg.inv(_601) @ _709),
    "the matrix is wrong: BT.709 decoded as BT.601": _through(np.linalg.inv(_709) @ _601),
    "the range is wrong: full decoded as limited": _range(219 / 255, 16.0, 224 / 255),
    "the range is wrong: limited decoded as full": _range(255 / 219, -16.0 * 255 / 219, 255 / 224),
    "the transfer curve is skipped: linear light shown as sRGB": _toned(encode=True),
    "the transfer curve is applied twice": _toned(encode=False),
    "the primaries are wrong: Display P3 values read as sRGB": _linear(_P3_TO_SRGB),
    "the primaries are wrong: sRGB values read as Display P3": _linear(np.linalg.inv(_P3_TO_SRGB)),
}
