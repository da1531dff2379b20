"""Where cells are measured: originals at hand, the cache beside."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TypeAlias

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Image
from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.cache import Cache
from pytest_colordeg.sweep.cell import measure_cell, unreadable
from pytest_colordeg.sweep.keys import cell_key, measuring, point_key
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Cell

__all__ = ["Bench", "Measure", "Result"]

Measure: TypeAlias = Callable[[Codec, int, Image, str, str, Reference], Measurement]
"""`measure_cell`, or what does the same elsewhere, such as in a process of its own."""

# How long a codec's fingerprint is taken for granted between two lookups, in seconds.
_FRESH = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """A measurement, whether it came from the cache, and the seconds that it took."""

    cell: Measurement
    cached: bool
    seconds: float = 0.0


class Bench:
    """Gives the measurement of a cell: the cache's, or a new one. May be shared by threads.

    Parameters
    ----------
    originals
        Loads images, keeps them and their Lab.
    cache
        ``None`` measures everything.
    measure
        How one cell is measured.
    """

    def __init__(
        self, originals: Originals, cache: Cache | None = None, measure: Measure = measure_cell
    ) -> None:
        self.originals, self.cache = originals, cache
        self._measure = measure
        self._keys: dict[tuple[str, int, str], tuple[float, str | None]] = {}
        self._lock = Lock()

    def __call__(self, cell: Cell) -> Result:
        """Look up or measure, and keep; never raises for what images and codecs do."""
        started = time.perf_counter()
        try:
            image, reference = self.originals.get(cell.source)
            known, point = self.lookup(cell, image), self.point(cell)
        except ColordegError as error:
            return Result(self.unread(cell, str(error)), cached=False)
        if known is not None:
            return Result(known, cached=True)
        made = self._measure(cell.codec, cell.rung, image, cell.corpus, cell.device, reference)
        self.keep(cell, made, point)
        return Result(made, cached=False, seconds=time.perf_counter() - started)

    def lookup(self, cell: Cell, image: Image) -> Measurement | None:
        """The cache's measurement of a cell, if it has one."""
        point = self.point(cell)
        if self.cache is None or point is None:
            return None
        found = self.cache.get(cell_key(point, image.sha256))
        if found is None:
            return None
        facts, metrics = found
        return Measurement(
            codec=cell.codec.id,
            rung=cell.rung,
            image=image.name,
            corpus=cell.corpus,
            device=cell.device,
            image_sha256=image.sha256,
            parameters=dict(cell.codec.ladder[cell.rung]),
            facts=facts,
            provenance=dict(cell.codec.provenance()),
            metrics=metrics,
        )

    def keep(self, cell: Cell, made: Measurement, point: str | None) -> None:
        """Put a measurement into the cache, unless it failed or the codec changed meanwhile."""
        if self.cache is None or point is None or made.error is not None:
            return
        if self.point(cell, fresh=True) == point:
            self.cache.put(cell_key(point, made.image_sha256), made)

    @staticmethod
    def unread(cell: Cell, error: str) -> Measurement:
        """The failed cell of an image that could not be loaded, or a codec that tells nonsense."""
        name = cell.source.name
        return unreadable(cell.codec, cell.rung, name, cell.corpus, cell.device, error)

    @cached_property
    def _how(self) -> str | None:
        return measuring()

    def point(self, cell: Cell, fresh: bool = False) -> str | None:
        """`point_key` of a cell, at most a second old unless `fresh`."""
        if self.cache is None:
            return None
        name = (cell.codec.id, cell.rung, cell.device)
        now = time.monotonic()
        with self._lock:
            at, key = self._keys.get(name, (-_FRESH, None))
            if fresh or now - at >= _FRESH:
                key = point_key(cell.codec, cell.rung, cell.device, self._how)
                self._keys[name] = now, key
            return key
