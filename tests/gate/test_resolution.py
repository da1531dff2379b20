"""Chroma in squares of 2x2 is told, at either plane; honest codecs and smooth pictures are not."""

from pathlib import Path

import numpy as np
import pytest

from pytest_colordeg.codecs.registry import CLASSICAL, Registry
from pytest_colordeg.gate.resolution import halved
from pytest_colordeg.images import resolve
from pytest_colordeg.testing import faults

BOTH = ["Cb and Cr have half the resolution: 4:2:0, each sample repeated"]


@pytest.fixture(scope="module")
def original():
    return resolve(["photos/astronaut-flag"], Path())[0].images[0].pixels


@pytest.fixture(scope="module")
def decoded(original):
    codec = Registry().get("jpegxl")
    return codec.decode(codec.encode(original, codec.ladder[6]))


def test_planes_are_told_apart(original, decoded):
    for plane, name in ((1, "Cb"), (2, "Cr")):
        assert halved(original, faults.plane_halved(decoded, plane)) == [
            f"{name} has half the resolution of the other planes"
        ]
    assert halved(original, faults.chroma_halved(decoded)) == BOTH


@pytest.mark.parametrize("name", CLASSICAL)
def test_honest_codecs_are_not_blamed(original, name):
    codec = Registry().get(name)
    for parameters in codec.ladder.values():
        assert halved(original, codec.decode(codec.encode(original, parameters))) == []


def test_an_original_in_squares_explains_itself(decoded):
    squares = faults.chroma_halved(decoded)
    assert halved(squares, squares) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 9, 3), (8, 8, 3), (64, 64, 3)])
def test_flat_and_tiny_pictures_tell_nothing(shape):
    flat = np.full(shape, 90, np.uint8)
    assert halved(flat, flat) == []
