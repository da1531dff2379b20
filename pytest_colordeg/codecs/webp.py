"""``webp``: libwebp's lossy mode."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import ImagecodecsCodec, as_int, checked_image
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback import read_webp
from pytest_colordeg.records import Scalar

__all__ = ["WEBP", "Webp"]


class Webp(ImagecodecsCodec):
    """Lossy WebP by level, with the method that cwebp has by default.

    imagecodecs writes lossless WebP at any level unless it is told not to, and
    a lossless codec passes every colour gate; so the mode is said here and read
    back from the file. Lossy WebP has 4:2:0 and limited range, always.
    """

    extension = "_webp"
    version_function = "webp_version"

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        data: bytes = self.call(
            "webp_encode",
            checked_image(image),
            level=float(parameters["level"]),
            lossless=bool(parameters["lossless"]),
            method=as_int(parameters["method"]),
            numthreads=1,
        )
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self.call("webp_decode", data, hasalpha=False)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_webp(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return {
            "format": "WebP",
            "bit_depth": 8,
            "subsampling": "4:2:0",
            "matrix": "BT.601",
            "full_range": False,
            "lossless": parameters["lossless"],
            "alpha": False,
        }


WEBP = Webp(
    "webp",
    Dial(
        "level",
        # From 0 to 1 the rate grows by half, so tenths stand between them.
        (*(tenth / 10 for tenth in range(10)), *range(1, 101)),
        {"lossless": False, "method": 4},
    ),
)
