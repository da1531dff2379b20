"""What a HEIC file holds (HEIF in ISO/IEC 23008-12, HEVC in ISO/IEC 14496-15)."""

from __future__ import annotations

from pytest_colordeg.codecs.readback.heif import primary_properties, read_colour
from pytest_colordeg.codecs.readback.names import subsampling_name
from pytest_colordeg.codecs.readback.reader import Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_heic"]

_CHROMA = ("4:0:0", subsampling_name(2, 2), subsampling_name(2, 1), "4:4:4")


def read_heic(data: bytes) -> dict[str, Scalar]:
    """Read the properties of the primary item.

    Returns
    -------
    dict
        ``format``, ``width``, ``height``, ``bit_depth``, ``subsampling``; ``matrix``,
        ``full_range``, ``primaries`` and ``transfer`` (H.273 codes) from an ``nclx``
        box, ``icc`` true when there is a profile.

    Raises
    ------
    ColordegError
        If the file is no HEIC image or malformed.
    """
    facts: dict[str, Scalar] = {"format": "HEIC", "icc": False}
    coded = (0, 0)
    shown: tuple[int, int] | None = None
    for kind, body in primary_properties(data, "HEIC"):
        if kind == b"ispe":
            body.take(4)
            coded = body.uint(4), body.uint(4)
        elif kind == b"clap":
            # Width and height of the clean aperture, each a fraction.
            across, under, down, below = (body.uint(4) for _ in range(4))
            shown = across // max(under, 1), down // max(below, 1)
        elif kind == b"hvcC":
            facts |= _configuration(body)
        elif kind == b"colr":
            facts |= read_colour(body)
    facts["width"], facts["height"] = shown or coded
    for name in ("width", "subsampling"):
        if not facts.get(name):
            raise Reader(data, "HEIC").malformed(f"does not tell its {name}")
    return facts


def _configuration(body: Reader) -> dict[str, Scalar]:
    """Read the HEVC decoder configuration record up to its depths."""
    if body.uint(1) != 1:
        raise body.malformed("has an unknown HEVC configuration version")
    body.take(15)
    chroma, luma_depth, chroma_depth = body.uint(1) & 3, body.uint(1) & 7, body.uint(1) & 7
    if luma_depth != chroma_depth:
        raise body.malformed("has luma and chroma of different depths")
    return {"bit_depth": 8 + luma_depth, "subsampling": _CHROMA[chroma]}
