"""One reader a format: bytes to samples and what the file says about them.

A reader calls ``admit(width, height)`` before it decodes, and raises
`ColordegError` with the end of a sentence ("is animated, ...").
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded

__all__ = ["HEAD", "Reader", "find_reader", "is_handled"]

HEAD = 64  # bytes that tell any format
Reader = Callable[[bytes, Admit], Decoded]

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"\xff\x0a": "jxl",
    b"\0\0\0\x0cJXL \r\n\x87\n": "jxl",
}
_OTHERS = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"8BPS": "a Photoshop document",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"v/1\x01": "OpenEXR",
    b"#?RADIANCE": "Radiance HDR",
    b"qoif": "QOI",
    b"%PDF": "PDF",
    b"P3": "netpbm",
    b"P5": "netpbm",
    b"P6": "netpbm",
    b"P7": "netpbm",
    b"<svg": "SVG",
    b"<?xml": "XML",
}
_HANDLED = "PNG, JPEG, TIFF, WebP, AVIF and JPEG XL are read"


def find_reader(head: bytes) -> Reader:
    """Choose the reader by the first `HEAD` bytes of a file.

    Raises
    ------
    ColordegError
        If the content is none of the handled formats, naming it where known.
    """
    if not head:
        raise ColordegError("is empty (zero bytes)")
    if name := _format(head):
        # Each brings its decoder along, which is loaded only for files that need it.
        read: Reader = import_module(f"{__name__}.{name}").read
        return read
    if head[4:8] == b"ftyp":
        raise ColordegError(f"is HEIF or video ({head[8:12].decode('latin-1')!r}); {_HANDLED}")
    for signature, name in _OTHERS.items():
        if head.startswith(signature):
            raise ColordegError(f"is {name}; {_HANDLED}")
    raise ColordegError(f"is not an image of a known format; {_HANDLED}")


def is_handled(head: bytes) -> bool:
    """Tell whether a file that starts so is of a format that has a reader."""
    return bool(_format(head))


def _format(head: bytes) -> str:
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    brands = {head[at : at + 4] for at in range(8, len(head), 4)}
    return "avif" if head[4:8] == b"ftyp" and brands & {b"avif", b"avis"} else ""
