"""Padding, cropping and the one rounding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_colordeg.codecs.neural.pixels import margins, padded_size
from pytest_colordeg.errors import ColordegError

torch = pytest.importorskip("torch")

from pytest_colordeg.codecs.neural.pixels import to_pixels, to_tensor  # noqa: E402


@settings(deadline=None)
@given(
    st.integers(1, 70),
    st.integers(1, 70),
    st.sampled_from([16, 64]),
    st.sampled_from(["zero", "replicate"]),
)
def test_padding_is_taken_away_again(height, width, stride, padding):
    pixels = np.random.default_rng(height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    padded = to_tensor(pixels, stride, padding)
    assert padded.shape[2] % stride == padded.shape[3] % stride == 0
    assert padded.shape[2] == padded_size(height, stride)
    assert np.array_equal(to_pixels(padded, height, width, stride), pixels)


def test_margins_are_those_of_compressai():
    ops = pytest.importorskip("compressai.ops")
    for height, width in ((64, 64), (65, 100), (1, 127), (500, 333)):
        pad, _ = ops.compute_padding(height, width, min_div=64)
        assert margins(height, width, 64) == pad


def test_zero_and_replicate_padding():
    pixels = np.full((1, 1, 3), 200, np.uint8)
    assert float(to_tensor(pixels, 16, "zero").sum()) == pytest.approx(3 * 200 / 255)
    assert float(to_tensor(pixels, 16, "replicate").min()) == pytest.approx(200 / 255)


def test_rounds_to_nearest_and_clips():
    values = torch.tensor([-0.5, 0.4 / 255, 0.6 / 255, 127.5001 / 255, 1.7, 254.4 / 255])
    image = values.repeat(3, 16, 1)[None].repeat(1, 1, 1, 3)[..., :16]
    row = to_pixels(image, 16, 16, 16)[0, :6, 0]
    assert row.tolist() == [0, 0, 1, 128, 255, 254]


def test_not_finite_is_an_error():
    image = torch.zeros(1, 3, 16, 16)
    image[0, 1, 3, 3] = float("nan")
    with pytest.raises(ColordegError, match="not finite"):
        to_pixels(image, 16, 16, 16)
