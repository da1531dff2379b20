"""Every fault that pixels can tell is named; honest compression is not blamed."""

import imagecodecs
import numpy as np
import pytest

from pytest_colordeg.gate import undo
from pytest_colordeg.gate.evidence import faults
from pytest_colordeg.images import resolve

BT601, BT709 = undo.RGB_TO_YCC, undo._709


@pytest.fixture(scope="module", params=["coffee-saucer", "astronaut-suit", "motorcycle-shelf"])
def original(request):
    from pathlib import Path

    return resolve([f"photos/{request.param}"], Path())[0].images[0].pixels


@pytest.fixture(scope="module", params=[25, 60, 90])
def decoded(request, original):
    return imagecodecs.jpeg8_decode(imagecodecs.jpeg8_encode(original, level=request.param))


def rounded(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def through(pixels, forward, back):
    return rounded(pixels @ forward.T @ np.linalg.inv(back).T)


def test_compression_alone_is_not_blamed(original, decoded):
    assert faults(original, decoded) == []


def test_lossless_has_nothing_to_explain(original):
    assert faults(original, original) == []


@pytest.mark.parametrize(("dx", "dy"), [(8, 0), (0, 1), (-3, 5), (1, -8)])
def test_shift(original, decoded, dx, dy):
    shifted = np.roll(decoded, (dy, dx), axis=(0, 1))
    assert faults(original, shifted) == [
        f"the picture is shifted by ({dx}, {dy}) pixels (right, down)"
    ]


def test_chroma_channels_swapped(original, decoded):
    ycc = decoded @ BT601.T
    swapped = rounded(ycc[..., [0, 2, 1]] @ np.linalg.inv(BT601).T)
    assert faults(original, swapped) == ["Cb and Cr are swapped"]


@pytest.mark.parametrize(
    ("order", "phrase"),
    [
        ([2, 1, 0], "red and blue are swapped"),
        ([1, 0, 2], "red and green are swapped"),
        ([0, 2, 1], "green and blue are swapped"),
    ],
)
def test_rgb_channels_swapped(original, decoded, order, phrase):
    assert faults(original, decoded[..., order]) == [phrase]


def test_range_read_as_limited(original, decoded):
    ycc = (decoded @ BT601.T - [16, 0, 0]) * [255 / 219, 255 / 224, 255 / 224]
    wrong = rounded(ycc @ np.linalg.inv(BT601).T)
    assert faults(original, wrong) == ["the range is wrong: full decoded as limited"]


def test_transfer_skipped(original, decoded):
    linear = rounded(np.interp(decoded, np.arange(256), undo._curve(encode=False)))
    assert faults(original, linear) == ["the transfer curve is skipped: linear light shown as sRGB"]


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_one_level_on_one_channel_at_a_high_rate(original, channel):
    decoded = imagecodecs.jpeg8_decode(imagecodecs.jpeg8_encode(original, level=95))
    offset = np.zeros(3, int)
    offset[channel] = 1
    biased = np.clip(decoded.astype(int) + offset, 0, 255).astype(np.uint8)
    (phrase,) = faults(original, biased)
    assert phrase.startswith("a constant offset of the channels")
    assert f"{'RGB'[channel]} +" in phrase


def test_tiny_pictures_are_no_trouble():
    for shape in ((1, 1, 3), (2, 1, 3), (7, 5, 3)):
        dark, light = np.zeros(shape, np.uint8), np.full(shape, 200, np.uint8)
        assert all(isinstance(phrase, str) for phrase in faults(dark, light))


def test_matrix_mixed_up_on_colourful_pictures():
    from pathlib import Path

    original = resolve(["photos/astronaut-suit"], Path())[0].images[0].pixels
    wrong = through(original, BT601, BT709)
    assert faults(original, wrong) == ["the matrix is wrong: BT.601 decoded as BT.709"]
    wrong = through(original, BT709, BT601)
    assert faults(original, wrong) == ["the matrix is wrong: BT.709 decoded as BT.601"]


def test_display_p3_read_as_srgb_on_colourful_pictures():
    from pathlib import Path

    original = resolve(["photos/astronaut-suit"], Path())[0].images[0].pixels
    to_p3 = undo._linear(np.linalg.inv(undo._P3_TO_SRGB))
    wrong = rounded(to_p3(original.astype(float)))
    assert faults(original, wrong) == ["the primaries are wrong: Display P3 values read as sRGB"]
