"""The folder: whose file is whose, and many hands on one file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_colordeg.baselines import Baseline, Selection, Store, UpdatePlan
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.errors import ColordegError

from .fakes import METRICS, degradation, stored, updated

WORKER = Path(__file__).with_name("worker.py")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "baselines")


def create(store: Store, **fields: object) -> None:
    now = degradation(**fields)  # type: ignore[arg-type]
    store.update("jpeg", lambda base: updated(base, [now], "create"))


@pytest.mark.parametrize(
    "codec",
    ["", ".", "..", "../jpeg", "a/b", "a\\b", "/etc/passwd", "jpeg\0", "JPEG", "-x", ".x", "x.",
     "jpeg\n", "jpeg ", "limits", "x" * 101, "ünï", "c:x", "~root"],
)  # fmt: skip
def test_a_codec_id_cannot_lead_out_of_the_folder(store: Store, codec: str) -> None:
    for use in (store.path, store.read):
        with pytest.raises(ColordegError, match="cannot name a baseline"):
            use(codec)
    with pytest.raises(ColordegError, match="cannot name a baseline"):
        store.update(codec, lambda base: updated(base, [degradation()], "create"))
    assert not store.folder.exists()


@pytest.mark.parametrize(
    "codec", ["jpeg", "jpeg444", "bmshj2018-factorized", "a.b_c-d", "9", "x" * 100]
)
def test_ordinary_ids_name_a_file_in_the_folder(store: Store, codec: str) -> None:
    assert store.path(codec) == store.folder / f"{codec}.yaml"


def test_a_missing_baseline_is_none_again_and_again(store: Store) -> None:
    assert store.read("jpeg") is None
    assert store.read("jpeg") is None
    assert store.codecs() == ()


def test_the_folder_lists_its_codecs_and_nothing_else(store: Store) -> None:
    create(store)
    for name in ("limits.yaml", ".jpeg.yaml.tmp", "notes.txt", "Odd Name.yaml"):
        (store.folder / name).write_text("x")
    assert store.codecs() == ("jpeg",)


def test_an_update_writes_what_it_planned(store: Store) -> None:
    create(store)
    assert store.read("jpeg") == stored(degradation())
    assert store.path("jpeg").read_text() == dump(stored(degradation()))


def test_a_dry_run_writes_nothing(store: Store) -> None:
    now = degradation()
    planned = store.update("jpeg", lambda base: updated(base, [now], "create"), dry_run=True)
    assert planned.writes
    assert not store.folder.exists()


def test_an_update_without_changes_touches_nothing(store: Store) -> None:
    create(store)
    path = store.path("jpeg")
    # What an editor did to the file stays as it is, too.
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino
    planned = store.update(
        "jpeg", lambda base: updated(base, [degradation()], "create,fix,tighten")
    )
    assert not planned.writes
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_plan_to_remove_removes(store: Store) -> None:
    create(store)
    gone = Selection(rungs=(), listed=False)
    store.update("jpeg", lambda base: updated(base, [], "prune", selection=gone))
    assert store.codecs() == ()
    assert store.read("jpeg") is None


def test_a_broken_file_is_not_overwritten(store: Store) -> None:
    create(store)
    store.path("jpeg").write_text("format: 1\n")
    with pytest.raises(ColordegError, match=r"jpeg.yaml:1: "):
        create(store, rung=2)
    assert store.path("jpeg").read_text() == "format: 1\n"


def test_what_would_not_read_back_is_not_written(store: Store) -> None:
    create(store)
    before = store.path("jpeg").read_bytes()

    def bad_plan(base: Baseline | None) -> UpdatePlan:
        planned = updated(base, [degradation(rung=2)], "create")
        assert planned.new
        section = planned.new.sections["photos", "cpu"]
        point = replace(
            section.points[2], aggregates={**section.points[2].aggregates, "error": 1 / 3}
        )
        broken = replace(section, points={**section.points, 2: point})
        return replace(planned, new=replace(planned.new, sections={("photos", "cpu"): broken}))

    with pytest.raises(ColordegError, match="does not read back as written"):
        store.update("jpeg", bad_plan)
    assert store.path("jpeg").read_bytes() == before


def test_limits_come_from_the_same_folder(store: Store) -> None:
    assert store.limits(METRICS).limits == ()
    store.folder.mkdir()
    (store.folder / "limits.yaml").write_text("format: 1\nlimits: [{metrics: {error: {max: 3}}}]\n")
    assert len(store.limits(METRICS).limits) == 1


def worker(store: Store, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that updates this store, see worker.py."""
    tests, root = WORKER.parents[1], WORKER.parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "baselines.worker", str(store.folder), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{root}"},
    )


def test_updates_at_once_all_land(store: Store) -> None:
    workers = [worker(store, "create", f"corpus{i}", 8) for i in range(3)]
    for process in workers:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
    baseline = store.read("jpeg")
    assert baseline is not None
    assert {key[0]: sorted(section.points) for key, section in baseline.sections.items()} == {
        f"corpus{i}": list(range(1, 9)) for i in range(3)
    }
    assert len(baseline.history) == 24
    assert sorted(entry.name for entry in store.folder.iterdir()) == ["jpeg.yaml"]


@pytest.fixture
def flipping(store: Store) -> tuple[Store, set[bytes]]:
    """A store with a baseline, and the two contents that it flips between."""
    both = [
        stored(degradation(images=[f"{i}.png" for i in range(200)], corpus=name)) for name in "ab"
    ]
    store.folder.mkdir()
    store.path("jpeg").write_text(dump(both[0]))
    return store, {dump(baseline).encode() for baseline in both}


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_killed_update_never_tears_a_file(flipping: tuple[Store, set[bytes]]) -> None:
    store, contents = flipping
    chance = random.Random(20)
    seen = set()
    for turn in range(20):
        process = worker(store, "flip")
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        for _ in range(1 + turn % 2):  # both contents get their turn, however slow the machine
            assert process.stdout.readline() == "wrote\n"
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        content = store.path("jpeg").read_bytes()
        assert content in contents
        assert store.read("jpeg") is not None
        seen.add(content)
    assert seen == contents, "the updates never got as far as writing"
    create(store, corpus="c")  # nothing that the dead left is in the way
    assert sorted(entry.name for entry in store.folder.iterdir()) == ["jpeg.yaml"]
