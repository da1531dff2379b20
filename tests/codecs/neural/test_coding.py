"""Our entropy coding against CompressAI's own, on every family."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES

torch = pytest.importorskip("torch")
pytest.importorskip("compressai")

from pytest_colordeg.codecs.neural.backend import torch_state  # noqa: E402
from pytest_colordeg.codecs.neural.model import Model  # noqa: E402
from pytest_colordeg.codecs.neural.weights import load  # noqa: E402

# With branches the strings are divided otherwise: see test_branches.
WHOLE = [name for name, family in FAMILIES.items() if len(family.branches) < 2]
CONTEXT = [name for name, family in FAMILIES.items() if family.context]


@pytest.fixture(scope="module")
def models(checkpoints):
    return {
        name: Model(load(checkpoints[name], family, "mse", 3), 3)
        for name, family in FAMILIES.items()
    }


def tensor(pixels):
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255


@pytest.mark.parametrize("name", FAMILIES)
def test_strings_decode_to_the_very_latents_of_the_encoder(name, models, crop):
    for pixels in (crop, crop[:37, :71], crop[:1, :1], crop[5:6]):
        coded = models[name].encode(pixels, "zero")
        again = models[name].latents(coded.strings, *pixels.shape[:2])
        assert torch.equal(again, coded.y_hat)
        assert models[name].picture(again, *pixels.shape[:2]).shape == pixels.shape


@pytest.mark.parametrize("name", WHOLE)
def test_compressai_reads_our_strings_and_we_read_its(name, models, make_net, crop):
    net, model = make_net(name), models[name]
    pixels = np.pad(crop, ((0, 0), (0, 32), (0, 0)))
    coded = model.encode(pixels, "zero")
    with torch_state():
        theirs = net.compress(tensor(pixels))
        shape = theirs["shape"]
        from_ours = net.decompress([[string] for string in coded.strings], shape)["x_hat"]
        from_theirs = net.decompress(theirs["strings"], shape)["x_hat"]
    picture = model.picture(model.latents([s[0] for s in theirs["strings"]], 64, 128), 64, 128)
    codes = (from_theirs[0].permute(1, 2, 0) * 255).round().byte().numpy()
    assert len(coded.strings[0]) > 300  # else the symbols were all zero
    assert torch.allclose(from_ours, from_theirs, atol=1e-5)
    assert np.abs(codes.astype(int) - picture).max() <= 1


@pytest.mark.parametrize("name", CONTEXT)
def test_latents_equal_compressai_position_by_position(name, models, make_net, crop):
    """Its own loop gives ours to 1e-6, in float64 as in float32, as it runs it."""
    model = models[name]
    pixels = np.pad(crop, ((0, 0), (0, 32), (0, 0)))
    with torch_state():
        y = model._net.g_a(tensor(pixels))
        _, params = model._coder.side(y)
        ours = model._coder.encode(y).y_hat
        for dtype in (torch.float64, torch.float32):
            net = make_net(name).to(dtype)
            theirs = torch.nn.functional.pad(y.to(dtype), (2, 2, 2, 2))
            net._compress_ar(theirs, params.to(dtype), *y.shape[2:], 5, 2)
            off = (ours - theirs[:, :, 2:-2, 2:-2].double()).abs()
            assert float((off / ours.abs().clamp(min=4.0)).max()) <= 1e-6
    assert len((ours - y).abs().gt(0.1).unique()) == 2  # it did quantise


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1), (2, 3), (4, 9)])
def test_wavefront_and_raster_agree_on_any_size(size, make_net):
    from pytest_colordeg.codecs.neural.context import Context
    from pytest_colordeg.codecs.neural.tables import tables_of

    net = make_net("mbt2018")
    tables = tables_of(net.gaussian_conditional, "test")
    context = Context(net, net.gaussian_conditional.scale_table[:-1].double())
    random = torch.Generator().manual_seed(5)
    y = 6 * torch.randn(net.M, *size, generator=random, dtype=torch.float64)
    params = 3 * torch.randn(2 * net.M, *size, generator=random, dtype=torch.float64)
    with torch_state():
        coded = context.encode(y, params)
        data = tables.encode(coded.symbols.flatten().tolist(), coded.indexes.flatten().tolist())
        again = context.decode(tables.reader(data), params)
    assert all(np.array_equal(a, b) for a, b in zip(coded, again, strict=True))
    assert abs(coded.symbols).max() > 2
    assert len(np.unique(coded.indexes)) > 3


def test_gains_are_around_the_latents(checkpoints, crop):
    """Gains of 2 and 1/2 halve the quantiser's step: nearly the same picture, more bits."""
    from dataclasses import replace

    from pytest_colordeg.codecs.neural.coders import Gains
    from pytest_colordeg.codecs.neural.weights import Point

    weights = load(checkpoints["bmshj2018-factorized"], FAMILIES["bmshj2018-factorized"], "mse", 1)
    plain = Model(weights, 1)
    twice = torch.full((len(weights.points[1].bottleneck.medians),), 2.0)
    # Median 0, so that both quantise around the same place.
    bottleneck = replace(weights.points[1].bottleneck, medians=torch.zeros(len(twice)).double())
    finer = replace(weights, points={1: Point(bottleneck, Gains(twice, 1 / twice))})
    fine, coarse = Model(finer, 1).encode(crop, "zero"), plain.encode(crop, "zero")
    with torch_state():
        padded = torch.nn.functional.pad(tensor(crop), (0, 0, 0, 0))
        exact = plain._net.g_a(padded).double()
    assert float((fine.y_hat / 2 - exact).abs().max()) <= 0.2501
    assert len(fine.strings[0]) > len(coarse.strings[0])
