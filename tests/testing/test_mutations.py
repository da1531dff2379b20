"""The default gate catches the faults and names them; a gate that is too wide does not."""

from itertools import count

import numpy as np
import pytest

from pytest_colordeg.codecs.protocol import FunctionCodec
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.causes import UNKNOWN
from pytest_colordeg.testing import faults, posterizer
from pytest_colordeg.testing.mutations import MUTATIONS, mutate, prove

PHOTOS = ("photos/astronaut-suit", "photos/motorcycle-engine")
THREE = (*PHOTOS, "photos/coffee-saucer")
NO_GATE = "".join(
    f"      {name}: {{gated: false}}\n"
    for name in ("delta_e00.mean", "delta_e00.p95", "delta_c", "unique_ab.change", "psnr.rgb")
)


def codec(name):
    return Registry().get(name)


@pytest.fixture(scope="module")
def trials():
    return {trial.mutation: trial for trial in prove(codec("jpeg444"), rungs=(6,), images=PHOTOS)}


def test_there_are_fourteen():
    assert len(MUTATIONS) == 14
    assert sum(bool(mutation.cause) for mutation in MUTATIONS.values()) >= 10


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_fault_is_caught_and_named(trials, name):
    trial = trials[name]
    assert trial.caught
    assert trial.text
    if MUTATIONS[name].cause:
        assert trial.named, trial.causes
    else:
        assert trial.causes == (UNKNOWN,)


@pytest.mark.parametrize(
    ("name", "mutation", "rung"),
    [
        ("jpegxl", "one-step", 2),
        ("jpeg2000", "601-as-709", 1),
        ("webp", "truncated", 8),
        ("jpeg", "shift-1", 2),
    ],
)
def test_faults_are_named_where_compression_hides_them(name, mutation, rung):
    (trial,) = prove(codec(name), (mutation,), (rung,), THREE)
    assert trial.caught
    assert trial.named, trial.causes


def test_a_gate_that_is_too_wide_lets_faults_through():
    limits = f"format: 1\ntolerances:\n  - metrics:\n{NO_GATE}"
    (trial,) = prove(codec("jpeg444"), ("hue-2-degrees",), (6,), PHOTOS[:1], limits)
    assert not trial.caught
    assert not trial.named


def test_a_codec_of_ones_own_is_proven_too():
    found = prove(posterizer(), ("cb-cr-swapped", "desaturated-5"), (2,), PHOTOS[:2])
    assert [(trial.mutation, trial.caught) for trial in found] == [
        ("cb-cr-swapped", True),
        ("desaturated-5", True),
    ]


def test_a_codec_that_fails_or_flaps_proves_nothing():
    turns = count()
    good = posterizer()
    flapping = FunctionCodec(
        "flapping",
        good.encoder,
        lambda data: good.decoder(data) ^ np.uint8(64 * (next(turns) % 2)),
        good.ladder,
    )
    with pytest.raises(ColordegError, match="the right codec fails its own baseline"):
        prove(flapping, ("shift-1",), (3,), PHOTOS[:1])
    broken = FunctionCodec("broken", good.encoder, lambda data: 1 / 0, good.ladder)
    with pytest.raises(ColordegError, match="broken-r1, astronaut-suit: decode raised"):
        prove(broken, ("shift-1",), (1,), PHOTOS[:1])


def test_a_mutant_can_stand_beside_the_right_codec():
    right = codec("jpeg444")
    wrong = mutate(right, "cb-cr-swapped", id="swapped")
    assert (right.id, wrong.id) == ("jpeg444", "swapped")
    pixels = np.random.default_rng(1).integers(0, 255, (16, 16, 3), np.uint8)
    data = wrong.encode(pixels, wrong.ladder[6])
    assert data == right.encode(pixels, right.ladder[6])
    assert np.array_equal(wrong.decode(data), faults.chroma_swapped(right.decode(data)))
    assert wrong.inspect(data) == right.inspect(data)


def test_what_cannot_be_made_is_refused_by_name():
    with pytest.raises(ColordegError, match="no mutation 'blur'; there are cb-cr-swapped, "):
        mutate(codec("jpeg"), "blur")
    with pytest.raises(ColordegError, match="codec jpeg cannot have the fault 420-for-444"):
        mutate(codec("jpeg"), "420-for-444")


def test_rate_of_a_tiled_mutant_is_that_of_the_upper_file():
    right = codec("jpeg444")
    wrong = mutate(right, "tiles-of-lower-rung")
    pixels = np.random.default_rng(1).integers(0, 255, (64, 80, 3), np.uint8)
    data = wrong.encode(pixels, wrong.ladder[6])
    upper = right.encode(pixels, right.ladder[6])
    assert wrong.payload(data) == len(upper)
    other = np.any(wrong.decode(data) != right.decode(upper), axis=-1)
    tiles = other.reshape(4, 16, 5, 16).any(axis=(1, 3))
    assert tiles.sum() == 2
