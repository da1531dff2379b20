"""Which cells a run will ask for, in an order that loads every original once.

As long as the originals of a corpus fit into memory together, cells come in the order of
the tests, point by point. Where they do not, the corpus is worked through in blocks
that fit: all points on the first block, then all on the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.images import Selection, Source

__all__ = ["Cell", "CellKey", "Plan", "PointKey", "Task"]

PointKey: TypeAlias = tuple[str, int, str, str]
"""Codec, rung, corpus, device."""
CellKey: TypeAlias = tuple[str, int, str, str, str]
"""Codec, rung, corpus, device, image."""


@dataclass(frozen=True, eq=False, slots=True)
class Cell:
    """The unit of work: a codec at a rung, one image, one device."""

    codec: Codec
    rung: int
    source: Source
    corpus: str
    device: str

    @property
    def key(self) -> CellKey:
        """What tells it from the other cells of a run."""
        return self.codec.id, self.rung, self.corpus, self.device, self.source.name


@dataclass(frozen=True, eq=False)
class Task:
    """An operating point over the images that a test asks for."""

    codec: Codec
    rung: int
    selection: Selection
    device: str

    @property
    def key(self) -> PointKey:
        """What tells it from the other points of a run."""
        return self.codec.id, self.rung, self.selection.corpus.name, self.device

    def cells(self) -> list[Cell]:
        """One an image, in corpus order."""
        corpus = self.selection.corpus.name
        return [Cell(self.codec, self.rung, source, corpus, self.device)
                for source in self.selection.sources]  # fmt: skip


@dataclass(eq=False)
class _Corpus:
    """The tasks on one corpus, and how far they have come."""

    sources: Sequence[Source]
    tasks: list[Task] = field(default_factory=list)
    # Mostly the same set, so that it is held once.
    names: dict[PointKey, frozenset[str]] = field(default_factory=dict)
    shared: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    order: dict[PointKey, int] = field(default_factory=dict)
    # The block: sources from `start` up to `end`, which is open until memory is full.
    start: int = 0
    end: int | None = None
    task: int = 0
    source: int = 0

    def add(self, task: Task) -> None:
        if task.key not in self.order:
            self.order[task.key] = len(self.tasks)
            self.tasks.append(task)
        names = self.names.get(task.key, frozenset()).union(task.selection.names)
        self.names[task.key] = self.shared.setdefault(names, names)

    def step(self, full: bool) -> Cell | None:
        """The next cell; ``None`` when there is no more."""
        while self.start < len(self.sources) and self.tasks:
            if self.end is None and (
                self.source == len(self.sources) or (full and self.source > self.start)
            ):
                self.end = self.source
            if self.source == self.end:
                self.task, self.source = self.task + 1, self.start
            if self.task == len(self.tasks):
                assert self.end is not None
                self.start = self.source = self.end
                self.end, self.task = None, 0
                continue
            task, source = self.tasks[self.task], self.sources[self.source]
            self.source += 1
            if source.name in self.names[task.key]:
                return Cell(task.codec, task.rung, source, task.selection.corpus.name, task.device)
        return None

    def reach(self, task: int) -> None:
        """Leave out the tasks before this one, unless a block holds only a part of the corpus."""
        if self.start == 0 and self.end in (None, len(self.sources)) and self.task < task:
            self.task, self.source = task, 0

    def passed(self, task: int, place: int) -> bool:
        """Whether `step` will not give this cell any more."""
        if place < self.start:
            return True
        inside = self.end is None or place < self.end
        return inside and (task, place) < (self.task, self.source)


class Plan:
    """The tasks of a run in the order of its tests, each once.

    Parameters
    ----------
    tasks
        A task that stands there twice, with the same images or others, is one.
    """

    def __init__(self, tasks: Iterable[Task] = ()) -> None:
        self._corpora: dict[str, _Corpus] = {}
        for task in tasks:
            whole = task.selection.corpus
            corpus = self._corpora.setdefault(whole.name, _Corpus(whole.sources))
            corpus.add(task)
        for corpus in self._corpora.values():
            corpus.places = {source.name: i for i, source in enumerate(corpus.sources)}
        self.cells = sum(len(names) for corpus in self._corpora.values()
                         for names in corpus.names.values())  # fmt: skip

    def reach(self, key: PointKey) -> None:
        """Say that a test has come to this point: what lies before it will not be asked for."""
        corpus = self._corpora.get(key[2])
        if corpus is not None and key in corpus.order:
            corpus.reach(corpus.order[key])

    def awaits(self, cell: Cell) -> bool:
        """Whether `next` will give this cell."""
        corpus = self._corpora.get(cell.corpus)
        key = cell.key[:4]
        if corpus is None or cell.source.name not in corpus.names.get(key, ()):
            return False
        return not corpus.passed(corpus.order[key], corpus.places[cell.source.name])

    def next(self, corpus: str, full: bool) -> Cell | None:
        """The next cell, of this corpus if it has one left.

        Parameters
        ----------
        full
            Whether memory holds as many originals as it may.
        """
        first = self._corpora.get(corpus)
        for held in ([first] if first is not None else []) + list(self._corpora.values()):
            cell = held.step(full)
            if cell is not None:
                return cell
        return None
