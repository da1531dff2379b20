"""The change of each image against itself, and how far its mean is known from so few images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pytest_colordeg.values import Value, is_number

__all__ = ["LEVEL", "Paired", "paired"]

LEVEL = 95
"""Percent of the resamples that the interval holds."""

_RESAMPLES = 2000
_SEED = 2605


@dataclass(frozen=True, slots=True)
class Paired:
    """The mean of paired changes with its bootstrap interval.

    Attributes
    ----------
    mean
        Of the changes, now minus baseline, over the images with a number on both sides.
    low, high
        The 2.5th and 97.5th percentile of that mean over resamples of the images.
    images
        How many there are, at least 2.
    """

    mean: float
    low: float
    high: float
    images: int

    def text(self, digits: int) -> str:
        """In words: ``+0.04 [+0.03, +0.05] over 24 images``."""
        numbers = (f"{number:+.{digits}f}" for number in (self.mean, self.low, self.high))
        mean, low, high = numbers
        return f"{mean} [{low}, {high}] over {self.images} images"


def paired(
    metric: str,
    now: Mapping[str, Mapping[str, Value]],
    before: Mapping[str, Mapping[str, Value]],
) -> Paired | None:
    """Pair two tables of rows by image and bootstrap the mean change of a metric.

    The percentile bootstrap over images, 2000 resamples from a fixed seed: the same
    rows give the same interval, wherever and in whatever process. It tells how much
    the choice of the images may have to do with a change; codecs here are
    deterministic, so it is no error of measurement.

    Parameters
    ----------
    metric
        Its name.
    now, before
        Image name to metric values.

    Returns
    -------
    Paired or None
        ``None`` when fewer than two images have a number on both sides.

    Notes
    -----
    Source: B. Efron, R. Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13.
    """
    changes: list[float] = []
    for image in sorted(now):
        here, there = now[image].get(metric), before.get(image, {}).get(metric)
        if is_number(here) and is_number(there):
            changes.append(here - there)  # type: ignore[operator]
    return _bootstrapped(changes) if len(changes) > 1 else None


def _bootstrapped(changes: Sequence[float]) -> Paired:
    import numpy as np

    values = np.array(changes)
    means = values[_draws(len(changes))].mean(axis=1)
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(means, [tail, 100 - tail]).tolist()
    return Paired(float(values.mean()), low, high, len(changes))


@cache
def _draws(count: int) -> Any:
    """Which images each resample holds, shape (resamples, count)."""
    import numpy as np

    # RandomState's stream is frozen; that of newer generators may change between releases.
    return np.random.RandomState(_SEED).randint(count, size=(_RESAMPLES, count))
