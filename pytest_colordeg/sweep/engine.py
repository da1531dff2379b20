"""The cells of one process: each measured once, ahead of the tests that will ask for it."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.images import Selection
from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.bench import Bench, Result
from pytest_colordeg.sweep.executors import Executor, Inline
from pytest_colordeg.sweep.originals import Originals, default_budget
from pytest_colordeg.sweep.plan import Cell, CellKey, Plan, PointKey, Task
from pytest_colordeg.sweep.spool import Spool, Spooled

__all__ = ["Engine"]

_NOWHERE = -1
# Images of a point up to which its measurements, of some 8 KB each, are given as a list.
_HELD = 1000


class Engine:
    """Measures cells, each once a process, whichever tests ask for it.

    Parameters
    ----------
    on_cell
        Called after each newly measured cell, for progress.
    bench
        Originals and cache.
    executor
        Who measures; by default this thread.
    """

    def __init__(
        self,
        on_cell: Callable[[Result], None] = lambda result: None,
        bench: Bench | None = None,
        executor: Executor | None = None,
    ) -> None:
        self.bench = bench or Bench(Originals(default_budget()))
        self._executor = executor or Inline(self.bench)
        self._on_cell = on_cell
        self._plan = Plan()
        self._spool = Spool()
        self._names: dict[str, dict[str, int]] = {}
        self._places: dict[PointKey, array[int]] = {}
        self._flying: dict[CellKey, tuple[Cell, Future[Result]]] = {}
        self._failed: set[int] = set()
        self._cached: dict[PointKey, int] = {}

    def plan(self, tasks: Iterable[Task]) -> int:
        """Say what tests will ask for, in their order; gives the number of cells.

        Cells of codecs that may run at any time are then measured ahead, and where
        the originals do not fit into memory, in an order that loads them once.
        """
        tasks = list(tasks)
        self._plan = Plan(task for task in tasks if self._executor.takes(task.codec))
        return Plan(tasks).cells

    def sweep(
        self, codec: Codec, rung: int, selection: Selection, device: str
    ) -> Sequence[Measurement]:
        """Measure one operating point over the selected images, in corpus order.

        Those of a point with very many images stay on disk until they are looked at.
        """
        task = Task(codec, rung, selection, device)
        self._plan.reach(task.key)
        cells = task.cells()
        missing = {cell.key for cell in cells if not self._known(cell)}
        # What the plan will not come to is begun at once.
        direct = deque(c for c in cells if c.key in missing and not self._plan.awaits(c))
        held = len(cells) <= _HELD
        fresh: dict[CellKey, Measurement] = {}
        while missing:
            self._submit(task, direct)
            for key, made in self._settle():
                if key in missing:
                    missing.remove(key)
                    if held:
                        fresh[key] = made
        places, failed = self._places[task.key], self._failed
        if held:
            return [
                fresh.get(cell.key) or self._spool.read(places[self._index(cell)]) for cell in cells
            ]
        row = Spooled(self._spool)
        for cell in cells:
            place = places[self._index(cell)]
            row.refer(place, cell.source.name, failed=place in failed)
        return row

    def from_cache(self, key: PointKey) -> int:
        """How many cells of a point came from the cache."""
        return self._cached.get(key, 0)

    def take_corrupt(self) -> int:
        """How many corrupt entries the cache met since this was last asked."""
        cache = self.bench.cache
        if cache is None:
            return 0
        found, cache.corrupt = cache.corrupt, 0
        return found

    def close(self) -> None:
        """Stop what is under way; hold the bound of the cache."""
        self._executor.close()
        if self.bench.cache is not None:
            self.bench.cache.close()

    def _submit(self, task: Task, direct: deque[Cell]) -> None:
        """Fill the window, then with what the plan has next."""
        while len(self._flying) < self._executor.ahead:
            if direct:
                cell: Cell | None = direct.popleft()
            else:
                cell = self._plan.next(task.key[2], self.bench.originals.full())
            if cell is None:
                return
            if cell.key not in self._flying and not self._known(cell):
                self._flying[cell.key] = cell, self._executor.submit(cell)

    def _settle(self) -> Iterator[tuple[CellKey, Measurement]]:
        """Wait for a cell; keep and give what is done."""
        futures = [future for _, future in self._flying.values()]
        if not any(future.done() for future in futures):
            wait(futures, None, FIRST_COMPLETED)
        for key in [key for key, (_, future) in self._flying.items() if future.done()]:
            cell, future = self._flying.pop(key)
            result = future.result()
            places = self._places.setdefault(key[:4], array("q"))
            index = self._index(cell)
            places.extend([_NOWHERE] * (index + 1 - len(places)))
            places[index] = self._spool.append(result.cell)
            if result.cell.error is not None:
                self._failed.add(places[index])
            self._cached[key[:4]] = self._cached.get(key[:4], 0) + result.cached
            self._on_cell(result)
            yield key, result.cell

    def _known(self, cell: Cell) -> bool:
        places, index = self._places.get(cell.key[:4], ()), self._index(cell)
        return index < len(places) and places[index] != _NOWHERE

    def _index(self, cell: Cell) -> int:
        """A number for each image of a corpus: a name a cell would be most of what is held."""
        names = self._names.setdefault(cell.corpus, {})
        return names.setdefault(cell.source.name, len(names))
