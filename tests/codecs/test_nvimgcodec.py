"""NVIDIA's codecs as far as a machine without a card can tell: parameters, words, refusals."""

from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

from pytest_colordeg.codecs import nvimgcodec
from pytest_colordeg.codecs.ladders import FROZEN
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError

PIXELS = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture
def library(monkeypatch):
    """What the package is asked; its answers are not NVIDIA's."""
    made = MagicMock(__version__="0.9.0")
    monkeypatch.setattr(nvimgcodec, "_library", lambda: made)
    nvimgcodec._tool.cache_clear()
    yield made
    nvimgcodec._tool.cache_clear()


def test_rungs_are_those_of_the_codec_whose_scale_they_share():
    for codec, twin in (
        (nvimgcodec.JPEG_NVIMGCODEC, "jpeg"),
        (nvimgcodec.JPEG2000_NVIMGCODEC, "jpeg2000"),
    ):
        for rung, step in FROZEN[twin].items():
            codec.dial.check(codec.id, codec.ladder[rung])
            assert codec.ladder[rung][codec.dial.name] == step.value


def test_without_a_card_or_the_package_it_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(nvimgcodec, "_no_card", lambda: "there is no CUDA device")
    with pytest.raises(ColordegError, match="jpeg-nvimgcodec is not available: "):
        Registry().get("jpeg-nvimgcodec")


def test_jpeg_is_asked_for_with_explicit_parameters(library):
    codec = nvimgcodec.JPEG_NVIMGCODEC
    library.Encoder.return_value.encode.return_value = b"jpeg"
    assert codec.encode(PIXELS, codec.ladder[4]) == b"jpeg"
    asked = library.EncodeParams.call_args.kwargs
    assert asked["quality_value"] == 18
    assert asked["quality_type"] is library.QualityType.QUALITY
    assert asked["chroma_subsampling"] is library.ChromaSubsampling.CSS_420
    assert library.JpegEncodeParams.call_args.kwargs == {
        "progressive": False,
        "optimized_huffman": False,
    }


def test_nothing_in_return_is_an_error(library):
    codec = nvimgcodec.JPEG2000_NVIMGCODEC
    library.Encoder.return_value.encode.return_value = None
    library.Decoder.return_value.decode.return_value = None
    with pytest.raises(ColordegError, match="did not encode"):
        codec.encode(PIXELS, codec.ladder[1])
    with pytest.raises(ColordegError, match="did not decode"):
        codec.decode(b"x")


def test_pixels_come_back_from_the_card(library):
    library.Decoder.return_value.decode.return_value = SimpleNamespace(cpu=lambda: PIXELS)
    assert np.array_equal(nvimgcodec.JPEG_NVIMGCODEC.decode(b"x"), PIXELS)


def test_parameters_that_it_does_not_take_are_refused(library):
    with pytest.raises(ColordegError, match="takes the parameters level"):
        nvimgcodec.JPEG_NVIMGCODEC.encode(PIXELS, {"level": 18})
