"""CIEDE2000 over an image: mean, percentiles, maximum, and shares above a threshold."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from pytest_colordeg.color.lab import LAB_DEFINITION
from pytest_colordeg.metrics.model import Aggregate, Metric, Tolerance

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]

_FORMULA = f"CIEDE2000 kL=kC=kH=1; {LAB_DEFINITION}"


def _metric(
    statistic: str,
    what: str,
    unit: str,
    tolerance: Tolerance,
    *,
    gated: bool = False,
    aggregate: Aggregate = "mean",
) -> Metric:
    read = attrgetter(statistic)

    def compute(pair: Pair) -> float:
        return float(read(pair.colour))

    return Metric(
        name=f"delta_e00.{statistic}",
        definition=f"{what} of {_FORMULA}",
        unit=unit,
        direction="lower",
        aggregate=aggregate,
        gated=gated,
        tolerance=tolerance,
        digits=6 if statistic.startswith("over") else 4,
        compute=compute,
    )


def _percentile(n: int, tolerance: Tolerance, *, gated: bool = False) -> Metric:
    what = f"{n}th percentile over pixels (linear interpolation)"
    return _metric(f"p{n}", what, "dE00", tolerance, gated=gated)


def _share(limit: int) -> Metric:
    what = f"share of pixels above {limit}"
    return _metric(f"over_{limit}", what, "", Tolerance(abs=0.002, rel=0.01))


METRICS = (
    _metric("mean", "mean over pixels", "dE00", Tolerance(abs=0.01, rel=0.005), gated=True),
    _percentile(50, Tolerance(abs=0.01, rel=0.005)),
    _percentile(95, Tolerance(abs=0.03, rel=0.005), gated=True),
    _percentile(99, Tolerance(abs=0.05, rel=0.01)),
    _metric("max", "maximum over pixels", "dE00", Tolerance(abs=0.5, rel=0.05), aggregate="max"),
    _share(1),
    _share(2),
    _share(5),
)
