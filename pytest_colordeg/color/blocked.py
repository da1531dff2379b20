"""The NumPy backend: the float64 equations themselves, over blocks of pixels."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.ciede2000 import delta_e00
from pytest_colordeg.color.lab import AB_SIZE, ab_index, srgb_to_lab
from pytest_colordeg.color.spans import each
from pytest_colordeg.color.statistics import NEUTRAL_CHROMA, SECTOR_DEGREES, SECTORS
from pytest_colordeg.color.tally import PERCENTILES, Tally

__all__ = ["BLOCK", "Prepared", "hue_sector", "prepare", "shift_parts", "tally"]

BLOCK = 1 << 14
"""Pixels worked on at a time; sums are kept per block and added exactly."""

Array: TypeAlias = NDArray[np.float64]
Prepared: TypeAlias = tuple[Array, NDArray[np.uint8], NDArray[np.uint8]]
"""Lab (n, 3), hue sectors (n,) and used (a*, b*) pairs (255 * 255,) of an original."""


def shift_parts(lab1: Array, lab2: Array) -> Array:
    """Signed CIELAB differences dL*, dC*ab, dH*ab of each pair, shape (..., 3).

    dH*ab is ``2 sqrt(C1 C2) sin((h2 - h1) / 2)``, taken the shorter way round.
    """
    a1, b1, a2, b2 = lab1[..., 1], lab1[..., 2], lab2[..., 1], lab2[..., 2]
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    angle = np.arctan2(a1 * b2 - a2 * b1, a1 * a2 + b1 * b2)
    hue = 2.0 * np.sqrt(c1 * c2) * np.sin(angle / 2.0)
    return np.stack([lab2[..., 0] - lab1[..., 0], c2 - c1, hue], axis=-1)


def hue_sector(lab: Array) -> NDArray[np.uint8]:
    """Position in `SECTORS` of each colour, shape (..., 3) to (...)."""
    a, b = lab[..., 1], lab[..., 2]
    hue = np.degrees(np.arctan2(b, a)) % 360.0
    sector = np.minimum(hue // SECTOR_DEGREES, len(SECTORS) - 2)
    return np.where(np.hypot(a, b) < NEUTRAL_CHROMA, len(SECTORS) - 1, sector).astype(np.uint8)


def _blocks(size: int) -> list[slice]:
    return [slice(start, start + BLOCK) for start in range(0, size, BLOCK)]


def prepare(first: NDArray[np.uint8], threads: int = 1) -> Prepared:
    """Work out what depends on the original, uint8 (n, 3), alone."""
    lab = np.empty(first.shape)
    sector = np.empty(len(first), dtype=np.uint8)
    used = np.zeros(AB_SIZE * AB_SIZE, dtype=np.uint8)

    def work(block: slice) -> None:
        lab[block] = srgb_to_lab(first[block])
        sector[block] = hue_sector(lab[block])
        used[ab_index(lab[block])] = 1

    each(threads, work, _blocks(len(first)))
    return lab, sector, used


def tally(
    first: NDArray[np.uint8],
    second: NDArray[np.uint8],
    prepared: Prepared | None = None,
    threads: int = 1,
) -> Tally:
    """Count everything about two rows of pixels, uint8 (n, 3)."""
    deltas = np.empty(len(first))
    used1, used2 = (np.zeros(AB_SIZE * AB_SIZE, dtype=np.uint8) for _ in range(2))

    def work(block: slice) -> tuple[NDArray[np.int64], Array]:
        if prepared is None:
            lab1 = srgb_to_lab(first[block])
            sector = hue_sector(lab1)
            used1[ab_index(lab1)] = 1
        else:
            lab1, sector = prepared[0][block], prepared[1][block]
        lab2 = srgb_to_lab(second[block])
        used2[ab_index(lab2)] = 1
        deltas[block] = delta_e00(lab1, lab2)
        columns = [deltas[block], *shift_parts(lab1, lab2).T]
        sums = [np.bincount(sector, column, len(SECTORS)) for column in columns]
        return np.bincount(sector, minlength=len(SECTORS)), np.stack(sums, axis=1)

    parts = each(threads, work, _blocks(len(first)))
    stacked = np.array([sums for _, sums in parts])
    exact = [[math.fsum(cell) for cell in row] for row in np.moveaxis(stacked, 0, -1)]
    over_1, over_2, over_5 = (int(np.count_nonzero(deltas > limit)) for limit in (1, 2, 5))
    return Tally(
        deltas=deltas,
        counts=np.sum([counts for counts, _ in parts], axis=0),
        sums=np.array(exact),
        over=(over_1, over_2, over_5),
        percentiles=tuple(np.percentile(deltas, PERCENTILES).tolist()),
        used1=used1 if prepared is None else prepared[2],
        used2=used2,
    )
