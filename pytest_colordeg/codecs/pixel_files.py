"""The picture files that are exchanged with command-line codecs: 8-bit RGB PNG and PPM."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.errors import ColordegError

__all__ = ["WRITERS", "read_rgb8"]

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TYPES = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
# Magic number, width, height and maximum, with comments between them.
_GAP = rb"(?:\s|#[^\n]*\n)+"
_PPM = re.compile(rb"P6" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})\s")


def _write_png(image: Pixels) -> bytes:
    import PIL.Image
    import PIL.PngImagePlugin

    tags = PIL.PngImagePlugin.PngInfo()
    # Say that it is sRGB (rendering intent 0), so that no encoder has to guess.
    tags.add(b"sRGB", b"\0")
    buffer = io.BytesIO()
    PIL.Image.fromarray(image).save(buffer, format="PNG", compress_level=1, pnginfo=tags)
    return buffer.getvalue()


def _write_ppm(image: Pixels) -> bytes:
    height, width, _ = image.shape
    return b"P6\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(image).tobytes()


WRITERS: Mapping[str, Callable[[Pixels], bytes]] = {".png": _write_png, ".ppm": _write_ppm}


def read_rgb8(data: bytes) -> Pixels:
    """Read an 8-bit RGB PNG or binary PPM; nothing is converted.

    Returns
    -------
    ndarray
        uint8, shape (H, W, 3).

    Raises
    ------
    ColordegError
        With the end of a sentence ("is a 16-bit PNG ..."), for the caller to say what is.
    """
    if data.startswith(_PNG):
        return _read_png(data)
    if data.startswith(b"P6"):
        return _read_ppm(data)
    raise ColordegError(f"is neither PNG nor binary PPM; it begins with {data[:8]!r}")


def _read_png(data: bytes) -> Pixels:
    import PIL.Image

    header = data[8:33]
    if len(header) < 25 or header[4:8] != b"IHDR":
        raise ColordegError("is a PNG without a header")
    # Pillow reduces 16 bits to 8 without a word, so the header is asked first.
    width, height = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
    depth, kind = header[16], header[17]
    if (depth, kind) != (8, 2):
        found = _PNG_TYPES.get(kind, f"type {kind}")
        raise ColordegError(f"is a {depth}-bit PNG of {found}; it must be 8-bit RGB")
    limit = PIL.Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height > limit:
        raise ColordegError(f"is a PNG of {width}x{height} pixels, more than {limit} in all")
    try:
        with PIL.Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            return np.array(picture)
    # What Pillow raises for damaged files is not documented, and differs by the damage.
    except Exception as error:
        raise ColordegError(f"is a damaged PNG: {error}") from None


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
