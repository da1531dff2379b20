"""An original and its decoded image, with what several metrics share computed once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.compare import compare
from pytest_colordeg.color.reference import Pixels, Reference, check_pixels
from pytest_colordeg.color.statistics import ColourStatistics
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded
from pytest_colordeg.metrics.model import Metric
from pytest_colordeg.metrics.ms_ssim import SHORTEST, WEIGHTS
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.metrics.structure import structure
from pytest_colordeg.values import Lossless, NotApplicable, Value

__all__ = ["Pair", "measure"]


@dataclass(frozen=True, eq=False)
class Pair:
    """An original, what a codec made of it, and how many bytes that took.

    Parameters
    ----------
    original
        uint8 array of shape (H, W, 3), sRGB, not empty.
    decoded
        uint8 array of the same shape.
    payload_bytes
        Size of the coded image, at least 1.
    reference
        `Reference` of `original`, to share its Lab between the rungs of a ladder.
    threads
        Threads that one metric may use. No value depends on it.

    Raises
    ------
    ColordegError
        If an array has another dtype or shape, the shapes differ, the byte count is
        not a positive integer, or `reference` was made from an image of another shape.
    """

    original: Pixels
    decoded: Pixels
    payload_bytes: int
    reference: Reference | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        check_pixels(self.original, "original")
        check_pixels(self.decoded, "decoded image")
        if self.original.shape != self.decoded.shape:
            raise ColordegError(
                f"the decoded image is {self.decoded.shape}, the original {self.original.shape}: "
                "a codec must give back the size it was given"
            )
        if not isinstance(self.payload_bytes, int) or self.payload_bytes < 1:
            raise ColordegError(f"{self.payload_bytes!r} is not a number of bytes")
        if self.reference is not None and self.reference.pixels.shape != self.original.shape:
            raise ColordegError(
                f"the reference is of an image of shape {self.reference.pixels.shape}, "
                f"the original has {self.original.shape}"
            )

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.original.shape[0] * self.original.shape[1]

    @property
    def short_side(self) -> int:
        """The lesser of height and width."""
        return min(self.original.shape[:2])

    @cached_property
    def equal(self) -> bool:
        """Whether every pixel came back unchanged."""
        return bool(np.array_equal(self.original, self.decoded))

    @cached_property
    def colour(self) -> ColourStatistics:
        """All colour statistics, computed in one pass when first asked for."""
        return compare(self.reference or self.original, self.decoded, threads=self.threads)

    @cached_property
    def gaussian_scales(self) -> NDArray[np.float64]:
        """SSIM and contrast-structure means through Wang's window, shape (scales, 2, 3).

        Five scales where MS-SSIM has a meaning, else the finest alone; the short side
        must be at least 11.
        """
        scales = len(WEIGHTS) if self.short_side > SHORTEST else 1
        return structure().gaussian_scales(self.original, self.decoded, scales, self.threads)


def measure(pair: Pair, metrics: Mapping[str, Metric] = METRICS) -> dict[str, Value]:
    """Compute metrics of a pair, in their registered order.

    Parameters
    ----------
    pair
        What to measure.
    metrics
        Name to metric; all registered ones by default.

    Returns
    -------
    dict
        Metric name to a finite float, ``LOSSLESS`` or `NotApplicable`.

    Raises
    ------
    ColordegError
        If a metric raises, or gives NaN, infinity or something that is no value; names it.
    """
    return {
        name: _value(name, guarded(f"metric {name!r}", metric.compute, pair))
        for name, metric in metrics.items()
    }


def _value(name: str, value: object) -> Value:
    if isinstance(value, (NotApplicable, Lossless)):
        return value
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number):
            return number
    raise ColordegError(
        f"metric {name!r} gave {value!r}: a metric gives a finite number, LOSSLESS or NotApplicable"
    )
