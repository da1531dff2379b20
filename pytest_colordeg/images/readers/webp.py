"""WebP: lossy and lossless; animations are refused."""

from __future__ import annotations

import io

import numpy as np

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, split_alpha
from pytest_colordeg.images.exif import encoding_from_exif, parse_exif

__all__ = ["read"]


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode a WebP file."""
    from PIL.WebPImagePlugin import WebPImageFile

    admit(*_size(data))
    with WebPImageFile(io.BytesIO(data)) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            raise ColordegError("is animated, and which frame is meant is not said")
        profile = picture.info.get("icc_profile")
        exif = parse_exif(picture.info.get("exif", b""))
        samples, model, alpha = split_alpha(np.asarray(picture))
    return Decoded(
        samples,
        model,
        tag=profile or encoding_from_exif(exif),
        orientation=exif.orientation,
        alpha=alpha,
    )


def _size(data: bytes) -> tuple[int, int]:
    """Width and height by the first chunk, which is one of three kinds."""
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 " and len(data) >= 30:
        sides = int.from_bytes(data[26:30], "little")
        return sides & 0x3FFF, sides >> 16 & 0x3FFF
    if kind == b"VP8L" and len(data) >= 25:
        sides = int.from_bytes(data[21:25], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    raise ColordegError("is truncated or damaged")
