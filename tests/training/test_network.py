"""The network under training against the codec that it becomes."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.images import resolve

torch = pytest.importorskip("torch")
pytest.importorskip("compressai")

from pytest_colordeg.codecs.neural.backend import torch_state  # noqa: E402
from pytest_colordeg.codecs.neural.model import Model  # noqa: E402
from pytest_colordeg.codecs.neural.weights import load  # noqa: E402
from pytest_colordeg.training.export import export, tensors_of  # noqa: E402
from pytest_colordeg.training.finish import Finish, card_of  # noqa: E402
from pytest_colordeg.training.losses import loss_of  # noqa: E402
from pytest_colordeg.training.network import VariableRate  # noqa: E402


def spread_out(plan, seed=1):
    """A network whose symbols are not all zero."""
    torch.manual_seed(seed)
    network = VariableRate(plan)
    with torch.no_grad():
        branches = [branch.name for branch in plan.architecture.branches]
        for name in branches or [None]:
            g_a, h_s = network.net.g_a, getattr(network.net, "h_s", None)
            if name is not None:
                g_a, h_s = g_a[name], h_s[name]
            halving = [
                m for m in g_a.modules() if isinstance(m, torch.nn.Conv2d) and m.stride == (2, 2)
            ]
            halving[-1].weight.mul_(12 if branches else 90)
            if h_s is not None:
                last = [m for m in h_s.modules() if isinstance(m, torch.nn.Conv2d)][-1]
                last.weight.mul_(3)
                last.bias.add_(4.0)
        # fp16, so that the exported network is the very same.
        for value in network.net.parameters():
            value.copy_(value.half().float())
    return network.eval()


class Done:
    """What `card_of` reads of a run."""

    step = 1

    def __init__(self, plan):
        self.plan = plan


@pytest.mark.parametrize("family", FAMILIES)
def test_exported_file_codes_as_the_network_says(family, small, tmp_path):
    """At every rung, real strings have the estimated bits but for what random weights cost.

    That is the coder's tails, and latents that their distributions all but exclude.
    """
    plan = small(family, m=12)
    network = spread_out(plan)
    path = tmp_path / "net.safetensors"
    export(network, card_of(Done(plan), Finish(tmp_path, "noise")), path)
    (selection,) = resolve(["photos/coffee-saucer"], tmp_path)
    pixels = selection.images[0].pixels[:128, :128]
    x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    weights = load(path, FAMILIES[family], "mse", 4)
    sizes = []
    for place, quality in enumerate(plan.qualities):
        model = Model(weights, quality)
        coded = model.encode(pixels, "zero")
        assert torch.equal(model.latents(coded.strings, 128, 128), coded.y_hat)
        with torch_state():
            network.bottlenecks[place].update(force=True, update_quantiles=True)
            expected = network(x, [place])
        bits = 8 * sum(map(len, coded.strings))
        if not plan.architecture.context:  # its forward pass rounds elsewhere than its coder
            assert bits == pytest.approx(float(expected.bits), rel=0.1, abs=200)
            codes = (expected.x_hat[0].clamp(0, 1) * 255).round().permute(1, 2, 0).byte().numpy()
            difference = np.abs(codes.astype(int) - model.picture(coded.y_hat, 128, 128))
            assert difference.max() <= 1
        sizes.append(bits)
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_cheng_with_wider_latents_has_compressais_shapes_when_they_are_equal(small):
    from compressai.models import Cheng2020Attention

    from pytest_colordeg.codecs.neural.nets import build

    ours = build(FAMILIES["cheng2020-attn"], 8, 8).state_dict()
    theirs = Cheng2020Attention(8).state_dict()
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in theirs.items()}


def test_thinned_convolution_is_the_strided_one(small):
    network = VariableRate(small("cheng2020-anchor"))
    skip = network.net.g_a[0].skip
    x = torch.rand(2, 3, 10, 14)
    same = torch.nn.functional.conv2d(x, skip.weight, skip.bias, stride=2)
    assert torch.allclose(skip(x), same, atol=1e-6)


def test_spreading_keeps_the_middle_and_stretches_the_others(small):
    """A latent that is s times as wide has the same likelihood to the left of it."""
    plan = small("bmshj2018-factorized")
    network = spread_out(plan)
    before = {k: v.clone() for k, v in network.bottlenecks[plan.middle].state_dict().items()}
    network.spread(plan.middle)
    middle, top = network.bottlenecks[plan.middle], network.bottlenecks[-1]
    assert all(torch.equal(v, before[k]) for k, v in middle.state_dict().items())
    s = (plan.lambdas[-1] / plan.lambdas[plan.middle]) ** 0.5
    values = torch.linspace(-20, 20, 9).repeat(plan.m, 1, 1)
    narrow = middle._logits_cumulative(values, stop_gradient=True)
    wide = top._logits_cumulative(values * s, stop_gradient=True)
    assert torch.allclose(narrow, wide, atol=1e-3)


@pytest.mark.parametrize(
    ("metric", "structure", "colour"),
    [("mse", 0.0, 0.0), ("mse", 0.0, 24.0), ("ms-ssim", 0.0, 0.0), ("mse", 10.0, 24.0)],
)
def test_loss_is_equation_1(metric, structure, colour, small):
    plan = small(metric=metric, crop=192, structure=structure, delta_e00=colour)
    random = torch.Generator().manual_seed(1)
    x = torch.rand(2, 3, 192, 192, generator=random)
    from pytest_colordeg.training.network import Output

    x_hat = (x + 0.1).requires_grad_()
    bits = torch.tensor([192.0 * 192.0, 2 * 192.0 * 192.0])
    rungs = [0, 2]
    loss = loss_of(plan, x, Output(x_hat, bits), rungs)
    loss.total.backward()
    assert bool(x_hat.grad.isfinite().all())
    assert bool((x_hat.grad != 0).any())
    from pytorch_msssim import ms_ssim

    lost = 1 - ms_ssim(x_hat, x, data_range=1.0, size_average=False).detach()
    # 255^2 * 0.1^2
    distortion = lost if metric == "ms-ssim" else 650.25 + structure * lost
    extra = 0.0
    if colour:
        from pytest_colordeg.color.torch_backend import delta_e00_srgb

        extra = delta_e00_srgb(x_hat.detach(), x, dim=1).flatten(1).mean(1)
    multiplier = torch.tensor([plan.lambdas[rung] for rung in rungs])
    each = multiplier * (distortion + colour * extra) + torch.tensor([1.0, 2.0])
    loud = (plan.lambdas[plan.middle] / multiplier).sqrt()
    assert float(loss.total.detach()) == pytest.approx(float((loud * each).mean()), rel=1e-5)


def test_gradients_of_the_loss_are_its_differences(small):
    """All three distortions and the rate, by finite differences in float64."""
    plan = small(crop=192, structure=20.0, delta_e00=24.0)
    random = torch.Generator().manual_seed(4)
    x = torch.rand(1, 3, 176, 176, generator=random, dtype=torch.float64)
    x[:, :, :8] = 0.5  # greys, whose hue has no gradient
    noise = torch.randn(x.shape, generator=random, dtype=torch.float64)
    start = (x + 0.05 * noise).detach()
    directions = torch.randn(4, *x.shape, generator=random, dtype=torch.float64)

    from pytest_colordeg.training.network import Output

    def along(steps, bits):
        moved = start + (steps[:, None, None, None, None] * directions).sum(0)
        return loss_of(plan, x, Output(moved, bits), [1]).total

    steps = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    bits = torch.tensor([3e4], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(along, (steps, bits), eps=1e-6, atol=1e-4, rtol=1e-4)


def test_the_colour_term_counts_from_its_step_on(small):
    plan = small(delta_e00=24.0, colour_after=3)
    random = torch.Generator().manual_seed(1)
    x = torch.rand(2, 3, 64, 64, generator=random)
    from pytest_colordeg.training.network import Output

    output = Output(x * 0.9, torch.tensor([4096.0, 4096.0]))
    colours = [float(loss_of(plan, x, output, [0, 1], step).colour) for step in (2, 3)]
    assert colours[0] == 0 < colours[1]
    assert float(loss_of(plan, x, output, [0, 1]).colour) == colours[1]


def test_tables_and_taps_survive_the_file(small):
    """Compact forms on disk give the same tables and the same masked weights."""
    from pytest_colordeg.codecs.neural.nets import CONTEXT, seen_taps, window_of
    from pytest_colordeg.codecs.neural.tables import tables_of
    from pytest_colordeg.codecs.neural.weights.load import unflatten
    from pytest_colordeg.training.export import flatten

    network = spread_out(small("mbt2018"))
    prior = network.bottlenecks[0]
    prior.update(force=True)
    tables = tables_of(prior, "x")
    again = unflatten(flatten(tables, "x"), "x")
    assert (again.rows, again.offsets) == (tables.rows, tables.offsets)
    convolution = network.net.context_prediction
    masked = (convolution.weight * convolution.mask).detach()
    assert torch.equal(window_of(seen_taps(convolution.weight.detach())), masked)
    assert tensors_of(network, 1)[CONTEXT].shape[2] == 12
