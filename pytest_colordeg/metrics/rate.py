"""What the coded image costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_colordeg.metrics.model import Metric, Tolerance

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["METRICS"]


def _bpp(pair: Pair) -> float:
    return 8.0 * pair.payload_bytes / pair.pixels


def _size_ratio(pair: Pair) -> float:
    return pair.payload_bytes / pair.original.size


METRICS = (
    Metric(
        name="bpp",
        definition="8 * payload bytes / pixels",
        unit="bit/px",
        direction="lower",
        aggregate="mean",
        gated=True,
        tolerance=Tolerance(abs=0.0, rel=0.002),
        digits=5,
        compute=_bpp,
    ),
    Metric(
        name="size_ratio",
        definition="payload bytes / (3 * pixels), the size as 8-bit RGB",
        unit="",
        direction="lower",
        aggregate="mean",
        gated=False,
        tolerance=Tolerance(abs=0.0, rel=0.002),
        digits=6,
        compute=_size_ratio,
    ),
)
