"""What a JPEG 2000 file or codestream holds (ITU-T T.800, annexes A and I)."""

from __future__ import annotations

from pytest_colordeg.codecs.readback.boxes import boxes
from pytest_colordeg.codecs.readback.names import subsampling_name
from pytest_colordeg.codecs.readback.reader import Reader
from pytest_colordeg.records import Scalar

__all__ = ["read_jpeg2000"]

SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
CODESTREAM = b"\xff\x4f\xff\x51"

_SIZ, _COD, _SOT = 0xFF51, 0xFF52, 0xFF90
_COLOUR_SPACE = {12: "CMYK", 16: "sRGB", 17: "grey", 18: "sYCC"}


def read_jpeg2000(data: bytes) -> dict[str, Scalar]:
    """Read size, depth, sampling and transforms from the main header.

    Returns
    -------
    dict
        ``format``, ``width``, ``height``, ``bit_depth``, ``components``,
        ``subsampling``, ``matrix``, ``transform`` (``9-7`` or ``5-3``), ``mct``,
        ``reversible``, ``layers``; ``colourspace`` when a JP2 box tells it.

    Raises
    ------
    ColordegError
        If the file is neither JP2 nor a codestream, or malformed.
    """
    facts: dict[str, Scalar] = {"format": "JPEG 2000"}
    if data.startswith(SIGNATURE):
        stream = None
        for kind, body in boxes(Reader(data, "JPEG 2000")):
            if kind == b"jp2h":
                for inner, content in boxes(body):
                    if inner == b"colr" and "colourspace" not in facts:
                        facts["colourspace"] = _colour_space(content)
            elif kind == b"jp2c":
                stream = body
                break
        if stream is None:
            raise Reader(data, "JPEG 2000").malformed("has no codestream box")
    else:
        stream = Reader(data, "JPEG 2000")
    return facts | _main_header(stream)


def _colour_space(content: Reader) -> str:
    method, _precedence, _approximation = (content.uint(1) for _ in range(3))
    if method != 1:
        return "ICC"
    code = content.uint(4)
    return _COLOUR_SPACE.get(code, f"enumerated {code}")


def _main_header(stream: Reader) -> dict[str, Scalar]:
    if stream.take(2) != CODESTREAM[:2]:
        raise stream.malformed("does not begin with a start-of-codestream marker")
    size: dict[str, Scalar] | None = None
    style: dict[str, Scalar] | None = None
    while (marker := stream.uint(2)) != _SOT:
        if not 0xFF30 <= marker <= 0xFFFF:
            raise stream.malformed(f"has no marker where one must stand ({marker:04X})")
        length = stream.uint(2)
        if length < 2:
            raise stream.malformed(f"has a segment of length {length}")
        segment = stream.part(length - 2)
        if marker == _SIZ:
            size = _size(segment)
        elif marker == _COD:
            style = _coding_style(segment)
    if size is None or style is None:
        raise stream.malformed(f"has no {'SIZ' if size is None else 'COD'} marker in its header")
    mct, reversible = style["mct"], style["reversible"]
    matrix = "none" if not mct else "RCT" if reversible else "BT.601"
    return size | style | {"matrix": matrix}


def _size(segment: Reader) -> dict[str, Scalar]:
    segment.take(2)
    right, bottom, left, top = (segment.uint(4) for _ in range(4))
    segment.take(16)
    count = segment.uint(2)
    depths, steps = [], []
    for _ in range(count):
        depth, horizontal, vertical = (segment.uint(1) for _ in range(3))
        depths.append((depth & 0x7F) + 1)
        steps.append((horizontal, vertical))
    if right <= left or bottom <= top or not steps or 0 in (n for step in steps for n in step):
        raise segment.malformed("declares an impossible size or sampling")
    return {
        "width": right - left,
        "height": bottom - top,
        "bit_depth": max(depths),
        "components": count,
        "subsampling": _subsampling(steps),
    }


def _subsampling(steps: list[tuple[int, int]]) -> str:
    if len(steps) < 3:
        return "4:0:0"
    if steps[0] != (1, 1) or len(set(steps[1:3])) > 1:
        return "sampling " + ",".join(f"{h}x{v}" for h, v in steps)
    return subsampling_name(*steps[1])


def _coding_style(segment: Reader) -> dict[str, Scalar]:
    segment.take(2)
    layers, mct = segment.uint(2), segment.uint(1)
    segment.take(4)
    transform = segment.uint(1)
    if mct > 1 or transform > 1:
        raise segment.malformed(f"has an unknown transform (mct {mct}, wavelet {transform})")
    return {
        "transform": "5-3" if transform else "9-7",
        "mct": bool(mct),
        "reversible": bool(transform),
        "layers": layers,
    }
