"""Images and corpora as immutable, digest-pinned records."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import shelf
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
    """An image by name that is loaded when first needed (collection reads no pixels).

    Its pixels live as long as somebody holds the image, and a little longer (`shelf`),
    so that a corpus of any size takes bounded memory; its digest stays.
    """

    name: str
    load: Callable[[], NDArray[np.uint8]]
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @property
    def image(self) -> Image:
        """Load, check and freeze the image; raises `ColordegError` naming the source."""
        held = self.__dict__.get("_held")
        image: Image | None = held() if held is not None else None
        if image is None:
            with self._lock:  # threads that ask at the same time get one image
                held = self.__dict__.get("_held")
                image = held() if held is not None else None
                if image is None:
                    image = self._load()
        shelf.keep(image)
        return image

    @property
    def sha256(self) -> str:
        """The image's digest; loads it once at most."""
        known: str | None = self.__dict__.get("_sha256")
        return known if known is not None else self.image.sha256

    def _load(self) -> Image:
        loaded = self.load()
        try:
            check_pixels(loaded)
        except ColordegError as reason:
            raise ColordegError(f"image {self.name}: {reason}") from None
        pixels = np.array(loaded, order="C")
        pixels.flags.writeable = False
        image = Image(self.name, pixels)
        self.__dict__.update(_held=weakref.ref(image), _sha256=image.sha256)
        return image


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
        lines = (f"{source.name} {source.sha256}\n" for source in self.sources)
        return hashlib.sha256("".join(lines).encode()).hexdigest()
