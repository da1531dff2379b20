import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import check_pixels


def test_sound_pixels_pass():
    check_pixels(np.zeros((2, 3, 3), np.uint8))
    check_pixels(np.zeros((2, 3, 3), np.uint8), (2, 3, 3))


@pytest.mark.parametrize(
    ("pixels", "text"),
    [
        (None, "is a NoneType, not a NumPy array"),
        (b"abc", "is a bytes"),
        ([[1]], "is a list"),
        (np.zeros((2, 3, 3)), "is float64, not uint8"),
        (np.zeros((2, 3, 3), np.uint16), "is uint16, not uint8"),
        (np.zeros((2, 3, 3), np.int8), "is int8, not uint8"),
        (np.zeros((2, 3, 3), bool), "is bool, not uint8"),
        (np.zeros((2, 3), np.uint8), r"has shape \(2, 3\)"),
        (np.zeros((2, 3, 4), np.uint8), r"has shape \(2, 3, 4\)"),
        (np.zeros((3, 2, 3, 3), np.uint8), r"has shape \(3, 2, 3, 3\)"),
        (np.zeros((0, 3, 3), np.uint8), "is empty"),
        (np.zeros((3, 2, 3), np.uint8), r"is 2x3 \(width x height\), not 3x2 as the original"),
    ],
)
def test_all_else_is_refused_and_named(pixels, text):
    with pytest.raises(ColordegError, match=text):
        check_pixels(pixels, (2, 3, 3))
