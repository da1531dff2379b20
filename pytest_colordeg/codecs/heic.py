"""``heic``: HEVC still pictures by libheif and x265."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np

from pytest_colordeg.codecs.built_in import (
    MATRIX,
    PRIMARIES,
    TRANSFER,
    DialCodec,
    tagged_srgb,
)
from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.fingerprint import digests, extension_files, own_class
from pytest_colordeg.codecs.imagecodecs_base import as_int, checked_image
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback.heic import read_heic
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["HEIC", "Heic"]

_GET = 'pip install "pytest-colordeg[heic]"'


class Heic(DialCodec):
    """HEIC by libheif's quality: 8 bits, 4:2:0, BT.601 full range, tagged sRGB.

    4:2:0 is what telephones write and libheif does by default. The number of
    threads changes x265's bytes, so its thread pools are off; preset and tuning
    are libheif's own.
    """

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        pixels = checked_image(image)
        file = io.BytesIO()
        try:
            _library().encode(
                "RGB",
                (pixels.shape[1], pixels.shape[0]),
                pixels.tobytes(),
                file,
                quality=as_int(parameters["quality"]),
                subsampling=str(parameters["subsampling"]),
                enc_params={
                    "preset": str(parameters["preset"]),
                    "tune": str(parameters["tune"]),
                    "x265:pools": "none",
                },
                save_nclx_profile=True,
                color_primaries=PRIMARIES,
                transfer_characteristics=TRANSFER,
                matrix_coefficients=MATRIX,
                full_range_flag=1,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ColordegError(f"codec heic: {error}") from error
        return file.getvalue()

    def decode(self, data: bytes) -> Pixels:
        try:
            opened = _library().open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
            decoded: Pixels = np.array(opened)
        except (RuntimeError, ValueError, OSError, SyntaxError) as error:
            raise ColordegError(f"codec heic: {error}") from error
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_heic(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return tagged_srgb("HEIC", parameters["subsampling"])

    def provenance(self) -> Mapping[str, Scalar]:
        """Versions of pillow-heif, libheif, x265 and libde265; one thread."""
        library = _library()
        info = library.libheif_info()
        return {
            "pillow-heif": str(library.__version__),
            "libheif": str(info["libheif"]),
            "encoder": str(info["HEIF"]),
            "decoder": str(info["decoders"].get("libde265", "unknown")),
            "threads": 1,
        }

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """Digests of the extension module and of every library that it links."""
        files = extension_files(import_module("_pillow_heif"), "pillow_heif")
        return None if files is None or not own_class(self) else digests(files)

    def unavailable(self) -> str | None:
        """Why this codec cannot run here and how to get it."""
        if find_spec("pillow_heif") is None:
            return f"pillow-heif is not installed; {_GET}"
        try:
            encoder = _library().libheif_info()["HEIF"]
        except ColordegError as error:
            return str(error)
        return None if encoder else f"this build of pillow-heif has no HEVC encoder; {_GET}"


def _library() -> ModuleType:
    try:
        import pillow_heif
    except ImportError as error:
        raise ColordegError(f"pillow-heif cannot be imported: {error}") from None
    module: ModuleType = pillow_heif
    return module


HEIC = Heic(
    "heic",
    Dial("quality", range(100), {"subsampling": "4:2:0", "preset": "slow", "tune": "ssim"}),
)
