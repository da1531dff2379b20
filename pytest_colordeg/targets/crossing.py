"""Where a ladder crosses a target, between which two neighbours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.targets.target import Target
from pytest_colordeg.values import NotApplicable, Value, is_number

__all__ = ["AtTarget", "Step", "crossing"]

_RATES = ("bpp", "size_ratio")


@dataclass(frozen=True, slots=True)
class Step:
    """One measured setting of a codec.

    Attributes
    ----------
    label
        What it is called: ``r4``, ``qp=33``.
    values
        Metric name to its value over the corpus.
    """

    label: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class AtTarget:
    """A codec at a target.

    Attributes
    ----------
    codec, target
        Of what, and where.
    values
        Metric name to value there: between the neighbours linear in the target's
        metric (rates by their logarithm), beside a token ``n/a``.
    below, above
        The neighbours, the smaller file first; the same when the target is met exactly.
    share
        How far from `below` to `above`, 0..1.
    """

    codec: str
    target: Target
    values: Mapping[str, Value]
    below: Step
    above: Step
    share: float

    def __getitem__(self, metric: str) -> Value:
        return self.values[metric]

    def __str__(self) -> str:
        return self.said_of()

    def said_of(self, corpus: str = "") -> str:
        """Where this is, with both neighbours, in words."""
        at = f"{self.codec}{f' on {corpus}' if corpus else ''} at {self.target}"
        if self.below is self.above:
            return f"{at}: {self.below.label}"
        return (
            f"{at}: between {self.below.label} ({self._aim(self.below)}) and "
            f"{self.above.label} ({self._aim(self.above)})"
        )

    def between(self, metric: str) -> str:
        """A metric there and at both neighbours: ``2.10, between r4 2.31 and r5 1.90``."""
        here = _text(self.values[metric])
        if self.below is self.above:
            return f"{here} at {self.below.label}"
        sides = (f"{step.label} {_text(step.values[metric])}" for step in (self.below, self.above))
        return f"{here}, between {' and '.join(sides)}"

    def _aim(self, step: Step) -> str:
        return _text(step.values[self.target.metric])


def crossing(codec: str, target: Target, steps: Sequence[Step], *, ripple: float = 0.0) -> AtTarget:
    """Find a target on measured settings.

    Parameters
    ----------
    codec
        Its id, for errors.
    target
        What to find.
    steps
        From the smallest file to the largest; at least one.
    ripple
        How far the metric may turn back between two steps, as a share of the target:
        neighbouring settings of a fine dial swap by a little (JPEG's levels 45 and 46
        do, by ΔE00). None by default.

    Raises
    ------
    ColordegError
        If a step has no number for the target's metric, the metric does not move
        one way along the steps or crosses the target more than once, or they do not
        reach the target.
    """
    aims = [_number(codec, target, step) for step in steps]
    _check_one_way(codec, target, steps, aims, ripple * abs(target.value))
    low, high = min(aims, default=math.inf), max(aims, default=-math.inf)
    if not low <= target.value <= high:
        raise ColordegError(
            f"{codec} reaches {target.metric} {low:.4g} to {high:.4g}: {target.value:g} is out "
            "of reach"
        )
    sign = 1 if target.rises else -1
    reached = [sign * aim >= sign * target.value for aim in aims]
    if True not in reached or reached != sorted(reached):
        raise ColordegError(
            f"{codec}: {target.metric} crosses {target.value:g} more than once: "
            + ", ".join(f"{step.label} {aim:.4g}" for step, aim in zip(steps, aims, strict=True))
        )
    above = reached.index(True)
    if aims[above] == target.value:
        return AtTarget(codec, target, dict(steps[above].values), steps[above], steps[above], 0.0)
    below, scale = above - 1, math.log if target.is_rate else float
    start, stop = scale(aims[below]), scale(aims[above])
    share = (scale(target.value) - start) / (stop - start)
    first, last = steps[below].values, steps[above].values
    values = {name: _mixed(name, first[name], last.get(name), share) for name in first}
    values[target.metric] = float(target.value)
    return AtTarget(codec, target, values, steps[below], steps[above], share)


def _number(codec: str, target: Target, step: Step) -> float:
    value = step.values.get(target.metric)
    if not isinstance(value, int | float) or not is_number(value):
        raise ColordegError(
            f"{codec} cannot be brought to {target}: {step.label} gave {value} there"
        )
    return float(value)


def _check_one_way(
    codec: str, target: Target, steps: Sequence[Step], aims: Sequence[float], ripple: float
) -> None:
    sign = 1 if target.rises else -1
    for index in range(1, len(steps)):
        rise = sign * (aims[index] - aims[index - 1])
        if rise < -ripple or (rise <= 0 and not ripple):
            before, here = steps[index - 1], steps[index]
            raise ColordegError(
                f"{codec}: {target.metric} does not {'rise' if target.rises else 'fall'} from "
                f"{before.label} ({aims[index - 1]:.4g}) to {here.label} ({aims[index]:.4g}), so "
                f"no one point has {target.value:g}"
            )


def _mixed(name: str, low: Value, high: Value | None, share: float) -> Value:
    if isinstance(low, float) and isinstance(high, float):
        if name in _RATES and low > 0 and high > 0:
            return math.exp((1 - share) * math.log(low) + share * math.log(high))
        return (1 - share) * low + share * high
    if low == high:
        return low
    return NotApplicable(f"between {low} and {high} there is no number")


def _text(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
