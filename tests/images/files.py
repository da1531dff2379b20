"""Image files built for tests: PNG by hand, the others by libraries and a little surgery."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np

from pytest_colordeg.images.readers.jxl_header import Bits, _size, parse_header

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]
ADAM7 += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def iccp(profile):
    return chunk(b"iCCP", b"test\0\0" + zlib.compress(profile))


def cicp(*codes):
    return chunk(b"cICP", bytes(codes))


def gama(value):
    return chunk(b"gAMA", struct.pack(">I", value))


def chrm(white, primaries):
    numbers = [n for point in (white, *primaries) for n in point]
    return chunk(b"cHRM", struct.pack(">8I", *(round(n * 100000) for n in numbers)))


def png(array, *chunks, depth=None, palette=None, interlaced=False):
    """A PNG of any colour type: (H, W) grey or indices, (H, W, 2) LA, RGB, RGBA."""
    array = np.asarray(array)
    depth = depth or 8 * array.dtype.itemsize
    channels = 1 if array.ndim == 2 else array.shape[2]
    kind = 3 if palette is not None else {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    height, width = array.shape[:2]
    passes = [array[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [array]
    raw = b"".join(b"\0" + _packed(row, depth) for part in passes if part.size for row in part)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)),
            *[part for part in chunks if part[4:8] != b"tRNS"],
            b"" if palette is None else chunk(b"PLTE", np.asarray(palette, np.uint8).tobytes()),
            *[part for part in chunks if part[4:8] == b"tRNS"],
            chunk(b"IDAT", zlib.compress(raw)),
            chunk(b"IEND", b""),
        ]
    )


def _packed(row, depth):
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = (row[:, None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.astype(np.uint8).ravel()).tobytes()


def exif(orientation=1, color_space=None, interoperability=None, order="<"):
    """An Exif block (without its ``Exif`` prefix)."""

    def entry(tag, kind, count, value):
        packed = struct.pack(order + "H", value) if kind == 3 else value
        packed = packed if isinstance(packed, bytes) else struct.pack(order + "I", packed)
        return struct.pack(order + "HHI", tag, kind, count) + packed.ljust(4, b"\0")

    def directory(*entries):
        return struct.pack(order + "H", len(entries)) + b"".join(entries) + b"\0" * 4

    detail_at = 8 + 2 + 2 * 12 + 4
    interop_at = detail_at + 2 + 2 * 12 + 4
    main = directory(
        entry(0x0112, 3, 1, orientation), entry(0x8769, 4, 1, struct.pack(order + "I", detail_at))
    )
    detail = directory(
        entry(0xA001, 3, 1, 1 if color_space is None else color_space),
        entry(0xA005, 4, 1, struct.pack(order + "I", interop_at)),
    )
    index = (interoperability or "R98").encode() + b"\0"
    interop = directory(entry(0x0001, 2, 4, index))
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return start + main + detail + interop


def pillow(array, kind, mode=None, **options):
    import PIL.Image

    buffer = io.BytesIO()
    picture = PIL.Image.fromarray(np.asarray(array), mode) if mode else PIL.Image.fromarray(array)
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(array, profile=None, exif_block=None, **options):
    options = {"quality": 95, "subsampling": 0, **options}
    if profile:
        options["icc_profile"] = profile
    if exif_block:
        options["exif"] = b"Exif\0\0" + exif_block
    return pillow(array, "JPEG", **options)


def tiff(array, **options):
    import tifffile

    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **{"metadata": None, **options})
    return buffer.getvalue()


def with_jxl_color(data, bits):
    """Replace the colour encoding of a bare JPEG XL file by `bits` (a string, first bit first).

    The head ends, after the colour encoding, with three bits (no extensions,
    default transform) and is padded to a byte.
    """
    header = parse_header(data)
    stream = [data[2 + at // 8] >> at % 8 & 1 for at in range(header.color_start)]
    tail = [data[2 + at // 8] >> at % 8 & 1 for at in range(header.color_end, header.color_end + 3)]
    assert tail == [0, 0, 1]
    return _jxl(data, header, stream + [int(bit) for bit in bits] + tail)


def jxl_enum(value):
    """Bits of an enumerated value."""
    if value < 2:
        return f"{value}0"
    if value < 18:
        return "01" + _lsb_first(value - 2, 4)
    return "11" + _lsb_first(value - 18, 6)


def jxl_color(primaries=1, white=1, transfer=13, gamma=None, space=0, icc=False):
    """Bits of a colour encoding: explicit, RGB unless `space` says otherwise, relative intent."""
    bits = "0" + ("1" if icc else "0") + jxl_enum(space)
    if icc:
        return bits
    bits += jxl_enum(white) + ("" if space == 1 else jxl_enum(primaries))
    bits += "0" + jxl_enum(transfer) if gamma is None else "1" + _lsb_first(gamma, 24)
    return bits + jxl_enum(1)


def _lsb_first(value, count):
    return "".join(str(value >> k & 1) for k in range(count))


def with_jxl_orientation(data, orientation):
    """Add an orientation to the head of a bare JPEG XL file that has no extra fields."""
    bits = Bits(data[2:])
    _size(bits)
    header = parse_header(data)
    stream = [data[2 + at // 8] >> at % 8 & 1 for at in range(header.color_end + 3)]
    assert stream[bits.at : bits.at + 2] == [0, 0]  # metadata not default, no extra fields
    extra = [1, *(orientation - 1 >> k & 1 for k in range(3)), 0, 0, 0]
    before, after = stream[: bits.at + 1] + extra, stream[bits.at + 2 : header.color_end]
    return _jxl(data, header, before + after + [1] + stream[header.color_end :])


def _jxl(data, header, stream):
    stream = stream + [0] * (-len(stream) % 8)
    octets = (stream[at : at + 8] for at in range(0, len(stream), 8))
    head = bytes(sum(bit << place for place, bit in enumerate(octet)) for octet in octets)
    return data[:2] + head + data[2 + -(-(header.color_end + 3) // 8) :]
