"""The conversion to 10-bit 4:2:0 and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_colordeg.codecs.chroma420 import from_planes, to_planes


@settings(max_examples=100, deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_a_flat_colour_comes_back_exactly(colour):
    image = np.full((4, 6, 3), colour, dtype=np.uint8)
    assert (from_planes(to_planes(image)) == image).all()


def test_planes_are_those_of_the_standard():
    """H.273: BT.709 in full range, 10 bits; Y = 1023 × (0.2126 R + 0.7152 G + 0.0722 B)."""
    red = np.full((2, 2, 3), (255, 0, 0), dtype=np.uint8)
    luma, blue_difference, red_difference = to_planes(red)
    assert luma.shape == (2, 2)
    assert blue_difference.shape == red_difference.shape == (1, 1)
    assert luma[0, 0] == 217  # 217.49
    assert blue_difference[0, 0] == 395  # 512 - 1023 × 0.2126 / 1.8556 = 394.79
    assert red_difference[0, 0] == 1023  # 512 + 511.5, clipped


def test_grey_stays_grey():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    image = np.repeat(ramp, 2, axis=0)
    assert (from_planes(to_planes(image)) == image).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_chroma_does_not_move(axis):
    """A step of hue at an even position stays there, and mirrors to its mirror."""
    image = np.full((32, 32, 3), (200, 60, 60), dtype=np.uint8)
    image[(slice(16, None), slice(None))[:: 1 if axis == 0 else -1]] = (60, 60, 200)
    there = from_planes(to_planes(image))
    mirrored = from_planes(to_planes(np.flip(image, axis)))
    assert (np.flip(mirrored, axis) == there).all()
    difference = np.abs(there.astype(int) - image).max(axis=2)
    far = np.take(difference, [*range(9), *range(23, 32)], axis)
    assert far.max() <= 2


def test_each_pixel_s_luma_is_the_nearest_of_its_neighbours():
    """No other code within three of a pixel's own luma gives a nearer pixel."""
    image = np.random.default_rng(5).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    luma, blue_difference, red_difference = to_planes(image)
    weights = np.array([0.2126, 0.7152, 0.0722])
    own = np.rint(image @ weights * (1023 / 255)).astype(int)
    assert np.abs(luma - own).max() == 3

    def error(plane):
        decoded = from_planes((plane.astype(np.uint16), blue_difference, red_difference))
        return (decoded.astype(float) - image) ** 2 @ weights

    least = np.min([error((own + step).clip(0, 1023)) for step in range(-3, 4)], axis=0)
    assert error(luma) == pytest.approx(least, abs=1e-9)
    assert error(luma).mean() < error(own).mean()
