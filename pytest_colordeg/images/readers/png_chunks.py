"""PNG structure: chunks, and what they say about colour (PNG, third edition)."""

from __future__ import annotations

import struct
import zlib

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.encoding import SRGB, Chromaticity, Encoding, from_cicp

__all__ = ["decodable", "encoding_from_chunks", "parse_chunks"]

_SIGNATURE = 8
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_MAX_PROFILE = 1 << 26  # a zlib bomb gets no further
_GAMMA_OF_SRGB = range(45454, 45457)


def parse_chunks(data: bytes) -> dict[bytes, bytes]:
    """Contents of the chunks by type (the first where one repeats), image data excepted.

    Raises
    ------
    ColordegError
        If the file ends early or a checksum is wrong.
    """
    found: dict[bytes, bytes] = {}
    at = _SIGNATURE
    while b"IEND" not in found:
        length, kind = struct.unpack(">I4s", data[at : at + 8].ljust(8, b"\0"))
        end = at + 12 + length
        if end > len(data):
            raise ColordegError("is truncated")
        if kind == b"IDAT":
            found.setdefault(kind, b"")  # the decoder checks it
        else:
            body = data[at + 8 : end - 4]
            if zlib.crc32(kind + body) != int.from_bytes(data[end - 4 : end], "big"):
                raise ColordegError(f"is damaged: checksum of chunk {kind.decode('latin-1')!r}")
            found.setdefault(kind, body)
        at = end
    if b"IDAT" not in found:
        raise ColordegError("is a PNG without image data")
    return found


def decodable(data: bytes) -> bytes:
    """The file with only the chunks that pixels are made of, so that a decoder applies no other."""
    parts = [data[:_SIGNATURE]]
    at = _SIGNATURE
    while parts[-1][4:8] != b"IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _NEEDED:
            parts.append(data[at:end])
        at = end
    return b"".join(parts)


def encoding_from_chunks(chunks: dict[bytes, bytes]) -> bytes | Encoding | None:
    """What the colour chunks say, by the precedence cICP, iCCP, sRGB, gAMA with cHRM.

    Returns
    -------
    bytes, Encoding or None
        An ICC profile, an encoding, or ``None`` when there is no such chunk.
    """
    try:
        if b"cICP" in chunks:
            primaries, transfer, matrix, full = struct.unpack("4B", chunks[b"cICP"])
            if matrix != 0:
                raise ColordegError(f"has a cICP chunk with matrix {matrix}; PNG allows only 0")
            return from_cicp(primaries, transfer, bool(full))
        if b"iCCP" in chunks:
            return _profile(chunks[b"iCCP"])
        if b"sRGB" in chunks:
            return SRGB
        if b"gAMA" in chunks or b"cHRM" in chunks:
            return _calibrated(chunks.get(b"gAMA"), chunks.get(b"cHRM"))
    except struct.error:
        raise ColordegError("is damaged: a colour chunk has the wrong length") from None
    return None


def _profile(chunk: bytes) -> bytes:
    _, _, rest = chunk.partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(rest[1:], _MAX_PROFILE)
    except zlib.error:
        profile = b""
    if rest[:1] != b"\0" or not unpacker.eof:
        raise ColordegError("has an iCCP chunk that cannot be unpacked")
    return profile


def _calibrated(gamma: bytes | None, chromaticities: bytes | None) -> Encoding:
    primaries, white = SRGB.primaries, SRGB.white
    if chromaticities is not None:
        white, *colours = _points(chromaticities)
        primaries = (colours[0], colours[1], colours[2])
    if gamma is None:
        return Encoding(primaries, white, "srgb")
    (value,) = struct.unpack(">I", gamma)
    if value == 0:
        raise ColordegError("has a gAMA chunk of 0, which means nothing")
    if value in _GAMMA_OF_SRGB:
        # 1/2.2 is what the standard tells writers of sRGB to put here for readers
        # that know no sRGB chunk; taken literally it would lighten shadows.
        return Encoding(primaries, white, "srgb")
    return Encoding(primaries, white, 100000 / value)


def _points(chunk: bytes) -> list[Chromaticity]:
    numbers = [number / 100000 for number in struct.unpack(">8I", chunk)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
