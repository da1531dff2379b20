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

    with WebPImageFile(io.BytesIO(data)) as picture:
        admit(*picture.size)
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
