"""The head of a JPEG XL codestream (ISO/IEC 18181-1): size, depth, and meaning of samples."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_colordeg.errors import ColordegError

__all__ = ["Bits", "Header", "parse_header"]

_RATIOS = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)]


@dataclass(frozen=True)
class Header:
    """What the codestream's head says; code points are those of ITU-T H.273.

    Attributes
    ----------
    width, height
        In pixels, before orientation.
    bits
        Depth of a sample; 0 for floating point.
    animated, icc
        Whether frames follow one another; whether a profile is embedded.
    primaries, white, transfer, gamma
        As the stream codes them; `gamma` is the encoding exponent or ``None``.
    color_start, color_end
        Bit positions of the colour encoding.
    """

    width: int
    height: int
    bits: int = 8
    animated: bool = False
    icc: bool = False
    primaries: int = 1
    white: int = 1
    transfer: int = 13
    gamma: float | None = None
    color_start: int = 0
    color_end: int = 0


class Bits:
    """Reads numbers from bytes, least significant bit first."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._size = 8 * len(data)
        self._value = int.from_bytes(data, "little")

    def __call__(self, count: int) -> int:
        if self.at + count > self._size:
            raise ColordegError("is truncated")
        number = self._value >> self.at & (1 << count) - 1
        self.at += count
        return number

    def choice(self, *options: tuple[int, int]) -> int:
        """A two-bit selector among (bits to read, what to add): U32 of the standard."""
        count, offset = options[self(2)]
        return self(count) + offset

    def enum(self) -> int:
        """An enumerated value."""
        return self.choice((0, 0), (0, 1), (4, 2), (6, 18))


def parse_header(codestream: bytes) -> Header:
    """Read the head of a codestream that starts with its signature ``FF 0A``.

    Raises
    ------
    ColordegError
        If it ends early or has more than this reader knows.
    """
    bits = Bits(codestream[2:1024])
    width, height = _size(bits)
    if bits(1):  # all metadata are the default: 8 bits, sRGB
        return Header(width, height)
    animated = False
    if bits(1):  # extra fields
        bits(3)  # orientation, which the decoder applies
        if bits(1):
            _size(bits)  # intrinsic size
        if bits(1):
            raise ColordegError("is a JPEG XL file with an embedded preview, not handled")
        animated = bool(bits(1))
        if animated:
            return Header(width, height, animated=True)
    depth = _depth(bits)
    bits(1)  # 16-bit buffers suffice
    for _ in range(bits.choice((0, 0), (0, 1), (4, 2), (12, 1))):
        _extra_channel(bits)
    bits(1)  # XYB
    return _color(bits, Header(width, height, depth))


def _size(bits: Bits) -> tuple[int, int]:
    small = bits(1)

    def side() -> int:
        if small:
            return 8 * (bits(5) + 1)
        return bits.choice((9, 1), (13, 1), (18, 1), (30, 1))

    height = side()
    ratio = bits(3)
    if not ratio:
        return side(), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _depth(bits: Bits) -> int:
    if not bits(1):
        return bits.choice((0, 8), (0, 10), (0, 12), (6, 1))
    bits.choice((0, 32), (0, 16), (0, 24), (6, 1))
    bits(4)
    return 0


def _extra_channel(bits: Bits) -> None:
    if bits(1):
        return  # the default: alpha of 8 bits
    if bits.enum() != 0:
        raise ColordegError("is a JPEG XL file with an extra channel that is not alpha")
    _depth(bits)
    bits.choice((0, 0), (0, 3), (0, 4), (3, 1))
    bits(8 * bits.choice((0, 0), (4, 0), (5, 16), (10, 48)))
    bits(1)  # premultiplied or not


def _color(bits: Bits, header: Header) -> Header:
    start = bits.at
    fields: dict[str, int | float | bool] = {}
    if not bits(1):
        fields["icc"] = bool(bits(1))
        grey, xyb = (kind := bits.enum()) == 1, kind == 2
        if xyb or kind > 2:
            raise ColordegError("is a JPEG XL file of a colour space that is not handled")
        if not fields["icc"]:
            fields["white"] = bits.enum()
            if not grey and fields["white"] != 2:
                fields["primaries"] = bits.enum()
            if fields["white"] == 2 or fields.get("primaries") == 2:
                raise ColordegError("is a JPEG XL file with primaries of its own, not handled")
            if bits(1):
                fields["gamma"] = bits(24) / 1e7
            else:
                fields["transfer"] = bits.enum()
            bits.enum()  # rendering intent
    return Header(
        header.width,
        header.height,
        header.bits,
        color_start=start,
        color_end=bits.at,
        **fields,  # type: ignore[arg-type]
    )
