"""Colours and markers of codecs: told apart by eyes with any colour vision, and by shape too."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DARK", "LIGHT", "Look", "look"]

LIGHT = ("#0067a8", "#c94f00", "#007d5a", "#b8478a", "#9a7400", "#3a9bd9", "#5b4bb5", "#3c3c3c")
"""On white; the page's style sheet has the same as ``--s0`` to ``--s7``."""

DARK = ("#4da6e8", "#ff8a4a", "#29c495", "#ee92c6", "#e3b92e", "#a3dcff", "#a79bff", "#d8d8d8")
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
