"""The originals that are being worked on, with their Lab, up to a bound of memory."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from pytest_colordeg.color.backend import default_backend
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.images.model import Image, Source
from pytest_colordeg.machine import memory

__all__ = ["Originals", "default_budget"]

_MOST = 1 << 30
_SHARE = 8
# Cells under way hold a few more than the block that they are of.
_SLACK = 1.25
# The map of used (a*, b*) pairs, which for a thumbnail is more than its pixels.
_PER_IMAGE = 255 * 255


def default_budget(processes: int = 1) -> int:
    """Bytes for originals: 1 GiB for all processes, at most an eighth of the memory."""
    bytes_here = memory() or _MOST * _SHARE
    return min(_MOST, bytes_here // _SHARE) // max(1, processes)


class Originals:
    """Loads an original when asked for, and keeps those used last.

    May be shared by threads.

    Parameters
    ----------
    budget
        Bytes from which on `full` is true. A quarter more is kept.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held: OrderedDict[str, tuple[Image, Reference]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        # Pixels, and what Reference says it costs.
        self._per_pixel = 16 if default_backend() == "numba" else 28

    def get(self, source: Source) -> tuple[Image, Reference]:
        """The image and what metrics need of it; raises `ColordegError` when it cannot be read."""
        image = source.image
        with self._lock:
            if image.sha256 in self._held:
                self._held.move_to_end(image.sha256)
                return image, self._held[image.sha256][1]
            reference = Reference(image.pixels)
            self._held[image.sha256] = image, reference
            self._bytes += self._cost(image)
            while self._bytes > self._budget * _SLACK and len(self._held) > 1:
                _, (dropped, _) = self._held.popitem(last=False)
                self._bytes -= self._cost(dropped)
        return image, reference

    def full(self) -> bool:
        """Whether as much is held as should be."""
        return self._bytes >= self._budget

    def _cost(self, image: Image) -> int:
        return self._per_pixel * image.pixels[..., 0].size + _PER_IMAGE
