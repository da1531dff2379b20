"""What a WebP file holds (RFC 9649 for the container and lossless, RFC 6386 for VP8)."""

from __future__ import annotations

from pytest_colordeg.codecs.readback.reader import BitReader, Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_webp"]


def read_webp(data: bytes) -> dict[str, Scalar]:
    """Read the kind of bitstream and the size from the chunks.

    Lossy WebP is always 8-bit BT.601 in limited range at 4:2:0; lossless WebP is
    8-bit RGB. The file's dial does not tell which one was made, the chunk does.

    Returns
    -------
    dict
        ``format``, ``width``, ``height``, ``bit_depth``, ``subsampling``,
        ``matrix``, ``full_range``, ``lossless``, ``alpha``, ``animated``.

    Raises
    ------
    ColordegError
        If the file is no WebP or malformed.
    """
    reader = Reader(data, "WebP")
    if reader.take(4) != b"RIFF":
        raise reader.malformed("does not begin with RIFF")
    body = reader.part(reader.uint(4, "little"))
    if body.take(4) != b"WEBP":
        raise body.malformed("is a RIFF file of another kind")
    alpha = animated = False
    while body.left:
        kind = body.take(4)
        size = body.uint(4, "little")
        chunk = body.part(size)
        body.take(min(size & 1, body.left))
        if kind == b"VP8X":
            flags = chunk.uint(1)
            alpha, animated = bool(flags & 0x10), bool(flags & 0x02)
            if animated:
                chunk.take(3)
                width, height = (chunk.uint(3, "little") + 1 for _ in range(2))
                return _facts(width, height, None, alpha, animated)
        elif kind == b"VP8 ":
            width, height = _lossy_size(chunk)
            return _facts(width, height, False, alpha, animated)
        elif kind == b"VP8L":
            width, height, has_alpha = _lossless_size(chunk)
            return _facts(width, height, True, has_alpha, animated)
    raise body.malformed("has no image chunk")


def _lossy_size(chunk: Reader) -> tuple[int, int]:
    if chunk.uint(3, "little") & 1:
        raise chunk.malformed("does not begin with a key frame")
    if chunk.take(3) != b"\x9d\x01\x2a":
        raise chunk.malformed("has no VP8 start code")
    width, height = (chunk.uint(2, "little") & 0x3FFF for _ in range(2))
    if not width or not height:
        raise chunk.malformed(f"declares {width}x{height} pixels")
    return width, height


def _lossless_size(chunk: Reader) -> tuple[int, int, bool]:
    if chunk.uint(1) != 0x2F:
        raise chunk.malformed("has no VP8L signature")
    bits = BitReader(chunk)
    width, height = bits.bits(14) + 1, bits.bits(14) + 1
    alpha = bits.flag()
    if bits.bits(3):
        raise chunk.malformed("is of an unknown VP8L version")
    return width, height, alpha


def _facts(
    width: int, height: int, lossless: bool | None, alpha: bool, animated: bool
) -> dict[str, Scalar]:
    facts: dict[str, Scalar] = {
        "format": "WebP",
        "width": width,
        "height": height,
        "bit_depth": 8,
        "alpha": alpha,
        "animated": animated,
    }
    if lossless is None:
        return facts
    return facts | {
        "lossless": lossless,
        "subsampling": "4:4:4" if lossless else "4:2:0",
        "matrix": "identity" if lossless else "BT.601",
        "full_range": lossless,
    }
