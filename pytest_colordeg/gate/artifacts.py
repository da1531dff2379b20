"""The pictures of a failure: original, decoded, and where the colours went."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.color.blocked import hue_sector
from pytest_colordeg.color.compare import compare
from pytest_colordeg.color.lab import srgb_to_lab
from pytest_colordeg.color.statistics import SECTOR_DEGREES, SECTORS
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Image
from pytest_colordeg.images.png import write_png
from pytest_colordeg.metrics.chroma_shift import MIN_PIXELS
from pytest_colordeg.sweep.cell import code

__all__ = ["Exhibit", "exhibit", "heat", "keep_out_of_git", "worst_hue"]

#: ΔE00 at the hot end of the heat map; a fixed scale makes two maps comparable.
HEAT_MAX = 10.0
# Black, violet, red, orange, pale yellow: dark to light, so that it reads in grey too.
_HUES = (
    *("crimson", "red", "orange", "yellow", "green", "sea green"),
    *("cyan", "sky blue", "azure", "blue", "violet", "magenta"),
)
_STOPS = np.array([(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)])


@dataclass(frozen=True)
class Exhibit:
    """One image of a failure, coded again to be looked at.

    Attributes
    ----------
    hue
        The hue sector with the highest mean ΔE00, in words, if one is populated.
    paths
        Kind (``original``, ``decoded``, ``delta_e00``) to PNG file; empty when
        they could not be written, `problem` then says why.
    """

    image: str
    original: Pixels
    decoded: Pixels
    hue: str | None
    paths: dict[str, Path]
    problem: str | None = None


def exhibit(codec: Codec, rung: int, image: Image, folder: Path) -> Exhibit | None:
    """Code an image again and write its pictures below `folder`.

    Returns ``None`` when the codec fails this time. A folder that cannot be
    written is no reason to lose the failure itself, so it is only told.
    """
    try:
        decoded = code(codec, rung, image).decoded
    except ColordegError:
        return None
    delta = compare(image.pixels, decoded, delta_map=True).delta_map
    assert delta is not None
    stem = re.sub(r"[^\w.-]+", "_", image.name)
    pictures = {"original": image.pixels, "decoded": decoded, "delta_e00": heat(delta)}
    paths = {kind: folder / f"{stem}.{kind}.png" for kind in pictures}
    problem: str | None = None
    try:
        for kind, pixels in pictures.items():
            write_png(paths[kind], pixels)
    except OSError as error:
        paths, problem = {}, f"{folder}: not written: {error.strerror or error}"
    hue = worst_hue(image.pixels, delta)
    return Exhibit(image.name, image.pixels, decoded, hue, paths, problem)


def keep_out_of_git(folder: Path) -> None:
    """Make the folder of all pictures, marked so that nobody commits them by accident."""
    if not folder.exists():
        with suppress(OSError):
            folder.mkdir(parents=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def worst_hue(original: Pixels, delta: NDArray[np.floating[Any]]) -> str | None:
    """Name the hue sector of the original whose colours changed most on average."""
    sector = hue_sector(srgb_to_lab(original)).ravel()
    counts = np.bincount(sector, minlength=len(SECTORS))
    sums = np.bincount(sector, delta.ravel(), minlength=len(SECTORS))
    means = np.where(counts >= MIN_PIXELS, sums / np.maximum(counts, 1), -1.0)
    worst = int(np.argmax(means))
    if means[worst] < 0:
        return None
    if worst == len(SECTORS) - 1:
        return f"neutrals (ΔE00 {means[worst]:.2f})"
    start = worst * SECTOR_DEGREES
    return f"{_HUES[worst]} {start}-{start + SECTOR_DEGREES}° (ΔE00 {means[worst]:.2f})"


def heat(delta_e: NDArray[np.floating[Any]]) -> Pixels:
    """Colour a ΔE00 map of shape (H, W): black is 0, pale yellow 10 and more."""
    position = np.clip(delta_e / HEAT_MAX, 0.0, 1.0) * (len(_STOPS) - 1)
    channels = [np.interp(position, np.arange(len(_STOPS)), stop) for stop in _STOPS.T]
    pixels: Pixels = np.rint(np.stack(channels, axis=-1)).astype(np.uint8)
    return pixels
