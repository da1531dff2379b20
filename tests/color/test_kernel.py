"""What the fused kernel promises by itself: float32 near float64, and decisions exactly alike."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

numba = pytest.importorskip("numba", reason="the fused kernel needs numba")

from pytest_colordeg.color import fused, kernel, kernel_math, srgb_to_lab  # noqa: E402
from pytest_colordeg.color.blocked import hue_sector  # noqa: E402
from pytest_colordeg.color.lab import ab_index  # noqa: E402
from pytest_colordeg.color.percentiles import UPPER, percentiles  # noqa: E402
from pytest_colordeg.color.rotation import BUMP_ROOT, rotation_fit  # noqa: E402


@numba.njit(error_model="numpy")
def _each_delta(lab1, lab2, bump, sine, out):
    for i in range(len(out)):
        l1, a1, b1 = lab1[i]
        l2, a2, b2 = lab2[i]
        _, _, stretch = kernel_math.plane(a1, b1, a2, b2)
        dc, mean, dh, cos1, sin1 = kernel_math.hue(a1 * stretch, b1, a2 * stretch, b2)
        out[i] = kernel_math.weighted(l1, l2, dc, mean, dh, cos1, sin1, bump, sine)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_34_published_pairs_in_both_orders(sharma, dtype):
    lab1, lab2 = (sharma[name].astype(dtype) for name in ("lab1", "lab2"))
    for first, second in ((lab1, lab2), (lab2, lab1)):
        result = np.empty(34, dtype)
        _each_delta(first, second, *rotation_fit(), result)
        np.testing.assert_allclose(result, sharma["delta"], rtol=0, atol=1e-4)


def test_the_formulas_are_the_ones_that_the_kernel_was_compiled_from():
    """numba compiles again when `kernel.py` changes, so it must change with its formulas."""
    digest = sha256(Path(kernel_math.__file__).read_bytes()).hexdigest()[:16]
    assert digest == kernel.FORMULAS, "put the left one into kernel.py"


@pytest.fixture(scope="module")
def colors():
    """Every 17th plane of red, all greens and blues, and all greys: a million colours."""
    codes = np.arange(256, dtype=np.uint8)
    grid = np.stack(np.meshgrid(codes[::17], codes, codes, indexing="ij"), axis=-1)
    return np.concatenate([grid.reshape(-1, 3), np.repeat(codes[:, None], 3, axis=1)])


def test_lab_is_within_the_margins_that_decisions_allow(colors):
    lab, _, _ = fused.prepare(colors)
    assert lab.dtype == np.float32
    error = abs(lab.T - srgb_to_lab(colors)).max(axis=0)
    assert (error < [3e-5, 9.3e-5, 5.3e-5]).all(), error
    assert 2 * error[1] <= kernel._AB_MARGIN
    assert 2 * 5 * (error[1] + error[2]) <= kernel._CHROMA_MARGIN
    assert error[1] * np.sqrt(3) + error[2] <= kernel._BORDER_MARGIN


def test_greys_are_neutral_to_the_last_bit_in_float32(colors):
    lab, _, _ = fused.prepare(colors)
    grey = (colors == colors[:, :1]).all(axis=1)
    assert grey.sum() == 256 + 16
    assert not lab[1:, grey].any()


def test_sectors_and_pairs_are_decided_as_in_float64(colors):
    exact = srgb_to_lab(colors)
    _, sector, used = fused.prepare(colors)
    np.testing.assert_array_equal(sector, hue_sector(exact))
    np.testing.assert_array_equal(np.flatnonzero(used), np.unique(ab_index(exact)))


def test_every_single_pair_of_steps_is_decided_as_in_float64(colors):
    """One colour at a time, so that no other can hide a wrong step."""
    near = abs(abs(srgb_to_lab(colors)[:, 1:] % 1 - 0.5)).min(axis=1) < 1e-5
    assert near.sum() > 10
    for color in colors[near][:200]:
        _, _, used = fused.prepare(color[None])
        assert np.flatnonzero(used).tolist() == [int(ab_index(srgb_to_lab(color)))]


def test_fit_follows_the_equation():
    bump, sine = (np.array(part, dtype=np.float64) for part in rotation_fit())
    assert (len(bump), len(sine)) == (6, 4)
    distance = np.linspace(0, 90, 2001)
    z = 1 - 2 * np.cos(np.radians(distance))
    e = np.polynomial.polynomial.polyval(z, bump) ** BUMP_ROOT
    fitted = e * np.polynomial.polynomial.polyval(e**2, sine)
    true = np.sin(np.radians(60 * np.exp(-((distance / 25) ** 2))))
    assert abs(fitted - true).max() < 8e-7


values = arrays(
    np.float32,
    st.integers(1, 40),
    elements=st.one_of(st.floats(0, 150, width=32), st.sampled_from([0.0, 1.0, 1.5])),
)


@given(values, st.integers(1, 3))
def test_percentiles_are_exact(deltas, pieces):
    cuts = np.linspace(0, len(deltas), pieces + 1).astype(int).tolist()
    spans = list(pairwise(cuts))
    uppers = [
        np.bincount(deltas[a:b].view(np.uint32) >> 16, minlength=UPPER).astype(np.int32)
        for a, b in spans
    ]
    expected = np.percentile(deltas.astype(np.float64), (50, 95, 99))
    np.testing.assert_allclose(percentiles(deltas, spans, uppers, 1), expected, rtol=1e-12)
