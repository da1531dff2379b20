"""Measurements on disk while a run lasts, so that their number costs no memory."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import eq
from sys import intern
from typing import overload

from pytest_colordeg.records import Measurement
from pytest_colordeg.values import Value

__all__ = ["Spool", "Spooled", "by_image", "failures", "image_names", "rows_of"]

# A place is where a record begins and how long it is, in one number.
_LENGTH_BITS = 24
_FIELDS = Measurement.__slots__


class Spool:
    """A temporary file that takes measurements and gives them back; gone with the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="colordeg-")  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._end = 0

    def append(self, cell: Measurement) -> int:
        """Keep a measurement; gives the place to `read` it from."""
        data = pickle.dumps([getattr(cell, name) for name in _FIELDS], pickle.HIGHEST_PROTOCOL)
        if len(data) >> _LENGTH_BITS:
            raise ValueError(f"a record of {len(data)} bytes")
        self._file.seek(self._end)
        self._file.write(data)
        place = self._end << _LENGTH_BITS | len(data)
        self._end += len(data)
        return place

    def read(self, place: int) -> Measurement:
        """The measurement that was kept there."""
        self._file.seek(place >> _LENGTH_BITS)
        return Measurement(*pickle.loads(self._file.read(place & ((1 << _LENGTH_BITS) - 1))))

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


class Spooled(Sequence[Measurement]):
    """Some measurements of a spool, read when looked at.

    Attributes
    ----------
    images
        The name of each one's image.
    failures
        How many of them failed.
    """

    def __init__(self, spool: Spool, cells: Iterable[Measurement] = ()) -> None:
        self.images: list[str] = []
        self.failures = 0
        self._spool = spool
        self._places = array("q")
        self.extend(cells)

    def extend(self, cells: Iterable[Measurement]) -> None:
        """Keep more measurements."""
        for cell in cells:
            self.refer(self._spool.append(cell), cell.image, failed=cell.error is not None)

    def refer(self, place: int, image: str, *, failed: bool) -> None:
        """Add a measurement that the spool keeps already."""
        self._places.append(place)
        self.images.append(intern(image))
        self.failures += failed

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Measurement: ...

    @overload
    def __getitem__(self, index: slice) -> list[Measurement]: ...

    def __getitem__(self, index: int | slice) -> Measurement | list[Measurement]:
        if isinstance(index, slice):
            return [self._spool.read(place) for place in self._places[index]]
        return self._spool.read(self._places[index])

    def __iter__(self) -> Iterator[Measurement]:
        return map(self._spool.read, self._places)

    def __eq__(self, other: object) -> bool:
        """Equal to any sequence of the same measurements."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]


def by_image(cells: Sequence[Measurement]) -> Iterator[Measurement]:
    """The cells of one point by the names of their images, one at a time."""
    names = image_names(cells)
    return (cells[index] for index in sorted(range(len(names)), key=names.__getitem__))


def failures(cells: Sequence[Measurement]) -> int:
    """How many of them could not be measured."""
    if isinstance(cells, Spooled):
        return cells.failures
    return sum(cell.error is not None for cell in cells)


def image_names(cells: Sequence[Measurement]) -> list[str]:
    """The name of each one's image."""
    return cells.images if isinstance(cells, Spooled) else [cell.image for cell in cells]


def rows_of(cells: Sequence[Measurement]) -> Mapping[str, Mapping[str, Value]]:
    """Image name to metrics, of spooled measurements looked up when asked for."""
    if isinstance(cells, Spooled):
        return _Rows(cells)
    return {cell.image: cell.metrics for cell in cells}


class _Rows(Mapping[str, Mapping[str, Value]]):
    def __init__(self, cells: Spooled) -> None:
        self._cells = cells
        self._index = {image: index for index, image in enumerate(cells.images)}

    def __getitem__(self, image: str) -> Mapping[str, Value]:
        return self._cells[self._index[image]].metrics

    def __contains__(self, image: object) -> bool:
        return image in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)
