"""Bjontegaard differences: published curves, the package as oracle, and failures with reasons."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.bjontegaard import bd_quality, bd_rate
from pytest_colordeg.values import NotApplicable

# Two pairs of published curves with the BD-rate (percent) by the formulas of VCEG-M33: the
# sample of the Bjontegaard_metric repository, and "Test 1" of the package bjontegaard.
SAMPLE = (
    [(686.76, 40.28), (309.58, 37.18), (157.11, 34.24), (85.95, 31.42)],
    [(893.34, 40.39), (407.8, 37.21), (204.93, 34.17), (112.75, 31.24)],
    31.397,
)
TEST_1 = (
    [(9487.76, 40.037), (4593.60, 38.615), (2486.44, 36.845), (1358.24, 34.851)],
    [(9787.80, 40.121), (4469.00, 38.651), (2451.52, 36.970), (1356.24, 34.987)],
    -4.420,
)


@pytest.mark.parametrize(("anchor", "test", "expected"), [SAMPLE, TEST_1])
def test_published_curves_to_three_digits(anchor, test, expected):
    assert bd_rate(anchor, test, method="cubic") == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("anchor", "test"), [SAMPLE[:2], TEST_1[:2]])
@pytest.mark.parametrize("method", ["pchip", "cubic"])
def test_both_are_those_of_the_bjontegaard_package(anchor, test, method):
    oracle = pytest.importorskip("bjontegaard", reason="bjontegaard is the oracle here")
    curves = [np.array(axis) for curve in (anchor, test) for axis in zip(*curve, strict=True)]
    rate, quality = oracle.bd_rate(*curves, method=method), oracle.bd_psnr(*curves, method=method)
    assert bd_rate(anchor, test, method=method) == pytest.approx(float(rate), abs=1e-6)
    assert bd_quality(anchor, test, method=method) == pytest.approx(float(quality), abs=1e-8)


def test_where_the_package_gives_nan_there_is_a_reason():
    oracle = pytest.importorskip("bjontegaard", reason="bjontegaard is the oracle here")
    anchor, far = SAMPLE[0], [(rate, quality + 20) for rate, quality in SAMPLE[1]]
    curves = [np.array(axis) for curve in (anchor, far) for axis in zip(*curve, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert math.isnan(oracle.bd_rate(*curves, method="pchip"))
    assert bd_rate(anchor, far) == NotApplicable(
        "BD-rate: the two curves have no quality in common"
    )


def test_a_constant_difference_of_quality_is_that_difference():
    anchor = SAMPLE[0]
    closer = [(rate, 50 - quality - 0.3) for rate, quality in anchor]
    errors = [(rate, 50 - quality) for rate, quality in anchor]
    for method in ("pchip", "cubic"):
        got = bd_quality(errors, closer, lower_is_better=True, method=method)
        assert got == pytest.approx(-0.3)


def test_too_little_in_common_is_said():
    anchor = SAMPLE[0]
    far = [(rate, quality + 8) for rate, quality in anchor]
    value = bd_rate(anchor, far)
    assert isinstance(value, NotApplicable)
    assert value.reason.endswith("5 % of their quality in common, 25 % is the least")
    assert isinstance(bd_rate(anchor, far, least_overlap=0.04), float)


def test_an_unknown_interpolation_is_refused():
    with pytest.raises(ColordegError, match="unknown interpolation 'akima'; known: pchip, cubic"):
        bd_rate(*SAMPLE[:2], method="akima")


ANCHOR = [(0.21, 29.2), (0.32, 30.97), (0.48, 32.84), (0.67, 34.53), (0.94, 36.74)]
TEST = [(0.198, 29.36), (0.307, 31.13), (0.461, 32.95), (0.662, 34.97), (0.914, 36.91)]


def test_bd_rate_of_a_constant_factor_is_that_factor():
    cheaper = [(0.8 * rate, quality) for rate, quality in ANCHOR]
    assert bd_rate(ANCHOR, cheaper) == pytest.approx(-20.0)
    assert bd_rate(cheaper, ANCHOR) == pytest.approx(25.0)
    assert bd_rate(ANCHOR, ANCHOR[::-1]) == pytest.approx(0.0)


def test_bd_rate_of_a_distortion_runs_the_other_way():
    errors = [(rate, 40 - quality) for rate, quality in ANCHOR]
    cheaper = [(0.8 * rate, error) for rate, error in errors]
    assert bd_rate(errors, cheaper, lower_is_better=True) == pytest.approx(-20.0)
    assert isinstance(bd_rate(errors, cheaper), NotApplicable)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (TEST[:3], "the test curve has fewer than four points"),
        ([(r, q + 20) for r, q in TEST], "no quality in common"),
        ([*TEST[:4], (0.914, 34.0)], "the test curve's quality does not rise with its rate"),
        ([*TEST, (0.914, 37.5)], "the test curve's quality does not rise with its rate"),
    ],
)
def test_no_bd_rate_says_why(test, reason):
    value = bd_rate(ANCHOR, test)
    assert isinstance(value, NotApplicable)
    assert reason in value.reason


@pytest.mark.parametrize("point", [(0.0, 40.0), (-1.0, 40.0), (math.nan, 40.0), (1.2, math.inf)])
def test_bd_rate_refuses_what_is_no_number(point):
    with pytest.raises(ColordegError, match="the anchor curve has a rate or quality"):
        bd_rate([*ANCHOR, point], TEST)
