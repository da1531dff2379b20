"""Signed change of lightness, chroma and hue, and where on the hue circle: what a mean hides."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from pytest_colordeg.color.lab import LAB_DEFINITION
from pytest_colordeg.color.statistics import NEUTRAL, SECTORS
from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.values import NotApplicable, Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS", "MIN_PIXELS"]

MIN_PIXELS = 64
"""A hue sector of the original with fewer pixels than this says nothing."""

_WHAT = {
    "delta_l": "dL* = L2 - L1",
    "delta_c": "dC*ab = C2 - C1",
    "delta_h": "dH*ab = 2 sqrt(C1 C2) sin((h2 - h1) / 2)",
}
_DIFFERENCE = {"delta_e": "CIEDE2000 kL=kC=kH=1"}


def _metric(axis: str) -> Metric:
    read = attrgetter(axis)

    def compute(pair: Pair) -> Value:
        if axis == "delta_h" and pair.colour.sectors.keys() <= {NEUTRAL}:
            return NotApplicable("no pixel of the original has a hue (chroma 5 or more)")
        return float(read(pair.colour.shift))

    return Metric(
        name=axis,
        definition=f"signed mean over pixels of {_WHAT[axis]}; {LAB_DEFINITION}",
        unit="Lab",
        direction="neutral",
        aggregate="mean",
        gated=axis == "delta_c",
        tolerance=Tolerance(abs=0.02),
        digits=4,
        compute=compute,
    )


def _sector_metric(axis: str, sector: str) -> Metric:
    read = attrgetter(axis)

    def compute(pair: Pair) -> Value:
        shift = pair.colour.sectors.get(sector)
        if shift is None or shift.pixels < MIN_PIXELS:
            return NotApplicable(f"fewer than {MIN_PIXELS} pixels of the original in {sector}")
        return float(read(shift))

    where = (
        "original C*ab below 5"
        if sector == NEUTRAL
        else f"original C*ab of 5 or more and h_ab in the 30 degrees from {int(sector[1:])}"
    )
    signed = axis in _WHAT
    what = f"signed mean of {_WHAT[axis]}" if signed else f"mean of {_DIFFERENCE[axis]}"
    return Metric(
        name=f"{axis if signed else 'delta_e00'}.{sector}",
        definition=(
            f"{what} over pixels with {where}, n/a below {MIN_PIXELS} of them; {LAB_DEFINITION}"
        ),
        unit="Lab" if signed else "dE00",
        direction="neutral" if signed else "lower",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=0.05),
        digits=4,
        compute=compute,
    )


METRICS = (
    *(_metric(axis) for axis in _WHAT),
    *(_sector_metric(axis, sector) for axis in (*_WHAT, *_DIFFERENCE) for sector in SECTORS),
)
