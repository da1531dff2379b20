"""Colour, exactly: sRGB to CIELAB, CIEDE2000, and the colour statistics of a pair of images."""

from __future__ import annotations

from pytest_colordeg.color.backend import default_backend
from pytest_colordeg.color.ciede2000 import delta_e00, nearly_opposite
from pytest_colordeg.color.compare import compare
from pytest_colordeg.color.lab import srgb_to_lab
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.color.statistics import ColourStatistics, Shift

__all__ = [
    "ColourStatistics",
    "Reference",
    "Shift",
    "compare",
    "default_backend",
    "delta_e00",
    "nearly_opposite",
    "srgb_to_lab",
]
