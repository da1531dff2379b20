"""A metric by hue sector of the original, for polar charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_colordeg.color.statistics import NEUTRAL, SECTOR_DEGREES, SECTORS
from pytest_colordeg.report.model import Point

__all__ = ["FAMILIES", "HUES", "Rose", "families", "rose"]

HUES = tuple(sector for sector in SECTORS if sector != NEUTRAL)
"""The twelve sectors, h000 first."""

FAMILIES = {
    "delta_e00": "mean ΔE00",
    "delta_c": "mean ΔC*ab",
    "delta_h": "mean ΔH*ab",
    "delta_l": "mean ΔL*",
}
"""Metric families that may have a member a sector, and what they are called."""


@dataclass(frozen=True, slots=True)
class Rose:
    """One family at one point; every tuple has an entry a sector, ``None`` where n/a.

    Attributes
    ----------
    degrees
        Middle of each sector.
    now, low, high
        Mean over images, and minus and plus their standard deviation.
    stored
        The baseline's mean.
    """

    degrees: tuple[float, ...]
    now: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    stored: tuple[float | None, ...]


def families(points: Sequence[Point]) -> list[str]:
    """The families that at least one point was measured in."""
    return [
        family
        for family in FAMILIES
        if any(point.number(f"{family}.{hue}") is not None for point in points for hue in HUES)
    ]


def rose(point: Point, family: str) -> Rose | None:
    """Gather a family by sector; ``None`` when no sector has a number."""
    names = [f"{family}.{hue}" for hue in HUES]
    now = [point.number(name) for name in names]
    if all(value is None for value in now):
        return None
    spread = [point.spread(name) or 0.0 for name in names]
    stored = [point.findings.stored.get(name) for name in names]
    pairs = list(zip(now, spread, strict=True))
    return Rose(
        tuple(int(hue[1:]) + SECTOR_DEGREES / 2 for hue in HUES),
        tuple(now),
        tuple(None if value is None else value - std for value, std in pairs),
        tuple(None if value is None else value + std for value, std in pairs),
        tuple(value if isinstance(value, float) else None for value in stored),
    )
