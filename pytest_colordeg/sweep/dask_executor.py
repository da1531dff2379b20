"""Cells as tasks of Dask: a cluster at an address, or processes of this machine.

Codecs and originals are tasks of their own, named by digest, so that each is sent once
to a worker and sent again when the worker that had it is lost.
"""

from __future__ import annotations

import logging
import sys
import sysconfig
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded_facts
from pytest_colordeg.images.model import Image
from pytest_colordeg.metrics.model import Metric
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep import remote
from pytest_colordeg.sweep.bench import Bench, Result
from pytest_colordeg.sweep.cell import unreadable
from pytest_colordeg.sweep.dask_watch import Watch
from pytest_colordeg.sweep.executors import Inline
from pytest_colordeg.sweep.keys import code_state
from pytest_colordeg.sweep.plan import Cell
from pytest_colordeg.sweep.quarantine import Quarantine

__all__ = ["Dask", "local_cluster"]

_HOW = "pip install 'pytest-colordeg[dask]'"
# Originals that the scheduler keeps; more cells than this are never under way on one worker.
_ORIGINALS = 64
_CONNECT_SECONDS = 30
# After so many deaths of its worker a task is given up; each cell is submitted twice.
_ALLOWED_FAILURES = 1
# Without any worker: when those of this machine are started anew, when a cluster is given up.
_STUCK_SECONDS, _LOST_SECONDS = 30, 600


class Dask:
    """Measures cells on the workers of a cluster.

    Parameters
    ----------
    bench
        Loads originals, and looks up and keeps cells; that stays here.
    address
        The scheduler's, such as ``tcp://host:8786``; ``None`` starts workers here.
    workers
        How many to start here.

    Raises
    ------
    ColordegError
        If Dask is not installed, or no scheduler answers.
    """

    def __init__(self, bench: Bench, address: str | None = None, workers: int = 2) -> None:
        try:
            distributed, dask, self._cloudpickle = (
                _module(name) for name in ("distributed", "dask", "cloudpickle")
            )
        except ImportError as error:
            raise ColordegError(f"--colordeg-executor=dask: {error}; {_HOW}") from None
        self._bench, self._inline = bench, Inline(bench)
        self._killed: Any = distributed.KilledWorker
        self._cancelled: Any = distributed.CancelledError
        self._cluster: Any = None if address else local_cluster(workers)
        try:
            self._client = distributed.Client(
                address or self._cluster, timeout=_CONNECT_SECONDS, set_as_default=False
            )
        except OSError as error:
            raise ColordegError(f"no Dask scheduler answers at {address}: {error}") from None
        # Originals are sent as parts of tasks, which can be run again elsewhere.
        self._quiet = dask.config.set({"distributed.admin.large-graph-warning-threshold": "4GiB"})
        self._lock = Lock()
        self._quarantine = Quarantine(self._send)
        self._tools: dict[str, Any] = {}
        self._originals: OrderedDict[str, Any] = OrderedDict()
        self._sent_cells: set[Any] = set()
        self._watch = Watch(
            lambda: len(self._client.nthreads()),
            self._give_up if address else partial(self._start_anew, workers),
            _LOST_SECONDS if address else _STUCK_SECONDS,
        )

    @property
    def ahead(self) -> int:
        """Twice as many cells as the cluster has threads, so that none waits for this process."""
        threads: int = sum(self._client.nthreads().values())
        return max(2, 2 * threads)

    def takes(self, codec: Codec) -> bool:
        """Whether a codec can be sent; one that cannot is run here when its test comes."""
        return self._sent(codec) is not None

    def submit(self, cell: Cell) -> Future[Result]:
        tools = self._sent(cell.codec)
        if tools is None:
            return self._inline.submit(cell)
        done: Future[Result] = Future()
        try:
            image, _ = self._bench.originals.get(cell.source)
            known = self._bench.lookup(cell, image)
        except ColordegError as error:
            done.set_result(Result(self._bench.unread(cell, str(error)), cached=False))
            return done
        if known is not None:
            done.set_result(Result(known, cached=True))
            return done
        self._quarantine.add(_Task(cell, image, tools, self._bench.point(cell), done))
        return done

    def close(self) -> None:
        self._watch.close()
        self._tools.clear()
        self._originals.clear()
        self._quiet.__exit__(None, None, None)
        with suppress(Exception):  # what is gone already need not be closed
            self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=10)

    def _send(self, task: _Task, alone: bool) -> None:
        cell, image = task.cell, task.image
        order = remote.Order(cell.rung, image.name, image.sha256, cell.corpus, cell.device)
        needs = (task.tools, self._original(image))
        if alone:  # what a suspect needs may have died with it
            self._client.retry([need for need in needs if need.status == "error"])
        future = self._client.submit(remote.measure_there, *needs, order, pure=False)

        def settle(future: Any) -> None:
            made: Measurement | None
            try:
                made, why = future.result(), ""
            except self._killed as error:
                if not alone:
                    self._quarantine.suspect(task)
                    return
                made, why = None, f"its worker died {1 + error.allowed_failures} times and again"
            except self._cancelled:
                made, why = None, f"the cluster had no worker for {_LOST_SECONDS} s"
            except BaseException as error:
                made, why = None, str(error) or type(error).__name__
            finally:
                self._sent_cells.discard(future)
                future.release()
            if made is None:
                made = unreadable(
                    cell.codec, cell.rung, image.name, cell.corpus, cell.device, f"Dask: {why}"
                )
            else:
                self._bench.keep(cell, made, task.point)
            self._quarantine.done()
            task.done.set_result(Result(made, cached=False))

        self._sent_cells.add(future)
        future.add_done_callback(settle)

    def _start_anew(self, workers: int) -> None:
        self._cluster.scale(0)
        self._cluster.scale(workers)

    def _give_up(self) -> None:
        self._client.cancel(list(self._sent_cells), force=True)

    def _sent(self, codec: Codec) -> Any:
        """The future of a codec on the cluster; ``None`` when it cannot be pickled."""
        if codec.id not in self._tools:
            self._tools[codec.id] = self._send_tools(codec)
        return self._tools[codec.id]

    def _send_tools(self, codec: Codec) -> Any:
        extra = [
            metric
            for metric in METRICS.values()
            if not _own_name(getattr(metric.compute, "__module__", ""))
        ]
        try:
            told = guarded_facts("provenance", codec.provenance)
            held = remote.Tools(codec, extra, code_state(), told, codec.id)
            with _by_value(self._cloudpickle, codec, extra):
                data = self._cloudpickle.dumps(held)
        except Exception:
            return None
        key = f"colordeg-codec-{codec.id}-{remote.digest_of(data)}"
        return self._client.submit(remote.tools, data, key=key)

    def _original(self, image: Image) -> Any:
        with self._lock:
            held = self._originals.pop(image.sha256, None) or self._client.submit(
                remote.original,
                image.pixels.tobytes(),
                image.pixels.shape,
                image.sha256,
                key=f"colordeg-original-{image.sha256}",
            )
            self._originals[image.sha256] = held
            while len(self._originals) > _ORIGINALS:
                self._originals.popitem(last=False)
            return held


@dataclass(frozen=True)
class _Task:
    """A cell under way: what it takes, and where its result goes."""

    cell: Cell
    image: Image
    tools: Any
    point: str | None
    done: Future[Result]


def local_cluster(workers: int) -> Any:
    """Workers on this machine, a process and a thread each.

    Parameters
    ----------
    workers
        How many.
    """
    allowed = {"distributed.scheduler.allowed-failures": _ALLOWED_FAILURES}
    with _module("dask").config.set(allowed):
        return _module("distributed").LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )


def _module(name: str) -> Any:
    return import_module(name)


@contextmanager
def _by_value(cloudpickle: Any, codec: Codec, metrics: Sequence[Metric]) -> Iterator[None]:
    """Send the code of the project's own modules along: workers cannot import a conftest.py."""
    parts = (type(codec), *vars(codec).values(), *(metric.compute for metric in metrics))
    names = {getattr(part, "__module__", None) for part in parts}
    modules = [sys.modules[name] for name in names if name in sys.modules and _ours(name)]
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)


def _ours(module: str) -> bool:
    """Whether a module is of the project under test, not installed anywhere."""
    file = getattr(sys.modules[module], "__file__", None)
    installed = (sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
    return (
        file is not None
        and not _own_name(module)
        and not any(Path(file).is_relative_to(folder) for folder in installed)
    )


def _own_name(module: str) -> bool:
    return module.partition(".")[0] == "pytest_colordeg"
