"""The cache: what is found again, what is not, and what happens to broken files."""

import dataclasses
import os
import threading

import numpy as np
import pytest

from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.codecs.setting import AtSetting
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import Source
from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.sweep import keys
from pytest_colordeg.sweep.bench import Bench
from pytest_colordeg.sweep.cache import Cache
from pytest_colordeg.sweep.keys import cell_key, measuring, point_key
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Cell
from pytest_colordeg.testing import posterizer

RAMP = (np.arange(20 * 30 * 3).reshape(20, 30, 3) % 251).astype(np.uint8)


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def bench(cache):
    return Bench(Originals(1 << 20), cache)


def cell(codec, rung=2, pixels=RAMP, name="ramp"):
    return Cell(codec, rung, Source(name, lambda: pixels), "tests", "cpu")


def declared(tmp_path, **changes):
    """A codec that names the file that decides what it does."""
    library = tmp_path / "library.so"
    if not library.exists():
        library.write_bytes(b"one")
    return dataclasses.replace(posterizer(), files=[library], **changes)


def files(cache):
    return sorted(path for path in cache.folder.glob("v1/*/*") if path.is_file())


def test_what_was_measured_is_found_again_and_equal(cache):
    jpeg = Registry().get("jpeg")
    first = bench(cache)(cell(jpeg, 4))
    again = bench(cache)(cell(jpeg, 4))
    assert (first.cached, again.cached) == (False, True)
    assert first.cell == again.cell
    assert len(files(cache)) == 1


def test_names_do_not_matter_and_pixels_do(cache):
    jpeg = Registry().get("jpeg")
    bench(cache)(cell(jpeg, 4))
    renamed = bench(cache)(cell(jpeg, 4, name="other"))
    assert renamed.cached
    assert renamed.cell.image == "other"
    assert not bench(cache)(cell(jpeg, 4, pixels=RAMP[::-1])).cached
    assert not bench(cache)(cell(jpeg, 5)).cached


def test_a_codec_that_declares_nothing_is_run_again(cache):
    for _ in range(2):
        assert not bench(cache)(cell(posterizer())).cached
    assert not files(cache)


def test_a_declared_file_that_changed_is_a_miss(cache, tmp_path):
    codec = declared(tmp_path)
    assert [bench(cache)(cell(codec)).cached for _ in range(2)] == [False, True]
    (tmp_path / "library.so").write_bytes(b"two")
    assert [bench(cache)(cell(codec)).cached for _ in range(2)] == [False, True]
    (tmp_path / "library.so").unlink()
    assert not bench(cache)(cell(codec)).cached


@pytest.mark.parametrize(
    "change",
    [
        {"versions": {"posterizer": "1.1"}},
        {"ladder": {2: {"bits": 5}}},
        {"facts": {"kept_bits": 4}},
        {"id": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_in_the_key(cache, tmp_path, change):
    bench(cache)(cell(declared(tmp_path)))
    assert not bench(cache)(cell(declared(tmp_path, **change))).cached


def test_a_wrapper_is_not_taken_for_the_codec_inside(tmp_path):
    class Wrapper:
        def __init__(self, codec):
            self._codec = codec

        def __getattr__(self, name):
            return getattr(self._codec, name)

    codec = declared(tmp_path)
    assert point_key(codec, 2, "cpu", "how") is not None
    assert point_key(Wrapper(codec), 2, "cpu", "how") is None
    assert point_key(codec, 2, "cpu", None) is None


def test_a_subclass_of_a_built_in_codec_is_not_taken_for_it():
    from pytest_colordeg.codecs.jpeg import JPEG, Jpeg

    class Mine(Jpeg):
        pass

    assert point_key(JPEG, 4, "cpu", "how") is not None
    assert point_key(Mine("jpeg", JPEG.dial), 4, "cpu", "how") is None


@pytest.mark.parametrize("name", ["jpeg", "jpeg2000", "jpegxl", "webp", "avif", "vvc", "heic"])
def test_built_in_codecs_tell_all_that_decides_their_results(name):
    codec = Registry().find(name)
    reason = codec.unavailable()
    if reason is not None:
        pytest.skip(reason)
    rung = max(codec.ladder)
    found = codec.fingerprint(codec.ladder[rung])
    assert found
    assert all(str(digest).startswith("sha256:") for digest in found.values())
    assert point_key(codec, rung, "cpu", "how") is not None
    at = AtSetting(codec, "x", codec.ladder[rung])
    assert at.fingerprint(at.ladder[1]) == found


def test_a_codec_that_changes_while_it_runs_is_not_kept(cache, tmp_path):
    def rebuild(pixels):
        (tmp_path / "library.so").write_bytes(os.urandom(8))
        return pixels

    codec = dataclasses.replace(posterizer(fault=rebuild), files=[tmp_path / "library.so"])
    (tmp_path / "library.so").write_bytes(b"one")
    assert not bench(cache)(cell(codec)).cached
    assert not files(cache)


def test_failed_cells_are_not_kept(cache, tmp_path):
    def fail(pixels):
        raise ValueError("no")

    codec = dataclasses.replace(posterizer(fault=fail), files=[declared(tmp_path).files[0]])
    assert bench(cache)(cell(codec)).cell.error
    assert not files(cache)


def test_a_rebuilt_library_under_the_same_version_is_a_miss(cache, tmp_path, monkeypatch):
    """The digest of every library that an extension links is in the key, not its version."""
    from pytest_colordeg.codecs import imagecodecs_base

    jpeg = Registry().get("jpeg")
    real = imagecodecs_base._files("_jpeg8")
    linked = next(path for path in real if "libjpeg" in path.name)
    rebuilt = tmp_path / linked.name
    rebuilt.write_bytes(linked.read_bytes() + b"rebuilt")
    bench(cache)(cell(jpeg, 4))
    before = jpeg.provenance()
    monkeypatch.setattr(
        imagecodecs_base, "_files", lambda name: tuple(rebuilt if p == linked else p for p in real)
    )
    assert jpeg.provenance() == before
    assert not bench(cache)(cell(jpeg, 4)).cached


def test_definitions_versions_and_surroundings_are_in_the_key(monkeypatch):
    before = measuring()
    assert before == measuring()
    other = dict(METRICS)
    other["bpp"] = dataclasses.replace(METRICS["bpp"], definition="another")
    assert measuring(other) != before
    keys._surroundings.cache_clear()
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert measuring() != before
    keys._surroundings.cache_clear()


def test_a_metric_from_outside_must_name_its_files(tmp_path):
    source = tmp_path / "metric.py"
    source.write_text("1", "utf-8")
    mine = Metric("mine", "d", "", "lower", "mean", False, Tolerance(0.1), 3, lambda pair: 1.0)
    assert measuring({"mine": mine}) is None
    named = dataclasses.replace(mine, files=(str(source),))
    before = measuring({"mine": named})
    assert before is not None
    source.write_text("22", "utf-8")
    assert measuring({"mine": named}) not in (None, before)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-9],
        lambda data: data[:-9] + b"x" + data[-8:],
        lambda data: b"\xff" * 40,
    ],
    ids=["empty", "cut", "changed", "noise"],
)
def test_a_corrupt_entry_is_measured_again_and_counted(cache, damage):
    jpeg = Registry().get("jpeg")
    first = bench(cache)(cell(jpeg, 4))
    (entry,) = files(cache)
    entry.write_bytes(damage(entry.read_bytes()))
    again = bench(cache)(cell(jpeg, 4))
    assert not again.cached
    assert again.cell == first.cell
    assert cache.corrupt == 1
    assert bench(cache)(cell(jpeg, 4)).cached


def test_an_entry_in_the_wrong_place_is_corrupt(cache):
    jpeg = Registry().get("jpeg")
    for rung in (4, 5):
        bench(cache)(cell(jpeg, rung))
    one, two = files(cache)
    two.write_bytes(one.read_bytes())
    assert sum(bench(cache)(cell(jpeg, rung)).cached for rung in (4, 5)) == 1
    assert cache.corrupt == 1


def test_the_bound_is_held_and_what_was_used_last_stays(tmp_path):
    cache = Cache(tmp_path / "cache", limit=10 * 4096)
    jpeg = Registry().get("jpeg")
    measured = bench(None)(cell(jpeg, 4)).cell
    names = [cell_key("point", str(i)) for i in range(20)]
    for age, name in enumerate(names):
        cache.put(name, measured)
        os.utime(cache._path(name), (age, age))
    assert cache.get(names[0]) is not None  # used now
    cache.close()
    assert len(files(cache)) == 8
    assert cache.get(names[0]) is not None
    assert cache.get(names[1]) is None
    assert cache.get(names[-1]) is not None


def test_writers_and_readers_at_once(tmp_path):
    jpeg = Registry().get("jpeg")
    measured = bench(None)(cell(jpeg, 4)).cell
    wrong = []

    def work():
        cache = Cache(tmp_path / "cache", limit=1 << 20)
        for i in range(60):
            cache.put(cell_key("point", str(i % 7)), measured)
            found = cache.get(cell_key("point", str((i + 3) % 7)))
            if found is not None and found[1] != measured.metrics:
                wrong.append(i)
            if i % 20 == 0:
                cache.trim()
        wrong.extend([-1] * cache.corrupt)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(list((tmp_path / "cache").glob("v1/*/*"))) == 7


def test_a_folder_that_cannot_be_used_is_one_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ColordegError, match=r"cache .*: cannot be used: .*--colordeg-cache=off"):
        Cache(tmp_path / "file")
