"""Write pixels as PNG: one call, whole or not at all."""

from __future__ import annotations

import io
import os
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.images.check import check_pixels

__all__ = ["write_png"]


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write an sRGB image to `path`, making folders as needed.

    The file appears under its name only when it is complete: it is written
    beside it first and moved there, so an interrupted run leaves no half picture.

    Parameters
    ----------
    path
        Where to; a file already there is replaced.
    pixels
        uint8 array of shape (H, W, 3), sRGB.

    Raises
    ------
    ColordegError
        If `pixels` is not such an array.
    OSError
        If the folder cannot be written.
    """
    import PIL.Image

    check_pixels(pixels)
    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, format="PNG")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid4().hex}.tmp")
    try:
        draft.write_bytes(buffer.getvalue())
        os.replace(draft, path)  # noqa: PTH105  (the atomic call, named as such)
    finally:
        draft.unlink(missing_ok=True)
