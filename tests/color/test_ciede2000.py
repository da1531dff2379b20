from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from pytest_colordeg.color import ciede2000 as steps
from pytest_colordeg.color import delta_e00, nearly_opposite
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.strategies import lab_colors, lab_pairs, near_opposite_hues


def test_the_34_published_pairs_in_both_orders(sharma):
    for first, second in (("lab1", "lab2"), ("lab2", "lab1")):
        result = delta_e00(sharma[first], sharma[second])
        np.testing.assert_allclose(result, sharma["delta"], rtol=0, atol=1e-4)


def test_every_published_intermediate_value(sharma, sharma_steps):
    published = {
        name: column.astype(float)
        for name, column in sharma_steps.items()
        if name
        in {"ap1", "cp1", "hp1", "ap2", "cp2", "hp2", "hbar1", "G", "T", "SL", "SC", "SH", "RT"}
    }
    assert len(published) == 13
    (l1, a1, b1), (l2, a2, b2) = sharma["lab1"].T, sharma["lab2"].T
    stretch = steps.red_green_stretch((steps.chroma(a1, b1) + steps.chroma(a2, b2)) / 2)
    a1, a2 = (1 + stretch) * a1, (1 + stretch) * a2
    c1, c2 = steps.chroma(a1, b1), steps.chroma(a2, b2)
    h1, h2 = steps.hue(a1, b1), steps.hue(a2, b2)
    wraps = steps.hue_wraps(h1, h2, a1 * b2 - a2 * b1)
    h = steps.mean_hue(h1, h2, wraps, c1 * c2 == 0)
    c = (c1 + c2) / 2
    t = steps.hue_weight(h)
    computed = {
        "ap1": a1, "cp1": c1, "hp1": h1, "ap2": a2, "cp2": c2, "hp2": h2, "hbar1": h,
        "G": stretch, "T": t, "SL": steps.lightness_weight((l1 + l2) / 2),
        "SC": steps.chroma_weight(c), "SH": steps.hue_chroma_weight(c, t),
        "RT": steps.rotation(steps.rotation_angle(h), steps.rotation_chroma(c)),
    }  # fmt: skip
    # The pairs are printed to four digits, which moves the hue of a pale colour by more than that.
    pale = np.degrees(1e-4 / np.maximum(np.minimum(c1, c2), 1.0))
    for name, values in published.items():
        bound = 1.01e-4 + (pale if name in {"hp1", "hp2", "hbar1"} else 0.0)
        assert (abs(computed[name] - values) <= bound).all(), name


@pytest.fixture(scope="module")
def oracle():
    return pytest.importorskip("colour", reason="colour-science is the oracle here")


@given(lab_pairs())
@settings(max_examples=400)
def test_equals_colour_science(oracle, pair):
    first, second = pair
    assume(not nearly_opposite(first, second))
    expected = oracle.delta_E(np.array(first), np.array(second), method="CIE 2000")
    assert delta_e00(first, second) == pytest.approx(float(expected), abs=1e-9)


def test_equals_colour_science_on_random_colors(oracle):
    rng = np.random.default_rng(2)
    span = [100, 256, 256]
    first, second = (rng.random((50_000, 3)) * span - [0, 128, 128] for _ in range(2))
    expected = oracle.delta_E(first, second, method="CIE 2000")
    np.testing.assert_allclose(delta_e00(first, second), expected, rtol=0, atol=1e-9)


def test_parametric_factors_divide_their_term(oracle):
    first, second = (60.0, 20.0, -30.0), (50.0, 25.0, -20.0)
    textiles = oracle.delta_E(np.array(first), np.array(second), method="CIE 2000", textiles=True)
    assert delta_e00(first, second, kl=2.0) == pytest.approx(float(textiles), abs=1e-9)
    grey1, grey2 = (60.0, 0.0, 0.0), (50.0, 0.0, 0.0)
    assert delta_e00(grey1, grey2, kl=4.0) == pytest.approx(delta_e00(grey1, grey2) / 4)
    assert delta_e00(grey1, grey2, kc=4.0, kh=9.0) == delta_e00(grey1, grey2)
    red, vivid = (50.0, 20.0, 0.0), (50.0, 60.0, 0.0)
    assert delta_e00(red, vivid, kc=2.0) == pytest.approx(delta_e00(red, vivid) / 2)
    yellowish = (50.0, 0.0, 20.0)
    assert delta_e00(red, yellowish, kh=2.0) < delta_e00(red, yellowish, kh=1.0)


@given(lab_pairs())
@example(((50.0, 2.49, -0.001), (50.0, -2.49, 0.001)))
@example(((0.0, 0.0, 0.0), (100.0, 0.0, 0.0)))
def test_symmetric_non_negative_and_finite(pair):
    first, second = pair
    forth, back = delta_e00(first, second), delta_e00(second, first)
    assert np.isfinite(forth)
    assert forth >= 0
    assert forth == pytest.approx(back, abs=1e-12)


@given(lab_colors())
def test_a_color_does_not_differ_from_itself(color):
    assert delta_e00(color, color) == 0.0


@given(near_opposite_hues())
def test_exactly_opposite_hues_take_the_published_side(pair):
    """The mean hue is half the sum of the two angles, also when rounding says 180.0000001."""
    (_, a1, b1), _ = pair
    assume(a1 != 0.0 or b1 != 0.0)
    h1, h2 = (float(steps.hue(np.array(s * a1), np.array(s * b1))) for s in (1.0, -1.0))
    cross = a1 * -b1 - -a1 * b1
    assert cross == 0.0
    wraps = steps.hue_wraps(np.array(h1), np.array(h2), np.array(cross))
    assert steps.mean_hue(np.array(h1), np.array(h2), wraps, np.array(False)) == (h1 + h2) / 2


def test_shapes_broadcast():
    rng = np.random.default_rng(3)
    first, second = rng.random((4, 1, 3)) * 50, rng.random((5, 3)) * 50
    result = delta_e00(first, second)
    assert result.shape == (4, 5)
    assert result[2, 3] == delta_e00(first[2, 0], second[3])


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], r"lab1 of shape \(\.\.\., 3\), not \(2,\)"),
        ([1.0, 2.0, 3.0], 4.0, r"lab2 of shape"),
        ([1.0, np.nan, 3.0], [1.0, 2.0, 3.0], "NaN or infinity in lab1"),
        ([1.0, 2.0, 3.0], [1.0, np.inf, 3.0], "NaN or infinity in lab2"),
        (np.zeros((2, 3)), np.zeros((5, 3)), "do not broadcast"),
    ],
)
def test_bad_input_is_named(first, second, message):
    with pytest.raises(ColordegError, match=message):
        delta_e00(first, second)


def test_which_pairs_are_nearly_opposite():
    red, green = (50.0, 40.0, 0.0), (50.0, -25.0, 0.0)
    assert nearly_opposite(red, green)
    assert nearly_opposite(red, (50.0, -25.0, 2e-5))
    assert not nearly_opposite(red, (50.0, -25.0, 4e-5))
    assert nearly_opposite(red, (50.0, -25.0, 4e-5), radians=2e-6)
    assert not nearly_opposite(red, red)
    # a* is stretched by equations (4) and (5): at a chroma of 25, 1.5 - sqrt(2) / 4 times.
    yellow, limit = (50.0, 0.0, 25.0), 25e-6 / (1.5 - 2**0.5 / 4)
    assert nearly_opposite(yellow, (50.0, 0.999 * limit, -25.0))
    assert not nearly_opposite(yellow, (50.0, 1.001 * limit, -25.0))
    assert not nearly_opposite(red, (50.0, 0.0, 0.0))
    assert nearly_opposite([red, green], [green, green]).tolist() == [True, False]
    with pytest.raises(ColordegError, match="nearly_opposite needs lab2 of shape"):
        nearly_opposite(red, 3.0)
