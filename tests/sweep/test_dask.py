"""Dask: a cluster of two processes of this machine, one killed in mid-run; equal records."""

import dataclasses
import os
import signal
import time
from collections import Counter

import numpy as np
import pytest

from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import Corpus, Selection, Source
from pytest_colordeg.sweep.bench import Bench
from pytest_colordeg.sweep.cache import Cache
from pytest_colordeg.sweep.engine import Engine
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Task
from pytest_colordeg.testing import posterizer

pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = pytest.mark.filterwarnings("ignore")  # of libraries, at the end of processes

from pytest_colordeg.sweep.dask_executor import Dask, local_cluster  # noqa: E402


def pixels(i):
    return np.random.default_rng(i).integers(0, 256, (24, 32, 3), np.uint8)


SOURCES = tuple(Source(f"image {i}", lambda i=i: pixels(i)) for i in range(4))
SELECTION = Selection(Corpus("tests", SOURCES), tuple(source.name for source in SOURCES))


@pytest.fixture(scope="module")
def cluster():
    made = local_cluster(2)
    yield made
    made.close()


@pytest.fixture
def dask(cluster):
    made = Dask(Bench(Originals(1 << 24)), cluster.scheduler_address)
    yield made
    made.close()


def tasks(*codecs):
    return [Task(codec, rung, SELECTION, "cpu") for codec in codecs for rung in codec.ladder]


def sweep(work, executor=None, seen=lambda result: None):
    bench = Bench(Originals(1 << 24))
    engine = Engine(seen, bench, executor)
    engine.plan(work)
    return [list(engine.sweep(t.codec, t.rung, t.selection, t.device)) for t in work]


def test_records_equal_those_of_this_process(dask):
    work = tasks(posterizer(), Registry().get("jpeg"))
    assert sweep(work, dask) == sweep(work)


def test_a_worker_killed_in_mid_run_changes_nothing(dask):
    slow = posterizer("slow", fault=lambda decoded: time.sleep(0.05) or decoded)
    work = tasks(slow)
    killed = []

    def kill_one(result):
        if not killed:
            killed.append(next(iter(dask._client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    rows = sweep(work, dask, kill_one)
    assert killed
    assert rows == sweep(work)
    assert all(cell.error is None for row in rows for cell in row)


def test_a_codec_that_kills_its_process_fails_its_cells_and_no_other(request):
    dask = Dask(Bench(Originals(1 << 24)))  # starts its own workers anew when all are lost
    request.addfinalizer(dask.close)

    def crash(decoded):
        os.kill(os.getpid(), signal.SIGKILL)

    one = Selection(SELECTION.corpus, SELECTION.names[:1])
    bad = dataclasses.replace(posterizer("bad", fault=crash), ladder={1: {"bits": 3}})
    good = posterizer("good")
    rows = sweep([Task(bad, 1, one, "cpu"), *tasks(good)], dask)
    ((failed,), *rest) = rows
    assert "its worker died" in failed.error
    assert rest == sweep(tasks(good))


def test_a_codec_that_raises_is_worded_as_at_home(dask):
    def fail(decoded):
        raise ValueError("no picture")

    bad = posterizer("raises", fault=fail)
    assert sweep(tasks(bad), dask) == sweep(tasks(bad))


def test_what_cannot_be_sent_is_measured_here(dask):
    import threading

    lock = threading.Lock()
    here = []

    def note(decoded):
        with lock:
            here.append(os.getpid())
        return decoded

    shy = posterizer("shy", fault=note)
    assert not dask.takes(shy)
    sweep(tasks(shy), dask)
    assert set(here) == {os.getpid()}


def test_another_version_on_a_worker_is_refused(dask):
    class Elsewhere:
        """Tells the pid as its version, which differs between processes."""

        def __getattr__(self, name):
            return getattr(posterizer("elsewhere"), name)

        def provenance(self):
            return {"library": str(os.getpid())}

    codec = Elsewhere()
    (row,) = sweep([Task(codec, 1, SELECTION, "cpu")], dask)
    assert {cell.error.split(":")[0] for cell in row} == {"Dask"}
    assert "a worker has another library" in row[0].error


def test_the_cache_stays_here(cluster, tmp_path):
    (tmp_path / "library").write_bytes(b"1")
    codec = dataclasses.replace(posterizer("kept"), files=[tmp_path / "library"])
    counts = []
    for _ in range(2):
        dask = Dask(Bench(Originals(1 << 24), Cache(tmp_path / "c")), cluster.scheduler_address)
        found = Counter()
        sweep(tasks(codec), dask, lambda result, found=found: found.update([result.cached]))
        counts.append(found)
        dask.close()
    assert counts == [{False: 12}, {True: 12}]


def test_a_cluster_without_workers_is_given_up(monkeypatch):
    monkeypatch.setattr("pytest_colordeg.sweep.dask_executor._LOST_SECONDS", 1)
    monkeypatch.setattr("pytest_colordeg.sweep.dask_watch._EVERY", 0.2)
    empty = local_cluster(0)
    dask = Dask(Bench(Originals(1 << 24)), empty.scheduler_address)
    try:
        rows = sweep(tasks(posterizer("waits")), dask)
    finally:
        dask.close()
        empty.close()
    assert {cell.error for row in rows for cell in row} == {
        "Dask: the cluster had no worker for 1 s"
    }


def test_workers_of_this_machine_are_started_anew(monkeypatch):
    monkeypatch.setattr("pytest_colordeg.sweep.dask_executor._STUCK_SECONDS", 1)
    monkeypatch.setattr("pytest_colordeg.sweep.dask_watch._EVERY", 0.2)
    dask = Dask(Bench(Originals(1 << 24)), workers=1)
    try:
        dask._cluster.scale(0)
        rows = sweep(tasks(posterizer("patient")), dask)
    finally:
        dask.close()
    assert all(cell.error is None for row in rows for cell in row)


def test_no_scheduler_is_one_error(monkeypatch):
    monkeypatch.setattr("pytest_colordeg.sweep.dask_executor._CONNECT_SECONDS", 0.2)
    with pytest.raises(ColordegError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Dask(Bench(Originals(1 << 20)), "tcp://127.0.0.1:9")
