"""TIFF and BigTIFF: grey, RGB, palette and CMYK of up to 16 bits, one picture a file."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, Model, Samples
from pytest_colordeg.images.encoding import Encoding
from pytest_colordeg.images.exif import Exif, encoding_from_exif
from pytest_colordeg.images.readers.complaints import errors_logged_by

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

__all__ = ["read"]

# Values of the tag PhotometricInterpretation.
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _INKS, _YCBCR = 0, 1, 2, 3, 5, 6
_MODELS: dict[int, Model] = {
    _WHITE_IS_ZERO: "grey",
    _BLACK_IS_ZERO: "grey",
    _RGB: "rgb",
    _PALETTE: "rgb",
    _INKS: "cmyk",
    _YCBCR: "rgb",
}
_CHANNELS = {"grey": 1, "rgb": 3, "cmyk": 4}
_JPEG_COMPRESSION, _UNSIGNED, _CMYK_INKS = 7, 1, 1
_MOST_PAGES = 16
_ORIENTATION, _PRIMARIES, _INK_SET, _EXIF = 274, 319, 332, 34665


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode a TIFF file; further pages may only be reduced previews."""
    from tifffile import TiffFile

    with errors_logged_by("tifffile") as complaints, TiffFile(io.BytesIO(data)) as file:
        page = _only_page(file)
        if not complaints:
            admit(page.imagewidth, page.imagelength)
            _require_handled(page)
            _require_whole(page, len(data))
            image = _decoded(page, page.asarray())
    if complaints:  # tifffile goes on without a tag that it cannot read, such as the profile
        raise ColordegError(f"is damaged: {complaints[0]}")
    return image


def _only_page(file: TiffFile) -> TiffPage:
    """The first page, when all that follow are reduced previews."""
    first = file.pages.first
    for number in range(1, _MOST_PAGES + 1):
        try:
            page = file.pages[number]
        except IndexError:
            return first
        if number == _MOST_PAGES or not getattr(page, "is_reduced", False):
            break
    raise ColordegError("holds several pages, and which is meant is not said")


def _require_whole(page: TiffPage, size: int) -> None:
    """Refuse missing strips and tiles, which tifffile fills with black."""
    places = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    if len(places) < math.prod(page.chunked) or any(
        offset <= 0 or count <= 0 or offset + count > size for offset, count in places
    ):
        raise ColordegError("is truncated or damaged: strips or tiles are missing")


def _require_handled(page: TiffPage) -> None:
    photometric, bits = page.photometric, page.bitspersample
    if photometric not in _MODELS or (
        photometric == _YCBCR and page.compression != _JPEG_COMPRESSION
    ):
        name = getattr(photometric, "name", photometric)
        raise ColordegError(f"is a TIFF of photometric interpretation {name}, which is not handled")
    if page.sampleformat != _UNSIGNED or not 1 <= bits <= 16 or page.imagedepth != 1:
        raise ColordegError(f"is a TIFF of {bits}-bit {page.dtype}; up to 16-bit integers are read")
    if photometric == _INKS and page.tags.valueof(_INK_SET, _CMYK_INKS) != _CMYK_INKS:
        raise ColordegError("is a TIFF of inks other than CMYK")


def _decoded(page: TiffPage, array: Samples) -> Decoded:
    bits = page.bitspersample
    model = _MODELS[page.photometric]
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if page.planarconfig == 2 and array.ndim == 3:
        array = np.moveaxis(array, 0, -1)
    if array.ndim == 2:
        array = array[..., None]
    if page.photometric == _PALETTE:
        array, bits = _expanded(array, page.colormap)
    channels = _CHANNELS[model]
    if array.ndim != 3 or array.shape[2] not in (channels, channels + 1):
        raise ColordegError(f"is a TIFF of shape {array.shape}, not {channels} channels")
    colours = array[..., :channels]
    if page.photometric == _WHITE_IS_ZERO:
        colours = ((1 << bits) - 1 - colours).astype(array.dtype)
    profile = page.iccprofile
    return Decoded(
        colours,
        model,
        bits,
        tag=profile if profile else _encoding(page),
        orientation=_orientation(page),
        alpha=array[..., channels] if array.shape[2] > channels else None,
    )


def _expanded(indices: Samples, table: Any) -> tuple[Samples, int]:
    """Look the palette up. Its entries have 16 bits, in which many writers put 8 as high byte."""
    if table is None or indices.shape[2] != 1 or int(indices.max(initial=0)) >= table.shape[1]:
        raise ColordegError("is a TIFF with a damaged palette")
    colours = np.asarray(table, np.uint16).T[indices[..., 0]]
    if not (table % 256).any():
        return (colours >> 8).astype(np.uint8), 8
    return colours, 16


def _encoding(page: TiffPage) -> Encoding:
    if _PRIMARIES in page.tags:
        raise ColordegError("states primaries by TIFF tags alone; embed an ICC profile instead")
    detail = page.tags.valueof(_EXIF, {})
    if not isinstance(detail, dict):
        detail = {}
    interop = detail.get("InteroperabilityTag", {})
    index = interop.get("InteroperabilityIndex") if isinstance(interop, dict) else None
    return encoding_from_exif(Exif(1, detail.get("ColorSpace"), index))


def _orientation(page: TiffPage) -> int:
    value = int(page.tags.valueof(_ORIENTATION, 1))
    return value if 1 <= value <= 8 else 1
