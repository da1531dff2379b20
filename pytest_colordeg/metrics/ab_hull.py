"""How much of the (a*, b*) plane the image spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_colordeg.color.lab import LAB_DEFINITION
from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]


def _ratio(pair: Pair) -> Value:
    if pair.colour.hull_original == 0.0:
        return NotApplicable("the original's (a*, b*) pairs span no area")
    return pair.colour.hull_decoded / pair.colour.hull_original


METRICS = (
    Metric(
        name="ab_hull.ratio",
        definition=(
            "convex hull area of the unique (a*, b*), rint half to even, clip -127..127, "
            f"decoded / original; {LAB_DEFINITION}"
        ),
        unit="",
        direction="neutral",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=0.01),
        digits=5,
        compute=_ratio,
    ),
)
