"""``avif``: libavif with the aom encoder, chroma at full resolution."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_colordeg.codecs.built_in import MATRIX, PRIMARIES, TRANSFER, tagged_srgb
from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import ImagecodecsCodec, as_int, checked_image
from pytest_colordeg.codecs.linked import codecs_in_libavif
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback import read_avif
from pytest_colordeg.records import Scalar

__all__ = ["AVIF", "Avif"]


class Avif(ImagecodecsCodec):
    """AVIF by level in 8-bit BT.601 full range, tagged sRGB, at avifenc's default speed.

    The number of threads changes the bytes, so it is one. Level 100 is another
    mode (lossless, identity matrix), so the dial ends at 99. 4:4:4, because no
    standard says how a decoder enlarges AVIF's chroma.
    """

    extension = "_avif"
    version_function = "avif_version"

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        data: bytes = self.call(
            "avif_encode",
            checked_image(image),
            level=as_int(parameters["level"]),
            speed=as_int(parameters["speed"]),
            # With "yuv": imagecodecs 2026.10 knows the bare digits no more.
            pixelformat="yuv" + str(parameters["subsampling"]).replace(":", ""),
            codec=str(parameters["encoder"]),
            bitspersample=8,
            primaries=PRIMARIES,
            transfer=TRANSFER,
            matrix=MATRIX,
            numthreads=1,
        )
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self.call("avif_decode", data, numthreads=1)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_avif(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return tagged_srgb("AVIF", parameters["subsampling"])

    def provenance(self) -> Mapping[str, Scalar]:
        """As the other codecs', and the AV1 libraries inside libavif where they can be told."""
        return {**super().provenance(), **codecs_in_libavif()}


AVIF = Avif(
    "avif",
    Dial("level", range(100), {"speed": 6, "subsampling": "4:4:4", "encoder": "aom"}),
)
