"""``vvc`` and ``heic``: what their extras bring, and what is said without them."""

import importlib.util

import numpy as np
import pytest

from pytest_colordeg.codecs import ffmpeg, heic
from pytest_colordeg.codecs.ladders import FROZEN, RATES
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.readback import read_back
from pytest_colordeg.codecs.readback.vvc import read_vvc
from pytest_colordeg.codecs.registry import Registry, unavailable
from pytest_colordeg.errors import ColordegError

REGISTRY = Registry()
PACKAGE = {"vvc": "imageio_ffmpeg", "heic": "pillow_heif"}


@pytest.fixture(params=PACKAGE)
def codec(request):
    found = REGISTRY.find(request.param)
    reason = unavailable(found)
    if reason is not None:
        pytest.skip(f"{request.param}: {reason}")
    return found


@pytest.mark.parametrize("name", PACKAGE)
def test_without_its_package_the_way_to_get_it_is_told(name, monkeypatch):
    for module in (ffmpeg, heic):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(ColordegError, match=rf"not available.*pytest-colordeg\[{name}\]"):
        Registry().get(name)
    assert set(REGISTRY.find(name).ladder) <= set(range(1, 9))


def test_a_program_without_the_encoder_is_named(monkeypatch):
    monkeypatch.setattr(ffmpeg, "find_spec", importlib.util.find_spec)
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        pytest.skip("imageio-ffmpeg is not installed")
    reason = ffmpeg.missing(("encoder", "libvvenc"), ("encoder", "nosuchthing"))
    assert reason is not None
    assert "has no encoder nosuchthing;" in reason
    assert "libvvenc" not in reason


def test_follows_the_protocol(codec):
    assert isinstance(codec, Codec)
    assert codec.provenance()["threads"] == 1


def test_round_trip_gives_what_was_asked(codec, picture):
    sizes, errors = [], []
    for rung in (1, 5, 8):
        parameters = codec.ladder[rung]
        data = codec.encode(picture, parameters)
        decoded = codec.decode(data)
        assert decoded.shape == picture.shape
        assert decoded.dtype == np.uint8
        facts = codec.inspect(data)
        assert (facts["width"], facts["height"]) == (97, 61)
        expected = dict(codec.expected(parameters))
        assert {name: facts.get(name) for name in expected} == expected
        sizes.append(len(data))
        errors.append(float(np.mean((picture.astype(float) - decoded) ** 2)))
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)
    assert 0 < errors[-1] < errors[0] / 2


def test_bytes_are_the_same_every_time(codec, picture):
    parameters = codec.ladder[5]
    assert codec.encode(picture, parameters) == codec.encode(picture.copy(), parameters)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 40), (17, 16)])
def test_small_and_odd_sizes(codec, height, width):
    image = np.full((height, width, 3), (200, 90, 40), dtype=np.uint8)
    data = codec.encode(image, codec.ladder[8])
    facts = codec.inspect(data)
    assert (facts["width"], facts["height"]) == (width, height)
    assert np.abs(codec.decode(data).astype(int) - image).max() <= 4


def test_parameters_are_never_clamped_or_defaulted(codec, picture):
    good = dict(codec.ladder[5])
    for bad in ({**good, codec.dial.name: 1000}, {**good, "extra": 1}, {}):
        with pytest.raises(ColordegError, match=f"codec {codec.id}"):
            codec.encode(picture, bad)


def test_undecodable_bytes_are_a_plain_error(codec):
    with pytest.raises(ColordegError, match=f"codec {codec.id}"):
        codec.decode(b"this is no picture at all")


def test_a_stream_of_another_size_than_its_header_is_seen(picture):
    codec = REGISTRY.find("vvc")
    if unavailable(codec) is not None:
        pytest.skip(str(unavailable(codec)))
    data = codec.encode(picture, codec.ladder[1])
    assert codec.payload(data) == len(data) - 12
    with pytest.raises(ColordegError, match="98 x 62 for an image of 97 x 63"):
        codec.inspect(data[:8] + (63).to_bytes(4, "big") + data[12:])
    with pytest.raises(ColordegError, match="ffmpeg"):
        codec.decode(data[: len(data) // 2][:60])


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_heic_is_read_back_from_its_bytes(subsampling, picture):
    codec = REGISTRY.find("heic")
    if unavailable(codec) is not None:
        pytest.skip(str(unavailable(codec)))
    data = codec.encode(picture, {**codec.ladder[5], "subsampling": subsampling})
    facts = read_back(data)
    assert facts["subsampling"] == subsampling
    assert (facts["format"], facts["matrix"], facts["full_range"]) == ("HEIC", "BT.601", True)
    for cut in (0, 3, 30, 200):
        with pytest.raises(ColordegError, match=r"HEIC|box"):
            heic.read_heic(data[:cut])


def test_a_stream_without_parameters_is_malformed():
    with pytest.raises(ColordegError, match="no sequence parameter set"):
        read_vvc(b"\0\0\1\0\x39abc")


def test_ladders_are_attainable_and_near_their_rates():
    for name in PACKAGE:
        codec = REGISTRY.find(name)
        for rung, step in FROZEN[name].items():
            assert step.value in codec.dial.steps
            assert step.bpp == pytest.approx(RATES[rung - 1], rel=0.1)
