"""A fault that, undone, gives the baseline's numbers back; honest changes give none."""

from pathlib import Path

import pytest

from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.gate.restored import TRUNCATED, restored
from pytest_colordeg.images import resolve
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.testing import faults

OFFSET = "a constant offset of the channels, in 8-bit steps"


@pytest.fixture(scope="module", params=["jpeg444", "jpegxl"])
def codec(request):
    return Registry().get(request.param)


@pytest.fixture(scope="module", params=["astronaut-suit", "motorcycle-shelf"])
def original(request):
    return resolve([f"photos/{request.param}"], Path())[0].images[0].pixels


def coded(codec, original, rung):
    return codec.decode(codec.encode(original, codec.ladder[rung]))


def numbers(original, decoded):
    return measure(Pair(original, decoded, 1))


@pytest.mark.parametrize("rung", [3, 8])
@pytest.mark.parametrize(
    ("fault", "phrase"),
    [
        (faults.matrix_mixed, "the matrix is wrong: BT.601 decoded as BT.709"),
        (lambda p: faults.biased(p, 0), f"{OFFSET}: R +1"),
        (lambda p: faults.biased(p, 2, -1), f"{OFFSET}: B -1"),
        (faults.truncated, TRUNCATED),
        (lambda p: faults.shifted(p, 1), "the picture is shifted by (1, 0) pixels (right, down)"),
    ],
)
def test_what_brings_the_numbers_back_is_named(codec, original, rung, fault, phrase):
    decoded = coded(codec, original, rung)
    assert restored(original, fault(decoded), numbers(original, decoded)) == [phrase]


def test_nothing_is_named_where_nothing_changed(codec, original):
    decoded = coded(codec, original, 5)
    assert restored(original, decoded, numbers(original, decoded)) == []


@pytest.mark.parametrize(("was", "now"), [(8, 7), (4, 5), (3, 8)])
def test_another_quality_is_no_fault(codec, original, was, now):
    row = numbers(original, coded(codec, original, was))
    assert restored(original, coded(codec, original, now), row) == []


def test_another_codec_is_no_fault(original):
    one, other = (coded(Registry().get(name), original, 5) for name in ("jpeg", "webp"))
    assert restored(original, one, numbers(original, other)) == []


def test_without_numbers_nothing_is_named(original):
    wrong = faults.chroma_swapped(original)
    assert restored(original, wrong, {}) == []
    assert restored(original, wrong, numbers(original, original)) == []  # lossless: no PSNR
