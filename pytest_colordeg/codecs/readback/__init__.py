"""What files really hold, read from their bytes by small parsers of our own.

Encoders decide things behind a dial: chroma subsampling, matrix, range, depth.
Many a colour shift is one of these and no compression at all.
"""

from __future__ import annotations

from collections.abc import Callable

from pytest_colordeg.codecs.readback import jpeg2000, jpegxl
from pytest_colordeg.codecs.readback.avif import read_avif
from pytest_colordeg.codecs.readback.heic import read_heic
from pytest_colordeg.codecs.readback.jpeg import read_jpeg
from pytest_colordeg.codecs.readback.jpeg2000 import read_jpeg2000
from pytest_colordeg.codecs.readback.jpegxl import read_jpegxl
from pytest_colordeg.codecs.readback.webp import read_webp
from pytest_colordeg.records import Scalar

__all__ = [
    "read_avif",
    "read_back",
    "read_heic",
    "read_jpeg",
    "read_jpeg2000",
    "read_jpegxl",
    "read_webp",
]


def read_back(data: bytes) -> dict[str, Scalar]:
    """Read the facts of a file whose format is told by its first bytes.

    Returns
    -------
    dict
        See the function of each format; empty for a format not known here.

    Raises
    ------
    ColordegError
        If the file is of a known format, but malformed.
    """
    reader = _reader(data)
    return reader(data) if reader else {}


def _reader(data: bytes) -> Callable[[bytes], dict[str, Scalar]] | None:
    if data.startswith(b"\xff\xd8\xff"):
        return read_jpeg
    if data.startswith((jpeg2000.SIGNATURE, jpeg2000.CODESTREAM)):
        return read_jpeg2000
    if data.startswith((jpegxl.SIGNATURE, jpegxl.CODESTREAM)):
        return read_jpegxl
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return read_webp
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return read_avif
    if data[4:12] in (b"ftypheic", b"ftypheix"):
        return read_heic
    return None
