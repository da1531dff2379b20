"""What is worth computing once of an original that many decoded images are compared with."""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.backend import backend, default_backend
from pytest_colordeg.errors import ColordegError

__all__ = ["Pixels", "Reference", "check_pixels"]

Pixels: TypeAlias = NDArray[np.uint8]


def check_pixels(image: object, what: str) -> Pixels:
    """Return `image` if it is a non-empty uint8 array of shape (H, W, 3).

    Raises
    ------
    ColordegError
        Otherwise, naming `what` the image is.
    """
    if not isinstance(image, np.ndarray):
        raise ColordegError(f"the {what} is not a NumPy array but {type(image).__name__}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ColordegError(
            f"the {what} must be uint8 of shape (H, W, 3), but is {image.dtype} of shape "
            f"{image.shape}"
        )
    if image.size == 0:
        raise ColordegError(f"the {what} has no pixels: shape {image.shape}")
    return image


class Reference:
    """An original whose Lab, hue sectors and (a*, b*) pairs are kept once computed.

    Hand it to `compare` in place of the original when several decoded images are
    compared with the same one. It costs 13 bytes a pixel (25 without numba), may be
    shared between threads, and changes no result.

    Parameters
    ----------
    pixels
        uint8 array of shape (H, W, 3), sRGB, not empty; it must not change afterwards.

    Raises
    ------
    ColordegError
        If `pixels` is anything else.
    """

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = check_pixels(pixels, "original")
        self.flat: Pixels = np.ascontiguousarray(self.pixels).reshape(-1, 3)
        self._prepared: dict[str, Any] = {}
        self._lock = Lock()

    def prepared(self, name: str | None = None, threads: int = 1) -> Any:
        """What the backend of that name keeps of an original; computed when first asked for."""
        name = name or default_backend()
        with self._lock:
            if name not in self._prepared:
                self._prepared[name] = backend(name).prepare(self.flat, threads)
            return self._prepared[name]
