"""One codec against another in the same run: the other's results stand in for a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.baselines.model import Baseline, Section, StoredMetric, StoredPoint
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Degradation, Measurement
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.gate.judge import Gate
    from pytest_colordeg.selection import Point

__all__ = ["at_rate", "stand_in"]

_RATE = ("bpp", "size_ratio")


def stand_in(gate: Gate, point: Point, now: Degradation) -> Baseline:
    """Measure the other codec on the same images and give its results as a baseline.

    With ``--colordeg-match=rung`` at the same rung; with ``rate`` each image is
    compared at its own bpp, interpolated between the other codec's rungs.

    Raises
    ------
    ColordegError
        If the other codec lacks the rung, or one of its cells fails.
    """
    name = gate.settings.against
    assert name is not None
    other = gate.registry.get(name)
    if gate.settings.match == "rate":
        ladder = [_measured(gate, replace(point, codec=name, rung=rung)) for rung in other.ladder]
        cells: Sequence[Measurement] = [
            replace(
                at_rate([rung[i] for rung in ladder], name, row),
                # Between rungs there are no parameters to compare with.
                parameters=now.parameters,
            )
            for i, row in enumerate(now.rows.values())
        ]
    elif now.rung in other.ladder:
        cells = _measured(gate, replace(point, codec=name))
    else:
        raise ColordegError(
            f"{name} has no rung {now.rung} to compare with; --colordeg-match=rate compares at "
            "equal bpp"
        )
    whole = degrade(cells, now.corpus_digest, now.partial)
    metrics = {key: StoredMetric(METRICS[key].definition, METRICS[key].digits) for key in METRICS}
    stored = StoredPoint(
        whole.parameters,
        whole.facts,
        whole.provenance,
        whole.aggregates,
        whole.covered,
        whole.rows,
    )
    section = Section(
        now.corpus, now.device, now.corpus_digest, now.image_digests, {now.rung: stored}
    )
    return Baseline(now.codec, metrics, {(now.corpus, now.device): section})


def at_rate(rungs: Sequence[Measurement], name: str, row: Mapping[str, Value]) -> Measurement:
    """Interpolate one image's metrics over a ladder at the bpp that `row` has.

    Linear in the logarithm of bpp between the two rungs around it; beside a
    token a metric is ``n/a`` with the reason.

    Raises
    ------
    ColordegError
        If the ladder does not reach that rate on the image.
    """
    rate = row["bpp"]
    known = sorted(((_bpp(cell), cell) for cell in rungs), key=lambda pair: pair[0])
    rates = [bpp for bpp, _ in known]
    if not isinstance(rate, float) or not rates[0] <= rate <= rates[-1]:
        raise ColordegError(
            f"{rungs[0].image} has {rate:.3f} bpp, and {name} covers {rates[0]:.3f} to "
            f"{rates[-1]:.3f} bpp on it: there is no equal rate to compare at"
        )
    metrics = {
        metric: _between(rates, [cell.metrics[metric] for _, cell in known], rate)
        for metric in rungs[0].metrics
    }
    return replace(rungs[0], metrics={**metrics, **{metric: row[metric] for metric in _RATE}})


def _bpp(cell: Measurement) -> float:
    value = cell.metrics["bpp"]
    assert isinstance(value, float)
    return value


def _between(rates: Sequence[float], values: Sequence[Value], rate: float) -> Value:
    above = min(int(np.searchsorted(rates, rate)), len(rates) - 1)
    below = max(above - 1, 0)
    low, high = values[below], values[above]
    if isinstance(low, float) and isinstance(high, float):
        steps = np.log([rates[below], rates[above]])
        return float(np.interp(np.log(rate), steps, [low, high]))
    return low if low == high else NotApplicable(f"between {low} and {high} there is no number")


def _measured(gate: Gate, point: Point) -> Sequence[Measurement]:
    cells = gate.measure(point)
    for cell in cells:
        if cell.error:
            raise ColordegError(f"{cell.codec}-r{cell.rung}, {cell.image}: {cell.error}")
    return cells
