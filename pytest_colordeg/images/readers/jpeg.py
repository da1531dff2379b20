"""JPEG of 8 bits: grey, YCbCr, RGB, and CMYK or YCCK as Adobe writes them."""

from __future__ import annotations

import io

import numpy as np

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, Model
from pytest_colordeg.images.exif import encoding_from_exif, parse_exif

__all__ = ["read"]

_MODELS: dict[str, Model] = {"L": "grey", "RGB": "rgb", "CMYK": "cmyk"}


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode the first picture of a JPEG file (more may follow: previews, gain maps)."""
    from PIL.JpegImagePlugin import JpegImageFile

    with JpegImageFile(io.BytesIO(data)) as picture:
        admit(*picture.size)
        if picture.mode not in _MODELS:
            raise ColordegError(f"is a JPEG of mode {picture.mode}, which is not handled")
        if picture.mode == "CMYK" and "adobe" not in picture.info:
            raise ColordegError(
                "is a CMYK JPEG without Adobe's marker, so whether 0 means ink is not known"
            )
        profile = picture.info.get("icc_profile")
        if profile is None and "icc_profile" in picture.info:
            raise ColordegError("has an ICC profile that is incomplete")
        exif = parse_exif(picture.info.get("exif", b""))
        samples = np.asarray(picture)
    return Decoded(
        samples if samples.ndim == 3 else samples[..., None],
        _MODELS[picture.mode],
        tag=profile or (encoding_from_exif(exif)),
        orientation=exif.orientation,
    )
