"""Every backend against colour-science on colours that between them feel every constant.

Few colours, so that the check of the constants (`tools/mutate_color.py`) can run
this file hundreds of times, also with numba's compiler switched off.
"""

from __future__ import annotations

import numpy as np
import pytest

from pytest_colordeg.color import delta_e00, srgb, srgb_to_lab
from pytest_colordeg.color.backend import BACKENDS, backend
from pytest_colordeg.color.blocked import hue_sector, shift_parts
from pytest_colordeg.color.lab import relative_xyz_to_lab

colour = pytest.importorskip("colour", reason="colour-science is the oracle here")


def to_lab(colors: np.ndarray) -> np.ndarray:
    """CIELAB by colour-science alone, from the primaries and the white."""
    primaries, white = [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]], [0.3127, 0.3290]
    matrix = colour.normalised_primary_matrix(primaries, white)
    return colour.XYZ_to_Lab(colour.models.eotf_sRGB(colors / 255) @ matrix.T, white)


def sample() -> tuple[np.ndarray, np.ndarray]:
    """Pairs over the whole cube and near its diagonal, and such as sit on a border.

    The borders: where the number of a sector, of a quantised pair or of a share
    changes, and opposite hues. Colours are chosen by colour-science's Lab.
    """
    rng = np.random.default_rng(12)
    anywhere = rng.integers(0, 256, (60, 3))
    dark = rng.integers(0, 14, (20, 3))
    blue = rng.integers([10, 0, 170], [90, 80, 250], (40, 3))
    pale = rng.integers(0, 250, (20, 1)) + rng.integers(0, 6, (20, 3))
    many = rng.integers(0, 256, (200_000, 3))
    lab = to_lab(many)
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    off_step = abs(lab[:, 1:] % 1 - 0.5).min(axis=1)
    off_sector = np.where(chroma > 5, abs((hue + 15) % 30 - 15), 180)
    order = [np.argsort(abs(chroma - 5)), np.argsort(off_step), np.argsort(off_sector)]
    borders = np.concatenate([many[nearest[:20]] for nearest in order])
    # The nearest to chroma 5 of all, two from either side.
    almost = [(2, 18, 19), (9, 17, 8), (61, 57, 50), (157, 157, 166)]
    first = np.concatenate([anywhere, dark, blue, pale, borders, almost])
    step = np.clip(first + rng.integers(-25, 26, first.shape), 0, 255)
    second = np.where(rng.random((len(first), 1)) < 0.6, step, rng.permutation(first))
    near = np.clip(many + rng.integers(-5, 6, many.shape), 0, 255)
    delta = colour.delta_E(lab, to_lab(near), method="CIE 2000")
    just = np.concatenate(
        [np.flatnonzero((delta > n) & (delta < 1.009 * n))[:3] for n in (1, 2, 5)]
    )
    rolled = np.roll(lab, 1, axis=0)
    cross = abs(lab[:, 1] * rolled[:, 2] - lab[:, 2] * rolled[:, 1])
    facing = (lab[:, 1:] * rolled[:, 1:]).sum(axis=1) < -100
    across = np.argsort(np.where(facing, cross, np.inf))[:8]
    first = np.concatenate([first, many[just], many[across]])
    second = np.concatenate([second, near[just], np.roll(many, 1, axis=0)[across]])
    return first.astype(np.uint8), second.astype(np.uint8)


@pytest.fixture(scope="module")
def pairs():
    return sample()


@pytest.fixture(scope="module")
def labs(pairs):
    return [to_lab(colors) for colors in pairs]


@pytest.fixture(scope="module")
def deltas(labs):
    return colour.delta_E(*labs, method="CIE 2000")


def test_lab(pairs, labs):
    for colors, lab in zip(pairs, labs, strict=True):
        np.testing.assert_allclose(srgb_to_lab(colors), lab, rtol=0, atol=1e-9)


def test_curve():
    """Also between the 8-bit codes, where the two parts of the curve meet."""
    values = np.linspace(0, 1, 19_997)
    expected = colour.models.eotf_sRGB(values)
    np.testing.assert_allclose(srgb.linear(values), expected, rtol=0, atol=1e-14)


def test_delta_e00(labs, deltas):
    np.testing.assert_allclose(delta_e00(*labs), deltas, rtol=0, atol=1e-9)
    np.testing.assert_allclose(delta_e00(*labs[::-1]), deltas, rtol=0, atol=1e-9)


@pytest.mark.parametrize("engine", BACKENDS)
def test_backend(engine, pairs, labs, deltas):
    if engine == "numba":
        pytest.importorskip("numba", reason="the fused kernel needs numba")
    used = backend(engine)
    for prepared in (None, used.prepare(pairs[0])):
        tally = used.tally(*pairs, prepared)
        np.testing.assert_allclose(tally.deltas, deltas, rtol=0, atol=2e-4)
        shifts, sector = shift_parts(*labs), hue_sector(labs[0])
        for part, lab in ((tally.used1, labs[0]), (tally.used2, labs[1])):
            a, b = np.rint(lab[:, 1:]).astype(int).T
            assert np.flatnonzero(part).tolist() == np.unique((a + 127) * 255 + b + 127).tolist()
        assert tally.counts.tolist() == np.bincount(sector, minlength=13).tolist()
        for i, column in enumerate([deltas, *shifts.T]):
            expected = np.bincount(sector, column, 13)
            np.testing.assert_allclose(tally.sums[:, i], expected, rtol=0, atol=5e-3)
        assert tally.over == tuple(int((deltas > limit).sum()) for limit in (1, 2, 5))
        assert tally.percentiles == pytest.approx(np.percentile(deltas, (50, 95, 99)), abs=2e-4)


def test_signed_differences(labs):
    lch1, lch2 = (colour.models.Lab_to_LCHab(lab) for lab in labs)
    shifts = shift_parts(*labs)
    np.testing.assert_allclose(shifts[:, :2], (lch2 - lch1)[:, :2], rtol=0, atol=1e-9)
    # dE^2 = dL^2 + dC^2 + dH^2, and dH has the sign of the turn.
    euclid = colour.delta_E(*labs, method="CIE 1976")
    np.testing.assert_allclose(np.linalg.norm(shifts, axis=1), euclid, rtol=0, atol=1e-9)
    turn = (lch2 - lch1)[:, 2]
    turned = abs(shifts[:, 2]) > 1e-6
    np.testing.assert_array_equal(
        np.sign(shifts[turned, 2]), np.sign(np.sin(np.radians(turn)))[turned]
    )


def test_sectors(labs):
    hue = colour.models.Lab_to_LCHab(labs[0])
    expected = np.where(hue[:, 1] < 5, 12, hue[:, 2] % 360 // 30)
    np.testing.assert_array_equal(hue_sector(labs[0]), expected)
    assert len(set(expected)) > 9


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_torch(name, pairs, labs, deltas):
    torch = pytest.importorskip("torch", reason="the torch backend needs torch")
    from pytest_colordeg.color import torch_backend

    bound = {"float32": 2e-4, "float64": 1e-9}[name]
    dtype = getattr(torch, name)
    for colors, expected in zip(pairs, labs, strict=True):
        codes = torch.from_numpy(colors)
        for rgb in (codes, codes.to(dtype) / 255):
            lab = torch_backend.srgb_to_lab(rgb, dtype=dtype)
            np.testing.assert_allclose(lab.numpy(), expected, rtol=0, atol=bound)
    between = np.linspace(0, 1, 19_997)[:, None] * [1.0, 0.7, 0.4]
    lab = torch_backend.srgb_to_lab(torch.tensor(between, dtype=dtype))
    expected = relative_xyz_to_lab(srgb.relative_xyz(srgb.linear(between)))
    np.testing.assert_allclose(lab.numpy(), expected, rtol=0, atol=bound)
    result = torch_backend.delta_e00(*(torch.tensor(lab, dtype=dtype) for lab in labs))
    np.testing.assert_allclose(result.numpy(), deltas, rtol=0, atol=bound)
