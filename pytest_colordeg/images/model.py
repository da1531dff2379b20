"""Images and corpora as immutable, digest-pinned records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.check import check_pixels

__all__ = ["Corpus", "Image", "Source"]


@dataclass(frozen=True)
class Image:
    """A named sRGB image.

    Attributes
    ----------
    name
        Unique in its corpus; stands in test ids, records and baselines.
    pixels
        uint8 array of shape (H, W, 3), sRGB, read-only.
    """

    name: str
    pixels: NDArray[np.uint8]

    @cached_property
    def sha256(self) -> str:
        """Digest of shape and pixels, independent of the file they came from."""
        height, width, _ = self.pixels.shape
        digest = hashlib.sha256(f"{height}x{width} sRGB8\n".encode())
        digest.update(np.ascontiguousarray(self.pixels).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Source:
    """An image by name that is loaded when first needed (collection reads no pixels)."""

    name: str
    load: Callable[[], NDArray[np.uint8]]

    @cached_property
    def image(self) -> Image:
        """Load, check and freeze the image; raises `ColordegError` naming the source."""
        loaded = self.load()
        try:
            check_pixels(loaded)
        except ColordegError as reason:
            raise ColordegError(f"image {self.name}: {reason}") from None
        pixels = np.array(loaded, order="C")
        pixels.flags.writeable = False
        return Image(self.name, pixels)


@dataclass(frozen=True)
class Corpus:
    """An ordered, named set of images.

    Attributes
    ----------
    name
        ``photos``, ``charts`` or the folder's name.
    sources
        In order; names are unique.
    """

    name: str
    sources: tuple[Source, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of the ordered image names and pixels."""
        lines = (f"{source.name} {source.image.sha256}\n" for source in self.sources)
        return hashlib.sha256("".join(lines).encode()).hexdigest()
