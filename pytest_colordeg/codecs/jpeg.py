"""``jpeg`` and ``jpeg444``: libjpeg-turbo with chroma at half and at full resolution."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import ImagecodecsCodec, as_int, checked_image
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback import read_jpeg
from pytest_colordeg.records import Scalar

__all__ = ["JPEG", "JPEG444", "Jpeg"]


class Jpeg(ImagecodecsCodec):
    """JPEG by quality level, baseline with the standard Huffman tables.

    BT.601 full-range YCbCr, as JFIF says. Below level 3 nearly all quantiser
    steps sit at their cap of 255, so the dial begins there.
    """

    extension = "_jpeg8"
    version_function = "jpeg8_version"

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        data: bytes = self.call(
            "jpeg8_encode",
            checked_image(image),
            level=as_int(parameters["level"]),
            subsampling=str(parameters["subsampling"]).replace(":", ""),
            optimize=bool(parameters["optimize"]),
        )
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self.call("jpeg8_decode", data)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_jpeg(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return {
            "format": "JPEG",
            "bit_depth": 8,
            "subsampling": parameters["subsampling"],
            "matrix": "BT.601",
            "full_range": True,
            "lossless": False,
        }


def _jpeg(codec: str, subsampling: str) -> Jpeg:
    fixed: dict[str, Scalar] = {"subsampling": subsampling, "optimize": False}
    return Jpeg(codec, Dial("level", range(3, 101), fixed))


JPEG = _jpeg("jpeg", "4:2:0")
JPEG444 = _jpeg("jpeg444", "4:4:4")
