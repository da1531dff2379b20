"""Codecs that do not repeat themselves are told, with what moves; those that do pass."""

import os
import re
from itertools import count

import numpy as np
import pytest

from pytest_colordeg.codecs.protocol import FunctionCodec
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.images.model import Image
from pytest_colordeg.sweep.cell import measure_cell
from pytest_colordeg.testing import posterizer

PIXELS = np.random.default_rng(1).integers(0, 200, (24, 32, 3), np.uint8)
IMAGE = Image("noise", PIXELS)


def error(codec, repeat):
    cell = measure_cell(codec, 1, IMAGE, "here", "cpu", Reference(PIXELS), repeat)
    assert (cell.error is None) == bool(cell.metrics)
    return cell.error


def codec(encode, decode=lambda data: np.frombuffer(data, np.uint8, PIXELS.size)):
    return FunctionCodec(
        "c", lambda image: encode(image), lambda data: decode(data).reshape(PIXELS.shape), [{}]
    )


@pytest.mark.parametrize("repeat", [1, 2, 5])
def test_what_repeats_itself_passes(repeat):
    assert error(posterizer(), repeat) is None


def test_one_run_sees_nothing():
    turns = count()
    assert error(codec(lambda image: image.tobytes() + bytes(next(turns) % 2)), 1) is None


def test_bytes_that_flap_without_moving_a_metric_but_size():
    turns = count()
    told = error(codec(lambda image: image.tobytes() + bytes(next(turns))), 3)
    assert re.match(r"not deterministic in 3 runs: 5 different files \(2304 to 2308 bytes\)", told)
    assert "which moves bpp by 0.0417" in told
    assert "threads" not in told


def test_a_decoder_that_flaps():
    turns = count()

    def decode(data):
        return np.frombuffer(data, np.uint8, PIXELS.size) + np.uint8(next(turns) % 3)

    told = error(codec(lambda image: (image + np.uint8(1)).tobytes(), decode), 2)
    assert told.startswith("not deterministic in 2 runs: the same bytes decode to other pixels")
    assert "delta_e00.mean by" in told
    assert "psnr.rgb by" in told


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs processor affinity")
@pytest.mark.parametrize("how", ["processors", "variable"])
def test_a_codec_that_depends_on_threads_is_told_as_such(how, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    if how == "processors" and len(os.sched_getaffinity(0)) == 1:
        pytest.skip("this machine has one processor")

    def encode(image):
        threads = os.environ["OMP_NUM_THREADS"] == "4"
        if how == "processors":
            threads = len(os.sched_getaffinity(0)) > 1
        return (image + np.uint8(threads)).tobytes()

    before = os.sched_getaffinity(0)
    told = error(codec(encode), 2)
    assert told.endswith("; the same each time on one processor, so it depends on threads")
    assert "delta_e00.mean by" in told
    assert os.sched_getaffinity(0) == before
    assert os.environ["OMP_NUM_THREADS"] == "4"


def test_a_repetition_that_fails_is_the_cells_error():
    turns = count()

    def encode(image):
        if next(turns):
            raise OSError("no more")
        return image.tobytes()

    assert error(codec(encode), 2).startswith("encode raised OSError: no more")
