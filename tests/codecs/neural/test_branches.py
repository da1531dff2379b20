"""Networks of branches: planes there and back, branches that know nothing of each other."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES, IDS

torch = pytest.importorskip("torch")
pytest.importorskip("compressai")

from pytest_colordeg.codecs.neural.backend import torch_state  # noqa: E402
from pytest_colordeg.codecs.neural.container import Container, pack, unpack  # noqa: E402
from pytest_colordeg.codecs.neural.model import Model  # noqa: E402
from pytest_colordeg.codecs.neural.planes import LUMA, from_planes, to_planes  # noqa: E402
from pytest_colordeg.codecs.neural.weights import load  # noqa: E402
from pytest_colordeg.color.lab import srgb_to_lab  # noqa: E402

SPACES = ("yuv", "lab", "rgb")
TWO = [name for name, family in FAMILIES.items() if len(family.branches) == 2]


def colours(count=4000, seed=1):
    random = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, count // 50, 50, generator=random, dtype=torch.float64)


@pytest.mark.parametrize("space", SPACES)
def test_planes_lead_back_with_finite_gradients(space):
    rgb = colours()
    rgb[0, :, 0] = torch.linspace(0, 1, 50)  # greys, black and white among them
    rgb[0, :, 1, :4] = torch.tensor([[1.0, 0, 0, 1.2], [0, 1, 0, -0.1], [0, 0, 1, 1.0]])
    rgb.requires_grad_()
    back = from_planes(to_planes(rgb, space), space)
    assert torch.allclose(back, rgb, atol=1e-6)
    back.square().sum().backward()
    assert torch.allclose(rgb.grad, 2 * rgb.detach(), atol=1e-4)


def test_yuv_is_full_range_bt709():
    """Against the standard's numbers: primaries, black and white."""
    rgb = torch.tensor([[1.0, 0, 0, 0, 1], [0, 1, 0, 0, 1], [0, 0, 1, 0, 1]]).view(1, 3, 1, 5)
    luma, cb, cr = to_planes(rgb.double(), "yuv")[0, :, 0]
    assert luma.tolist() == pytest.approx([*LUMA, 0, 1])
    assert cb.tolist() == pytest.approx([-0.114572, -0.385428, 0.5, 0, 0], abs=1e-6)
    assert cr.tolist() == pytest.approx([0.5, -0.454153, -0.045847, 0, 0], abs=1e-6)


def test_lab_planes_are_our_cielab():
    codes = np.random.default_rng(2).integers(0, 256, (7, 9, 3), dtype=np.uint8)
    planes = to_planes(torch.from_numpy(codes / 255.0).permute(2, 0, 1)[None], "lab")
    ours = planes[0].permute(1, 2, 0).numpy() * 100
    assert np.abs(ours - srgb_to_lab(codes)).max() < 1e-6


@pytest.mark.parametrize("name", TWO)
def test_each_branch_is_coded_as_by_compressai_alone(name, checkpoints, make_net, crop):
    """Its strings are read by a network of that branch alone, which gives the same latents."""
    from compressai.models import MeanScaleHyperprior

    family, net = FAMILIES[name], make_net(name)
    model = Model(load(checkpoints[name], family, "mse", 3), 3)
    pixels = np.pad(crop, ((0, 0), (0, 32), (0, 0)))
    coded = model.encode(pixels, "zero")
    assert len(coded.strings) == 4
    first_y, first_z = 0, 0
    for place, branch in enumerate(family.branches):
        m, n = net.h_a.sizes[place], net.h_s.sizes[place]
        alone = MeanScaleHyperprior(n, m)
        alone.h_a, alone.h_s = net.h_a[branch.name], net.h_s[branch.name]
        prior = net.entropy_bottleneck
        rows = slice(first_z, first_z + n)
        for buffer in ("_quantized_cdf", "_cdf_length", "_offset"):
            setattr(alone.entropy_bottleneck, buffer, getattr(prior, buffer)[rows])
        alone.entropy_bottleneck.quantiles.data = prior.quantiles.data[rows]
        alone.gaussian_conditional = net.gaussian_conditional
        alone.g_s = torch.nn.Identity()
        alone.eval()
        strings = [[string] for string in coded.strings[2 * place : 2 * place + 2]]
        with torch_state():
            theirs = alone.decompress(strings, torch.Size((1, 2)))["x_hat"]
        ours = coded.y_hat[:, first_y : first_y + m]
        assert len(ours.unique()) > 20
        # Its decompress clamps to 0..1, as it takes latents for a picture here.
        assert torch.allclose(ours.float().clamp(0, 1), theirs, atol=1e-5)
        first_y, first_z = first_y + m, first_z + n


def test_luma_and_chroma_know_nothing_of_each_other(make_net, crop):
    net = make_net("color-learning")
    x = torch.from_numpy(crop.copy()).permute(2, 0, 1)[None].float() / 255
    x = torch.nn.functional.pad(x, (0, 32))
    planes = to_planes(x, "yuv")
    grey = from_planes(planes * torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1), "yuv")
    m = net.h_a.sizes[0]
    with torch_state():
        y, y_grey = net.g_a(x), net.g_a(grey)
        assert torch.allclose(y[:, :m], y_grey[:, :m], atol=1e-4)
        assert not torch.allclose(y[:, m:], y_grey[:, m:], atol=1e-2)
        whole = to_planes(net.g_s(y), "yuv")
        changed = y.clone()
        changed[:, :m] += 1.0
        other = to_planes(net.g_s(changed), "yuv")
    assert torch.allclose(whole[:, 1:], other[:, 1:], atol=1e-5)
    assert float((whole[:, 0] - other[:, 0]).abs().max()) > 1e-3


@pytest.mark.parametrize("name", TWO)
def test_container_tells_the_bytes_of_each_branch(name):
    family = FAMILIES[name]
    strings = (b"1", b"22", b"4444", b"88888888")
    data = pack(Container(family, "mse", 1, 8, 8, "00" * 8, strings))
    names = [f"{branch.name}_payload_bytes" for branch in family.branches]
    assert unpack(data).branch_bytes == dict(zip(names, (3, 12), strict=True))
    assert unpack(data).payload_bytes == 15


def test_other_families_have_no_branches_to_tell_of():
    for name in ("mbt2018-mean", "color-learning-rgb"):
        family = FAMILIES[name]
        data = pack(Container(family, "mse", 1, 8, 8, "00" * 8, (b"1", b"2")))
        assert unpack(data).branch_bytes == {}


def test_ids_are_those_that_there_is_a_loss_for():
    assert {"b2018-gdn-128", "color-learning"} <= set(IDS)
    assert not {"b2018-gdn-128-msssim", "color-learning-msssim"} & set(IDS)
