"""Corpus ``charts``: small generated images, each there because it breaks something."""

from __future__ import annotations

from functools import cache

from pytest_colordeg.images import patterns
from pytest_colordeg.images.model import Corpus, Source

__all__ = ["CHARTS", "charts"]

CHARTS = {
    "patches": patterns.patches,
    "hue-sweeps": patterns.hue_sweeps,
    "edges-red-blue": patterns.edges,
    "neutral-ramp": patterns.neutral_ramp,
    "gamut-ramp": patterns.gamut_ramp,
    "skin": patterns.skin,
    "foliage": patterns.foliage,
    "chroma-noise": patterns.chroma_noise,
    "size-1x1": patterns.one_pixel,
    "size-7x5": patterns.tiny_7x5,
    "size-257x131": patterns.odd_257x131,
}


@cache
def charts() -> Corpus:
    """The corpus ``charts``; making it draws nothing."""
    return Corpus("charts", tuple(Source(name, draw) for name, draw in CHARTS.items()))
