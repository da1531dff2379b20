"""Curves hold what was measured, in order of rate, with spread and baseline."""

import math

import pytest

from pytest_colordeg.report.hues import families, rose
from pytest_colordeg.report.series import charts

from .samples import cell, failing, point, run


def chart(data, key):
    return next(chart for chart in charts(data) if chart.kind.key == key)


def curve(data, key, codec):
    return next(curve for curve in chart(data, key).curves if curve.codec == codec)


def test_a_curve_over_rate():
    found = curve(run(), "delta-e00", "jpeg")
    assert found.rungs == (1, 2, 3)
    assert found.x == (0.25, 0.5, 0.75)
    assert found.y == pytest.approx((4.0, 2.0, 4 / 3))
    assert (found.stored_x, found.stored_y) == ((0.25, 0.5, 0.75), (1.5, 1.5, 1.5))
    assert curve(run(), "delta-e00", "webp").stored_x == ()


def test_points_stand_in_order_of_rate_whatever_their_rungs():
    data = run([point(rung=1, cells=[cell(bpp=2.0)]), point(rung=2, cells=[cell(rung=2, bpp=0.5)])])
    found = curve(data, "psnr", "jpeg")
    assert (found.x, found.rungs) == ((0.5, 2.0), (2, 1))


def test_the_ribbon_is_the_spread_over_images():
    values = {"a": 30.0, "b": 31.0, "c": 35.0}
    cells = [cell(image=name, psnr__rgb=value) for name, value in values.items()]
    found = curve(run([point(cells=cells)]), "psnr", "jpeg")
    std = math.sqrt((4 + 1 + 9) / 3)
    assert found.y == (32.0,)
    assert found.low == pytest.approx((32.0 - std,))
    assert found.high == pytest.approx((32.0 + std,))


def test_ms_ssim_is_in_decibel_and_has_none_for_one():
    cells = [cell(rung=r, bpp=float(r), ms_ssim__rgb=v) for r, v in ((1, 0.9), (2, 0.99), (3, 1.0))]
    found = curve(run([point(rung=c.rung, cells=[c]) for c in cells]), "ms-ssim", "jpeg")
    assert found.y == pytest.approx((10.0, 20.0))
    assert found.rungs == (1, 2)


def test_cumulative_change_goes_down_from_the_best_rung():
    found = curve(run(), "cumulative", "webp")
    # U falls by 10 a rung on one image and by 30 on the other.
    assert found.x == (1.0, 2.0)
    assert found.rungs == (2, 1)
    assert found.y == pytest.approx((-20.0, -40.0))
    assert found.low == pytest.approx((-30.0, -60.0))
    assert found.high == pytest.approx((-10.0, -20.0))
    assert curve(run(), "cumulative", "jpeg").stored_y == (0.0, 0.0)


def test_what_failed_or_has_no_number_is_not_drawn():
    broken = point("avif", 1, "error", [cell("avif", error="encode: no")])
    data = run([broken, failing()])
    assert {c.codec for found in charts(data) for c in found.curves} == {"jpeg"}
    assert "cumulative" not in {found.kind.key for found in charts(data)}


def test_corpora_and_devices_have_charts_of_their_own():
    data = run([point(), point(corpus="charts"), point(device="cuda")])
    assert {found.group for found in charts(data)} == {"photos", "charts", "photos (cuda)"}


def test_a_rose_has_gaps_where_a_hue_is_absent():
    one = point()
    assert families([one]) == ["delta_c"]
    drawn = rose(one, "delta_c")
    assert drawn.degrees[:2] == (15.0, 45.0)
    assert drawn.now[:3] == pytest.approx((-1.5, -1.2, -0.9))
    assert drawn.now[11] is drawn.low[11] is drawn.high[11] is None
    assert rose(one, "delta_h") is None
