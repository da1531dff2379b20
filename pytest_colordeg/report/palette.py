"""Colours and markers of codecs: told apart by eyes with any colour vision, and by shape too."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DARK", "LIGHT", "Look", "look"]

LIGHT = ("#319bdd", "#c42f00", "#009158", "#b75089", "#9b9300", "#5e4bb2", "#016d6b", "#373b40")
"""On white; the page's style sheet has the same as ``--s0`` to ``--s7``."""

DARK = ("#aae0ff", "#ff544b", "#2bd798", "#ed8bb5", "#e2ba2d", "#8364ff", "#4ea8e9", "#dadbd5")
"""On near black."""

_MARKERS = ("o", "s", "^", "D", "v", "P", "*")


class Look(NamedTuple):
    """How a codec is drawn: colour on white, matplotlib's marker."""

    colour: str
    marker: str


def look(codecs: list[str], codec: str) -> Look:
    """The look of a codec by its place among all; 56 differ."""
    place = codecs.index(codec)
    return Look(LIGHT[place % len(LIGHT)], _MARKERS[place % len(_MARKERS)])
