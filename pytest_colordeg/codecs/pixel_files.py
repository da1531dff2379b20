"""The picture files that are exchanged with command-line codecs: 8-bit RGB PNG and PPM."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.errors import ColordegError

__all__ = ["WRITERS", "read_rgb8"]

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TYPES = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
# The rendering intent of an sRGB chunk; JPEG XL has the shortest header for this one.
_RELATIVE = b"\1"
# Magic number, width, height and maximum, with comments between them.
_GAP = rb"(?:\s|#[^\n]*\n)+"
_PPM = re.compile(rb"P6" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})\s")


def _write_png(image: Pixels) -> bytes:
    import PIL.Image
    import PIL.PngImagePlugin

    tags = PIL.PngImagePlugin.PngInfo()
    # Say that it is sRGB, so that no encoder has to guess.
    tags.add(b"sRGB", _RELATIVE)
    buffer = io.BytesIO()
    PIL.Image.fromarray(image).save(buffer, format="PNG", compress_level=1, pnginfo=tags)
    return buffer.getvalue()


def _write_ppm(image: Pixels) -> bytes:
    height, width, _ = image.shape
    return b"P6\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(image).tobytes()


WRITERS: Mapping[str, Callable[[Pixels], bytes]] = {".png": _write_png, ".ppm": _write_ppm}


def read_rgb8(path: Path) -> Pixels:
    """Read an 8-bit RGB PNG or binary PPM that a decoder wrote.

    A PNG's colour tags mean what they mean in a corpus (`load_image`): one that
    is tagged as something else than sRGB is converted, as a viewer would.

    Returns
    -------
    ndarray
        uint8, shape (H, W, 3), sRGB.

    Raises
    ------
    ColordegError
        With the end of a sentence ("is a 16-bit PNG ..."), for the caller to say what is.
    """
    from pytest_colordeg.images.load import load_image

    with path.open("rb") as file:
        head = file.read(64)
        if head.startswith(b"P6"):
            return _read_ppm(head + file.read())
    if not head.startswith(_PNG):
        raise ColordegError(f"is neither PNG nor binary PPM; it begins with {head[:8]!r}")
    # The loader would reduce 16 bits and drop opaque alpha; from a decoder, both
    # are a surprise worth telling.
    depth, kind = (*head[24:26], 0, 0)[:2]
    if head[12:16] == b"IHDR" and (depth, kind) != (8, 2):
        found = _PNG_TYPES.get(kind, f"type {kind}")
        raise ColordegError(f"is a {depth}-bit PNG of {found}; it must be 8-bit RGB")
    try:
        return load_image(path)
    except ColordegError as error:
        raise ColordegError(str(error).removeprefix(f"{path}: ")) from None


def _read_ppm(data: bytes) -> Pixels:
    header = _PPM.match(data)
    if header is None:
        raise ColordegError("is a PPM without a complete header")
    width, height, maximum = map(int, header.groups())
    if maximum != 255:
        raise ColordegError(f"is a PPM with maximum {maximum}; it must be 8-bit, maximum 255")
    size = width * height * 3
    if not size or len(data) - header.end() != size:
        raise ColordegError(
            f"is a PPM of {width}x{height} pixels with {len(data) - header.end()} bytes of them, "
            f"not {size}"
        )
    return np.frombuffer(data, np.uint8, size, header.end()).reshape(height, width, 3).copy()
