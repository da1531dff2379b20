"""Compare two images: every colour statistic, in blocks that stay in cache."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.ciede2000 import delta_e00
from pytest_colordeg.color.hull import hull_area
from pytest_colordeg.color.lab import AB_SIZE, ab_index, srgb_to_lab
from pytest_colordeg.color.reference import BLOCK, Pixels, Reference, check_pixels
from pytest_colordeg.color.statistics import SECTORS, ColourStatistics, Shift
from pytest_colordeg.errors import ColordegError

__all__ = ["compare", "shift_parts"]

Array = NDArray[np.float64]


def shift_parts(lab1: Array, lab2: Array) -> Array:
    """Signed CIELAB differences dL*, dC*ab, dH*ab of each pair, shape (..., 3).

    dH*ab is ``2 sqrt(C1 C2) sin((h2 - h1) / 2)``, taken the shorter way round.
    """
    a1, b1, a2, b2 = lab1[..., 1], lab1[..., 2], lab2[..., 1], lab2[..., 2]
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    angle = np.arctan2(a1 * b2 - a2 * b1, a1 * a2 + b1 * b2)
    hue = 2.0 * np.sqrt(c1 * c2) * np.sin(angle / 2.0)
    return np.stack([lab2[..., 0] - lab1[..., 0], c2 - c1, hue], axis=-1)


def compare(
    original: Pixels | Reference,
    decoded: Pixels,
    *,
    delta_map: bool = False,
    threads: int = 1,
) -> ColourStatistics:
    """Compute all colour statistics of a decoded image against its original.

    Parameters
    ----------
    original
        uint8 array of shape (H, W, 3), sRGB, or its `Reference` when several
        images are compared with it.
    decoded
        uint8 array of the same shape.
    delta_map
        Also keep the CIEDE2000 of every pixel.
    threads
        Threads to use, at least 1. The result does not depend on it.

    Returns
    -------
    ColourStatistics

    Raises
    ------
    ColordegError
        If an image is not a uint8 array of shape (H, W, 3), is empty, or the two
        shapes differ.
    """
    reference = original if isinstance(original, Reference) else Reference(original)
    check_pixels(decoded, "decoded image")
    if reference.pixels.shape != decoded.shape:
        raise ColordegError(
            f"the original is {reference.pixels.shape} and the decoded image {decoded.shape}: "
            "the shapes differ"
        )
    flat = np.ascontiguousarray(decoded).reshape(-1, 3)
    deltas = np.empty(len(flat))
    delta_sums: list[float] = []
    sums: list[Array] = []
    counts = np.zeros(len(SECTORS), dtype=np.int64)
    used = np.zeros(AB_SIZE * AB_SIZE, dtype=np.bool_)
    for start in range(0, len(flat), BLOCK):
        part = slice(start, start + BLOCK)
        lab1, lab2 = reference.lab[part], srgb_to_lab(flat[part])
        sector = reference.sector[part]
        deltas[part] = delta_e00(lab1, lab2)
        delta_sums.append(float(deltas[part].sum()))
        used[ab_index(lab2)] = True
        counts += np.bincount(sector, minlength=len(SECTORS))
        parts = shift_parts(lab1, lab2)
        sums.append(
            np.stack([np.bincount(sector, parts[:, i], len(SECTORS)) for i in range(3)], axis=1)
        )
    return _statistics(
        reference, decoded.shape, deltas, delta_sums, np.array(sums), counts, used, delta_map
    )


def _statistics(
    reference: Reference,
    shape: tuple[int, ...],
    deltas: Array,
    delta_sums: list[float],
    sums: Array,
    counts: NDArray[np.int64],
    used: NDArray[np.bool_],
    delta_map: bool,
) -> ColourStatistics:
    totals = [[math.fsum(sums[:, i, j]) for j in range(3)] for i in range(len(SECTORS))]
    overall = [math.fsum(row[j] for row in totals) for j in range(3)]
    sectors = {
        name: Shift(int(n), *(value / int(n) for value in row))
        for name, n, row in zip(SECTORS, counts, totals, strict=True)
        if n
    }
    p50, p95, p99 = (float(p) for p in np.percentile(deltas, (50, 95, 99)))
    over = [float(np.count_nonzero(deltas > limit)) / len(deltas) for limit in (1, 2, 5)]
    grid = used.reshape(AB_SIZE, AB_SIZE)
    return ColourStatistics(
        pixels=len(deltas),
        mean=math.fsum(delta_sums) / len(deltas),
        p50=p50,
        p95=p95,
        p99=p99,
        max=float(deltas.max()),
        over_1=over[0],
        over_2=over[1],
        over_5=over[2],
        shift=Shift(len(deltas), *(value / len(deltas) for value in overall)),
        sectors=sectors,
        unique_original=reference.unique,
        unique_decoded=int(np.count_nonzero(grid)),
        hull_original=reference.hull,
        hull_decoded=hull_area(grid),
        delta_map=deltas.reshape(shape[:2]).astype(np.float32) if delta_map else None,
    )
