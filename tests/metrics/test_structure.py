"""SSIM, MS-SSIM and squared error: both backends, against scikit-image and pytorch-msssim."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from pytest_colordeg.color.backend import BACKENDS
from pytest_colordeg.metrics import structure as chooser
from pytest_colordeg.metrics import structure_numpy
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.values import LOSSLESS, NotApplicable

NAMES = ("psnr.rgb", "ssim.rgb", "ssim.wang", "ms_ssim.rgb")

# The fused kernels compute in float32 what SSIM falls short of one.
PRECISION = {"numba": 2e-6, "numpy": 1e-12}


@pytest.fixture(params=BACKENDS)
def engine(request, monkeypatch):
    if request.param == "numba":
        pytest.importorskip("numba", reason="the fused kernels need numba")
    monkeypatch.setattr(chooser, "default_backend", lambda: request.param)
    return request.param


def run(original, decoded, threads=1):
    pair = Pair(original, decoded, 1, threads=threads)
    return measure(pair, {name: METRICS[name] for name in NAMES})


def blurred(shape, seed=6, noise=12):
    """A smooth random picture and a noisy, slightly paler copy."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (shape[0] // 8 + 2, shape[1] // 8 + 2, 3))
    smooth = np.kron(coarse, np.ones((8, 8, 1)))[: shape[0], : shape[1]]
    original = np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)
    worse = original * 0.93 + rng.normal(0, noise, original.shape)
    return original, np.clip(worse, 0, 255).astype(np.uint8)


SHAPES = [(7, 7), (11, 11), (7, 40), (23, 12), (64, 131), (150, 11), (301, 177)]


@pytest.mark.parametrize("shape", SHAPES)
def test_uniform_ssim_is_that_of_scikit_image(engine, shape):
    original, decoded = blurred(shape)
    expected = structural_similarity(original, decoded, channel_axis=-1, data_range=255)
    assert run(original, decoded)["ssim.rgb"] == pytest.approx(expected, abs=PRECISION[engine])


@pytest.mark.parametrize("shape", [s for s in SHAPES if min(s) >= 11])
def test_wang_ssim_is_that_of_scikit_image(engine, shape):
    original, decoded = blurred(shape)
    expected = structural_similarity(
        original, decoded, channel_axis=-1, data_range=255,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    )  # fmt: skip
    assert run(original, decoded)["ssim.wang"] == pytest.approx(expected, abs=PRECISION[engine])


@pytest.mark.parametrize("flat", [0, 1, 17, 128, 254, 255])
def test_flat_images_do_not_cancel(engine, flat):
    """Variance is exactly zero here, and only luminance is left."""
    original = np.full((20, 30, 3), flat, np.uint8)
    decoded = np.full((20, 30, 3), 255 - flat, np.uint8)
    c1 = (0.01 * 255) ** 2
    x, y = float(flat), 255.0 - flat
    expected = (2 * x * y + c1) / (x * x + y * y + c1)
    got = run(original, decoded)
    assert got["ssim.rgb"] == pytest.approx(expected, abs=PRECISION[engine])
    assert got["ssim.wang"] == pytest.approx(expected, abs=PRECISION[engine])


@pytest.mark.parametrize("shape", [(161, 161), (161, 190), (176, 163), (256, 192)])
def test_ms_ssim_is_that_of_pytorch_msssim(engine, shape):
    torch = pytest.importorskip("torch", reason="pytorch-msssim is the oracle here")
    oracle = pytest.importorskip("pytorch_msssim", reason="pytorch-msssim is the oracle here")
    original, decoded = blurred(shape)
    tensors = [
        torch.from_numpy(image).permute(2, 0, 1)[None].double() for image in (original, decoded)
    ]
    got = run(original, decoded)
    expected = float(oracle.ms_ssim(*tensors, data_range=255))
    assert got["ms_ssim.rgb"] == pytest.approx(expected, abs=2e-6)
    assert got["ssim.wang"] == pytest.approx(float(oracle.ssim(*tensors, data_range=255)), abs=2e-6)


def ms_ssim_plainly(original, decoded):
    """From scikit-image's local SSIM alone: contrast-structure is SSIM over luminance."""
    from scipy.ndimage import gaussian_filter

    weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    channels = []
    for x, y in zip(np.moveaxis(original, 2, 0), np.moveaxis(decoded, 2, 0), strict=True):
        x, y, product = x.astype(float), y.astype(float), 1.0
        for scale, weight in enumerate(weights):
            if scale:
                x, y = (
                    z.reshape(z.shape[0] // 2, 2, z.shape[1] // 2, 2).mean((1, 3)) for z in (x, y)
                )
            mx, my, xx, yy, xy = (
                gaussian_filter(z, 1.5, truncate=3.5)[5:-5, 5:-5]
                for z in (x, y, x * x, y * y, x * y)
            )
            structure = (2 * (xy - mx * my) + c2) / (xx + yy - mx * mx - my * my + c2)
            luminance = (2 * mx * my + c1) / (mx * mx + my * my + c1)
            factor = (structure * luminance if scale == 4 else structure).mean()
            product *= max(factor, 0.0) ** weight
        channels.append(product)
    return np.mean(channels)


def test_ms_ssim_is_the_product_over_five_halvings(engine):
    original, decoded = blurred((176, 192))
    expected = ms_ssim_plainly(original, decoded)
    got = run(original, decoded)["ms_ssim.rgb"]
    assert got == pytest.approx(expected, abs=PRECISION[engine])


def test_a_negative_factor_counts_as_zero(engine):
    original = blurred((176, 176))[0]
    assert run(original, 255 - original)["ms_ssim.rgb"] == 0.0


def test_threads_change_nothing(engine):
    original, decoded = blurred((301, 177))
    assert run(original, decoded, threads=3) == run(original, decoded)


def test_backends_agree():
    pytest.importorskip("numba", reason="the fused kernels need numba")
    from pytest_colordeg.metrics import structure_fused

    for shape in ((167, 301), (170, 163)):
        pair = blurred(shape)
        assert structure_fused.squared_error(*pair) == structure_numpy.squared_error(*pair)
        np.testing.assert_allclose(
            structure_fused.gaussian_scales(*pair, 5),
            structure_numpy.gaussian_scales(*pair, 5),
            rtol=0, atol=PRECISION["numba"],
        )  # fmt: skip
        assert structure_fused.uniform_ssim(*pair) == pytest.approx(
            structure_numpy.uniform_ssim(*pair), abs=PRECISION["numba"]
        )


def test_near_one_the_fused_kernels_keep_what_is_missing():
    """One code in one pixel: float32 of SSIM itself would round most of it away."""
    pytest.importorskip("numba", reason="the fused kernels need numba")
    from pytest_colordeg.metrics import structure_fused

    original = blurred((176, 192))[0]
    decoded = original.copy()
    decoded[80, 90] ^= 1
    short, expected = (
        1.0 - module.gaussian_scales(original, decoded, 5)
        for module in (structure_fused, structure_numpy)
    )
    np.testing.assert_allclose(short, expected, rtol=1e-4, atol=1e-15)


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (64, 131)])
def test_psnr_is_that_of_scikit_image(engine, shape):
    from skimage.metrics import peak_signal_noise_ratio

    original, decoded = blurred(shape)
    decoded[0, 0, 0] = original[0, 0, 0] ^ 1
    expected = peak_signal_noise_ratio(original, decoded, data_range=255)
    assert run(original, decoded)["psnr.rgb"] == pytest.approx(expected, abs=1e-9)


def test_equal_images(engine):
    original = blurred((170, 165))[0]
    got = run(original, original.copy())
    assert got["psnr.rgb"] == LOSSLESS
    assert got["ssim.rgb"] == got["ssim.wang"] == got["ms_ssim.rgb"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("shape", "missing"),
    [
        ((6, 50), {"ssim.rgb", "ssim.wang", "ms_ssim.rgb"}),
        ((50, 10), {"ssim.wang", "ms_ssim.rgb"}),
        ((160, 400), {"ms_ssim.rgb"}),
        ((161, 161), set()),
    ],
)
def test_too_small_for_the_window_is_not_applicable(engine, shape, missing):
    got = run(*blurred(shape))
    assert {name for name, value in got.items() if isinstance(value, NotApplicable)} == missing
