"""Who measures the cells: this thread, a few threads, or (`dask_executor`) other machines."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from pytest_colordeg.codecs.concurrency import concurrent
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.sweep.bench import Bench, Result
from pytest_colordeg.sweep.plan import Cell

__all__ = ["Executor", "Inline", "Threads"]


class Executor(Protocol):
    """Measures cells; `Engine` submits them and waits."""

    @property
    def ahead(self) -> int:
        """How many cells may be under way."""
        ...

    def takes(self, codec: Codec) -> bool:
        """Whether cells of this codec may be measured before their test asks for them."""
        ...

    def submit(self, cell: Cell) -> Future[Result]:
        """Begin to measure a cell; may return when it is done."""
        ...

    def close(self) -> None:
        """Drop what is not begun and let go of everything."""
        ...


class Inline:
    """Measures in the thread that asks."""

    ahead = 1

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def takes(self, codec: Codec) -> bool:
        return concurrent(codec)

    def submit(self, cell: Cell) -> Future[Result]:
        done: Future[Result] = Future()
        done.set_result(self._bench(cell))
        return done

    def close(self) -> None:
        """Nothing is held."""


class Threads:
    """Measures on `jobs` threads what their codecs allow, and the rest in the thread that asks."""

    def __init__(self, bench: Bench, jobs: int) -> None:
        self._inline = Inline(bench)
        self._bench = bench
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="colordeg-cells")
        # Enough that no thread waits while a test is judged.
        self.ahead = 4 * jobs

    def takes(self, codec: Codec) -> bool:
        return concurrent(codec)

    def submit(self, cell: Cell) -> Future[Result]:
        if concurrent(cell.codec):
            return self._pool.submit(self._bench, cell)
        return self._inline.submit(cell)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
