"""What a VVC stream holds (ITU-T H.266): its sequence parameter set, and how many pictures."""

from __future__ import annotations

import re

from pytest_colordeg.codecs.readback.names import subsampling_name
from pytest_colordeg.codecs.readback.reader import Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_vvc"]

_START = re.compile(rb"\x00\x00\x01")
_LAST_PICTURE_TYPE, _SPS = 11, 15
_CHROMA = {0: "4:0:0", 1: subsampling_name(2, 2), 2: subsampling_name(2, 1), 3: "4:4:4"}
# Luma samples a unit of the conformance window, by chroma format: across and down.
_UNIT = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}


def read_vvc(data: bytes) -> dict[str, Scalar]:
    """Read the size, depth and subsampling of a byte stream (Annex B).

    Returns
    -------
    dict
        ``format``, ``width``, ``height`` (inside the conformance window), ``bit_depth``,
        ``subsampling``, and ``pictures``: the number of coded slices.

    Raises
    ------
    ColordegError
        If there is no sequence parameter set, or it is malformed.
    """
    facts: dict[str, Scalar] = {}
    pictures = 0
    for start, stop in _units(data):
        reader = Reader(data, "VVC", start, stop)
        kind = reader.uint(2) >> 3 & 31
        if kind <= _LAST_PICTURE_TYPE:
            pictures += 1
        elif kind == _SPS and not facts:
            facts = _sequence(_Bits(reader))
    if not facts:
        raise Reader(data, "VVC").malformed("has no sequence parameter set")
    return {**facts, "pictures": pictures}


def _units(data: bytes) -> list[tuple[int, int]]:
    """Where each network abstraction layer unit begins and ends, start codes left out."""
    codes = [match.span() for match in _START.finditer(data)]
    ends = [begin for begin, _ in codes[1:]] + [len(data)]
    return [(after, end) for (_, after), end in zip(codes, ends, strict=True)]


def _sequence(bits: _Bits) -> dict[str, Scalar]:
    bits.skip(8)  # identifiers
    sublayers = bits.read(3) + 1
    chroma = bits.read(2)
    bits.skip(2)
    if bits.read(1):
        _skip_profile(bits, sublayers)
    bits.skip(1)
    if bits.read(1):
        bits.skip(1)
    width, height = bits.golomb(), bits.golomb()
    if bits.read(1):
        across, down = _UNIT[chroma]
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        width, height = width - across * (left + right), height - down * (top + bottom)
    if bits.read(1):
        raise bits.reader.malformed("is divided into subpictures, which are not read here")
    return {
        "format": "VVC",
        "width": width,
        "height": height,
        "bit_depth": bits.golomb() + 8,
        "subsampling": _CHROMA[chroma],
    }


def _skip_profile(bits: _Bits, sublayers: int) -> None:
    """Step over profile, tier and level, clause 7.3.3.1."""
    bits.skip(7 + 1 + 8 + 2)
    if bits.read(1):
        bits.skip(71)
        bits.skip(bits.read(8))
    bits.align()
    levels = sum(bits.read(1) for _ in range(sublayers - 1))
    bits.align()
    bits.skip(8 * levels)
    bits.skip(32 * bits.read(8))


class _Bits:
    """Reads bits from the most significant down; skips the bytes that prevent start codes."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._held = self._count = self._zeros = 0

    def read(self, count: int) -> int:
        """Read an unsigned integer of `count` bits."""
        while self._count < count:
            byte = self.reader.uint(1)
            if self._zeros >= 2 and byte == 3:
                byte, self._zeros = self.reader.uint(1), 0
            self._zeros = self._zeros + 1 if byte == 0 else 0
            self._held, self._count = self._held << 8 | byte, self._count + 8
        self._count -= count
        value = self._held >> self._count
        self._held &= (1 << self._count) - 1
        return value

    def skip(self, count: int) -> None:
        """Read and forget."""
        self.read(count)

    def align(self) -> None:
        """Go to the next whole byte."""
        self._held = self._count = 0 if self._count < 8 else self._count

    def golomb(self) -> int:
        """Read an unsigned Exp-Golomb number, clause 9.2."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise self.reader.malformed("has a number of more than 32 bits")
        return (1 << zeros) - 1 + self.read(zeros)
