"""The faults have the strength that their names say, and nothing else changes."""

import colour
import numpy as np
import pytest

from pytest_colordeg.testing import faults

PIXELS = np.random.default_rng(5).integers(60, 190, (32, 48, 3), np.uint8)


def ycc(pixels, kr=0.299, kb=0.114):
    y = pixels @ np.array([kr, 1 - kr - kb, kb])
    return np.stack([y, (pixels[..., 2] - y) / 1.772, (pixels[..., 0] - y) / 1.402], axis=-1)


def test_chroma_swapped():
    assert np.allclose(ycc(faults.chroma_swapped(PIXELS)), ycc(PIXELS)[..., [0, 2, 1]], atol=1.5)


def test_matrix_mixed_is_what_colour_science_gives():
    k601, k709 = colour.WEIGHTS_YCBCR["ITU-R BT.601"], colour.WEIGHTS_YCBCR["ITU-R BT.709"]
    how = {"in_legal": False, "out_legal": False}
    between = colour.RGB_to_YCbCr(PIXELS / 255, K=k601, **how)
    wrong = colour.YCbCr_to_RGB(between, K=k709, **how)
    assert np.abs(faults.matrix_mixed(PIXELS) - np.clip(wrong * 255, 0, 255)).max() <= 0.5 + 1e-9


def test_range_is_what_colour_science_gives():
    between = colour.RGB_to_YCbCr(PIXELS / 255, in_legal=False, out_legal=False)
    k601 = colour.WEIGHTS_YCBCR["ITU-R BT.601"]
    between = colour.RGB_to_YCbCr(PIXELS / 255, K=k601, in_legal=False, out_legal=False)
    # The decoder takes code values of 8 bits as limited ones.
    codes = np.stack(
        [between[..., 0] * 255, between[..., 1] * 255 + 128, between[..., 2] * 255 + 128], axis=-1
    )
    wrong = colour.YCbCr_to_RGB(
        codes, K=k601, in_bits=8, in_legal=True, in_int=True, out_bits=8, out_legal=False
    )
    assert np.abs(faults.limited_range(PIXELS) - np.clip(wrong * 255, 0, 255)).max() <= 1


def test_display_p3_is_what_colour_science_gives():
    wrong = colour.RGB_to_RGB(
        PIXELS / 255,
        "sRGB",
        "Display P3",
        apply_cctf_decoding=True,
        apply_cctf_encoding=True,
    )
    assert np.abs(faults.wide_gamut(PIXELS) - np.clip(wrong * 255, 0, 255)).max() <= 0.51


def test_linear_light_is_what_colour_science_gives():
    wrong = colour.eotf(PIXELS / 255, "sRGB") * 255
    assert np.abs(faults.linear_light(PIXELS) - wrong).max() <= 0.5 + 1e-9


def test_one_step_on_one_channel():
    change = faults.biased(PIXELS).astype(int) - PIXELS
    assert np.array_equal(np.unique(change[..., 1]), [1])
    assert not change[..., [0, 2]].any()
    assert faults.biased(np.full((1, 1, 3), 255, np.uint8)).max() == 255


def test_truncation_takes_half_a_step_on_average():
    change = faults.truncated(PIXELS).astype(int) - PIXELS
    assert np.array_equal(np.unique(change), [-1, 0])
    assert abs(change.mean() + 0.5) < 0.02
    assert np.array_equal(faults.truncated(PIXELS), faults.truncated(PIXELS))


def test_desaturation_and_hue_have_their_strength():
    before = ycc(PIXELS)
    chroma = before[..., 1] + 1j * before[..., 2]
    for fault, factor in (
        (faults.desaturated, 0.95),
        (faults.hue_turned, np.exp(1j * np.deg2rad(2))),
    ):
        after = ycc(fault(PIXELS))
        ratio = np.vdot(chroma, after[..., 1] + 1j * after[..., 2]) / np.vdot(chroma, chroma)
        assert abs(ratio - factor) < 2e-3
        assert np.abs(after[..., 0] - before[..., 0]).max() < 1


@pytest.mark.parametrize("distance", [1, 8])
def test_shift(distance):
    moved = faults.shifted(PIXELS, distance)
    assert np.array_equal(moved[:, distance:], PIXELS[:, :-distance])
    assert (moved[:, :distance] == PIXELS[:, :1]).all()


@pytest.mark.parametrize("shape", [(32, 48, 3), (31, 47, 3), (1, 1, 3), (2, 1, 3)])
def test_a_plane_at_half_resolution_is_constant_in_squares(shape):
    pixels = PIXELS[: shape[0], : shape[1]]
    halved = ycc(faults.plane_halved(pixels))
    rows, columns = shape[0] // 2 * 2, shape[1] // 2 * 2
    squares = halved[:rows, :columns, 1].reshape(rows // 2, 2, columns // 2, 2)
    assert squares.size == 0 or np.ptp(squares, axis=(1, 3)).max() < 1.5
    assert np.abs(halved[..., [0, 2]] - ycc(pixels)[..., [0, 2]]).max() < 1
