"""What a reader gives: samples as the file holds them, with what it says about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.encoding import SRGB, Encoding

__all__ = ["Admit", "Decoded", "Model", "Samples", "split_alpha"]

Samples: TypeAlias = NDArray[np.unsignedinteger[Any]]
Model: TypeAlias = Literal["grey", "rgb", "cmyk"]
Admit: TypeAlias = Callable[[int, int], None]
"""Called with width and height before anything is decoded; raises to refuse."""


@dataclass(frozen=True)
class Decoded:
    """An image before colour management.

    Attributes
    ----------
    samples
        Unsigned integers of shape (H, W, C): C is 1 for grey, 3 for RGB, 4 for
        CMYK (0 is no ink).
    model
        What the channels are.
    bits
        Samples run from 0 to 2**bits - 1.
    tag
        An ICC profile's bytes, or an encoding; sRGB when the file says nothing.
    orientation
        Exif's 1 to 8: how to turn the picture upright.
    alpha
        Opacity of shape (H, W) in the same range, or ``None``.
    """

    samples: Samples
    model: Model
    bits: int = 8
    tag: bytes | Encoding = SRGB
    orientation: int = 1
    alpha: Samples | None = None


def split_alpha(array: Samples) -> tuple[Samples, Model, Samples | None]:
    """Part an array of (H, W) or (H, W, 1 to 4) into samples, model and opacity."""
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or not 1 <= array.shape[2] <= 4:
        raise ColordegError(f"decodes to an array of shape {array.shape}, not to one picture")
    channels = array.shape[2]
    opacity = array[..., -1] if channels in (2, 4) else None
    colours = array[..., :1] if channels < 3 else array[..., :3]
    return colours, "grey" if channels < 3 else "rgb", opacity
