"""The papers' figures that show pixels: one image by every codec, near one rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report.model import Figure, Point

if TYPE_CHECKING:
    from pytest_colordeg.codecs.registry import Registry
    from pytest_colordeg.images.model import Image
    from pytest_colordeg.options import Settings

__all__ = ["RATE", "Scene", "of_run", "scene"]

RATE = 0.4
"""Bits per pixel that figures of pixels are near, as in the papers."""

_SIDE = 64
_ENOUGH = 2  # codecs, to have something to compare


class Scene(NamedTuple):
    """Figures of one image.

    Attributes
    ----------
    drawn
        Name to matplotlib figure.
    figures
        The same for a page.
    lost
        A line for each codec that could not take part.
    """

    drawn: Mapping[str, Any]
    figures: list[Figure]
    lost: list[str]


def scene(points: Sequence[Point], image: Image, rate: float, registry: Registry) -> Scene:
    """Code an image with every codec near a rate, and draw what came of its colours.

    Parameters
    ----------
    points
        Of one corpus; they tell each codec's rate on the image.

    Raises
    ------
    ColordegError
        If no codec could code it.
    """
    from pytest_colordeg.report import figures
    from pytest_colordeg.report.gallery import decodings, telling_patch

    found, lost = decodings(points, image, rate, registry)
    if not found:
        raise ColordegError("; ".join(["no codec is left", *lost]))
    pixels = image.pixels
    corner = telling_patch(pixels, found, _SIDE)
    plane = figures.plane_figure(pixels, found, image.name)
    patch = figures.patch_figure(pixels, found, image.name, corner, _SIDE)
    near = f"near {rate:g} bits per pixel"
    shown = [
        figures.whole_page(
            plane,
            f"a*b* plane of {image.name}",
            f"Original and decoded, each codec at the rung {near}; each pair in its colour at "
            "L* = 70. As in MacPherson et al., figures 1 and 2.",
        ),
        figures.whole_page(
            patch,
            f"A patch of {image.name}",
            f"Original and decoded, each codec at the rung {near}, where the codecs differ most. "
            "As in Prativadibhayankaram et al., figure 3.",
        ),
    ]
    return Scene({"plane": plane, "patch": patch}, shown, lost)


def of_run(
    points: Sequence[Point], settings: Settings, registry: Registry
) -> tuple[list[Figure], list[str]]:
    """Figures for a run's own page: an image of a corpus that it measured.

    Bundled corpora and those of the options are looked at; the first image of the first
    that two codecs were measured on is shown. Codecs that failed anywhere are not run again.

    Returns
    -------
    tuple of list
        The figures, and what could not be shown.
    """
    from pytest_colordeg.images import resolve
    from pytest_colordeg.images.select import BUILT_IN

    selections = resolve([*(settings.images or ()), *BUILT_IN], settings.root)
    broken = {point.codec for point in points if any(cell.error for cell in point.cells)}
    for selection in selections:
        name = selection.corpus.name
        here = [p for p in points if p.corpus == name and p.codec not in broken]
        measured = {cell.image for point in here for cell in point.cells}
        source = next((s for s in selection.sources if s.name in measured), None)
        if source is None or len({point.codec for point in here}) < _ENOUGH:
            continue
        try:
            made = scene(here, source.image, RATE, registry)
        except ColordegError as error:
            return [], [f"no figures of pixels on {name}: {error}"]
        return made.figures, made.lost
    return [], []
