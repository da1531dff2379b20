"""What an AVIF file holds (AVIF 1.1, HEIF in ISO/IEC 23008-12, AV1 in ISOBMFF)."""

from __future__ import annotations

from pytest_colordeg.codecs.readback.heif import primary_properties, read_colour
from pytest_colordeg.codecs.readback.names import subsampling_name
from pytest_colordeg.codecs.readback.reader import Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_avif"]


def read_avif(data: bytes) -> dict[str, Scalar]:
    """Read the properties of the primary item.

    Returns
    -------
    dict
        ``format``, ``width``, ``height``, ``bit_depth``, ``subsampling``;
        ``matrix``, ``full_range``, ``primaries`` and ``transfer`` (H.273 codes)
        from an ``nclx`` box, ``icc`` true when there is a profile.

    Raises
    ------
    ColordegError
        If the file is no AVIF image or malformed.
    """
    facts: dict[str, Scalar] = {"format": "AVIF", "icc": False}
    for kind, body in primary_properties(data, "AVIF"):
        if kind == b"ispe":
            body.take(4)
            facts["width"], facts["height"] = body.uint(4), body.uint(4)
        elif kind == b"av1C":
            facts |= _av1_configuration(body)
        elif kind == b"colr":
            facts |= read_colour(body)
    for name in ("width", "subsampling"):
        if name not in facts:
            raise Reader(data, "AVIF").malformed(f"does not tell its {name}")
    return facts


def _av1_configuration(body: Reader) -> dict[str, Scalar]:
    if body.uint(1) != 0x81:
        raise body.malformed("has an unknown AV1 configuration version")
    body.take(1)
    flags = body.uint(1)
    high, twelve, mono, wide, tall = (bool(flags >> shift & 1) for shift in (6, 5, 4, 3, 2))
    depth = 12 if high and twelve else 10 if high else 8
    subsampling = "4:0:0" if mono else subsampling_name(1 + wide, 1 + tall)
    return {"bit_depth": depth, "subsampling": subsampling}
