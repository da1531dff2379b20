from __future__ import annotations

import numpy as np
import pytest

from pytest_colordeg.color import srgb


@pytest.fixture(scope="module")
def oracle():
    return pytest.importorskip("colour", reason="colour-science is the oracle here")


def test_matrix_is_the_one_that_follows_from_the_primaries(oracle):
    derived = oracle.normalised_primary_matrix(
        [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]], [0.3127, 0.3290]
    )
    np.testing.assert_allclose(srgb.xyz_matrix(), derived, rtol=0, atol=1e-14)


def test_matrix_rounds_to_the_four_digits_of_the_standard():
    published = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    np.testing.assert_allclose(srgb.xyz_matrix(), published, rtol=0, atol=6e-5)


def test_white_is_the_sum_of_the_primaries():
    x, y = 0.3127, 0.3290
    white = [x / y, 1.0, (1 - x - y) / y]
    np.testing.assert_allclose(srgb.xyz_matrix().sum(axis=1), white, rtol=0, atol=1e-14)


def test_curve_is_the_standard_one(oracle):
    codes = np.arange(256) / 255
    np.testing.assert_allclose(
        srgb.linear(codes), oracle.models.eotf_sRGB(codes), rtol=1e-14, atol=1e-17
    )
    np.testing.assert_array_equal(srgb.code_table(), srgb.linear(codes))


def test_curve_joins_its_two_parts_and_rises():
    assert srgb.linear(0.0) == 0.0
    assert srgb.linear(1.0) == 1.0
    assert np.all(np.diff(srgb.code_table()) > 0)
    # The two parts of the standard meet to within 1e-8 at 0.04045.
    above = ((0.04045 + 0.055) / 1.055) ** 2.4
    assert srgb.linear(0.04045) == pytest.approx(above, abs=3e-8)


def test_tristimulus_values_relative_to_white():
    rng = np.random.default_rng(1)
    rgb = rng.random((200, 3))
    matrix = srgb.xyz_matrix()
    np.testing.assert_allclose(
        srgb.relative_xyz(rgb), rgb @ matrix.T / matrix.sum(axis=1), rtol=0, atol=1e-15
    )


def test_grey_has_three_equal_values_to_the_last_bit():
    grey = np.repeat(srgb.code_table()[:, None], 3, axis=1)
    np.testing.assert_array_equal(srgb.relative_xyz(grey), grey)


def test_shared_tables_cannot_be_written():
    for table in (srgb.xyz_matrix(), srgb.relative_matrix(), srgb.code_table()):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0
