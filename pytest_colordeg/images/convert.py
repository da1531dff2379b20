"""From decoded samples of any encoding to 8-bit sRGB, in float and rounded once."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.srgb import linear, xyz_matrix
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Decoded, Model, Samples
from pytest_colordeg.images.encoding import SRGB, Encoding, Transfer
from pytest_colordeg.images.profile import icc_space, icc_to_srgb

__all__ = ["encoding_to_srgb", "to_srgb8"]

STRIP = 1 << 19  # pixels converted at a time, which bounds the float copies
Floats = NDArray[np.float64]


def to_srgb8(image: Decoded) -> NDArray[np.uint8]:
    """Convert decoded samples to sRGB of 8 bits.

    Colours outside sRGB are clipped channel by channel. Samples that are sRGB
    already are copied (8 bits) or rounded (other depths), nothing more.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)

    Raises
    ------
    ColordegError
        With the end of a sentence, when the tag does not fit the samples.
    """
    tag = image.tag
    if isinstance(tag, bytes):
        space = icc_space(tag)
        if space != image.model and (image.model, space) != ("grey", "rgb"):
            raise ColordegError(f"has {image.model} pixels but an ICC profile for {space}")
    elif image.model == "cmyk":
        raise ColordegError("is CMYK without an ICC profile, so its inks have no known colours")
    if image.model != "cmyk" and _is_srgb(tag):
        tag = SRGB
    height, width, _ = image.samples.shape
    pixels = np.empty((height, width, 3), np.uint8)
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        strip = image.samples[top : top + rows]
        if tag == SRGB:
            pixels[top : top + rows] = _requantised(strip, image.bits)
        else:
            pixels[top : top + rows] = _quantised(_converted(strip, image.bits, image.model, tag))
    return pixels


def _requantised(samples: Samples, bits: int) -> Samples:
    if bits == 8:
        return samples
    top = np.uint32((1 << bits) - 1)
    return (samples.astype(np.uint32) * np.uint32(510) + top) // (np.uint32(2) * top)  # nearest


def _quantised(values: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    if not np.isfinite(values).all():
        raise ColordegError("gives colours that are not numbers; its ICC profile is damaged")
    levels: NDArray[np.uint8] = np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)
    return levels


def _converted(
    samples: Samples, bits: int, model: Model, tag: bytes | Encoding
) -> NDArray[np.floating[Any]]:
    if isinstance(tag, Encoding):
        return encoding_to_srgb(samples, bits, tag)
    values = samples / np.float32((1 << bits) - 1)
    if model == "grey" and icc_space(tag) == "rgb":
        values = np.repeat(values, 3, axis=2)
    colours = icc_to_srgb(values, tag)
    # A grey stays grey: what lcms rounds apart, one channel puts together again.
    return colours[..., 1:2] if model == "grey" else colours


@lru_cache(maxsize=16)
def _is_srgb(tag: bytes | Encoding) -> bool:
    """Tell whether a tag means sRGB to within one 8-bit level.

    Tried on a lattice of 16³ colours and all 256 greys. Rounding in profiles and
    chromaticities sold as sRGB stays below half a level, and a picture tagged
    with them must not change.
    """
    if tag == SRGB:
        return True
    if isinstance(tag, bytes) and icc_space(tag) != "rgb":
        return False
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    greys = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, -1, 3)
    probe = np.concatenate([lattice, greys], axis=1)
    return bool(np.abs(_converted(probe, 8, "rgb", tag) - probe / 255).max() <= 1 / 255)


def encoding_to_srgb(samples: Samples, bits: int, encoding: Encoding) -> Floats:
    """Convert samples to non-linear sRGB exactly, without clipping at the gamut.

    Parameters
    ----------
    samples
        Unsigned integers of shape (..., 3), or (..., 1) for grey.
    bits
        Their depth.
    encoding
        What they mean.

    Returns
    -------
    ndarray of float64
        Same shape; sRGB's curve is mirrored for negative light. Whites are made
        to match by Bradford adaptation.
    """
    codes = np.arange(1 << bits, dtype=np.float64)
    if encoding.full_range:
        codes /= (1 << bits) - 1
    else:  # narrow range: black at 16, white at 235 of 8 bits
        codes = np.clip((codes / (1 << (bits - 8)) - 16) / 219, 0.0, 1.0)
    light = _linear(codes, encoding.transfer)[samples]
    if samples.shape[-1] == 3 and (encoding.primaries, encoding.white) != (
        SRGB.primaries,
        SRGB.white,
    ):
        light = light @ _to_srgb(encoding).T
    return _srgb_curve(light)


def _linear(values: Floats, transfer: Transfer) -> Floats:
    if transfer == "srgb":
        return linear(values)
    if transfer == "bt709":
        # ITU-R BT.709, with the constants of BT.2020 that make the pieces meet.
        alpha, beta = 1.09929682680944, 0.018053968510807
        light: Floats = np.where(
            values < 4.5 * beta, values / 4.5, ((values + alpha - 1) / alpha) ** (1 / 0.45)
        )
        return light
    powered: Floats = np.power(values, transfer)
    return powered


def _srgb_curve(light: Floats) -> Floats:
    size = np.abs(light)
    curved = np.where(size <= 0.0031308, 12.92 * size, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(curved, light)


_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


@cache
def _to_srgb(encoding: Encoding) -> Floats:
    """Matrix from the encoding's linear light to linear sRGB, shape (3, 3)."""
    white = _xyz(encoding.white)
    columns = np.stack([_xyz(primary) for primary in encoding.primaries], axis=1)
    try:
        source = columns * np.linalg.solve(columns, white)
    except np.linalg.LinAlgError:
        raise ColordegError("has primaries that span no colours (cHRM)") from None
    cones = (_BRADFORD @ _xyz(SRGB.white)) / (_BRADFORD @ white)
    adaptation = np.linalg.solve(_BRADFORD, cones[:, None] * _BRADFORD)
    matrix: Floats = np.linalg.solve(xyz_matrix(), adaptation @ source)
    return matrix


def _xyz(chromaticity: tuple[float, float]) -> Floats:
    x, y = chromaticity
    if y <= 0:
        raise ColordegError("has primaries that span no colours (cHRM)")
    return np.array([x / y, 1.0, (1.0 - x - y) / y])
