"""The file format of the learned codecs: a few fields, the entropy coder's strings, a checksum.

Big-endian:

====== ====== ============================================================
offset bytes  field
====== ====== ============================================================
0      4      ``CDLC``
4      1      version, 1
5      1      family, see `families`
6      1      metric it was trained for: 0 MSE, 1 MS-SSIM
7      1      quality
8      4      width
12     4      height
16     8      first bytes of the SHA-256 of the weights
24     1      number of strings, n
25     4n     their lengths
25+4n         the strings
end-4  4      CRC-32 of everything before it
====== ====== ============================================================

The size of the latents follows from width, height and the family's stride. The entropy
decoder trusts its input, so nothing reaches it before sizes and checksum are right.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_colordeg.codecs.neural.families import FAMILIES, METRICS, Family
from pytest_colordeg.errors import ColordegError

__all__ = ["MAX_PIXELS", "Container", "pack", "unpack"]

MAX_PIXELS = 1 << 28

_MAGIC, _VERSION = b"CDLC", 1
_HEAD = struct.Struct(">4s4B2I8sB")
_LENGTH, _CHECK = struct.Struct(">I"), struct.Struct(">I")
_BY_NUMBER = {family.number: family for family in FAMILIES.values()}


@dataclass(frozen=True)
class Container:
    """One coded image.

    Attributes
    ----------
    weights
        16 hex digits that begin the SHA-256 of the weights file.
    strings
        As many as `family` has: latents first, then hyper-latents, of one branch after the
        other.
    """

    family: Family
    metric: str
    quality: int
    width: int
    height: int
    weights: str
    strings: tuple[bytes, ...]

    @property
    def payload_bytes(self) -> int:
        """Size of the strings alone: what counts as rate."""
        return sum(map(len, self.strings))

    @property
    def branch_bytes(self) -> dict[str, int]:
        """Size of each branch's strings, where there are several, by ``NAME_payload_bytes``."""
        names = [branch.name for branch in self.family.branches]
        if len(names) < 2:
            return {}
        each = len(self.strings) // len(names)
        return {
            f"{name}_payload_bytes": sum(map(len, self.strings[place * each : (place + 1) * each]))
            for place, name in enumerate(names)
        }

    @property
    def container_bytes(self) -> int:
        """Size of everything else."""
        return _HEAD.size + _LENGTH.size * len(self.strings) + _CHECK.size


def pack(content: Container) -> bytes:
    """Write the file."""
    head = _HEAD.pack(
        _MAGIC,
        _VERSION,
        content.family.number,
        METRICS.index(content.metric),
        content.quality,
        content.width,
        content.height,
        bytes.fromhex(content.weights),
        len(content.strings),
    )
    lengths = b"".join(_LENGTH.pack(len(string)) for string in content.strings)
    body = head + lengths + b"".join(content.strings)
    return body + _CHECK.pack(zlib.crc32(body))


def unpack(data: bytes) -> Container:
    """Read the file.

    Raises
    ------
    ColordegError
        If it is another format or version, damaged, cut short or too long.
    """
    if data[: len(_MAGIC)] != _MAGIC:
        raise ColordegError("not a file of a learned codec: it does not begin with CDLC")
    if len(data) < _HEAD.size + _CHECK.size:
        raise ColordegError(f"cut short: {len(data)} bytes are less than a header")
    _, version, number, metric, quality, width, height, weights, count = _HEAD.unpack_from(data)
    if version != _VERSION:
        raise ColordegError(f"container version {version}; this release reads {_VERSION}")
    body = data[: -_CHECK.size]
    if zlib.crc32(body) != _CHECK.unpack_from(data, len(body))[0]:
        raise ColordegError("damaged or cut short: the checksum is wrong")
    family = _BY_NUMBER.get(number)
    if family is None or metric >= len(METRICS) or not quality:
        raise ColordegError(f"unknown family {number}, metric {metric} or quality {quality}")
    if not 0 < width * height <= MAX_PIXELS:
        raise ColordegError(f"a size of {width}x{height} cannot be right")
    if count != family.strings:
        raise ColordegError(f"{count} strings; {family.name} has {family.strings}")
    strings = _strings(body[_HEAD.size :], count)
    return Container(family, METRICS[metric], quality, width, height, weights.hex(), strings)


def _strings(rest: bytes, count: int) -> tuple[bytes, ...]:
    start = count * _LENGTH.size
    if len(rest) < start:
        raise ColordegError("cut short within the lengths of its strings")
    lengths: Sequence[int] = [_LENGTH.unpack_from(rest, 4 * i)[0] for i in range(count)]
    if start + sum(lengths) != len(rest):
        raise ColordegError(
            f"its strings should have {sum(lengths)} bytes and have {len(rest) - start}"
        )
    strings = []
    for length in lengths:
        strings.append(rest[start : start + length])
        start += length
    return tuple(strings)
