from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from pytest_colordeg.color import Reference, compare
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.model import Metric, Tolerance
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS, register, unregister
from pytest_colordeg.strategies import image_pairs
from pytest_colordeg.values import LOSSLESS, NotApplicable, is_number

SECTORS = (*(f"h{start:03d}" for start in range(0, 360, 30)), "neutral")
AXES = ("delta_l", "delta_c", "delta_h")


def black(*shape, dtype=np.uint8):
    return np.zeros(shape, dtype)


def test_the_metrics_and_their_order():
    names = ["mean", "p50", "p95", "p99", "max", "over_1", "over_2", "over_5"]
    assert list(METRICS) == [
        *(f"delta_e00.{name}" for name in names),
        *AXES,
        *(f"{axis}.{sector}" for axis in (*AXES, "delta_e00") for sector in SECTORS),
        "unique_ab.count",
        "unique_ab.change",
        "ab_hull.ratio",
        "psnr.rgb",
        "ssim.rgb",
        "ssim.wang",
        "ms_ssim.rgb",
        "bpp",
        "size_ratio",
    ]


def test_gated_by_default():
    assert {name for name, metric in METRICS.items() if metric.gated} == {
        "delta_e00.mean", "delta_e00.p95", "delta_c", "unique_ab.change", "bpp", "psnr.rgb",
    }  # fmt: skip


def test_definitions_tell_metrics_apart_and_fit_a_line():
    definitions = [metric.definition for metric in METRICS.values()]
    assert len(set(definitions)) == len(definitions)
    assert not any("\n" in text or text != text.strip() for text in definitions)


def test_tolerances_are_bounds_one_can_miss():
    for metric in METRICS.values():
        tolerance = metric.tolerance
        assert tolerance.abs >= 0
        assert tolerance.rel >= 0
        assert tolerance.abs + tolerance.rel > 0
        assert tolerance.image_factor >= 1


def test_allowed_is_the_greater_bound():
    tolerance = Tolerance(abs=0.5, rel=0.1, image_factor=2.0)
    assert tolerance.allowed(3.0) == 0.5
    assert tolerance.allowed(-30.0) == 3.0
    assert tolerance.allowed(-30.0, image=True) == 6.0


@given(image_pairs(max_side=14))
@settings(max_examples=60, deadline=None)
def test_every_value_is_a_number_or_says_why_not(pair):
    values = measure(Pair(*pair, payload_bytes=7))
    assert list(values) == list(METRICS)
    for name, value in values.items():
        if isinstance(value, NotApplicable):
            assert value.reason, name
        else:
            assert value == LOSSLESS or is_number(value), name
            assert value == LOSSLESS or type(value) is float, name


def test_values_are_those_of_the_statistics():
    rng = np.random.default_rng(7)
    original = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    decoded = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    values, expected = measure(Pair(original, decoded, 1000)), compare(original, decoded)
    for name in ("mean", "p50", "p95", "p99", "max", "over_1", "over_2", "over_5"):
        assert values[f"delta_e00.{name}"] == getattr(expected, name)
    for axis in AXES:
        assert values[axis] == getattr(expected.shift, axis)
        for sector in SECTORS:
            shift = expected.sectors.get(sector)
            if shift is None or shift.pixels < 64:
                assert isinstance(values[f"{axis}.{sector}"], NotApplicable)
            else:
                assert values[f"{axis}.{sector}"] == getattr(shift, axis)
    assert values["unique_ab.count"] == expected.unique_decoded
    assert values["unique_ab.change"] == pytest.approx(
        100 * (expected.unique_decoded / expected.unique_original - 1)
    )
    assert values["ab_hull.ratio"] == expected.hull_decoded / expected.hull_original
    assert values["bpp"] == 4.0
    assert values["size_ratio"] == 1 / 6


def test_a_sector_needs_64_pixels():
    red = np.full((9, 8, 3), (200, 40, 30), np.uint8)
    red[0] = 128
    assert measure(Pair(red, red, 1))["delta_c.h030"] == 0.0
    assert measure(Pair(red, red, 1))["delta_c.neutral"] == NotApplicable(
        "fewer than 64 pixels of the original in neutral"
    )
    red[1, 0] = 128
    assert isinstance(measure(Pair(red, red, 1))["delta_c.h030"], NotApplicable)


def test_greys_have_no_hue_and_no_hull():
    grey = np.full((8, 8, 3), 77, np.uint8)
    tinted = grey + np.array([1, 0, 0], np.uint8)
    values = measure(Pair(grey, tinted, 1))
    assert values["delta_h"] == NotApplicable(
        "no pixel of the original has a hue (chroma 5 or more)"
    )
    assert values["delta_c"] > 0
    assert values["delta_c"] == values["delta_c.neutral"]
    assert isinstance(values["ab_hull.ratio"], NotApplicable)


def test_a_reference_changes_nothing():
    rng = np.random.default_rng(8)
    original, decoded = (rng.integers(0, 256, (30, 20, 3), dtype=np.uint8) for _ in range(2))
    shared = Reference(original)
    assert measure(Pair(original, decoded, 5, reference=shared)) == measure(
        Pair(original, decoded, 5, threads=2)
    )


@pytest.mark.parametrize(
    ("original", "decoded", "size", "message"),
    [
        (black(2, 2, 3), black(2, 3, 3), 1, r"\(2, 3, 3\).*original \(2, 2, 3\)"),
        (black(2, 2, 3), black(2, 2, 3, dtype=float), 1, "decoded image must be uint8.*float64"),
        (black(2, 2), black(2, 2), 1, r"original must be uint8.*\(2, 2\)"),
        (black(0, 2, 3), black(0, 2, 3), 1, "no pixels"),
        (black(2, 2, 3), black(2, 2, 3), 0, "0 is not a number of bytes"),
        (black(2, 2, 3), black(2, 2, 3), 2.5, "2.5 is not a number of bytes"),
    ],
)
def test_bad_pairs_are_named(original, decoded, size, message):
    with pytest.raises(ColordegError, match=message):
        Pair(original, decoded, size)


def test_the_reference_must_fit():
    with pytest.raises(ColordegError, match=r"reference is of an image of shape \(3, 2, 3\)"):
        Pair(black(2, 2, 3), black(2, 2, 3), 1, reference=Reference(black(3, 2, 3)))


def own(name, compute):
    return dataclasses.replace(METRICS["bpp"], name=name, definition=name, compute=compute)


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), None, "12", True, np.nan])
def test_a_metric_that_gives_no_value_is_named(value):
    metric = own("mine", lambda pair: value)
    with pytest.raises(ColordegError, match="metric 'mine' gave"):
        measure(Pair(black(1, 1, 3), black(1, 1, 3), 1), {"mine": metric})


def test_numbers_of_numpy_become_plain_floats():
    metric = own("mine", lambda pair: np.float32(1.5))
    value = measure(Pair(black(1, 1, 3), black(1, 1, 3), 1), {"mine": metric})["mine"]
    assert type(value) is float
    assert value == 1.5


def test_a_registered_metric_comes_last_and_goes_again():
    metric: Metric = own("mine.squared", lambda pair: 2.0)
    register(metric)
    try:
        register(metric)
        assert list(METRICS)[-1] == "mine.squared"
        assert measure(Pair(black(1, 1, 3), black(1, 1, 3), 1))["mine.squared"] == 2.0
        with pytest.raises(ColordegError, match=r"there is a metric 'mine\.squared' already"):
            register(own("mine.squared", lambda pair: 3.0))
    finally:
        unregister("mine.squared")
    assert "mine.squared" not in METRICS
    with pytest.raises(ColordegError, match="there is no metric"):
        unregister("mine.squared")
