"""The search for ladders."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.calibrate import FLOOR, nearest_steps, rate_function
from pytest_colordeg.codecs.registry import Registry

rates = st.lists(st.floats(0.01, 100), min_size=1, max_size=8).map(sorted)


@given(dial=st.lists(st.floats(0.05, 50), min_size=2, max_size=60).map(sorted), rates=rates)
def test_agrees_with_looking_at_every_setting(dial, rates):
    found = nearest_steps(lambda index: dial[int(index)], range(len(dial)), rates)
    for rung, step in found.items():
        best = min(abs(math.log(bpp / rates[rung - 1])) for bpp in dial)
        assert abs(math.log(step.bpp / rates[rung - 1])) == pytest.approx(best, abs=1e-12)
    for rung in set(range(1, len(rates) + 1)) - set(found):
        rate = rates[rung - 1]
        beyond = dial[0] > rate * (1 + FLOOR) or dial[-1] < rate * (1 - FLOOR)
        nearest = min(dial, key=lambda bpp: abs(math.log(bpp / rate)))
        shared = any(
            abs(math.log(step.bpp / rates[other - 1])) <= abs(math.log(nearest / rate)) + 1e-12
            and step.bpp == pytest.approx(nearest)
            for other, step in found.items()
        )
        assert beyond or shared
    values = [step.value for step in found.values()]
    assert len(set(values)) == len(values)
    assert values == sorted(values)


def test_each_setting_is_looked_at_once_and_few_are():
    calls = []

    def rate_of(value):
        calls.append(value)
        return 0.01 * value

    nearest_steps(rate_of, range(1, 1001), (0.5, 2.0, 8.0))
    assert len(calls) == len(set(calls)) <= 36


def test_floor_and_ceiling_have_no_rung_and_the_others_keep_their_numbers():
    found = nearest_steps(lambda value: value / 10, range(5, 10), (0.1, 0.2, 0.48, 0.7, 3.0))
    assert {rung: step.value for rung, step in found.items()} == {3: 5, 4: 7}


def test_rate_is_the_mean_over_images_of_whole_files():
    codec = Registry().get("jpeg")
    noise = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    flat = np.full((16, 16, 3), 90, np.uint8)
    sizes = [len(codec.encode(image, codec.dial.parameters(50))) for image in (noise, flat)]
    expected = (8 * sizes[0] / 2400 + 8 * sizes[1] / 256) / 2
    assert rate_function(codec, codec.dial, [noise, flat])(50) == pytest.approx(expected)
