"""The two things that Exif says about a picture's looks: which way up, and which RGB."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.encoding import ADOBE_RGB, SRGB, Encoding

__all__ = ["Exif", "encoding_from_exif", "parse_exif"]

_ORIENTATION, _EXIF_IFD, _COLOR_SPACE, _INTEROP_IFD, _INTEROP_INDEX = (
    0x0112,
    0x8769,
    0xA001,
    0xA005,
    0x0001,
)
_UNCALIBRATED = 0xFFFF


@dataclass(frozen=True)
class Exif:
    """Orientation 1 to 8, colour space (1 is sRGB) and interoperability index, as far as given."""

    orientation: int = 1
    color_space: int | None = None
    interoperability: str | None = None


def parse_exif(data: bytes) -> Exif:
    r"""Read an Exif block; what is damaged or out of range counts as not given.

    Parameters
    ----------
    data
        A TIFF structure, with or without ``Exif\0\0`` before it.
    """
    block = data.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return Exif()
    main = _directory(block, _number(block, 4, 4, order), order)
    detail = _directory(block, main.get(_EXIF_IFD, 0), order)
    interop = _directory(block, detail.get(_INTEROP_IFD, 0), order)
    orientation = main.get(_ORIENTATION, 1)
    index = interop.get(_INTEROP_INDEX)
    return Exif(
        orientation if 1 <= orientation <= 8 else 1,
        detail.get(_COLOR_SPACE),
        None if index is None else struct.pack(order + "I", index)[:3].decode("latin-1"),
    )


def encoding_from_exif(exif: Exif) -> Encoding:
    """The encoding of an image without profile: sRGB unless Exif says otherwise.

    Raises
    ------
    ColordegError
        If Exif says "uncalibrated", which means not sRGB, and not what else.
    """
    if exif.color_space != _UNCALIBRATED:
        return SRGB
    if exif.interoperability == "R03":
        return ADOBE_RGB
    raise ColordegError(
        "has no ICC profile, and its Exif says that it is not sRGB (ColorSpace: uncalibrated); "
        "embed the profile or convert it to sRGB"
    )


def _number(block: bytes, at: int, size: int, order: str) -> int:
    return int.from_bytes(block[at : at + size], "little" if order == "<" else "big")


def _directory(block: bytes, at: int, order: str) -> dict[int, int]:
    """Entries of one directory that fit into four bytes, as unsigned integers."""
    entries: dict[int, int] = {}
    if not 8 <= at <= len(block) - 2:
        return entries
    for number in range(_number(block, at, 2, order)):
        start = at + 2 + 12 * number
        if start + 12 > len(block):
            break
        kind = _number(block, start + 2, 2, order)
        size = 2 if kind == 3 else 4
        entries.setdefault(_number(block, start, 2, order), _number(block, start + 8, size, order))
    return entries
