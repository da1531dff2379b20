"""ICC profiles built byte by byte from the specification, so that tests know what they mean."""

from __future__ import annotations

import struct

import numpy as np

BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
D50 = np.array([0.9642, 1.0, 0.8249])
D65 = (0.3127, 0.3290)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


def s15(*numbers):
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def xyz_tag(values):
    return b"XYZ \0\0\0\0" + s15(*values)


def text_tag(text):
    return b"text\0\0\0\0" + text.encode() + b"\0"


def description_tag(text):
    data = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(data)) + data + b"\0" * 78


def srgb_curve():
    """Parametric curve of type 3: the sRGB transfer function."""
    return b"para\0\0\0\0\0\x03\0\0" + s15(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def gamma_curve(gamma):
    return b"para\0\0\0\0\0\0\0\0" + s15(gamma)


def profile(space, tags, pcs=b"XYZ ", kind=b"mntr"):
    tags = {b"desc": description_tag("test"), b"cprt": text_tag("none"), **tags}
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, kind, space, pcs)
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 24
    return (head + struct.pack(">I", 1) + s15(*D50)).ljust(128, b"\0") + table + body


def colorants(primaries, white=D65):
    """Columns of red, green and blue in XYZ, adapted to D50."""

    def xyz(point):
        x, y = point
        return np.array([x / y, 1, (1 - x - y) / y])

    columns = np.array([xyz(p) for p in primaries]).T
    columns = columns * np.linalg.solve(columns, xyz(white))
    scale = (BRADFORD @ D50) / (BRADFORD @ xyz(white))
    return np.linalg.inv(BRADFORD) @ np.diag(scale) @ BRADFORD @ columns


def rgb_profile(primaries, curve):
    columns = colorants(primaries)
    tags = {b"wtpt": xyz_tag(D50)}
    for index, letter in enumerate(b"rgb"):
        tags[bytes([letter]) + b"XYZ"] = xyz_tag(columns[:, index])
        tags[bytes([letter]) + b"TRC"] = curve
    return profile(b"RGB ", tags)


def grey_profile(curve):
    return profile(b"GRAY", {b"wtpt": xyz_tag(D50), b"kTRC": curve})


def cmyk_lab(cmyk):
    """Lab of CMYK (0..1, last axis) in `cmyk_profile`: affine, so interpolation is exact."""
    c, m, y, k = np.moveaxis(np.asarray(cmyk, float), -1, 0)
    return np.stack(
        [
            100 - 15 * c - 20 * m - 5 * y - 40 * k,
            -30 * c + 40 * m - 3 * y,
            -20 * c - 2 * m + 50 * y,
        ],
        axis=-1,
    )


def cmyk_profile():
    corners = np.array(list(np.ndindex(2, 2, 2, 2)))
    lab = cmyk_lab(corners)
    clut = np.rint(np.stack([lab[:, 0] * 652.8, (lab[:, 1] + 128) * 256, (lab[:, 2] + 128) * 256]))
    table = b"mft2\0\0\0\0" + bytes([4, 3, 2, 0]) + s15(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table += struct.pack(">HH", 2, 2) + struct.pack(">HH", 0, 65535) * 4
    table += clut.T.astype(">u2").tobytes() + struct.pack(">HH", 0, 65535) * 3
    tags = {b"wtpt": xyz_tag(D50), b"A2B0": table, b"A2B1": table}
    return profile(b"CMYK", tags, pcs=b"Lab ", kind=b"prtr")


DISPLAY_P3 = rgb_profile(P3, srgb_curve())
ADOBE_RGB = rgb_profile(ADOBE, gamma_curve(563 / 256))
SWAPPED = rgb_profile(SRGB[::-1], srgb_curve())
SRGB_PROFILE = rgb_profile(SRGB, srgb_curve())
LINEAR = rgb_profile(SRGB, gamma_curve(1.0))
GREY_18 = grey_profile(gamma_curve(1.8))
CMYK = cmyk_profile()
