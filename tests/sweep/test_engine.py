"""The engine: every cell once, ahead of its test, each original loaded once, memory bounded."""

import dataclasses
import gc
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.codecs.concurrency import concurrent
from pytest_colordeg.codecs.setting import AtSetting
from pytest_colordeg.images import Corpus, Selection, Source
from pytest_colordeg.machine import cores
from pytest_colordeg.sweep.bench import Bench, Result
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.sweep.engine import Engine
from pytest_colordeg.sweep.executors import Inline, Threads
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Cell, Plan, Task
from pytest_colordeg.sweep.spool import Spool, Spooled, failures, rows_of
from pytest_colordeg.testing import posterizer

SIDE = 16
ONE = 28 * SIDE * SIDE  # bytes that an original counts, at most


class Loads:
    """A corpus of small images that counts how often each is loaded."""

    def __init__(self, count):
        self.loaded = []
        sources = tuple(Source(f"image {i}", lambda i=i: self._load(i)) for i in range(count))
        self.corpus = Corpus("tests", sources)
        self.all = Selection(self.corpus, tuple(source.name for source in sources))

    def _load(self, i):
        self.loaded.append(i)
        return np.random.default_rng(i).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def codecs(*names, concurrent=True):
    return [dataclasses.replace(posterizer(name), concurrent=concurrent) for name in names]


def tasks(codecs, selection):
    return [Task(codec, rung, selection, "cpu") for codec in codecs for rung in codec.ladder]


def engine(budget=1 << 30, jobs=1, seen=None):
    bench = Bench(Originals(budget))
    executor = Inline(bench) if jobs == 1 else Threads(bench, jobs)
    on_cell = (lambda result: None) if seen is None else lambda r: seen.append(place(r.cell))
    return Engine(on_cell, bench, executor)


def place(cell):
    return cell.codec, cell.rung, cell.image


@pytest.fixture(autouse=True)
def no_shelf(monkeypatch):
    monkeypatch.setattr("pytest_colordeg.images.shelf.CAPACITY", 0)


def run(engine, work):
    engine.plan(work)
    rows = [engine.sweep(t.codec, t.rung, t.selection, t.device) for t in work]
    engine.close()
    return rows


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("budget", [1 << 30, 3 * ONE])
def test_records_depend_neither_on_threads_nor_on_blocks(jobs, budget):
    images = Loads(7)
    work = tasks(codecs("a", "b"), images.all)
    expected = run(engine(), tasks(codecs("a", "b"), Loads(7).all))
    seen = []
    assert run(engine(budget, jobs, seen), work) == expected
    assert len(seen) == len(set(seen)) == 7 * 6


def test_in_the_order_of_the_tests_while_memory_lasts():
    seen = []
    work = tasks(codecs("a", "b"), Loads(3).all)
    run(engine(seen=seen), work)
    assert seen == [(t.codec.id, t.rung, n) for t in work for n in t.selection.names]


def test_a_large_corpus_is_loaded_once_in_blocks():
    images, seen = Loads(10), []
    first = engine(3 * ONE - 1, seen=seen)
    work = tasks(codecs("a", "b"), images.all)
    run(first, work)
    assert sorted(images.loaded) == list(range(10))
    block = [image for _, _, image in seen[: len(seen) // 3]]
    assert len(set(block)) < 10


def test_without_a_plan_points_are_measured_as_they_come():
    images = Loads(3)
    one = engine()
    (codec,) = codecs("a")
    assert [c.rung for c in one.sweep(codec, 2, images.all, "cpu")] == [2, 2, 2]
    assert [c.image for c in one.sweep(codec, 2, images.all, "cpu")] == list(images.all.names)
    assert images.loaded == [0, 1, 2]


def test_points_that_no_test_came_to_are_left_out():
    seen = []
    one = engine(seen=seen)
    work = tasks(codecs("a", "b"), Loads(2).all)
    one.plan(work)
    last = work[-1]
    one.sweep(last.codec, last.rung, last.selection, "cpu")
    assert {place[:2] for place in seen} == {("b", 3)}
    first = work[0]
    assert len(one.sweep(first.codec, first.rung, first.selection, "cpu")) == 2


def test_codecs_that_do_not_say_they_may_are_measured_by_the_thread_that_asks_and_not_ahead():
    where = []

    def note(pixels):
        where.append(threading.current_thread())
        return pixels

    shy = posterizer("shy", fault=note)
    images, seen = Loads(3), []
    one = engine(jobs=3, seen=seen)
    work = [*tasks([shy], images.all), *tasks(codecs("a"), images.all)]
    one.plan(work)
    one.sweep(shy, 1, images.all, "cpu")
    assert set(where) == {threading.current_thread()}
    assert {codec for codec, _, _ in seen if codec == "shy"} == {"shy"}
    assert len(where) == 3
    one.close()


def test_threads_measure_side_by_side():
    meeting = threading.Barrier(2, timeout=20)

    def meet(pixels):
        meeting.wait()
        return pixels

    codec = dataclasses.replace(posterizer(fault=meet), concurrent=True)
    (rows,) = run(engine(jobs=2), [Task(codec, 1, Loads(2).all, "cpu")])
    assert [row.error for row in rows] == [None, None]


def test_an_image_that_cannot_be_read_fails_its_cells_alone():
    def broken():
        raise OSError("gone")

    good = Loads(1).corpus.sources[0]
    corpus = Corpus("tests", (good, Source("bad", lambda: np.zeros((2, 2)))))
    rows = run(engine(jobs=2), tasks(codecs("a"), Selection(corpus, (good.name, "bad"))))
    assert {(cell.image, cell.error is None) for row in rows for cell in row} == {
        ("image 0", True),
        ("bad", False),
    }


def test_originals_are_let_go():
    images = Loads(20)
    held = Originals(2 * ONE)
    kept = [weakref.ref(held.get(source)[0]) for source in images.corpus.sources]
    gc.collect()
    assert 1 <= sum(ref() is not None for ref in kept) <= 5


@given(st.data())
def test_a_plan_gives_every_cell_once_and_says_which_are_to_come(data):
    images = Loads(data.draw(st.integers(1, 6)))
    names = st.sets(st.sampled_from(images.all.names), min_size=1)
    work = [
        Task(codec, rung, Selection(images.corpus, tuple(sorted(data.draw(names)))), "cpu")
        for codec in codecs("a", "b")
        for rung in data.draw(st.sets(st.sampled_from([1, 2, 3]), min_size=1))
    ]
    plan = Plan(work)
    wanted = {cell.key: cell for task in work for cell in task.cells()}
    given_ = []
    while (cell := plan.next("tests", data.draw(st.booleans()))) is not None:
        given_.append(cell.key)
        come = set(given_)
        assert all(plan.awaits(other) is (key not in come) for key, other in wanted.items())
    assert sorted(given_) == sorted(wanted)
    assert plan.cells == len(wanted)


def test_a_wrapper_is_not_concurrent_because_the_codec_inside_is():
    class Wrapper:
        def __init__(self, codec):
            self._codec = codec

        def __getattr__(self, name):
            return getattr(self._codec, name)

    (inside,) = codecs("a")
    assert concurrent(inside)
    assert not concurrent(Wrapper(inside))
    assert not concurrent(posterizer())
    assert concurrent(AtSetting(inside, "bits=2", {"bits": 2}))
    assert not concurrent(AtSetting(posterizer(), "bits=2", {"bits": 2}))


def test_cores_are_at_least_one():
    assert cores() >= 1


def test_a_spool_gives_back_what_it_took():
    (row,) = run(engine(), [Task(posterizer(), 1, Loads(3).all, "cpu")])
    spool = Spool()
    held = Spooled(spool, row)
    assert list(held) == list(row)
    assert held[1] == row[1]
    assert held[-2:] == list(row[-2:])
    assert (len(held), held.failures) == (3, 0)
    assert held.images == [cell.image for cell in row]
    assert held == row
    assert list(row) == held
    assert held != row[:2]
    assert held != [row[0], row[2], row[1]]
    assert rows_of(held) == rows_of(list(row)) == {cell.image: cell.metrics for cell in row}
    assert degrade(held, "digest") == degrade(list(row), "digest")
    held.extend([dataclasses.replace(row[0], error="no", metrics={})])
    assert (held[3].error, held.failures) == ("no", 1)


def test_a_point_of_very_many_images_stays_on_disk(monkeypatch):
    work = [Task(posterizer(), 1, Loads(4).all, "cpu")]
    (small,) = run(engine(), work)
    monkeypatch.setattr("pytest_colordeg.sweep.engine._HELD", 3)
    (large,) = run(engine(), work)
    assert isinstance(small, list)
    assert isinstance(large, Spooled)
    assert large == small


def test_failures_of_a_point_on_disk_are_counted(monkeypatch):
    monkeypatch.setattr("pytest_colordeg.sweep.engine._HELD", 1)

    def fail(decoded):
        raise ValueError("no picture")

    (row,) = run(engine(), [Task(posterizer("bad", fault=fail), 1, Loads(3).all, "cpu")])
    assert isinstance(row, Spooled)
    assert row.failures == failures(list(row)) == 3


def test_a_result_says_whether_it_was_measured():
    cell = Cell(posterizer(), 1, Loads(1).corpus.sources[0], "tests", "cpu")
    result = Bench(Originals(1 << 20))(cell)
    assert isinstance(result, Result)
    assert result.seconds > 0
