"""The numba backend: spans of pixels through the fused kernel, on as many threads as asked."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color import kernel
from pytest_colordeg.color.lab import AB_SIZE, EPSILON, KAPPA
from pytest_colordeg.color.percentiles import UPPER, percentiles
from pytest_colordeg.color.rotation import rotation_fit
from pytest_colordeg.color.spans import cut, each
from pytest_colordeg.color.srgb import code_table, relative_matrix
from pytest_colordeg.color.statistics import SECTORS
from pytest_colordeg.color.tally import Tally

__all__ = ["Prepared", "prepare", "tally"]

Prepared: TypeAlias = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8]]
"""Lab (3, n), hue sectors (n,) and used (a*, b*) pairs (255 * 255,) of an original."""


@cache
def _constants() -> tuple[Any, Any]:
    """Constants of Lab for the kernel, in float32 and in float64."""
    single = (
        _read_only(code_table().astype(np.float32)),
        _read_only(relative_matrix().astype(np.float32)),
        np.float32(EPSILON),
        np.float32(KAPPA / 116.0),
    )
    return single, (code_table(), relative_matrix(), EPSILON, KAPPA)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written: the kernel is compiled for those alone."""
    view = array.view()
    view.flags.writeable = False
    return view


def _no_pairs() -> NDArray[np.uint8]:
    return np.zeros(AB_SIZE * AB_SIZE, dtype=np.uint8)


def prepare(first: NDArray[np.uint8], threads: int = 1) -> Prepared:
    """Work out what depends on the original, uint8 (n, 3), alone."""
    pixels = _read_only(first)
    lab = np.empty((3, len(first)), dtype=np.float32)
    sector = np.empty(len(first), dtype=np.uint8)

    def work(span: tuple[int, int]) -> NDArray[np.uint8]:
        used = _no_pairs()
        kernel.reference_span(pixels, *span, *_constants(), lab, sector, used)
        return used

    return lab, sector, np.bitwise_or.reduce(each(threads, work, cut(len(first), threads)))


def tally(
    first: NDArray[np.uint8],
    second: NDArray[np.uint8],
    prepared: Prepared | None = None,
    threads: int = 1,
) -> Tally:
    """Count everything about two rows of pixels, uint8 (n, 3)."""
    first, second = _read_only(first), _read_only(second)
    deltas = np.empty(len(first), dtype=np.float32)

    def work(span: tuple[int, int]) -> tuple[Any, ...]:
        used1 = _no_pairs()
        sums = (
            _no_pairs(),
            np.zeros((4, len(SECTORS), 5), dtype=np.int64),
            np.zeros(3, dtype=np.int64),
            np.zeros(UPPER, dtype=np.int32),
        )
        common = (first, second, *span, *_constants(), rotation_fit())
        if prepared is None:
            kernel.fused_span(*common, used1, deltas, sums)
        else:
            kernel.compare_span(*common, prepared[0], prepared[1], deltas, sums)
        return used1, *sums

    spans = cut(len(first), threads)
    parts = list(zip(*each(threads, work, spans), strict=True))
    totals = np.sum(parts[2], axis=(0, 1))
    over_1, over_2, over_5 = (int(count) for count in np.sum(parts[3], axis=0))
    return Tally(
        deltas=deltas,
        counts=totals[:, 0],
        sums=totals[:, 1:] / kernel.FIXED_POINT,
        over=(over_1, over_2, over_5),
        percentiles=percentiles(deltas, spans, parts[4], threads),
        used1=np.bitwise_or.reduce(parts[0]) if prepared is None else prepared[2],
        used2=np.bitwise_or.reduce(parts[1]),
    )
