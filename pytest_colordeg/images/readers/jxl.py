"""JPEG XL of integer samples; animations and embedded ICC profiles are refused."""

from __future__ import annotations

from dataclasses import replace

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, split_alpha
from pytest_colordeg.images.encoding import Encoding, from_cicp
from pytest_colordeg.images.readers.bmff import boxes
from pytest_colordeg.images.readers.jxl_header import Header, parse_header

__all__ = ["codestream", "read"]

# The stream's own codes to those of H.273: white D65 with sRGB, BT.2100 or P3, or DCI with P3.
_PRIMARIES = {(1, 1): 1, (1, 9): 9, (1, 11): 12, (11, 11): 11}


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode a JPEG XL file, in a container or bare."""
    import imagecodecs

    header = parse_header(codestream(data))
    admit(header.width, header.height)
    if header.animated:
        raise ColordegError("is animated, and which frame is meant is not said")
    if header.icc:
        raise ColordegError(
            "is a JPEG XL file with an ICC profile, which the decoder does not hand out; "
            "convert it to PNG"
        )
    if not 1 <= header.bits <= 16:
        raise ColordegError("is a JPEG XL file of floating point or more than 16 bits")
    tag = _encoding(header)
    samples, model, alpha = split_alpha(imagecodecs.jpegxl_decode(data, numthreads=1))
    if sorted(samples.shape[:2]) != sorted((header.height, header.width)):
        raise ColordegError("is damaged: header and picture differ in size")
    return Decoded(samples, model, bits=header.bits, tag=tag, alpha=alpha)


def codestream(data: bytes) -> bytes:
    """The codestream of a file, taken out of its container if it has one."""
    if data[:2] == b"\xff\x0a":
        return data
    parts = []
    for kind, content in boxes(data):
        if kind == b"jxlc":
            return content
        if kind == b"jxlp":
            parts.append(content[4:])
    if not parts:
        raise ColordegError("is a JPEG XL container without a picture")
    return b"".join(parts)


def _encoding(header: Header) -> Encoding:
    if (header.white, header.primaries) not in _PRIMARIES:
        raise ColordegError(
            f"is a JPEG XL file of white {header.white} and primaries {header.primaries}, "
            "not handled"
        )
    encoding = from_cicp(_PRIMARIES[header.white, header.primaries], header.transfer)
    if header.gamma is None:
        return encoding
    if header.gamma <= 0:
        raise ColordegError("is a JPEG XL file of gamma 0")
    return replace(encoding, transfer=1 / header.gamma)
