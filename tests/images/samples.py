"""Pixels that the tests put into files, and exact values to hold the results against."""

from __future__ import annotations

import warnings

import numpy as np

_rng = np.random.default_rng(7)
SHAPE = (22, 19)


def _field(dtype, channels, top):
    """Random colours, with darks, extremes and greys among them."""
    field = _rng.integers(0, top + 1, (*SHAPE, channels))
    field[:4] //= 16
    field[4:6] = _rng.choice([0, top], (2, SHAPE[1], channels))
    field[6:9] = field[6:9, :, :1]
    return field.astype(dtype)


RGB = _field(np.uint8, 3, 255)
RGB16 = _field(np.uint16, 3, 65535)
RGB10 = _field(np.uint16, 3, 1023)
GREY = np.arange(SHAPE[0] * SHAPE[1]).reshape(SHAPE).astype(np.uint8)
GREY16 = _field(np.uint16, 1, 65535)[..., 0]
INK = _field(np.uint8, 4, 255)
# Gentle enough for lossy codecs, and different under every turn and mirror.
_slope = np.add.outer(np.arange(32) * 4, np.arange(24) * 3)[..., None]
SMOOTH = np.add(_slope // [1, 2, 3], [20, 60, 100]).astype(np.uint8)


def write(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def by_colour_science(values, space):
    """Exact sRGB (0..255, clipped) of values in 0..1, by the reference library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour

        converted = colour.RGB_to_RGB(
            np.asarray(values, float),
            space,
            "sRGB",
            chromatic_adaptation_transform="Bradford",
            apply_cctf_decoding=True,
            apply_cctf_encoding=True,
        )
    return 255 * np.clip(converted, 0, 1)


def lab_to_srgb(lab):
    """Exact sRGB (0..255, clipped) of CIELAB relative to D50, by the reference library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour

        d50 = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"]
        xyz = colour.Lab_to_XYZ(lab, d50)
        values = colour.XYZ_to_RGB(
            xyz,
            "sRGB",
            d50,
            chromatic_adaptation_transform="Bradford",
            apply_cctf_encoding=True,
        )
    return 255 * np.clip(values, 0, 1)


def light_to_srgb(light):
    """sRGB (0..255) of linear light in sRGB's primaries, straight from IEC 61966-2-1."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def assert_close(pixels, exact, bound=1.0):
    """Every sample lies within `bound` levels of the exact value."""
    assert pixels.dtype == np.uint8
    assert pixels.shape == exact.shape
    assert np.abs(pixels - exact).max() < bound


def assert_same(pixels, expected):
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels, expected)
