"""CIELAB and CIEDE2000 in PyTorch: any device, any batch shape, fit for a training loss.

The same equations as `pytest_colordeg.color.ciede2000`, arranged as in the fused
kernel, without a hue angle. Values follow the reference to the precision of the
dtype. Gradients are finite everywhere: 0 between identical colours, and from a grey
straight towards the other colour.
"""

# NumPy's and torch's stubs type arithmetic as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import torch  # type: ignore[import-not-found, unused-ignore]

from pytest_colordeg.color.lab import EPSILON, KAPPA
from pytest_colordeg.color.srgb import code_table, relative_matrix
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["compiled", "delta_e00", "delta_e00_srgb", "srgb_to_lab"]


def _root(x: Tensor) -> Tensor:
    """Square root whose derivative at 0, and below, is 0."""
    positive = x > 0
    return torch.where(positive, torch.sqrt(torch.where(positive, x, 1.0)), 0.0)


def _check(name: str, tensor: Tensor, dim: int) -> None:
    if tensor.ndim == 0 or not -tensor.ndim <= dim < tensor.ndim or tensor.shape[dim] != 3:
        raise ColordegError(
            f"{name} needs 3 values along dimension {dim}, not shape {tuple(tensor.shape)}"
        )


def _linear(rgb: Tensor) -> Tensor:
    """Linear light of sRGB in 0..1; the two parts of the curve go on beyond it."""
    dark = rgb <= 0.04045
    bright = torch.where(dark, 1.0, rgb)
    return torch.where(dark, rgb / 12.92, ((bright + 0.055) / 1.055) ** 2.4)


def _exact(difference: Tensor, equal: Tensor) -> Tensor:
    """Zero where the two sides are `equal`, with the derivative left as it is.

    Torch's powers of one number may differ in the last bit between two places of a
    tensor, and a grey would not be neutral.
    """
    return difference - torch.where(equal, difference.detach(), 0.0)


def _response(t: Tensor) -> Tensor:
    line = t <= EPSILON
    root = torch.where(line, 1.0, t) ** (1.0 / 3.0)
    return torch.where(line, (KAPPA * t + 16.0) / 116.0, root)


def srgb_to_lab(rgb: Tensor, dim: int = -1, dtype: torch.dtype | None = None) -> Tensor:
    """Convert sRGB to CIELAB, differentiably.

    Parameters
    ----------
    rgb
        uint8 codes, or floating point in 0..1; values beyond are carried on along the
        curve and not clipped, so that a gradient leads back.
    dim
        Where red, green and blue are: -1 for (..., 3), 1 for (N, 3, H, W).
    dtype
        Of the result; by default that of `rgb`, float32 for codes.

    Returns
    -------
    Tensor
        L*, a*, b* along `dim`. Greys have a* = b* = 0 exactly.

    Raises
    ------
    ColordegError
        If there are not 3 values along `dim`, or `rgb` holds other integers.
    """
    _check("srgb_to_lab", rgb, dim)
    if rgb.dtype == torch.uint8:
        table = torch.tensor(code_table(), dtype=dtype or torch.float32, device=rgb.device)
        light = table[rgb.long()]
    elif rgb.is_floating_point():
        light = _linear(rgb if dtype is None else rgb.to(dtype))
    else:
        raise ColordegError(f"srgb_to_lab needs uint8 or floating point, not {rgb.dtype}")
    red, green, blue = light.unbind(dim)
    code_red, code_green, code_blue = rgb.unbind(dim)
    towards_red = _exact(red - green, code_red == code_green)
    towards_blue = _exact(blue - green, code_blue == code_green)
    x, y, z = (
        green + towards_red * row[0] + towards_blue * row[2] for row in relative_matrix().tolist()
    )
    fx, fy, fz = (_response(t) for t in (x, y, z))
    a, b = 500.0 * _exact(fx - fy, x == y), 200.0 * _exact(fy - fz, y == z)
    return torch.stack([116.0 * fy - 16.0, a, b], dim)


def _chroma_ratio(c: Tensor) -> Tensor:
    """``sqrt(C^7 / (C^7 + 25^7))``, arranged so that its derivative at 0 is 0."""
    return c**3 * _root(c) / torch.sqrt(c**7 + 25.0**7)


def delta_e00(
    lab1: Tensor, lab2: Tensor, dim: int = -1, *, kl: float = 1.0, kc: float = 1.0, kh: float = 1.0
) -> Tensor:
    """CIEDE2000 colour difference, differentiable in both colours.

    Parameters
    ----------
    lab1, lab2
        L*, a*, b* along `dim`, floating point; shapes broadcast.
    dim
        Which dimension that is.
    kl, kc, kh
        Parametric factors; 1 under reference conditions.

    Returns
    -------
    Tensor
        Differences, at least 0, without dimension `dim`.

    Raises
    ------
    ColordegError
        If there are not 3 values along `dim`.

    Notes
    -----
    Discontinuous at opposite hues like the formula itself; there the derivative is
    that of the side taken.
    """
    _check("delta_e00", lab1, dim)
    _check("delta_e00", lab2, dim)
    l1, a1, b1 = lab1.unbind(dim)
    l2, a2, b2 = lab2.unbind(dim)
    mean_ab = (_root(a1 * a1 + b1 * b1) + _root(a2 * a2 + b2 * b2)) / 2.0
    stretch = 1.5 - 0.5 * _chroma_ratio(mean_ab)
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = _root(a1 * a1 + b1 * b1), _root(a2 * a2 + b2 * b2)
    cross, dot, both = a1 * b2 - a2 * b1, a1 * a2 + b1 * b2, c1 * c2

    # Less than this has no hue in this precision.
    hued = both > torch.finfo(both.dtype).eps ** 1.5
    tie = (b1 > 0) | ((b1 == 0) & (a1 > 0))
    sign = torch.where((cross > 0) | ((cross == 0) & tie), 1.0, -1.0).to(both.dtype)
    obtuse = dot < 0
    root = torch.sqrt(torch.where(hued, 2.0 * (both + dot.abs()), 1.0))
    dh = torch.where(hued, torch.where(obtuse, sign * root, 2.0 * cross / root), 0.0)

    flip = torch.where(obtuse, -1.0, 1.0).to(both.dtype)
    scale = 1.0 / (root * torch.sqrt(torch.where(hued, both, 1.0)))
    u = (a1 * c2 + flip * (a2 * c1)) * scale
    v = (b1 * c2 + flip * (b2 * c1)) * scale
    cos1 = torch.where(hued, torch.where(obtuse, -sign * v, u), 1.0)
    sin1 = torch.where(hued, torch.where(obtuse, sign * u, v), 0.0)
    mean_c = (c1 + c2) / 2.0
    lightness = ((l1 + l2) / 2.0 - 50.0) ** 2
    light = (l2 - l1) / (kl * (1.0 + 0.015 * lightness / torch.sqrt(20.0 + lightness)))
    # From a grey, the distance in the plane is the same number and knows the way to a colour.
    plane = _root((a2 - a1) ** 2 + (b2 - b1) ** 2)
    colour = torch.where(hued, c2 - c1, plane) / (kc * (1.0 + 0.045 * mean_c))
    shade = dh / (kh * (1.0 + 0.015 * mean_c * _hue_weight(cos1, sin1)))
    turn = -2.0 * _chroma_ratio(mean_c) * _rotation(cos1, sin1)
    return _root(light * light + colour * colour + shade * shade + turn * colour * shade)


def _hue_weight(cos1: Tensor, sin1: Tensor) -> Tensor:
    """T of equation (15), from the cosine and sine of the mean hue."""
    cos2, sin2 = 2.0 * cos1 * cos1 - 1.0, 2.0 * cos1 * sin1
    cos3, sin3 = cos1 * cos2 - sin1 * sin2, sin1 * cos2 + cos1 * sin2
    cos4, sin4 = 2.0 * cos2 * cos2 - 1.0, 2.0 * cos2 * sin2
    c30, s30, c6, s6, c63, s63 = (
        part(math.radians(d)) for d in (30.0, 6.0, 63.0) for part in (math.cos, math.sin)
    )
    return (
        1.0
        - 0.17 * (c30 * cos1 + s30 * sin1)
        + 0.24 * cos2
        + 0.32 * (c6 * cos3 - s6 * sin3)
        - 0.20 * (c63 * cos4 + s63 * sin4)
    )


def _rotation(cos1: Tensor, sin1: Tensor) -> Tensor:
    """sin(2 Delta theta) of equations (16) and (21).

    Equation (16) does not go round the circle: from 0 degrees on, 275 is far away.
    """
    c275, s275 = math.cos(math.radians(275.0)), math.sin(math.radians(275.0))
    away = torch.atan2(sin1 * c275 - cos1 * s275, cos1 * c275 + sin1 * s275)
    bump = torch.sin(math.radians(60.0) * torch.exp(-((away / math.radians(25.0)) ** 2)))
    return torch.where((sin1 >= 0) & (cos1 >= 0), 0.0, bump)


def delta_e00_srgb(rgb1: Tensor, rgb2: Tensor, dim: int = -1) -> Tensor:
    """CIEDE2000 between sRGB tensors: `srgb_to_lab` of both, then `delta_e00`.

    Its mean is a loss: ``delta_e00_srgb(decoded, original, dim=1).mean()``.
    """
    return delta_e00(srgb_to_lab(rgb1, dim), srgb_to_lab(rgb2, dim), dim)


@cache
def compiled() -> Any:
    """`delta_e00_srgb` through ``torch.compile``: one kernel that reads and writes each pixel once.

    Worth its compilation (half a minute) on CUDA and in training loops.
    """
    return torch.compile(delta_e00_srgb, dynamic=True)
