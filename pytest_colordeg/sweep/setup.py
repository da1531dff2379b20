"""From settings to the engine of a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.machine import cores
from pytest_colordeg.sweep.bench import Bench, Result
from pytest_colordeg.sweep.cache import Cache
from pytest_colordeg.sweep.card import in_turn
from pytest_colordeg.sweep.cell import measure_cell
from pytest_colordeg.sweep.engine import Engine
from pytest_colordeg.sweep.executors import Executor, Inline, Threads
from pytest_colordeg.sweep.originals import Originals, default_budget

if TYPE_CHECKING:
    from pytest_colordeg.options import Settings

__all__ = ["make_engine", "worker_count"]


def make_engine(
    settings: Settings,
    on_cell: Callable[[Result], None] = lambda result: None,
    processes: int = 1,
) -> Engine:
    """The engine that a run's settings ask for.

    Parameters
    ----------
    processes
        How many processes share this machine: threads and memory are divided by it.

    Raises
    ------
    ColordegError
        If the cache's folder or the executor cannot be used.
    """
    repeat = int(settings.repeat)
    cache = None
    if settings.cache is not None and repeat == 1:  # a repetition from a cache proves nothing
        cache = _cache(settings, settings.cache)
    measure = in_turn(partial(measure_cell, repeat=repeat), processes)
    bench = Bench(Originals(default_budget(processes)), cache, measure)
    return Engine(on_cell, bench, _executor(settings, bench, processes))


def _cache(settings: Settings, folder: Path) -> Cache | None:
    """The cache; none where the folder that nobody asked for cannot be written."""
    try:
        return Cache(folder, settings.cache_size)
    except ColordegError:
        if settings.origins["cache"] != "default":
            raise
        return None


def _executor(settings: Settings, bench: Bench, processes: int) -> Executor:
    jobs = settings.jobs or max(1, cores() // processes)
    if settings.executor == "dask":
        from pytest_colordeg.sweep.dask_executor import Dask

        return Dask(bench, settings.scheduler, jobs)
    return Threads(bench, jobs) if jobs > 1 else Inline(bench)


def worker_count() -> int:
    """How many processes of pytest-xdist share this machine; 1 without it."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
