"""What every array of pixels in this package must be, whoever made it."""

from __future__ import annotations

import numpy as np

from pytest_colordeg.errors import ColordegError

__all__ = ["check_pixels"]


def check_pixels(pixels: object, shape: tuple[int, ...] | None = None) -> None:
    """Refuse anything but a NumPy array of (H, W, 3) uint8; nothing is converted.

    Parameters
    ----------
    pixels
        What a codec or a loader gave.
    shape
        The shape that it must have, such as the original's; any size when absent.

    Raises
    ------
    ColordegError
        With the end of a sentence ("is float32, not uint8"), for the caller to
        put the image or cell before it.
    """
    if not isinstance(pixels, np.ndarray):
        raise ColordegError(f"is {_article(type(pixels).__name__)}, not a NumPy array")
    if pixels.dtype != np.uint8:
        raise ColordegError(f"is {pixels.dtype}, not uint8")
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ColordegError(f"has shape {pixels.shape}, not (height, width, 3)")
    if 0 in pixels.shape:
        raise ColordegError(f"is empty: shape {pixels.shape}")
    if shape is not None and pixels.shape != tuple(shape):
        raise ColordegError(
            f"is {pixels.shape[1]}x{pixels.shape[0]} (width x height), "
            f"not {shape[1]}x{shape[0]} as the original"
        )


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
