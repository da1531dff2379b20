"""An image coded again by several codecs at about one rate, for figures that show pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.color.compare import compare
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Image
from pytest_colordeg.report.model import Point
from pytest_colordeg.sweep.cell import code

__all__ = ["Decoding", "decodings", "telling_patch"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """One codec's picture of an image.

    Attributes
    ----------
    bpp, delta_e
        Measured on this image.
    pixels
        (H, W, 3) uint8.
    """

    codec: str
    rung: int
    bpp: float
    delta_e: float
    pixels: Pixels


def decodings(
    points: Sequence[Point], image: Image, rate: float, registry: Registry
) -> tuple[list[Decoding], list[str]]:
    """Code an image with every codec at the rung whose recorded rate on it is nearest to `rate`.

    Returns
    -------
    tuple of list
        The decodings by codec, and a line for each codec that could not.
    """
    best: dict[str, tuple[float, int, str]] = {}
    for point in points:
        for cell in point.cells:
            bpp = cell.metrics.get("bpp")
            if cell.image == image.name and isinstance(bpp, float):
                entry = (abs(bpp - rate), point.rung, cell.image_sha256)
                best[point.codec] = min(entry, best.get(point.codec, entry))
    done, lost = [], []
    for codec, (_, rung, digest) in sorted(best.items()):
        try:
            if digest != image.sha256:
                raise ColordegError(f"{image.name} is not the image that was measured")
            done.append(_one(codec, rung, image, registry))
        except ColordegError as error:
            lost.append(f"{codec} is left out of figures of pixels: {error}")
    return done, lost


def _one(name: str, rung: int, image: Image, registry: Registry) -> Decoding:
    codec = registry.get(name)
    if rung not in codec.ladder:
        raise ColordegError(f"it has no rung {rung} any more")
    coded = code(codec, rung, image)
    height, width, _ = image.pixels.shape
    mean = compare(image.pixels, coded.decoded).mean
    return Decoding(name, rung, 8 * coded.payload_bytes / (height * width), mean, coded.decoded)


def telling_patch(original: Pixels, found: Sequence[Decoding], side: int) -> tuple[int, int]:
    """Find the square whose mean ΔE00 differs most between the decodings.

    Returns
    -------
    tuple of int
        Its top and left; squares lie on a grid of a quarter of `side`.
    """
    height, width, _ = original.shape
    maps = []
    for one in found:
        delta = compare(original, one.pixels, delta_map=True).delta_map
        assert delta is not None
        maps.append(np.pad(np.cumsum(np.cumsum(delta, 0, np.float64), 1), ((1, 0), (1, 0))))
    stack = np.stack(maps)
    best = (-1.0, 0, 0)
    step = max(1, side // 4)
    for top in range(0, max(1, height - side + 1), step):
        for left in range(0, max(1, width - side + 1), step):
            bottom, right = min(height, top + side), min(width, left + side)
            sums = (
                stack[:, bottom, right]
                - stack[:, top, right]
                - stack[:, bottom, left]
                + stack[:, top, left]
            )
            best = max(best, (float(np.ptp(sums) + 1e-3 * sums.mean()), -top, -left))
    return -best[1], -best[2]
