"""Ids, what users bring, and the errors that help."""

import subprocess
import sys

import pytest

from pytest_colordeg.codecs.neural import backend, sources
from pytest_colordeg.codecs.protocol import FunctionCodec
from pytest_colordeg.codecs.registry import BUILT_IN, CLASSICAL, LEARNED, Registry
from pytest_colordeg.errors import ColordegError


def make(name="mine", ladder=None, **options):
    return FunctionCodec(
        name,
        lambda image, level: b"x",
        lambda data: None,
        {1: {"level": 3}} if ladder is None else ladder,
        **options,
    )


def test_classical_codecs_are_there_and_are_the_default(monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "MINI_FOLDER", tmp_path)
    registry = Registry()
    assert registry.ids[:6] == CLASSICAL
    assert registry.default_ids() == CLASSICAL
    assert registry.left_out == {}
    for name in BUILT_IN:
        assert registry.find(name).id == name


def test_learned_codecs_join_where_their_weights_and_their_extra_are(monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "MINI_FOLDER", tmp_path)
    (tmp_path / "mbt2018.safetensors").touch()
    registry = Registry()
    monkeypatch.setattr(backend, "missing", lambda: None)
    assert registry.default_ids() == (*CLASSICAL, "mbt2018")
    assert registry.left_out == {}
    monkeypatch.setattr(backend, "missing", lambda: "torch is not installed; pip install it")
    assert registry.default_ids() == CLASSICAL
    assert registry.left_out == {"mbt2018": "torch is not installed; pip install it"}
    registry.add(make("one"), "conftest.py")
    assert registry.left_out == {}


def test_own_codecs_become_the_default():
    registry = Registry()
    registry.add_all([make("one"), make("two")], "conftest.py")
    assert registry.default_ids() == ("one", "two")
    assert registry.get("two").id == "two"
    assert registry.origin("two") == "conftest.py"


def test_looking_up_codecs_imports_no_codec_library():
    script = (
        "import sys; from pytest_colordeg.codecs.registry import Registry\n"
        "registry = Registry()\n"
        "for name in registry.ids: registry.find(name).ladder\n"
        "assert 'imagecodecs' not in sys.modules, 'imagecodecs was imported'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_unknown_id_has_a_hint_and_the_list():
    with pytest.raises(ColordegError, match=r"unknown codec 'jpgxl'; did you mean jpegxl.*avif"):
        Registry().get("jpgxl")


def test_unavailable_codec_says_how_to_get_it(monkeypatch):
    import importlib.util

    from pytest_colordeg.codecs import imagecodecs_base

    registry = Registry()
    monkeypatch.setattr(imagecodecs_base, "find_spec", lambda name: None)
    with pytest.raises(ColordegError, match=r"webp is not available.*pip install imagecodecs"):
        registry.get("webp")
    spec = importlib.util.find_spec("json")
    monkeypatch.setattr(imagecodecs_base, "find_spec", lambda name: spec)
    with pytest.raises(ColordegError, match="this build of imagecodecs has no avif"):
        registry.get("avif")


def test_taken_id_is_refused():
    registry = Registry()
    with pytest.raises(ColordegError, match="'jpeg' is taken by pytest-colordeg"):
        registry.add(make("jpeg"), "conftest.py")
    registry.add(make(), "conftest.py")
    with pytest.raises(ColordegError, match=r"plugin x: codec id 'mine' is taken by conftest\.py"):
        registry.add(make(), "plugin x")


@pytest.mark.parametrize("name", ["", "My-Codec", "-x", "a b", "a/b", "é", "x\n", None, 3])
def test_invalid_ids(name):
    with pytest.raises(ColordegError, match="lower-case letters"):
        Registry().add(make(name), "conftest.py")


@pytest.mark.parametrize("name", ["x", "my-jxl", "j2k_9.7", "0"])
def test_valid_ids(name):
    registry = Registry()
    registry.add(make(name), "conftest.py")
    assert registry.get(name).id == name


@pytest.mark.parametrize(
    ("ladder", "message"),
    [
        ({}, "must map rung numbers to parameters"),
        (5, "must map rung numbers to parameters"),
        ("level", "must map rung numbers to parameters"),
        ({0: {"level": 1}}, "rung 0 must be a whole number from 1"),
        ({True: {"level": 1}}, "rung True must be"),
        ({"1": {"level": 1}}, "rung '1' must be"),
        ({1: 30}, "rung 1 must be a mapping"),
        ([30, 60], "rung 1 must be a mapping"),
        ({1: {"level": None}}, "parameter 'level' = None"),
        ({1: {3: 4}}, "parameter 3 = 4"),
        ({1: {"level": float("nan")}}, "parameter level is nan"),
    ],
)
def test_invalid_ladders(ladder, message):
    with pytest.raises(ColordegError, match=message):
        Registry().add(make(ladder=ladder), "conftest.py")


def test_sequence_ladder_counts_from_one():
    assert dict(make(ladder=[{"level": 1}, {"level": 2}]).ladder) == {
        1: {"level": 1},
        2: {"level": 2},
    }


@pytest.mark.parametrize("what", [3, "jpeg", FunctionCodec, object(), {"id": "x"}])
def test_something_else_than_a_codec_shows_a_right_one(what):
    with pytest.raises(ColordegError, match=r"is not a codec; a right one: FunctionCodec\("):
        Registry().add_all(what if isinstance(what, str | int) else [what], "conftest.py")


def test_a_hook_that_returns_nothing_adds_nothing():
    registry = Registry()
    registry.add_all(None, "conftest.py")
    registry.add_all([], "conftest.py")
    assert registry.ids == (*BUILT_IN, *LEARNED)


class Point:
    """Stands for an installed package's entry point."""

    def __init__(self, name, target):
        self.name, self.value, self._target = name, "package:codec", target

    def load(self):
        if isinstance(self._target, Exception):
            raise self._target
        return self._target


@pytest.fixture
def offered(monkeypatch):
    import importlib.metadata

    points = []
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points)
    return points


def test_entry_points_are_codecs_or_make_them(offered):
    offered += [Point("b", make("b")), Point("a", lambda: make("a"))]
    registry = Registry()
    registry.add_entry_points()
    assert registry.default_ids() == ("a", "b")
    assert registry.get("a").id == "a"
    assert registry.get("b").id == "b"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (ImportError("no module named fast"), "entry point x = package:codec raised ImportError"),
        (make("y"), "gives a codec of id 'y'; name the entry point y"),
        (lambda: 3, "int is not a codec"),
        (3, "TypeError"),
    ],
)
def test_a_broken_entry_point_fails_when_it_is_asked_for(offered, target, message):
    offered.append(Point("x", target))
    registry = Registry()
    registry.add_entry_points()
    assert registry.get("jpeg").id == "jpeg"
    with pytest.raises(ColordegError, match=message):
        registry.get("x")
