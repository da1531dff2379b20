"""A picture that moved: the whole-pixel shift that explains most of its error."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels

__all__ = ["Shift", "best_shift"]

_FARTHEST = 8
_WINDOW = 256


class Shift(NamedTuple):
    """Pixels to the right and down, and the share of the error that is left without it."""

    dx: int
    dy: int
    left: float

    @property
    def phrase(self) -> str:
        return f"the picture is shifted by ({self.dx}, {self.dy}) pixels (right, down)"

    def undone(self, pixels: Pixels) -> Pixels:
        """Move back; what came in at the border is repeated."""
        height, width, _ = pixels.shape
        rows = np.clip(np.arange(height) + self.dy, 0, height - 1)
        columns = np.clip(np.arange(width) + self.dx, 0, width - 1)
        moved: Pixels = pixels[rows][:, columns]
        return moved


def best_shift(original: Pixels, decoded: Pixels) -> Shift:
    """Try shifts of up to 8 pixels on the green of the middle.

    Parameters
    ----------
    original, decoded
        (H, W, 3) uint8 arrays of one shape.
    """
    a, b = _middle(original), _middle(decoded)
    height, width = a.shape
    best = (np.inf, 0, 0)
    for dy in range(-min(_FARTHEST, height // 2), min(_FARTHEST, height // 2) + 1):
        for dx in range(-min(_FARTHEST, width // 2), min(_FARTHEST, width // 2) + 1):
            if dy or dx:
                still = a[max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)]
                moved = b[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)]
                best = min(best, (float(np.mean((still - moved) ** 2)), dx, dy))
    error, dx, dy = best
    unmoved = float(np.mean((a - b) ** 2))
    return Shift(dx, dy, error / unmoved if unmoved else 1.0)


def _middle(pixels: Pixels) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    height, width, _ = pixels.shape
    top, left = max(0, (height - _WINDOW) // 2), max(0, (width - _WINDOW) // 2)
    return pixels[top : top + _WINDOW, left : left + _WINDOW, 1].astype(np.float32)
