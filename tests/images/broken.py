"""Files that must be refused, made from sound ones."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np

from . import icc
from .files import chunk, jpeg, pillow, tiff
from .samples import RGB, SMOOTH


def codec(name, *arguments, **options):
    import imagecodecs

    return getattr(imagecodecs, name)(*arguments, **options)


def header(width, height):
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + data + chunk(b"IEND", b"")


def huge_jpeg():
    data = jpeg(SMOOTH)
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", 65000, 65000) + data[at + 4 :]


def huge_tiff():
    """A header of 100000 x 100000 whose one strip is far too short."""
    tags = [(256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (259, 3, 1), (262, 3, 1)]
    tags += [(273, 4, 8), (277, 3, 1), (278, 4, 100_000), (279, 4, 100)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 104


def huge_webp():
    data = bytearray(pillow(np.concatenate([SMOOTH, SMOOTH[..., :1]], axis=2), "WEBP"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (16382).to_bytes(3, "little") * 2
    return bytes(data)


def huge_avif():
    data = codec("avif_encode", RGB, 90)
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", 100_000, 100_000) + data[at + 8 :]


def huge_jxl():
    """Size fields: not small, 30 bits each, no ratio."""
    bits = "0" + "11" + f"{99_999:030b}"[::-1] + "000" + "11" + f"{99_999:030b}"[::-1] + "1"
    bits += "0" * (-len(bits) % 8)
    octets = (int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    return b"\xff\x0a" + bytes(octets) + b"\0" * 40


def clear(pixels):
    top = np.iinfo(pixels.dtype).max
    alpha = np.full((*pixels.shape[:2], 1), top, pixels.dtype)
    alpha[3, 4] = top - 1
    return np.concatenate([np.atleast_3d(pixels), alpha], axis=2)


def pages(*pictures):
    import tifffile

    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for picture in pictures:
            writer.write(picture, photometric="rgb", metadata=None)
    return buffer.getvalue()


def animated(kind):
    from PIL import Image

    frames = [Image.fromarray(SMOOTH), Image.fromarray(255 - SMOOTH)]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=40)
    return buffer.getvalue()


def link_class():
    profile = bytearray(icc.DISPLAY_P3)
    profile[12:16] = b"link"
    return bytes(profile)


def sparse_tiff():
    """The second strip lies nowhere, which readers of geodata take for black."""
    import tifffile

    data = bytearray(tiff(RGB, photometric="rgb", rowsperstrip=8))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[0].tags[273].valueoffset
    data[at + 4 : at + 8] = b"\0" * 4
    return bytes(data)


def lost_profile():
    """The tag of the profile points beyond the file."""
    data = tiff(RGB, photometric="rgb", iccprofile=icc.ADOBE_RGB)
    at = data.index(struct.pack("<HH", 34675, 7))
    return data[: at + 8] + b"\xff\xff\xff\x7f" + data[at + 12 :]


def circle():
    """The directory names itself as its successor, as a reduced preview."""
    data = bytearray(tiff(RGB, photometric="rgb", subfiletype=1))
    first = int.from_bytes(data[4:8], "little")
    end = first + 2 + 12 * int.from_bytes(data[first : first + 2], "little")
    second = len(data)
    data[end : end + 4] = struct.pack("<I", second)
    for number in range(40):
        entries = data[first:end]
        data += entries + struct.pack("<I", second + (number + 1) * (len(entries) + 4))
    return bytes(data)


def cut(data, by=0.5):
    return data[: int(len(data) * by)]


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def cmyk_jpeg():
    return pillow(np.concatenate([SMOOTH, SMOOTH[..., :1]], axis=2), "JPEG", mode="CMYK")
