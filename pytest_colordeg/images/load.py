"""Read an image file of any handled format as 8-bit sRGB pixels, or refuse it with a reason.

The rules stand in ``docs/images.md``; each lives in one function here or in `readers`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.convert import to_srgb8
from pytest_colordeg.images.decoded import Samples
from pytest_colordeg.images.names import printable
from pytest_colordeg.images.readers import HEAD, Reader, find_reader

__all__ = ["MAX_PIXELS", "load_image"]

MAX_PIXELS = 100_000_000


def load_image(file: Path, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Read a file as sRGB.

    Content decides what the file is, never its suffix. Nothing is decoded
    before the header's size is found to be within `max_pixels`.

    Parameters
    ----------
    file
        PNG, JPEG, TIFF, WebP, AVIF or JPEG XL.
    max_pixels
        Most pixels (width times height) that are read.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        Upright, opaque, sRGB.

    Raises
    ------
    ColordegError
        One line with the file and the reason.
    """
    shown = printable(str(file))
    try:
        return _decode(*_open(file), max_pixels)
    except ColordegError as reason:
        raise ColordegError(f"{shown}: {reason}") from None
    # Decoders raise whatever they like on hostile bytes; to the user it is one thing.
    except Exception as error:
        raise ColordegError(f"{shown}: cannot be decoded: {_one_line(error)}") from error


def _open(file: Path) -> tuple[Reader, bytes]:
    if not file.is_file():
        raise ColordegError("is not a file" if file.exists() else "does not exist")
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD)
            return find_reader(head), head + stream.read()
    except OSError as error:
        raise ColordegError(f"cannot be read: {error.strerror or _one_line(error)}") from None


def _decode(read: Reader, data: bytes, max_pixels: int) -> NDArray[np.uint8]:
    def admit(width: int, height: int) -> None:
        if width < 1 or height < 1:
            raise ColordegError(f"says it is {width}x{height} pixels, which is no picture")
        if width * height > max_pixels:
            raise ColordegError(
                f"says it is {width}x{height} pixels, above the cap of {max_pixels:,} pixels"
            )

    image = read(data, admit)
    admit(image.samples.shape[1], image.samples.shape[0])
    if image.alpha is not None:
        _require_opaque(image.alpha, (1 << image.bits) - 1)
    return upright(to_srgb8(image), image.orientation)


def _require_opaque(alpha: Samples, full: int) -> None:
    clear = int(np.count_nonzero(alpha != full))
    if clear:
        raise ColordegError(
            f"has transparent pixels ({clear:,} of {alpha.size:,}), and their colour depends on a "
            "background that the file does not hold; flatten it first"
        )


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply an Exif orientation (1 to 8) to pixels of shape (H, W, 3)."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _one_line(error: Exception) -> str:
    """What went wrong, cut to a line; with the error's type where the text says too little."""
    text = printable(" ".join(str(error).split()))[:150]
    return text if " " in text else f"{type(error).__name__} {text}".strip()
