"""Metrics of a whole ladder: cumulative loss of colours, Bjontegaard rate difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.values import NotApplicable

__all__ = ["CumulativeChange", "bd_rate", "cumulative_change"]


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


def bd_rate(
    anchor: Sequence[tuple[float, float]],
    test: Sequence[tuple[float, float]],
    *,
    lower_is_better: bool = False,
) -> float | NotApplicable:
    """Bjontegaard difference of rate at equal quality, in percent.

    Both curves are interpolated as log rate over quality by the shape-preserving
    cubic (PCHIP) and averaged over the qualities that they share.

    Parameters
    ----------
    anchor, test
        Points (rate, quality) in any order, rates above 0; at least four each.
    lower_is_better
        True for a distortion such as mean CIEDE2000.

    Returns
    -------
    float or NotApplicable
        Percent of rate that `test` needs more than `anchor`, negative when it saves;
        or why there is no such number: too few points, a curve whose quality does
        not rise with its rate, or no quality in common.

    Raises
    ------
    ColordegError
        If a rate or quality is not finite, or a rate is not above 0.
    """
    from scipy.interpolate import PchipInterpolator

    sign = -1.0 if lower_is_better else 1.0
    curves = []
    for name, points in (("anchor", anchor), ("test", test)):
        curve = np.array(sorted(points), dtype=np.float64).reshape(-1, 2)
        if not np.isfinite(curve).all() or (curve[:, 0] <= 0.0).any():
            raise ColordegError(
                f"BD-rate: the {name} curve has a rate or quality that is no number"
            )
        if len(curve) < 4:
            return NotApplicable(f"BD-rate: the {name} curve has fewer than four points")
        log_rate, quality = np.log(curve[:, 0]), sign * curve[:, 1]
        if (np.diff(log_rate) <= 0.0).any() or (np.diff(quality) <= 0.0).any():
            return NotApplicable(f"BD-rate: the {name} curve's quality does not rise with its rate")
        curves.append((log_rate, quality))
    low = max(quality[0] for _, quality in curves)
    high = min(quality[-1] for _, quality in curves)
    if high <= low:
        return NotApplicable("BD-rate: the two curves have no quality in common")
    areas = [PchipInterpolator(quality, rate).integrate(low, high) for rate, quality in curves]
    return float(100.0 * np.expm1((areas[1] - areas[0]) / (high - low)))
