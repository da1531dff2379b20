"""What a JPEG file holds (ITU-T T.81, JFIF in T.871, Adobe's APP14 in T.872)."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_colordeg.codecs.readback.names import subsampling_name
from pytest_colordeg.codecs.readback.reader import Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_jpeg"]

_SOI, _EOI, _SOS, _APP0, _APP14, _TEM = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE, 0x01
# Start of frame: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_ARITHMETIC = frozenset(range(0xC9, 0xD0))


@dataclass(frozen=True)
class _Frame:
    marker: int
    bit_depth: int
    height: int
    width: int
    # (component id, horizontal, vertical sampling factor)
    components: tuple[tuple[int, int, int], ...]


def read_jpeg(data: bytes) -> dict[str, Scalar]:
    """Read size, depth, subsampling and colour model from the markers before the first scan.

    The samples are BT.601 full-range YCbCr unless Adobe's marker or components
    named R, G, B say otherwise.

    Returns
    -------
    dict
        ``format``, ``width``, ``height``, ``bit_depth``, ``components``,
        ``subsampling``, ``matrix``, ``full_range``, ``lossless``,
        ``progressive``, ``arithmetic``.

    Raises
    ------
    ColordegError
        If the file is no JPEG, malformed, or ends before its end marker.
    """
    reader = Reader(data, "JPEG")
    if reader.take(2) != bytes((0xFF, _SOI)):
        raise reader.malformed("does not begin with a start-of-image marker")
    frame: _Frame | None = None
    jfif = False
    adobe: int | None = None
    while (marker := _next_marker(reader)) != _SOS:
        if marker == _EOI:
            raise reader.malformed("has no scan")
        if marker == _TEM or 0xD0 <= marker <= 0xD7:
            continue
        length = reader.uint(2)
        if length < 2:
            raise reader.malformed(f"has a segment of length {length}")
        segment = reader.part(length - 2)
        if marker in _FRAMES:
            if frame is not None:
                raise reader.malformed("has two frame headers")
            frame = _read_frame(marker, segment)
        elif marker == _APP0:
            jfif = jfif or (segment.left >= 5 and segment.take(5) == b"JFIF\0")
        elif marker == _APP14 and segment.left >= 12 and segment.take(5) == b"Adobe":
            segment.take(6)
            adobe = segment.uint(1)
    if frame is None:
        raise reader.malformed("has no frame header before its first scan")
    if data.find(bytes((0xFF, _EOI)), reader.position) < 0:
        raise reader.malformed("is truncated: no end-of-image marker")
    return _facts(frame, jfif, adobe)


def _next_marker(reader: Reader) -> int:
    if reader.uint(1) != 0xFF:
        raise reader.malformed("has no marker where one must stand")
    while (marker := reader.uint(1)) == 0xFF:
        pass
    if marker in (0x00, _SOI):
        raise reader.malformed(f"has an impossible marker {marker:02X}")
    return marker


def _read_frame(marker: int, segment: Reader) -> _Frame:
    bit_depth, height, width, count = (segment.uint(size) for size in (1, 2, 2, 1))
    components = []
    for _ in range(count):
        name, factors, _table = (segment.uint(1) for _ in range(3))
        components.append((name, factors >> 4, factors & 15))
    if not width or not height or not components:
        raise segment.malformed(f"declares {width}x{height} pixels of {count} components")
    if not all(1 <= factor <= 4 for _, *factors in components for factor in factors):
        raise segment.malformed("has sampling factors outside 1 to 4")
    return _Frame(marker, bit_depth, height, width, tuple(components))


def _facts(frame: _Frame, jfif: bool, adobe: int | None) -> dict[str, Scalar]:
    return {
        "format": "JPEG",
        "width": frame.width,
        "height": frame.height,
        "bit_depth": frame.bit_depth,
        "components": len(frame.components),
        "subsampling": _subsampling(frame),
        "matrix": _matrix(frame, jfif, adobe),
        "full_range": True,
        "lossless": frame.marker in _LOSSLESS,
        "progressive": frame.marker in _PROGRESSIVE,
        "arithmetic": frame.marker in _ARITHMETIC,
    }


def _subsampling(frame: _Frame) -> str:
    if len(frame.components) < 3:
        return "4:0:0"
    (_, wide, high), *chroma = frame.components[:3]
    steps = {(wide / c_wide, high / c_high) for _, c_wide, c_high in chroma}
    if len(steps) > 1 or any(step != int(step) for pair in steps for step in pair):
        factors = ",".join(f"{h}x{v}" for _, h, v in frame.components)
        return f"sampling {factors}"
    horizontal, vertical = steps.pop()
    return subsampling_name(int(horizontal), int(vertical))


def _matrix(frame: _Frame, jfif: bool, adobe: int | None) -> str:
    names = bytes(name for name, *_ in frame.components)
    if len(names) < 3:
        return "none"
    if jfif:
        return "BT.601"
    if adobe is not None:
        return "identity" if adobe == 0 else "BT.601"
    return "identity" if names == b"RGB" else "BT.601"
