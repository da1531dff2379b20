"""The primary item's properties in an AVIF or HEIF file (ISO/IEC 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_colordeg.codecs.readback.boxes import boxes
from pytest_colordeg.codecs.readback.names import matrix_name
from pytest_colordeg.codecs.readback.reader import Reader
from pytest_colordeg.records import Scalar

__all__ = ["primary_properties", "read_colour"]


def primary_properties(data: bytes, what: str) -> Iterator[tuple[bytes, Reader]]:
    """Yield type and content of each property that belongs to the primary item.

    An auxiliary item (alpha) has properties of its own in the same list, so the
    association table decides, not the order.

    Raises
    ------
    ColordegError
        If there is no such item, or the boxes are malformed.
    """
    top = {kind: body for kind, body in boxes(Reader(data, what)) if kind in (b"ftyp", b"meta")}
    if list(top) != [b"ftyp", b"meta"]:
        raise Reader(data, what).malformed("has no file-type box followed by a meta box")
    meta = top[b"meta"]
    meta.take(4)
    inner = dict(boxes(meta))
    if b"pitm" not in inner or b"iprp" not in inner:
        raise meta.malformed("has no primary item or no properties")
    primary = _primary_item(inner[b"pitm"])
    containers = dict(boxes(inner[b"iprp"]))
    if b"ipco" not in containers or b"ipma" not in containers:
        raise meta.malformed("has no property list or no associations")
    properties = list(boxes(containers[b"ipco"]))
    for index in _associations(containers[b"ipma"], primary):
        if not 1 <= index <= len(properties):
            raise meta.malformed(f"refers to property {index} of {len(properties)}")
        yield properties[index - 1]


def read_colour(body: Reader) -> dict[str, Scalar]:
    """Read a ``colr`` box: H.273 codes, or that there is an ICC profile."""
    kind = body.take(4)
    if kind != b"nclx":
        return {"icc": True} if kind in (b"prof", b"rICC") else {}
    primaries, transfer, matrix = (body.uint(2) for _ in range(3))
    return {
        "primaries": primaries,
        "transfer": transfer,
        "matrix": matrix_name(matrix),
        "full_range": bool(body.uint(1) & 0x80),
    }


def _primary_item(body: Reader) -> int:
    version = body.uint(1)
    body.take(3)
    return body.uint(4 if version else 2)


def _associations(body: Reader, item: int) -> list[int]:
    version, flags = body.uint(1), body.uint(3)
    wide = flags & 1
    for _ in range(body.uint(4)):
        owner = body.uint(4 if version else 2)
        indices = [
            body.uint(2) & 0x7FFF if wide else body.uint(1) & 0x7F for _ in range(body.uint(1))
        ]
        if owner == item:
            return [index for index in indices if index]
    raise body.malformed("gives its primary item no properties")
