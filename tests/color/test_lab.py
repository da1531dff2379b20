from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from pytest_colordeg.color import lab, srgb
from pytest_colordeg.color.lab import ab_index, srgb_to_lab
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.strategies import images


def cube(step: int) -> np.ndarray:
    codes = np.unique(np.append(np.arange(0, 256, step), 255)).astype(np.uint8)
    return np.stack(np.meshgrid(codes, codes, codes, indexing="ij"), axis=-1)


def test_equals_colour_science_given_our_matrix_and_white():
    colour = pytest.importorskip("colour", reason="colour-science is the oracle here")
    colors = cube(15)
    xyz = colour.models.eotf_sRGB(colors / 255.0) @ srgb.xyz_matrix().T
    expected = colour.XYZ_to_Lab(xyz, srgb.WHITE)
    np.testing.assert_allclose(srgb_to_lab(colors), expected, rtol=0, atol=1e-9)


def test_close_to_scikit_image_as_it_is():
    from skimage.color import rgb2lab

    colors = cube(15)
    np.testing.assert_allclose(srgb_to_lab(colors), rgb2lab(colors), rtol=0, atol=0.02)


def test_response_is_the_cube_root_above_and_a_line_below():
    t = np.linspace(0, 1, 1001)
    f = lab.lightness_response(t)
    root = t > (6 / 29) ** 3
    np.testing.assert_allclose(f[root], t[root] ** (1 / 3), rtol=1e-14)
    line = t[~root] / (3 * (6 / 29) ** 2) + 4 / 29
    np.testing.assert_allclose(f[~root], line, rtol=1e-14)


def test_black_white_and_greys_are_neutral_to_the_last_bit():
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    result = srgb_to_lab(grey)
    assert not result[:, 1:].any()
    assert result[0, 0] == pytest.approx(0.0, abs=1e-13)
    assert result[255, 0] == pytest.approx(100.0, abs=1e-13)


@given(images(max_side=6))
def test_any_leading_shape_gives_the_same_colors(image):
    whole = srgb_to_lab(image)
    assert whole.shape == image.shape
    assert whole.dtype == np.float64
    for y, row in enumerate(image):
        for x, pixel in enumerate(row):
            np.testing.assert_array_equal(srgb_to_lab(pixel), whole[y, x])


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 2, 3)),
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((2, 2, 3), np.int16),
        np.zeros((), np.uint8),
    ],
)
def test_anything_but_8_bit_triples_is_an_error(wrong):
    with pytest.raises(ColordegError, match=r"uint8 array of shape \(\.\.\., 3\)"):
        srgb_to_lab(wrong)


def test_pairs_are_rounded_half_to_even_and_clipped():
    colors = np.array([[50, 0.5, 1.5], [0, -0.5, 2.5], [9, 127.6, -300.0], [9, 0.49, -0.51]])
    expected = [(0, 2), (0, 2), (127, -127), (0, -1)]
    assert [(n // 255 - 127, n % 255 - 127) for n in ab_index(colors).tolist()] == expected
