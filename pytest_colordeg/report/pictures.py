"""The pictures of a page: PNG bytes as they are, each once, within a budget."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.findings import Picture
from pytest_colordeg.gate.artifacts import HEAT_MAX, heat
from pytest_colordeg.report.model import Point
from pytest_colordeg.report.plane import plane

__all__ = ["BUDGET", "Album", "Shown", "album", "heat_scale", "png_bytes"]

BUDGET = 3_600_000
"""Bytes of base64 that all pictures of a page may take, so that it stays under 5 MB."""

_LARGEST = 64 << 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """One of a point's worst images as the page holds it.

    Attributes
    ----------
    keys
        Kind to key in the album: ``original``, ``decoded``, ``delta_e00``, ``ab_original``,
        ``ab_decoded``; empty when there is nothing to look at.
    width, height
        In pixels.
    problem
        Why there is nothing.
    """

    picture: Picture
    keys: dict[str, str] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    problem: str = ""


@dataclass(slots=True)
class Album:
    """Pictures by key (a digest of the bytes, so that equal ones stand once) as base64."""

    pictures: dict[str, str] = field(default_factory=dict)
    left: int = BUDGET

    def add(self, pictures: dict[str, bytes]) -> dict[str, str] | None:
        """Add pictures that belong together; ``None`` when they do not fit."""
        keys = {kind: hashlib.sha256(png).hexdigest()[:16] for kind, png in pictures.items()}
        fresh = {
            keys[kind]: png for kind, png in pictures.items() if keys[kind] not in self.pictures
        }
        size = sum(4 * -(-len(png) // 3) for png in fresh.values())
        if size > self.left:
            return None
        self.left -= size
        self.pictures |= {key: base64.b64encode(png).decode("ascii") for key, png in fresh.items()}
        return keys


def album(points: Sequence[Point], budget: int = BUDGET) -> tuple[Album, list[list[Shown]]]:
    """Gather the pictures of failing points; every point's worst comes before any second.

    Returns
    -------
    tuple of Album and list
        The pictures, and for each point what to show of each of its images.
    """
    book = Album(left=budget)
    shown: list[list[Shown]] = [[Shown(p) for p in point.findings.pictures] for point in points]
    deepest = max((len(row) for row in shown), default=0)
    for depth in range(deepest):
        for row in shown:
            if depth < len(row):
                row[depth] = _show(row[depth].picture, book)
    return book, shown


def _show(picture: Picture, book: Album) -> Shown:
    if picture.problem or not picture.files:
        return Shown(picture, problem=picture.problem or "no pictures were kept")
    try:
        files = {kind: _read(Path(path)) for kind, path in picture.files.items()}
        original, decoded = _pixels(files["original"]), _pixels(files["decoded"])
    except (OSError, ValueError, KeyError) as error:
        return Shown(picture, problem=f"the pictures are not there any more: {error}")
    files["ab_original"] = png_bytes(plane(original))
    files["ab_decoded"] = png_bytes(plane(decoded))
    keys = book.add(files)
    if keys is None:
        folder = Path(picture.files["original"]).parent
        return Shown(picture, problem=f"left out, the page would be too large; see {folder}")
    height, width, _ = original.shape
    return Shown(picture, keys, width, height)


def _read(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path} is larger than {_LARGEST >> 20} MiB")
    data = path.read_bytes()
    if not data.startswith(_SIGNATURE):
        raise ValueError(f"{path} is no PNG")
    return data


def _pixels(png: bytes) -> Pixels:
    import PIL.Image

    with PIL.Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        return np.asarray(picture.convert("RGB"))


def png_bytes(pixels: Pixels) -> bytes:
    """Write pixels of shape (H, W, 3) as PNG, in as few bytes as PNG allows."""
    import PIL.Image

    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def heat_scale() -> tuple[str, float]:
    """The colours of the ΔE00 map from 0 on, as a PNG one pixel high in base64, and its end."""
    ramp = heat(np.linspace(0.0, HEAT_MAX, 128)[None, :])
    return base64.b64encode(png_bytes(ramp)).decode("ascii"), HEAT_MAX
