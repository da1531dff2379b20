"""The summary table fits 80 columns, whatever stands in it."""

import pytest

from pytest_colordeg.points import PointResult
from pytest_colordeg.records import Measurement
from pytest_colordeg.report.terminal import summary_lines
from pytest_colordeg.values import LOSSLESS, NotApplicable


def point(codec="jpeg", rung=4, verdict="pass", error=None, **metrics):
    values = {
        "bpp": 0.5,
        "delta_e00.mean": 2.0,
        "delta_e00.p95": 5.0,
        "unique_ab.change": -3.25,
        "psnr.rgb": 31.0,
    }
    values |= {name.replace("_", ".", 1): value for name, value in metrics.items()}
    cell = Measurement(
        codec, rung, "a", "photos", "cpu", "", {}, {}, {}, {} if error else values, error
    )
    return PointResult(codec, rung, "photos", "cpu", "d", False, verdict, True, [], [cell])


def test_a_line_a_point_sorted():
    lines = [line for line, _ in summary_lines([point("webp", 2), point(rung=10), point(rung=9)])]
    assert [line.split()[0] for line in lines[1:]] == ["jpeg-r9", "jpeg-r10", "webp-r2"]
    assert lines[1].split()[1:] == ["0.500", "2.00", "5.00", "-3.2", "31.00", "pass"]


def test_failures_are_marked():
    marks = dict(summary_lines([point(verdict="worse"), point(rung=5, verdict="better")]))
    assert [failing for line, failing in marks.items() if "jpeg-r4" in line] == [True]
    assert [failing for line, failing in marks.items() if "jpeg-r5" in line] == [False]


@pytest.mark.parametrize("value", [LOSSLESS, NotApplicable("a long reason " * 9), 123456.789])
def test_eighty_columns(value):
    long = point("a-very-long-codec-name-of-a-user-1.2.3", 12, "incomparable", psnr_rgb=value)
    for line, _ in summary_lines([long, point(error="broken", verdict="error")]):
        assert len(line) <= 80


def test_a_failed_point_shows_no_numbers():
    (_, (line, failing)) = summary_lines([point(error="broken", verdict="error")])
    assert line.split()[1:] == ["-", "-", "-", "-", "-", "error"]
    assert failing


def test_long_names_keep_what_tells_them_apart():
    names = ("bmshj2018-factorized", "bmshj2018-factorized-msssim")
    points = [point(name, rung) for name in names for rung in (1, 12)]
    labels = {line.split()[0] for line, _ in summary_lines(points)[1:]}
    assert labels == {
        "bmshj2018…torized-r1", "bmshj2018…orized-r12",
        "bmshj2018…-msssim-r1", "bmshj2018…msssim-r12",
    }  # fmt: skip
