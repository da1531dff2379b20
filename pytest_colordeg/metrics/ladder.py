"""Metrics of a whole ladder: cumulative change of the number of colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_colordeg.errors import ColordegError

__all__ = ["CumulativeChange", "cumulative_change"]


@dataclass(frozen=True, slots=True)
class CumulativeChange:
    """Change of the number of unique (a*, b*) pairs from the best rung downwards.

    Index 0 of each tuple is the step from the best rung to the next.

    Attributes
    ----------
    step_mean, step_std
        U(next lower rung) - U(rung): mean and standard deviation (ddof 0) over images.
        Negative: colours were lost.
    mean, std
        The running sum of the steps, that is U(rung) - U(best), likewise.
    images
        Number of images.
    """

    step_mean: tuple[float, ...]
    step_std: tuple[float, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    images: int


def cumulative_change(counts: Mapping[str, Sequence[float]]) -> CumulativeChange:
    """Follow the unique (a*, b*) counts down a ladder (MacPherson et al., figure 4).

    Parameters
    ----------
    counts
        Image name to its counts, best rung first, the same number for every image.

    Raises
    ------
    ColordegError
        If there is no image, fewer than two rungs, a different number of rungs, or a
        count that is not finite.
    """
    if not counts:
        raise ColordegError("cumulative change needs at least one image")
    lengths = {len(row) for row in counts.values()}
    if len(lengths) != 1:
        raise ColordegError(
            "cumulative change needs the same rungs for every image, but got "
            + ", ".join(f"{name}: {len(row)}" for name, row in counts.items())
        )
    table = np.array([list(row) for row in counts.values()], dtype=np.float64)
    if table.shape[1] < 2:
        raise ColordegError("cumulative change needs at least two rungs")
    if not np.isfinite(table).all():
        bad = next(n for n, row in zip(counts, table, strict=True) if not np.isfinite(row).all())
        raise ColordegError(f"the counts of {bad!r} are not all finite")
    steps = np.diff(table, axis=1)
    running = table[:, 1:] - table[:, :1]
    return CumulativeChange(
        step_mean=tuple(steps.mean(axis=0).tolist()),
        step_std=tuple(steps.std(axis=0).tolist()),
        mean=tuple(running.mean(axis=0).tolist()),
        std=tuple(running.std(axis=0).tolist()),
        images=len(counts),
    )
