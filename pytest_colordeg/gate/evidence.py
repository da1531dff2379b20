"""What the pixels tell about a failure: faults that, undone, bring the original back.

Each candidate fault is undone on the decoded image. Where that at least halves
the mean squared error, compression cannot be the reason, and the fault is named.
Faults of colour are looked for in means of 8x8 blocks, where compression noise
averages out and a wrong matrix does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.gate.shift import best_shift
from pytest_colordeg.gate.undo import UNDO, Float

__all__ = ["faults"]

_HALVED = 0.5
_WINDOW = 256
_BLOCK = 8
_BIAS = 0.35  # 8-bit steps, in the mean over blocks of mid tones, where nothing clips
_SPREAD = 0.75  # and this share of the blocks' own spread, which grows as the rate falls
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
    shift = best_shift(original, decoded)
    candidates = ((shift.phrase, shift.left), *_candidates(first, second))
    found = sorted((left, phrase) for phrase, left in candidates if left < _HALVED)
    if found:
        return [found[0][1]]
    return _bias(first, second)


def _candidates(original: Float, decoded: Float) -> Iterator[tuple[str, float]]:
    """Faults of colour, and what share of the error is left when each is undone."""
    flat = _blocks(original)
    before = _error(flat, _blocks(decoded))
    if before > _BIAS**2 and _colourful(flat):
        for phrase, undo in UNDO.items():
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
