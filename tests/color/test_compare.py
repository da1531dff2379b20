"""Both backends, against the equations and against what must not change a result."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_colordeg.color import Reference, compare, delta_e00, srgb_to_lab
from pytest_colordeg.color.backend import BACKENDS, backend
from pytest_colordeg.color.hull import hull_area
from pytest_colordeg.color.statistics import SECTORS
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.strategies import image_pairs


@pytest.fixture(params=BACKENDS, scope="module")
def engine(request):
    if request.param == "numba":
        pytest.importorskip("numba", reason="the fused kernel needs numba")
    return request.param


def plainly(original, decoded):
    """Every statistic the long way, from Lab, without blocks."""
    lab1, lab2 = (srgb_to_lab(image).reshape(-1, 3) for image in (original, decoded))
    delta = delta_e00(lab1, lab2)
    c1, c2 = (np.hypot(lab[:, 1], lab[:, 2]) for lab in (lab1, lab2))
    h1, h2 = (np.arctan2(lab[:, 2], lab[:, 1]) for lab in (lab1, lab2))
    dh = 2 * np.sqrt(c1 * c2) * np.sin((h2 - h1) / 2)
    dh = np.where(abs(h2 - h1) > np.pi, -dh, dh)
    sector = np.where(c1 < 5, 12, np.degrees(h1) % 360 // 30)
    columns = np.stack([delta, lab2[:, 0] - lab1[:, 0], c2 - c1, dh], axis=1)
    pairs = [{tuple(ab) for ab in np.rint(lab[:, 1:]).astype(int).tolist()} for lab in (lab1, lab2)]
    return {
        "delta": delta,
        "overall": columns.mean(axis=0),
        "sectors": {
            name: (int((sector == i).sum()), columns[sector == i].mean(axis=0))
            for i, name in enumerate(SECTORS)
            if (sector == i).any()
        },
        "pairs": pairs,
        "opposite": np.pi - abs(abs(h2 - h1)) < 1e-6,
    }


def area(pairs):
    used = np.zeros((255, 255), dtype=bool)
    for a, b in pairs:
        used[a + 127, b + 127] = True
    return hull_area(used)


def close(a, b):
    return a == pytest.approx(b, abs=1e-3)


@given(image_pairs())
@settings(max_examples=120, deadline=None)
def test_equals_the_equations(engine, pair):
    original, decoded = pair
    expected, got = (
        plainly(original, decoded),
        compare(original, decoded, delta_map=True, backend=engine),
    )
    delta = expected["delta"]
    usual = ~expected["opposite"].reshape(original.shape[:2])
    np.testing.assert_allclose(
        got.delta_map[usual], delta.reshape(original.shape[:2])[usual], rtol=0, atol=1e-3
    )
    assert got.pixels == len(delta)
    assert (got.unique_original, got.unique_decoded) == tuple(map(len, expected["pairs"]))
    assert (got.hull_original, got.hull_decoded) == tuple(map(area, expected["pairs"]))
    assert {name: shift.pixels for name, shift in got.sectors.items()} == {
        name: pixels for name, (pixels, _) in expected["sectors"].items()
    }
    if not usual.all():
        return
    for shift, means in [(got.shift, expected["overall"])] + [
        (got.sectors[name], means) for name, (_, means) in expected["sectors"].items()
    ]:
        assert close(dataclasses.astuple(shift)[1:], means.tolist())
    assert close((got.mean, got.max), (delta.mean(), delta.max()))
    assert close((got.p50, got.p95, got.p99), np.percentile(delta, (50, 95, 99)).tolist())


@given(image_pairs())
@settings(deadline=None)
def test_statistics_are_those_of_the_map(engine, pair):
    got = compare(*pair, delta_map=True, backend=engine)
    values = got.delta_map.astype(float)
    assert got.delta_map.dtype == np.float32
    assert got.max == pytest.approx(values.max(), rel=1e-7)
    assert got.mean == pytest.approx(values.mean(), rel=1e-6, abs=1e-6)
    percentiles = np.percentile(values, (50, 95, 99)).tolist()
    assert (got.p50, got.p95, got.p99) == pytest.approx(percentiles, rel=1e-6, abs=1e-9)
    for limit, share in ((1, got.over_1), (2, got.over_2), (5, got.over_5)):
        assert share == pytest.approx((values > limit).mean(), abs=1e-12)


@given(st.data(), image_pairs())
@settings(deadline=None)
def test_order_of_pixels_and_tiling_change_nothing(engine, data, pair):
    original, decoded = pair
    got = compare(original, decoded, backend=engine)
    order = np.array(data.draw(st.permutations(range(got.pixels))))
    mixed = compare(*(i.reshape(-1, 1, 3)[order] for i in pair), backend=engine)
    tiled = compare(*(np.tile(i, (2, 3, 1)) for i in pair), backend=engine)
    fields = ("mean", "max", "over_1", "over_2", "over_5", "unique_original", "unique_decoded",
              "hull_original", "hull_decoded")  # fmt: skip
    for other in (mixed, tiled):
        for name in fields:
            assert getattr(other, name) == pytest.approx(getattr(got, name), rel=1e-12), name
        assert other.sectors.keys() == got.sectors.keys()
    assert (mixed.p50, mixed.p95, mixed.p99) == (got.p50, got.p95, got.p99)


@pytest.fixture(scope="module")
def large():
    """A pair of several spans and blocks, with a last block that is not full."""
    rng = np.random.default_rng(4)
    original = rng.integers(0, 256, (301, 467, 3), dtype=np.uint8)
    noise = rng.integers(-9, 10, original.shape)
    return original, np.clip(original + noise, 0, 255).astype(np.uint8)


def test_neither_threads_nor_a_reference_change_a_bit(engine, large):
    original, decoded = large
    reference = Reference(original)
    expected = compare(original, decoded, backend=engine)
    for given_original in (original, reference):
        for threads in (1, 2, 3):
            got = compare(given_original, decoded, threads=threads, backend=engine)
            assert dataclasses.asdict(got) == dataclasses.asdict(expected)


def test_layout_and_writability_change_nothing(engine, large):
    original, decoded = large
    expected = dataclasses.asdict(compare(original, decoded, backend=engine))
    fortran = np.asfortranarray(original)
    strided = np.repeat(decoded, 2, axis=1)[:, ::2]
    frozen = original.copy()
    frozen.flags.writeable = False
    for first, second in ((fortran, strided), (frozen, decoded)):
        assert dataclasses.asdict(compare(first, second, backend=engine)) == expected


def test_backends_agree_where_all_colors_meet():
    pytest.importorskip("numba", reason="the fused kernel needs numba")
    rng = np.random.default_rng(5)
    original = rng.integers(0, 256, (700, 500, 3), dtype=np.uint8)
    decoded = rng.integers(0, 256, (700, 500, 3), dtype=np.uint8)
    one, two = (compare(original, decoded, backend=name, delta_map=True) for name in BACKENDS)
    opposite = plainly(original, decoded)["opposite"].reshape(700, 500)
    assert abs(one.delta_map - two.delta_map)[~opposite].max() <= 1e-3
    assert one.mean == pytest.approx(two.mean, abs=1e-5)
    for name in ("unique_original", "unique_decoded", "hull_original", "hull_decoded"):
        assert getattr(one, name) == getattr(two, name)
    assert [(n, s.pixels) for n, s in one.sectors.items()] == [
        (n, s.pixels) for n, s in two.sectors.items()
    ]


def test_greys_are_neutral_and_equal_images_do_not_differ(engine):
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    got = compare(ramp, ramp[:, ::-1], backend=engine)
    assert got.sectors.keys() == {"neutral"}
    assert (got.unique_original, got.unique_decoded) == (1, 1)
    assert (got.shift.delta_c, got.shift.delta_h) == (0.0, 0.0)
    same = compare(ramp, ramp, backend=engine)
    assert same.max == 0.0
    assert same.mean == 0.0


def test_a_shift_has_its_direction(engine):
    red = np.full((8, 8, 3), (200, 60, 50), dtype=np.uint8)
    paler = np.full((8, 8, 3), (180, 90, 80), dtype=np.uint8)
    orange = np.full((8, 8, 3), (200, 80, 50), dtype=np.uint8)
    darker = np.full((8, 8, 3), (100, 20, 15), dtype=np.uint8)
    assert compare(red, paler, backend=engine).shift.delta_c < -10
    assert compare(red, orange, backend=engine).shift.delta_h > 3
    assert compare(red, darker, backend=engine).shift.delta_l < -20
    assert compare(red, paler, backend=engine).sectors.keys() == {"h030"}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.zeros((2, 2, 3)), np.zeros((2, 2, 3), np.uint8), "original must be uint8.*float64"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8), r"decoded image.*\(2, 2\)"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 4), np.uint8), r"\(2, 2, 4\)"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8), "shapes differ"),
        (np.zeros((0, 2, 3), np.uint8), np.zeros((0, 2, 3), np.uint8), "no pixels"),
        ([[[0, 0, 0]]], np.zeros((1, 1, 3), np.uint8), "not a NumPy array but list"),
    ],
)
def test_bad_images_are_named(engine, first, second, message):
    with pytest.raises(ColordegError, match=message):
        compare(first, second, backend=engine)


def test_bad_options_are_named():
    image = np.zeros((1, 1, 3), np.uint8)
    with pytest.raises(
        ColordegError, match="unknown colour backend 'cuda': choose one of numba, numpy"
    ):
        compare(image, image, backend="cuda")
    with pytest.raises(ColordegError, match="threads must be at least 1, not 0"):
        compare(image, image, threads=0)


def test_reference_checks_its_image():
    with pytest.raises(ColordegError, match="original must be uint8"):
        Reference(np.zeros((2, 2, 3)))


def test_without_numba_numpy_does_the_work(pytester):
    """In a process where numba cannot be imported."""
    script = pytester.makepyfile(
        """
        import sys
        sys.modules["numba"] = None
        import numpy as np
        from pytest_colordeg.color import compare, default_backend
        from pytest_colordeg.errors import ColordegError
        assert default_backend() == "numpy"
        image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
        print(compare(image, image[::-1]).mean)
        try:
            compare(image, image, backend="numba")
        except ColordegError as error:
            print(error)
        """
    )
    result = pytester.runpython(script)
    assert result.ret == 0
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    mean = compare(image, image[::-1], backend="numpy").mean
    assert math.isclose(float(result.outlines[0]), mean, rel_tol=1e-12)
    assert "pip install 'pytest-colordeg[fast]'" in result.outlines[1]


def test_where_numba_cannot_keep_its_cache_numpy_does_the_work(pytester):
    """numba raises RuntimeError where no folder can be written to."""
    script = pytester.makepyfile(
        """
        import sys, types
        def njit(*args, **kwargs):
            raise RuntimeError("cannot cache function: no locator available")
        sys.modules["numba"] = types.SimpleNamespace(njit=njit)
        import numpy as np
        from pytest_colordeg.color import compare, default_backend
        from pytest_colordeg.errors import ColordegError
        print(default_backend())
        image = np.zeros((1, 1, 3), np.uint8)
        try:
            compare(image, image, backend="numba")
        except ColordegError as error:
            print(error)
        """
    )
    result = pytester.runpython(script)
    assert result.ret == 0
    assert result.outlines[0] == "numpy"
    assert "set NUMBA_CACHE_DIR to a folder that can be written" in result.outlines[1]


def test_backend_by_name():
    assert backend("numpy").__name__.endswith("blocked")
