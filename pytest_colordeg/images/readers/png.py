"""PNG: all depths and colour types, interlaced or not; animations are refused."""

from __future__ import annotations

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, split_alpha
from pytest_colordeg.images.exif import encoding_from_exif, parse_exif
from pytest_colordeg.images.readers.png_chunks import (
    decodable,
    encoding_from_chunks,
    parse_chunks,
)

__all__ = ["read"]


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode a PNG file."""
    import imagecodecs

    if data[12:16] != b"IHDR" or len(data) < 24:
        raise ColordegError("is a PNG without header")
    admit(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    chunks = parse_chunks(data)
    if int.from_bytes(chunks.get(b"acTL", b"")[:4], "big") > 1:
        raise ColordegError("is animated, and which frame is meant is not said")
    exif = parse_exif(chunks.get(b"eXIf", b""))
    samples, model, alpha = split_alpha(imagecodecs.png_decode(decodable(data)))
    tag = encoding_from_chunks(chunks)
    return Decoded(
        samples,
        model,
        bits=8 * samples.dtype.itemsize,
        tag=encoding_from_exif(exif) if tag is None else tag,
        orientation=exif.orientation,
        alpha=alpha,
    )
