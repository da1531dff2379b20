"""Convex hull of quantised (a*, b*) pairs, in integers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["hull_area"]

Point = tuple[int, int]


def hull_area(used: NDArray[np.bool_]) -> float:
    """Area of the convex hull of the marked cells of a grid.

    Parameters
    ----------
    used
        Boolean array of shape (n, m); marked cells are points with integer
        coordinates.

    Returns
    -------
    float
        Area in squared grid steps, exact; 0 for fewer than three points or points
        in one line.
    """
    lines = np.flatnonzero(used.any(axis=1))
    first = used[lines].argmax(axis=1)
    last = used.shape[1] - 1 - used[lines, ::-1].argmax(axis=1)
    lower = list(zip(lines.tolist(), first.tolist(), strict=True))
    upper = list(zip(lines.tolist(), last.tolist(), strict=True))
    corners = _chain(lower) + _chain(upper[::-1])
    twice = sum(
        x0 * y1 - x1 * y0
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True)
    )
    return abs(twice) / 2.0


def _chain(points: list[Point]) -> list[Point]:
    """Drop the points that make the path turn right (Andrew's monotone chain)."""
    kept: list[Point] = []
    for x, y in points:
        while len(kept) > 1:
            (x0, y0), (x1, y1) = kept[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            kept.pop()
        kept.append((x, y))
    return kept
