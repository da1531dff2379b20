"""Between RGB and the planes that branches code, differentiably.

``yuv`` is BT.709 luma and colour differences of the coded values, full range, 4:4:4,
chroma around 0; ``lab`` is CIELAB over 100; ``rgb`` leaves RGB as it is. Values beyond 0..1
are carried on, not clipped, so that a gradient leads back.
"""

# torch's stubs type arithmetic as Any.
# mypy: disable-error-code="no-any-return, unused-ignore"
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.color.lab import EPSILON, KAPPA
from pytest_colordeg.color.srgb import relative_matrix

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LUMA", "from_planes", "to_planes"]

#: BT.709's weights of red, green and blue.
LUMA = (0.2126, 0.7152, 0.0722)
_CB, _CR = 2 * (1 - LUMA[2]), 2 * (1 - LUMA[0])
_LAB = 100.0
_KNEE = EPSILON ** (1 / 3)


def to_planes(rgb: Tensor, space: str) -> Tensor:
    """Give the planes (B, 3, H, W) of RGB in 0..1: luma first, then chroma in -0.5..0.5."""
    import torch

    if space == "rgb":
        return rgb
    if space == "lab":
        from pytest_colordeg.color.torch_backend import srgb_to_lab

        return srgb_to_lab(rgb, dim=1) / _LAB
    red, green, blue = rgb.unbind(1)
    luma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return torch.stack([luma, (blue - luma) / _CB, (red - luma) / _CR], 1)


def from_planes(planes: Tensor, space: str) -> Tensor:
    """Give the RGB whose `to_planes` these are."""
    import torch

    if space == "rgb":
        return planes
    if space == "lab":
        return _from_lab(planes * _LAB)
    luma, cb, cr = planes.unbind(1)
    red, blue = luma + _CR * cr, luma + _CB * cb
    return torch.stack([red, (luma - LUMA[0] * red - LUMA[2] * blue) / LUMA[1], blue], 1)


def _from_lab(lab: Tensor) -> Tensor:
    import torch

    lightness, a, b = lab.unbind(1)
    fy = (lightness + 16.0) / 116.0
    xyz = [_stimulus(f) for f in (fy + a / 500.0, fy, fy - b / 200.0)]
    light = [
        sum(weight * part for weight, part in zip(row, xyz, strict=True))
        for row in np.linalg.inv(relative_matrix()).tolist()
    ]
    linear = torch.stack(light, 1)  # type: ignore[arg-type]
    dark = linear <= 0.0031308
    bright = torch.where(dark, 1.0, linear)
    return torch.where(dark, 12.92 * linear, 1.055 * bright ** (1 / 2.4) - 0.055)


def _stimulus(f: Tensor) -> Tensor:
    import torch

    return torch.where(f > _KNEE, f**3, (116.0 * f - 16.0) / KAPPA)
