"""What a JPEG XL file says of itself (ISO/IEC 18181-1, annexes A, D and E).

Only the headers that need no entropy decoding are read: the size and the image
metadata up to the colour encoding.
"""

from __future__ import annotations

from pytest_colordeg.codecs.readback.boxes import boxes
from pytest_colordeg.codecs.readback.reader import BitReader, Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_jpegxl"]

SIGNATURE = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
CODESTREAM = b"\xff\x0a"

_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_RGB, _GREY, _XYB, _CUSTOM = 0, 1, 2, 2
_COLOUR_SPACE = {0: "RGB", 1: "grey", 3: "unknown"}
_WHITE = {1: "D65", 2: "custom", 10: "E", 11: "DCI"}
_PRIMARIES = {1: "sRGB", 2: "custom", 9: "BT.2100", 11: "P3"}
_TRANSFER = {1: "BT.709", 2: "unknown", 8: "linear", 13: "sRGB", 16: "PQ", 17: "DCI", 18: "HLG"}
# White, primaries and transfer of sRGB.
_SRGB = (1, 1, 13)


def read_jpegxl(data: bytes) -> dict[str, Scalar]:
    """Read size, depth, the XYB flag and the colour encoding.

    ``xyb`` is true for what lossy JPEG XL makes by default; there is no chroma
    subsampling then, hence ``subsampling`` 4:4:4. Without it the frames may hold
    plain RGB (lossless) or the YCbCr of a recompressed JPEG, and no
    ``subsampling`` is told.

    Returns
    -------
    dict
        ``format``, ``width``, ``height``, ``bit_depth``, ``float``,
        ``extra_channels``; ``xyb``, ``colourspace``, ``subsampling`` and
        ``orientation`` as far as they can be told.

    Raises
    ------
    ColordegError
        If the file is neither a JPEG XL container nor a codestream, or malformed.
    """
    reader = Reader(_codestream(data), "JPEG XL")
    if reader.take(2) != CODESTREAM:
        raise reader.malformed("does not begin with a codestream signature")
    bits = BitReader(reader)
    width, height = _size(bits)
    return {"format": "JPEG XL", "width": width, "height": height, **_metadata(bits)}


def _codestream(data: bytes) -> bytes:
    if not data.startswith(SIGNATURE):
        return data
    parts = []
    for kind, body in boxes(Reader(data, "JPEG XL")):
        if kind == b"jxlc":
            return body.take(body.left)
        if kind == b"jxlp":
            body.take(4)
            parts.append(body.take(body.left))
    if not parts:
        raise Reader(data, "JPEG XL").malformed("has no codestream box")
    return b"".join(parts)


def _size(bits: BitReader) -> tuple[int, int]:
    """Width and height; the width may be given as one of seven ratios."""
    eighths = bits.flag()

    def length() -> int:
        if eighths:
            return (bits.bits(5) + 1) * 8
        return bits.choice((1, 9), (1, 13), (1, 18), (1, 30))

    height = length()
    ratio = bits.bits(3)
    if not ratio:
        return length(), height
    numerator, denominator = _RATIOS[ratio]
    return height * numerator // denominator, height


def _metadata(bits: BitReader) -> dict[str, Scalar]:
    if bits.flag():
        return _described(8, False, 0) | _colour(True, "sRGB")
    facts: dict[str, Scalar] = {}
    if bits.flag():
        facts["orientation"] = bits.bits(3) + 1
        if bits.flag():
            _size(bits)
        if bits.flag():
            _preview(bits)
        if bits.flag():
            _animation(bits)
    depth, is_float = _bit_depth(bits)
    bits.flag()  # whether 16-bit buffers suffice
    extra = bits.choice((0, 0), (1, 0), (2, 4), (1, 12))
    facts |= _described(depth, is_float, extra)
    for _ in range(extra):
        if not bits.flag():
            # A channel other than 8-bit alpha: names and custom fields follow,
            # and what comes after them is not worth their grammar.
            return facts
    xyb = bits.flag()
    return facts | _colour(xyb, _colour_encoding(bits))


def _described(bit_depth: int, is_float: bool, extra: int) -> dict[str, Scalar]:
    return {"bit_depth": bit_depth, "float": is_float, "extra_channels": extra}


def _colour(xyb: bool, space: str) -> dict[str, Scalar]:
    facts: dict[str, Scalar] = {"xyb": xyb, "colourspace": space}
    return facts | {"subsampling": "4:4:4"} if xyb else facts


def _bit_depth(bits: BitReader) -> tuple[int, bool]:
    if not bits.flag():
        return bits.choice((8, 0), (10, 0), (12, 0), (1, 6)), False
    depth = bits.choice((32, 0), (16, 0), (24, 0), (1, 6))
    bits.bits(4)
    return depth, True


def _preview(bits: BitReader) -> None:
    sizes = (
        ((16, 0), (32, 0), (1, 5), (33, 9))
        if bits.flag()
        else ((1, 6), (65, 8), (321, 10), (1345, 12))
    )
    bits.choice(*sizes)
    if not bits.bits(3):
        bits.choice(*sizes)


def _animation(bits: BitReader) -> None:
    bits.choice((100, 0), (1000, 0), (1, 10), (1, 30))
    bits.choice((1, 0), (1001, 0), (1, 8), (1, 10))
    bits.choice((0, 0), (0, 3), (0, 16), (0, 32))
    bits.flag()


def _colour_encoding(bits: BitReader) -> str:
    if bits.flag():
        return "sRGB"
    if bits.flag():
        return "ICC"
    space = _enum(bits)
    if space == _XYB:
        return "XYB"
    white = _enum(bits)
    if white == _CUSTOM:
        _custom_points(bits, 1)
    primaries = _SRGB[1]
    if space != _GREY:
        primaries = _enum(bits)
        if primaries == _CUSTOM:
            _custom_points(bits, 3)
    # A gamma is a number of 24 bits; else the curve is one of a list.
    transfer = -bits.bits(24) if bits.flag() else _enum(bits)
    if (white, primaries, transfer) == _SRGB:
        return "sRGB" if space == _RGB else "sRGB grey"
    curve = f"gamma {-transfer / 1e7:g}" if transfer < 0 else _TRANSFER.get(transfer, transfer)
    return (
        f"{_COLOUR_SPACE.get(space, space)}, white {_WHITE.get(white, white)}, "
        f"primaries {_PRIMARIES.get(primaries, primaries)}, transfer {curve}"
    )


def _enum(bits: BitReader) -> int:
    return bits.choice((0, 0), (1, 0), (2, 4), (18, 6))


def _custom_points(bits: BitReader, count: int) -> None:
    for _ in range(2 * count):
        bits.choice((0, 19), (524288, 19), (1048576, 20), (2097152, 21))
