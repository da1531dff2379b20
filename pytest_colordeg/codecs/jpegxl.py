"""``jpegxl``: libjxl's lossy mode, by Butteraugli distance."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import ImagecodecsCodec, as_int, checked_image
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback import read_jpegxl
from pytest_colordeg.records import Scalar

__all__ = ["JPEGXL", "JpegXl"]


class JpegXl(ImagecodecsCodec):
    """JPEG XL in XYB at the effort that cjxl has by default, as a bare codestream.

    The library clamps distances above 25. Since libjxl 0.10 decoding to 8 bits
    dithers, so counts of distinct colours depend on the library's version.
    """

    extension = "_jpegxl"
    version_function = "jpegxl_version"

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        data: bytes = self.call(
            "jpegxl_encode",
            checked_image(image),
            distance=float(parameters["distance"]),
            effort=as_int(parameters["effort"]),
            decodingspeed=as_int(parameters["decodingspeed"]),
            lossless=False,
            photometric="rgb",
            planar=False,
            usecontainer=False,
            numthreads=1,
        )
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self.call("jpegxl_decode", data, numthreads=1)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_jpegxl(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return {
            "format": "JPEG XL",
            "bit_depth": 8,
            "subsampling": "4:4:4",
            "xyb": True,
            "colourspace": "sRGB",
            "extra_channels": 0,
        }


JPEGXL = JpegXl(
    "jpegxl",
    Dial(
        "distance",
        tuple(twentieth / 20 for twentieth in range(500, 1, -1)),
        {"effort": 7, "decodingspeed": 0},
    ),
)
