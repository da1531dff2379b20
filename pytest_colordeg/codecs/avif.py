"""``avif``: libavif with the aom encoder, chroma at full resolution."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import ImagecodecsCodec, as_int, checked_image
from pytest_colordeg.codecs.linked import codecs_in_libavif
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback import read_avif
from pytest_colordeg.records import Scalar

__all__ = ["AVIF", "Avif"]

# ITU-T H.273: BT.709 primaries, sRGB transfer, BT.601 matrix.
_PRIMARIES, _TRANSFER, _MATRIX = 1, 13, 6


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
            pixelformat=str(parameters["subsampling"]).replace(":", ""),
            codec=str(parameters["encoder"]),
            bitspersample=8,
            primaries=_PRIMARIES,
            transfer=_TRANSFER,
            matrix=_MATRIX,
            numthreads=1,
        )
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self.call("avif_decode", data, numthreads=1)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_avif(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return {
            "format": "AVIF",
            "bit_depth": 8,
            "subsampling": parameters["subsampling"],
            "matrix": "BT.601",
            "full_range": True,
            "primaries": _PRIMARIES,
            "transfer": _TRANSFER,
        }

    def provenance(self) -> Mapping[str, Scalar]:
        """As the other codecs', and the AV1 libraries inside libavif where they can be told."""
        return {**super().provenance(), **codecs_in_libavif()}


AVIF = Avif(
    "avif",
    Dial("level", range(100), {"speed": 6, "subsampling": "4:4:4", "encoder": "aom"}),
)
