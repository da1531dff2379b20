"""What a backend counts over a pair of images, and how that becomes statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.hull import hull_area
from pytest_colordeg.color.lab import AB_SIZE
from pytest_colordeg.color.statistics import SECTORS, ColourStatistics, Shift

__all__ = ["PERCENTILES", "Tally", "statistics"]

PERCENTILES = (50.0, 95.0, 99.0)


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts and sums over all pixels of a pair.

    Attributes
    ----------
    deltas
        CIEDE2000 of every pixel, in a row.
    counts
        int64 (13,), pixels by sector.
    sums
        float64 (13, 4), sums of CIEDE2000, dL*, dC*ab, dH*ab by sector.
    over
        Number of pixels above 1, 2, 5.
    percentiles
        CIEDE2000 at `PERCENTILES`.
    used1, used2
        (255 * 255,), non-zero where the quantised (a*, b*) pair occurs in the
        original, in the decoded image.
    """

    deltas: NDArray[np.float32] | NDArray[np.float64]
    counts: NDArray[np.int64]
    sums: NDArray[np.float64]
    over: tuple[int, int, int]
    percentiles: tuple[float, ...]
    used1: NDArray[np.uint8]
    used2: NDArray[np.uint8]


def _shift(pixels: int, sums: NDArray[np.float64]) -> Shift:
    return Shift(pixels, *(float(value) / pixels for value in sums))


def statistics(tally: Tally, shape: tuple[int, ...] | None) -> ColourStatistics:
    """Turn sums into means; keep the map in `shape` unless that is ``None``."""
    pixels = len(tally.deltas)
    p50, p95, p99 = tally.percentiles
    over_1, over_2, over_5 = (count / pixels for count in tally.over)
    overall = _shift(pixels, tally.sums.sum(axis=0))
    grids = [used.reshape(AB_SIZE, AB_SIZE) != 0 for used in (tally.used1, tally.used2)]
    unique = [int(np.count_nonzero(grid)) for grid in grids]
    hulls = [hull_area(grid) for grid in grids]
    return ColourStatistics(
        pixels=pixels,
        mean=overall.delta_e,
        p50=p50,
        p95=p95,
        p99=p99,
        max=float(tally.deltas.max()),
        over_1=over_1,
        over_2=over_2,
        over_5=over_5,
        shift=overall,
        sectors={
            name: _shift(int(count), sums)
            for name, count, sums in zip(SECTORS, tally.counts, tally.sums, strict=True)
            if count
        },
        unique_original=unique[0],
        unique_decoded=unique[1],
        hull_original=hulls[0],
        hull_decoded=hulls[1],
        delta_map=None if shape is None else tally.deltas.reshape(shape).astype(np.float32),
    )
