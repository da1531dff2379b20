"""JPEG of 8 bits: grey, YCbCr, RGB, and CMYK or YCCK as Adobe writes them."""

from __future__ import annotations

import io

import numpy as np

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, Model
from pytest_colordeg.images.exif import encoding_from_exif, parse_exif
from pytest_colordeg.images.readers.jpeg_segments import parse_segments

__all__ = ["read"]

_MODELS: dict[str, Model] = {"L": "grey", "RGB": "rgb", "CMYK": "cmyk"}


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode the first picture of a JPEG file (more may follow: previews, gain maps)."""
    from PIL.JpegImagePlugin import JpegImageFile

    segments = parse_segments(data)
    admit(segments.width, segments.height)
    exif = parse_exif(segments.exif)
    with JpegImageFile(io.BytesIO(segments.decodable)) as picture:
        if picture.mode not in _MODELS:
            raise ColordegError(f"is a JPEG of mode {picture.mode}, which is not handled")
        if picture.mode == "CMYK" and not segments.adobe:
            raise ColordegError(
                "is a CMYK JPEG without Adobe's marker, so whether 0 means ink is not known"
            )
        samples = np.asarray(picture)
    return Decoded(
        samples if samples.ndim == 3 else samples[..., None],
        _MODELS[picture.mode],
        tag=segments.profile or encoding_from_exif(exif),
        orientation=exif.orientation,
    )
