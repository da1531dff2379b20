"""Number of different colours, lightness apart (MacPherson, Canham, Brown)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_colordeg.color.lab import LAB_DEFINITION
from pytest_colordeg.metrics.model import Metric, Tolerance

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]

_COUNT = f"unique (a*, b*), rint half to even, clip -127..127; {LAB_DEFINITION}"


def _count(pair: Pair) -> float:
    return float(pair.colour.unique_decoded)


def _change(pair: Pair) -> float:
    before, after = pair.colour.unique_original, pair.colour.unique_decoded
    return 100.0 * (after - before) / before


METRICS = (
    Metric(
        name="unique_ab.count",
        definition=f"number of {_COUNT}",
        unit="",
        direction="neutral",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=2.0, rel=0.01),
        digits=2,
        compute=_count,
    ),
    Metric(
        name="unique_ab.change",
        definition=f"percent change, against the original, of the number of {_COUNT}",
        unit="%",
        direction="neutral",
        aggregate="mean",
        gated=True,
        tolerance=Tolerance(abs=0.5, rel=0.01),
        digits=3,
        compute=_change,
    ),
)
