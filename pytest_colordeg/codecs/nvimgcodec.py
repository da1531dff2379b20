"""``jpeg-nvimgcodec`` and ``jpeg2000-nvimgcodec``: NVIDIA's encoders and decoders on a CUDA card.

Other encoders than libjpeg-turbo and OpenJPEG, so other ids. Their rungs take the settings
of ``jpeg`` and ``jpeg2000``, whose scales they share, and are not calibrated of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.imagecodecs_base import as_int, checked_image
from pytest_colordeg.codecs.ladders import FROZEN
from pytest_colordeg.codecs.protocol import Ladder, Pixels
from pytest_colordeg.codecs.readback import read_back
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["JPEG2000_NVIMGCODEC", "JPEG_NVIMGCODEC", "NvImageCodec"]

_HOW = "pip install 'pytest-colordeg[gpu]' on a machine with a CUDA device"


@dataclass(frozen=True)
class NvImageCodec:
    """A format of nvImageCodec by its quality scale.

    Parameters
    ----------
    id
        See `pytest_colordeg.codecs.protocol.Codec`.
    format
        nvImageCodec's name of it.
    ladder_of
        The codec whose frozen settings the rungs take.
    """

    id: str
    format: str
    ladder_of: str
    dial: Dial

    #: Where it always runs.
    device = "cuda"

    @property
    def ladder(self) -> Ladder:
        return {n: self.dial.parameters(step.value) for n, step in FROZEN[self.ladder_of].items()}

    def unavailable(self) -> str | None:
        """Why it cannot run here: no package, or no card."""
        try:
            absent = find_spec("nvidia.nvimgcodec") is None
        except ModuleNotFoundError:
            absent = True
        if absent:
            return f"nvidia-nvimgcodec is not installed; {_HOW}"
        return _no_card()

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        library = _library()
        coded = _tool("Encoder").encode(
            checked_image(image), self.format, params=self._parameters(library, parameters)
        )
        if coded is None:
            raise ColordegError(f"codec {self.id}: nvImageCodec did not encode the image")
        return bytes(coded)

    def decode(self, data: bytes) -> Pixels:
        import numpy as np

        library = _library()
        image = _tool("Decoder").decode(
            library.CodeStream(data), params=library.DecodeParams(color_spec=library.ColorSpec.SRGB)
        )
        if image is None:
            raise ColordegError(f"codec {self.id}: nvImageCodec did not decode the data")
        pixels: Pixels = np.asarray(image.cpu())
        return pixels

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_back(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return {"bit_depth": 8, "subsampling": parameters["subsampling"]}

    def provenance(self) -> Mapping[str, Scalar]:
        """The version of nvImageCodec, and the card."""
        return {"nvimgcodec": str(_library().__version__), "card": _card()}

    def _parameters(self, library: Any, parameters: Mapping[str, Scalar]) -> Any:
        subsampling = {
            "4:2:0": library.ChromaSubsampling.CSS_420,
            "4:4:4": library.ChromaSubsampling.CSS_444,
        }[str(parameters["subsampling"])]
        common = {"chroma_subsampling": subsampling, "quality_value": parameters[self.dial.name]}
        if self.format == "jpeg":
            common["quality_value"] = as_int(parameters["level"])
            return library.EncodeParams(
                quality_type=library.QualityType.QUALITY,
                jpeg_encode_params=library.JpegEncodeParams(
                    progressive=False, optimized_huffman=bool(parameters["optimize"])
                ),
                **common,
            )
        return library.EncodeParams(
            quality_type=library.QualityType.PSNR,
            jpeg2k_encode_params=library.Jpeg2kEncodeParams(
                bitstream_type=library.Jpeg2kBitstreamType.JP2
            ),
            **common,
        )


def _library() -> Any:
    try:
        from nvidia import nvimgcodec
    except ImportError as error:
        raise ColordegError(f"nvImageCodec cannot be imported: {error}; {_HOW}") from None
    return nvimgcodec


@cache
def _tool(name: str) -> Any:
    """An encoder or decoder; making one takes longer than using it."""
    library = _library()
    try:
        return getattr(library, name)(max_num_cpu_threads=1)
    except RuntimeError as error:
        raise ColordegError(f"nvImageCodec has no {name.lower()} here: {error}; {_HOW}") from None


@cache
def _no_card() -> str | None:
    from pytest_colordeg.throughput.device import absent

    reason = absent("cuda")
    return None if reason is None else f"{reason}; {_HOW}"


@cache
def _card() -> str:
    from pytest_colordeg.codecs.neural.backend import device_name

    return device_name("cuda")


JPEG_NVIMGCODEC = NvImageCodec(
    "jpeg-nvimgcodec",
    "jpeg",
    "jpeg",
    Dial("level", range(3, 101), {"subsampling": "4:2:0", "optimize": False}),
)
JPEG2000_NVIMGCODEC = NvImageCodec(
    "jpeg2000-nvimgcodec",
    "jpeg2k",
    "jpeg2000",
    Dial("psnr", [20 + i / 10 for i in range(350)], {"subsampling": "4:4:4"}),
)
