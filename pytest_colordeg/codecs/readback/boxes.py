"""Boxes: the containers of JP2, JPEG XL, AVIF and HEIF (ISO/IEC 14496-12, clause 4)."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_colordeg.codecs.readback.reader import Reader

__all__ = ["boxes"]


def boxes(reader: Reader) -> Iterator[tuple[bytes, Reader]]:
    """Yield the type and content of each box in a piece of a file, in order.

    Raises
    ------
    ColordegError
        If a box is longer than the piece or shorter than its own header.
    """
    while reader.left:
        start = reader.position
        size, kind = reader.uint(4), reader.take(4)
        if size == 1:
            size = reader.uint(8)
        elif size == 0:
            size = reader.stop - start
        body = size - (reader.position - start)
        if body < 0:
            raise reader.malformed(f"has a box of {size} bytes")
        yield kind, reader.part(body)
