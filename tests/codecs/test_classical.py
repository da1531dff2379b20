"""The six built-in classical codecs."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_colordeg.codecs.ladders import FROZEN, RATES
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.registry import CLASSICAL, Registry
from pytest_colordeg.errors import ColordegError

REGISTRY = Registry()


@pytest.fixture(params=CLASSICAL)
def codec(request):
    return REGISTRY.get(request.param)


def psnr(a, b):
    return 10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2))


def test_follows_the_protocol(codec):
    assert isinstance(codec, Codec)


def test_round_trip_gives_what_was_asked(codec, picture):
    sizes, qualities = [], []
    for _rung, parameters in sorted(codec.ladder.items()):
        data = codec.encode(picture, parameters)
        decoded = codec.decode(data)
        assert decoded.shape == picture.shape
        assert decoded.dtype == np.uint8
        facts = codec.inspect(data)
        assert (facts["width"], facts["height"]) == (97, 61)
        assert {name: facts.get(name) for name in codec.expected(parameters)} == dict(
            codec.expected(parameters)
        )
        sizes.append(len(data))
        qualities.append(psnr(picture, decoded))
    assert sizes == sorted(sizes)
    assert qualities[-1] > qualities[0] + 3
    assert qualities[-1] < 50, "no rung is lossless"


def test_bytes_are_the_same_every_time(codec, picture):
    parameters = codec.ladder[5]
    assert codec.encode(picture, parameters) == codec.encode(picture.copy(), parameters)


def test_original_is_not_touched(codec, picture):
    frozen = picture.copy()
    frozen.flags.writeable = False
    codec.decode(codec.encode(frozen, codec.ladder[5]))
    assert (frozen == picture).all()


def test_a_view_with_strides_encodes_as_its_copy(codec, picture):
    view = picture[::-1, ::2]
    parameters = codec.ladder[5]
    assert codec.encode(view, parameters) == codec.encode(view.copy(), parameters)


@settings(max_examples=12, deadline=None)
@given(height=st.integers(1, 19), width=st.integers(1, 19))
@pytest.mark.parametrize("name", CLASSICAL)
def test_any_small_size(name, height, width):
    codec = REGISTRY.get(name)
    image = np.random.default_rng(height * 32 + width).integers(
        0, 256, (height, width, 3), dtype=np.uint8
    )
    data = codec.encode(image, codec.ladder[8])
    facts = codec.inspect(data)
    assert (facts["width"], facts["height"]) == (width, height)
    assert codec.decode(data).shape == image.shape


def test_parameters_are_never_clamped_or_defaulted(codec, picture):
    good = dict(codec.ladder[5])
    name = codec.dial.name
    for bad in (
        {**good, name: 10_000},
        {**good, name: -1},
        {**good, name: float("nan")},
        {**good, name: "50"},
        {key: value for key, value in good.items() if key != name},
        {**good, "qualty": 3},
    ):
        with pytest.raises(ColordegError, match=f"codec {codec.id}"):
            codec.encode(picture, bad)


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)],
    ids=["grey", "alpha", "float"],
)
def test_other_than_rgb8_is_refused(codec, image):
    with pytest.raises(ColordegError, match=r"uint8|shape"):
        codec.encode(image, codec.ladder[5])


def test_undecodable_bytes_are_a_plain_error(codec):
    with pytest.raises(ColordegError, match=f"codec {codec.id}"):
        codec.decode(b"this is no picture at all")


def test_provenance_names_versions_and_threads(codec):
    provenance = codec.provenance()
    assert provenance["imagecodecs"] == imagecodecs.__version__
    assert provenance["threads"] == 1
    library = {
        "jpeg": "libjpeg-turbo",
        "jpeg444": "libjpeg-turbo",
        "jpeg2000": "openjpeg",
        "jpegxl": "libjxl",
        "webp": "libwebp",
        "avif": "libavif",
    }[codec.id]
    assert str(provenance[library]) in imagecodecs.version()


def test_fixed_parameters_stand_in_every_rung(codec):
    for parameters in codec.ladder.values():
        assert set(parameters) == {codec.dial.name, *codec.dial.fixed}


def test_ladders_are_attainable_and_near_their_rates(codec):
    steps = FROZEN[codec.id]
    assert list(codec.ladder) == list(steps) == sorted(steps)
    for rung, step in steps.items():
        assert step.value in codec.dial.steps
        assert step.bpp == pytest.approx(RATES[rung - 1], rel=0.2)
    absent = set(range(1, 9)) - set(steps)
    assert all(rung < min(steps) for rung in absent), "only rates below the floor are left out"


@pytest.mark.parametrize(
    ("name", "rungs"),
    [("jpeg", (2, 5, 8)), ("jpeg444", (3, 8)), ("jpeg2000", (2,)), ("webp", (2,))],
)
def test_frozen_rates_are_those_of_kodak(name, rungs, kodak):
    codec = REGISTRY.get(name)
    for rung in rungs:
        rates = [
            8 * len(codec.encode(image, codec.ladder[rung])) / image[..., 0].size for image in kodak
        ]
        assert np.mean(rates) == pytest.approx(FROZEN[name][rung].bpp, rel=0.01)
