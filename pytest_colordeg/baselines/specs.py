"""What this package needs to know of a metric, and how far a value may move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

__all__ = ["Allowance", "Direction", "MetricSpec", "Override", "ToleranceSpec", "allowance"]

Direction: TypeAlias = Literal["lower", "higher", "neutral"]


class ToleranceSpec(Protocol):
    """A metric's default tolerance: ``max(abs, rel * |baseline|)``; images get a factor more."""

    @property
    def abs(self) -> float: ...

    @property
    def rel(self) -> float: ...

    @property
    def image_factor(self) -> float: ...


class MetricSpec(Protocol):
    """The part of a registered metric that baselines use.

    `direction` says which values are better; ``neutral`` metrics are two-sided.
    `digits` is the number of decimals kept in the file.
    """

    @property
    def name(self) -> str: ...

    @property
    def definition(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def direction(self) -> Direction: ...

    @property
    def aggregate(self) -> str: ...

    @property
    def gated(self) -> bool: ...

    @property
    def tolerance(self) -> ToleranceSpec: ...

    @property
    def digits(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Override:
    """What ``limits.yaml`` sets for a metric; ``None`` keeps the metric's default."""

    abs: float | None = None
    rel: float | None = None
    image_factor: float | None = None
    gated: bool | None = None
    paired: float | None = None

    def over(self, other: Override) -> Override:
        """Lay this override on top of another: what it sets wins."""

        def pick(mine: float | None, theirs: float | None) -> float | None:
            return theirs if mine is None else mine

        return Override(
            pick(self.abs, other.abs),
            pick(self.rel, other.rel),
            pick(self.image_factor, other.image_factor),
            other.gated if self.gated is None else self.gated,
            pick(self.paired, other.paired),
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """The tolerance in force for one metric.

    Attributes
    ----------
    factor
        Widens `abs`, `rel` and `paired`, for a baseline of another device.
    digits
        Decimals of the stored value: half a unit of them is always allowed,
        because the stored value may be that far from the measured one.
    paired
        Where set, the interval of the mean change over images must lie within this
        much of zero, in place of the mean itself and of single images.
    """

    abs: float
    rel: float
    image_factor: float
    gated: bool
    digits: int
    factor: float = 1.0
    paired: float | None = None

    def allowed(self, stored: float, *, image: bool = False) -> float:
        """Give the largest change that passes, in the metric's unit."""
        wide = max(self.abs, self.rel * abs(stored)) * self.factor
        if image:
            wide *= self.image_factor
        return max(wide, 0.5 * 10.0**-self.digits)

    def within(self, change: float, stored: float, *, image: bool = False) -> bool:
        """Tell whether `change` passes; the last bits of the subtraction are forgiven."""
        slack = 1e-9 * 10.0**-self.digits + 2 * math.ulp(stored)
        return abs(change) <= self.allowed(stored, image=image) + slack


def allowance(
    metric: MetricSpec, override: Override | None, digits: int, factor: float = 1.0
) -> Allowance:
    """Combine a metric's defaults with what ``limits.yaml`` overrides."""
    tolerance = metric.tolerance
    chosen = (override or Override()).over(
        Override(tolerance.abs, tolerance.rel, tolerance.image_factor, metric.gated)
    )
    return Allowance(
        chosen.abs or 0.0,
        chosen.rel or 0.0,
        1.0 if chosen.image_factor is None else chosen.image_factor,
        bool(chosen.gated),
        digits,
        factor,
        chosen.paired,
    )
