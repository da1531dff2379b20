from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

from pytest_colordeg import strategies as ours
from pytest_colordeg.color import delta_e00


@given(ours.srgb_colors())
def test_srgb_colors_are_three_codes(color):
    assert len(color) == 3
    assert all(isinstance(code, int) and 0 <= code <= 255 for code in color)


@given(ours.near_neutral_srgb(spread=2))
def test_near_neutral_codes_lie_close(color):
    assert max(color) - min(color) <= 4
    assert all(0 <= code <= 255 for code in color)


@given(ours.gamut_boundary_srgb())
def test_boundary_colors_touch_a_face_of_the_cube(color):
    assert {0, 255} & set(color)
    assert all(0 <= code <= 255 for code in color)


@given(ours.lab_colors(chroma=20))
def test_lab_colors_are_short_and_bounded(color):
    lightness, a, b = color
    assert 0 <= lightness <= 100
    assert max(abs(a), abs(b)) <= 20
    assert all(round(value, 2) == value for value in color)


@given(ours.srgb_lab_colors())
def test_colors_of_srgb_are_inside_its_solid(color):
    lightness, a, b = color
    assert -1e-9 <= lightness <= 100 + 1e-9
    assert -86.2 <= a <= 98.3
    assert -107.9 <= b <= 94.5


@given(ours.near_neutral_lab(chroma=0.1))
def test_near_neutral_lab_is_pale(color):
    assert max(abs(color[1]), abs(color[2])) <= 0.1


@given(ours.near_opposite_hues())
def test_opposite_hues_are_opposite(pair):
    (_, a1, b1), (_, a2, b2) = pair
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    # |cross| <= C1 times the length of the nudge, and so is what the dot product lacks.
    reach = 0.0283 * c1 + 1e-9
    assert abs(a1 * b2 - a2 * b1) <= reach
    assert a1 * a2 + b1 * b2 <= reach
    assert c2 <= 4 * c1 + 0.03


@pytest.mark.parametrize(
    ("strategy", "condition"),
    [
        (ours.lab_pairs(), lambda pair: pair[0] == pair[1]),
        (ours.lab_pairs(), lambda pair: 0 < delta_e00(*pair) < 1),
        (ours.lab_pairs(), lambda pair: delta_e00(*pair) > 20),
        (ours.lab_pairs(), lambda pair: 0 < max(abs(v) for lab in pair for v in lab[1:]) < 0.5),
        (ours.near_opposite_hues(), lambda pair: pair[0][1] > 0 and pair[1][1] == -pair[0][1]),
        (ours.near_opposite_hues(), lambda pair: pair[0][1] * pair[1][2] > pair[0][2] * pair[1][1]),
        (ours.image_pairs(), lambda pair: pair[0].size > 3 and (pair[0] == pair[1]).all()),
        (ours.image_pairs(), lambda pair: 0 < abs(pair[0] - pair[1].astype(int)).max() <= 8),
        (ours.images(), lambda image: image.shape[0] > 3 > image.shape[1]),
    ],
)
def test_every_kind_occurs(strategy, condition):
    find(strategy, condition, settings=settings(phases=[Phase.generate], max_examples=2000))


def test_examples_shrink_to_what_a_person_can_read():
    assert find(ours.srgb_colors(), lambda color: color[0] > 100) == (101, 0, 0)
    assert find(ours.lab_colors(), lambda color: color[2] > 3) == (0.0, 0.0, 3.01)
    assert find(ours.near_neutral_srgb(), lambda color: True) == (0, 0, 0)
    assert find(ours.images(), lambda image: True).tolist() == [[[0, 0, 0]]]
    first, second = find(ours.image_pairs(), lambda pair: (pair[0] != pair[1]).any())
    assert first.tolist() == [[[0, 0, 0]]]
    assert second.shape == first.shape
    assert second.max() == 1


@given(ours.images(colors=ours.near_neutral_srgb(), min_side=2, max_side=5))
def test_images_take_the_colors_and_sizes_given(image):
    assert image.dtype == np.uint8
    assert all(2 <= side <= 5 for side in image.shape[:2])
    assert image.shape[2] == 3
    assert (np.ptp(image.astype(int), axis=2) <= 6).all()


@given(ours.image_pairs(max_side=4))
def test_pairs_have_one_shape(pair):
    first, second = pair
    assert first.shape == second.shape
    assert first.dtype == second.dtype == np.uint8
