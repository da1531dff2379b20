"""Exact percentiles of a float32 array by the bits of its values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pytest_colordeg.color.spans import Span, each
from pytest_colordeg.color.tally import PERCENTILES

__all__ = ["UPPER", "percentiles"]

_WORTH_THREADS = 1 << 20
UPPER = 1 << 15
"""Number of values that the upper 16 bits of a float of 0 or more can have."""


@njit(nogil=True, error_model="numpy", cache=True)
def _gather(deltas, wanted, out):  # type: ignore[no-untyped-def]
    """Copy to `out` the values whose upper bits are marked in `wanted`, uint8 (2**15,)."""
    count = 0
    for i in range(deltas.size):
        if wanted[np.float32(deltas[i]).view(np.uint32) >> np.uint32(16)]:
            out[count] = deltas[i]
            count += 1


def percentiles(
    deltas: NDArray[np.float32],
    spans: list[Span],
    uppers: Sequence[NDArray[np.int32]],
    threads: int,
) -> tuple[float, ...]:
    """Exact percentiles, interpolated linearly, from the histograms of the upper bits.

    A float of 0 or more sorts as its bits do, so the upper half of the bits tells in
    which bin a rank lies, and only the values in those few bins need sorting.
    `uppers` are the histograms of the spans.
    """
    last = len(deltas) - 1
    positions = [p / 100.0 * last for p in PERCENTILES]
    ranks = np.unique([(int(x), min(int(x) + 1, last)) for x in positions])
    upper = np.sum(uppers, axis=0, dtype=np.int64)
    ends = np.cumsum(upper)
    bins = np.searchsorted(ends, ranks, side="right")
    wanted = np.zeros(UPPER, dtype=np.uint8)
    wanted[bins] = 1

    def work(span: Span, counts: NDArray[np.int32]) -> NDArray[np.float32]:
        found = np.empty(counts[wanted != 0].sum(), dtype=np.float32)
        _gather(deltas[slice(*span)], wanted, found)
        return found

    worth = threads if len(deltas) > _WORTH_THREADS else 1
    found = np.concatenate(each(worth, work, spans, uppers))
    kept = np.unique(bins)
    before = np.cumsum(upper[kept]) - upper[kept]
    places = ranks - (ends - upper)[bins] + before[np.searchsorted(kept, bins)]
    values = dict(zip(ranks.tolist(), np.partition(found, places)[places].tolist(), strict=True))
    return tuple(
        values[int(x)] + (values[min(int(x) + 1, last)] - values[int(x)]) * (x - int(x))
        for x in positions
    )
