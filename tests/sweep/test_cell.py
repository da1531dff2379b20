"""One cell: what a codec may not do, and what a measurement holds."""

import dataclasses

import numpy as np
import pytest

from pytest_colordeg.color.reference import Reference
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import Source
from pytest_colordeg.images.model import Image
from pytest_colordeg.sweep.bench import Bench
from pytest_colordeg.sweep.cache import Cache
from pytest_colordeg.sweep.cell import code, measure_cell, unreadable
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Cell
from pytest_colordeg.testing import posterizer
from pytest_colordeg.values import NotApplicable


@pytest.fixture
def image():
    ramp = np.arange(20 * 30 * 3).reshape(20, 30, 3) % 251
    return Image("ramp", ramp.astype(np.uint8))


def cell(codec, image):
    return measure_cell(codec, 2, image, "tests", "cpu", Reference(image.pixels))


def test_a_measurement(image):
    measured = cell(posterizer(), image)
    assert measured.error is None
    assert measured.parameters == {"bits": 4}
    assert measured.facts == {"kept_bits": 4}
    assert measured.provenance == {"posterizer": "1.0"}
    assert measured.image_sha256 == image.sha256
    assert measured.metrics["delta_e00.mean"] > 0
    assert isinstance(measured.metrics["ms_ssim.rgb"], NotApplicable)


def test_it_is_repeatable(image):
    assert cell(posterizer(), image) == cell(posterizer(), image)


def test_a_codec_cannot_change_the_original(image):
    def scribble(pixels, bits):
        pixels[:] = 0
        return posterizer().encoder(pixels, bits)

    before = image.pixels.copy()
    cell(dataclasses.replace(posterizer(), encoder=scribble), image)
    assert np.array_equal(image.pixels, before)


def test_a_size_read_back_wrong_is_an_error(image):
    codec = dataclasses.replace(posterizer(), inspector=lambda data: {"width": 31, "height": 20})
    assert cell(codec, image).error == "the file holds width 31, asked was 30"


def test_a_fact_that_was_not_asked_for_is_an_error(image):
    codec = dataclasses.replace(posterizer(), facts={"kept_bits": 8})
    assert cell(codec, image).error == "the file holds kept_bits 4, asked was 8"


def test_a_fact_that_cannot_be_read_is_an_error(image):
    codec = dataclasses.replace(posterizer(), facts={"subsampling": "4:4:4"})
    assert cell(codec, image).error == "the file holds subsampling unknown, asked was 4:4:4"


def test_an_inspector_that_raises_is_an_error(image):
    codec = dataclasses.replace(posterizer(), inspector=lambda data: data[10**9])
    assert cell(codec, image).error.startswith("inspect raised IndexError")


def test_a_provenance_that_raises_is_an_error(image):
    class Codec(type(posterizer())):
        def provenance(self):
            raise ImportError("no such library")

    good = posterizer()
    codec = Codec(good.id, good.encoder, good.decoder, good.ladder)
    failed = cell(codec, image)
    assert failed.error.startswith("provenance raised ImportError: no such library")
    assert failed.metrics == {}
    assert unreadable(codec, 1, "x", "tests", "cpu", "gone").error == "gone"


@pytest.mark.parametrize("method", ["encode", "decode", "inspect", "expected", "provenance"])
@pytest.mark.parametrize(
    "deed",
    [lambda: pytest.skip("lazy"), lambda: pytest.exit("bye", 0), lambda: {}["x"], lambda: object()],
    ids=["skips", "exits", "raises", "nonsense"],
)
def test_no_method_of_a_codec_gets_past_a_cell(image, method, deed):
    good = posterizer()
    codec = type("Codec", (type(good),), {method: lambda *_: deed()})(
        good.id, good.encoder, good.decoder, good.ladder
    )
    failed = cell(codec, image)
    assert failed.error.partition(" ")[0] in (method, "what")
    assert failed.metrics == {}


@pytest.mark.parametrize("given", [3, {"a": object()}, {"a": float("nan")}])
def test_a_fingerprint_of_nonsense_is_a_failed_cell(image, given, tmp_path):
    good = posterizer()
    codec = type("Codec", (type(good),), {"fingerprint": lambda *_: given})(
        good.id, good.encoder, good.decoder, good.ladder
    )
    bench = Bench(Originals(1 << 24), Cache(tmp_path))
    made = bench(Cell(codec, 1, Source(image.name, lambda: image.pixels), "tests", "cpu"))
    assert made.cell.error.startswith("fingerprint returned ")
    assert not made.cached


def test_keyboard_interrupt_is_not_swallowed(image):
    def interrupt(pixels):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cell(posterizer(fault=interrupt), image)


def test_an_error_keeps_one_line(image):
    def fail(pixels):
        raise ValueError("first line\nsecond line")

    error = cell(posterizer(fault=fail), image).error
    assert error.startswith("decode raised ValueError: first line (test_cell.py:")
    assert "\n" not in error


def test_code_raises_for_callers(image):
    with pytest.raises(ColordegError, match="what decode returned is float32, not uint8"):
        code(posterizer(fault=lambda pixels: pixels.astype(np.float32)), 1, image)
