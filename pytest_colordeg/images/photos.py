"""Corpus ``photos``: crops of the photographs that the scikit-image wheel carries as PNG.

A crop is a plain slice, so nothing is resampled, and both sides are above the
160 pixels that MS-SSIM needs. The JPEG photographs of the wheel are left out:
they have lost chroma already. Digests of the pixels are pinned, so a release of
scikit-image that changes a picture is an error and not a shift of every metric.
"""

from __future__ import annotations

from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Corpus, Image, Source

__all__ = ["CROPS", "Crop", "photos"]

HEIGHT, WIDTH = 192, 256


class Crop(NamedTuple):
    """Where a crop lies (in pixels from the top left) and what its pixels must be."""

    file: str
    left: int
    top: int
    sha256: str


CROPS = {
    # Skin and hair before soft neutral greys.
    "astronaut-face": Crop(
        "astronaut.png", 120, 0, "36f38452909e06ccdbbae6509d27f33ff13f724fb4b51c3d2e1e6ad5bfed8014"
    ),
    # Saturated red and blue stripes against white, skin, orange, deep black.
    "astronaut-flag": Crop(
        "astronaut.png", 0, 64, "7de032452aa5ad1c6fd8962b250e600cecd69b4986aa74cecc5fdda4c15a9382"
    ),
    # Orange near the gamut boundary with cloth texture, a violet patch with fine lettering.
    "astronaut-suit": Crop(
        "astronaut.png", 0, 256, "3e480868b584b1f374175ea4169ed08a28372faecb682815e4e1cae8c6cc35e7"
    ),
    # Fine fur, yellow-green irises, low chroma everywhere else.
    "chelsea-eyes": Crop(
        "chelsea.png", 110, 50, "e4f381ac12766781918a1b0df0fa5095cee2c7409a4c643bcd82c1592942761d"
    ),
    # Dark saturated red glaze, smooth gradients, specular metal, wood grain.
    "coffee-saucer": Crop(
        "coffee.png", 300, 200, "30adaaf4c809b31055cb51ac05d33dc9131f0c3028c03fb37d545872a92e53b5"
    ),
    # Stained tissue: blue nuclei between brown fibres, opposed hues pixel by pixel.
    "ihc-tissue": Crop(
        "ihc.png", 100, 190, "d150bd82212e26a9969e29c76a69170f2b28b5f0c7fa4d94a39b3b740b9697ef"
    ),
    # Neutral metal, black rubber and grey concrete beside red lacquer.
    "motorcycle-engine": Crop(
        "motorcycle_left.png",
        200,
        200,
        "326d972dcfcbc3fdfbc529487d11ec8d53f5dcf1b754e423458976e810ffe24f",
    ),
    # Small yellow, blue, red and amber things in a mostly brown scene.
    "motorcycle-shelf": Crop(
        "motorcycle_left.png",
        300,
        20,
        "e41b984e1ed928b7690293878bcc9b23ec02e80c986fbe3dac6a570784d7c8d8",
    ),
}


@cache
def photos() -> Corpus:
    """The corpus ``photos``; making it reads no file."""
    return Corpus("photos", tuple(Source(name, partial(_load, name)) for name in CROPS))


def _folder() -> Path:
    # find_spec locates the package without importing it, which would take a second.
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise ColordegError(
            "corpus photos: scikit-image is not installed, and its photographs are the corpus; "
            "pip install scikit-image"
        )
    return Path(spec.origin).parent / "data"


@cache
def _photograph(file: str) -> NDArray[np.uint8]:
    import PIL.Image

    path = _folder() / file
    try:
        with PIL.Image.open(path, formats=["PNG"]) as picture:
            if picture.mode != "RGB":
                raise ColordegError(f"corpus photos: {path} is {picture.mode}, not RGB")
            return np.asarray(picture)
    except (OSError, SyntaxError) as error:
        raise ColordegError(
            f"corpus photos: cannot read {path} ({error}); reinstall scikit-image"
        ) from error


def _load(name: str) -> NDArray[np.uint8]:
    crop = CROPS[name]
    photograph = _photograph(crop.file)
    pixels = photograph[crop.top : crop.top + HEIGHT, crop.left : crop.left + WIDTH].copy()
    found = Image(name, pixels).sha256
    if found != crop.sha256:
        from importlib.metadata import version

        raise ColordegError(
            f"corpus photos: {name} (from {crop.file}) is not the picture that it was: the "
            f"scikit-image installed here, {version('scikit-image')}, carries another "
            f"{crop.file} (pixels {found[:12]}, expected {crop.sha256[:12]}). Install a "
            "release that carries the original, such as 0.26.0"
        )
    return pixels
