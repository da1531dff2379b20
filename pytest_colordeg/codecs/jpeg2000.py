"""``jpeg2000``: OpenJPEG with the irreversible 9-7 wavelet and colour transform."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import ImagecodecsCodec, checked_image
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback import read_jpeg2000
from pytest_colordeg.records import Scalar

__all__ = ["JPEG2000", "Jpeg2000"]


class Jpeg2000(ImagecodecsCodec):
    """JPEG 2000 by target PSNR in dB, in a JP2 container.

    The target is met image by image, so the rate differs between images more
    than with other dials. Left to themselves, bindings differ: some leave the
    colour transform out, some choose the reversible 5-3 wavelet.
    """

    extension = "_jpeg2k"
    version_function = "jpeg2k_version"

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        data: bytes = self.call(
            "jpeg2k_encode",
            checked_image(image),
            level=float(parameters["psnr"]),
            codecformat=str(parameters["container"]),
            planar=False,
            reversible=bool(parameters["reversible"]),
            mct=bool(parameters["mct"]),
            numthreads=1,
        )
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self.call("jpeg2k_decode", data, planar=False, numthreads=1)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_jpeg2000(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        reversible = bool(parameters["reversible"])
        return {
            "format": "JPEG 2000",
            "bit_depth": 8,
            "subsampling": "4:4:4",
            "colourspace": "sRGB",
            "mct": parameters["mct"],
            "reversible": reversible,
            "transform": "5-3" if reversible else "9-7",
        }


JPEG2000 = Jpeg2000(
    "jpeg2000",
    Dial(
        "psnr",
        # 0.1 dB apart: finer steps change the mean rate by less than 1 %.
        tuple(tenth / 10 for tenth in range(200, 501)),
        {"container": "jp2", "reversible": False, "mct": True},
    ),
)
