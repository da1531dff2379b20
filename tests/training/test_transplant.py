"""Networks that begin as others do what those did; forks are the runs that they stand for."""

import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError

torch = pytest.importorskip("torch")
compressai = pytest.importorskip("compressai")

from pytest_colordeg.codecs.neural.planes import from_planes, to_planes  # noqa: E402
from pytest_colordeg.training import checkpoint  # noqa: E402
from pytest_colordeg.training.crops import Crops  # noqa: E402
from pytest_colordeg.training.loop import CHECKPOINT, TRAINED, Run  # noqa: E402
from pytest_colordeg.training.transplant import nearest  # noqa: E402


@pytest.fixture(scope="module")
def crops(pictures):
    return Crops(pictures, 64)


def trained(plan, folder, crops, steps=3):
    run = Run(plan, folder, crops)
    run.train()
    assert (folder / TRAINED).is_file()
    return run


def test_nearest_is_by_ratio():
    assert nearest((1.0, 3.0, 8.0, 100.0), (1.0, 2.0, 10.0)) == [0, 1, 2, 2]


def test_a_wider_network_begins_as_the_narrower_one(small, crops, tmp_path):
    """Latents, bits and picture are those of the network that it was."""
    qualities = (1, 3, 6)
    old = trained(
        small("bmshj2018-factorized", qualities=qualities, steps=3), tmp_path / "old", crops
    )
    plan = small("b2018-gdn-128", n=16, m=12, qualities=(1, 4), start=f"../old/{TRAINED}")
    new = Run(plan, tmp_path / "new", crops)
    x = crops.batch(2, np.random.default_rng(1))
    old.network.eval()
    new.network.eval()
    with torch.no_grad():
        theirs, ours = old.network.net.g_a(x), new.network.net.g_a(x)
        assert torch.allclose(ours[:, :8], theirs, atol=1e-5)
        latents = torch.randn(2, 12, 4, 4)
        latents[:, 8:] = 0
        pictures = old.network.net.g_s(latents[:, :8]), new.network.net.g_s(latents)
        assert torch.allclose(*pictures, atol=1e-5)
    for place, former in enumerate(nearest(plan.lambdas, old.plan.lambdas)):
        assert torch.equal(new.network.y_gain[place, :8], old.network.y_gain[former])
        own, other = new.network.bottlenecks[place], old.network.bottlenecks[former]
        assert torch.equal(own.quantiles[:8], other.quantiles)


def test_luma_begins_as_the_whole_network_on_grey(small, crops, tmp_path):
    """With blocks shut entirely, luma's latents and picture are the old ones of a grey picture."""
    old = trained(small(steps=3, m=12), tmp_path / "old", crops)
    plan = small("color-learning", m=12, start=f"../old/{TRAINED}")
    new = Run(plan, tmp_path / "new", crops)
    net, layers = new.network.net, compressai.layers
    for module in net.modules():
        if isinstance(module, layers.AttentionBlock):
            module.conv_b[-1].bias.data.fill_(-1e4)
        elif isinstance(module, layers.ResidualBlock):
            module.conv2.weight.data.zero_()
    x = crops.batch(2, np.random.default_rng(1))
    grey = to_planes(x, "yuv")[:, :1]
    with torch.no_grad():
        theirs, ours = old.network.net.g_a(grey.expand(-1, 3, -1, -1)), net.g_a["luma"](grey)
        assert torch.allclose(ours, theirs, atol=1e-5)
        picture = to_planes(old.network.net.g_s(theirs), "yuv")[:, :1]
        assert torch.allclose(net.g_s["luma"](ours), picture, atol=1e-5)
        rungs = nearest(plan.lambdas, old.plan.lambdas)
        assert torch.equal(new.network.y_gain[:, :12], old.network.y_gain[rungs])


def test_luma_keeps_the_widest_latents(small, crops, tmp_path):
    old = trained(small(steps=1, m=12), tmp_path / "old", crops)
    state = torch.load(tmp_path / "old" / TRAINED, weights_only=True)
    loud = [1, 4, 5, 7, 8, 10, 2, 11]
    state["state"]["network"]["net.g_a.6.weight"][loud] *= 100
    torch.save(state, tmp_path / "old" / TRAINED)
    new = Run(small("color-learning", m=8, start=f"../old/{TRAINED}"), tmp_path / "new", crops)
    kept = torch.tensor(sorted(loud))
    own = new.network.net.g_a["luma"][8].weight
    assert torch.equal(own / 100, state["state"]["network"]["net.g_a.6.weight"][kept] / 100)
    rungs = nearest(new.plan.lambdas, old.plan.lambdas)
    assert torch.equal(new.network.y_gain[:, :8], old.network.y_gain[rungs][:, kept])


def test_what_luma_cannot_begin_as(small, crops, tmp_path):
    trained(small(steps=1), tmp_path / "narrow", crops)
    trained(small("cheng2020-anchor", steps=1), tmp_path / "other", crops)
    for start, words in (("narrow", "at least as many latents"), ("other", "only as mbt2018-mean")):
        plan = small("color-learning", m=12, start=f"../{start}/{TRAINED}")
        with pytest.raises(ColordegError, match=words):
            Run(plan, tmp_path / "new", crops)


def test_a_fork_is_the_run_from_the_beginning(small, crops, tmp_path):
    settings = {"steps": 5, "colour_after": 3}
    Run(small("color-learning", **settings), tmp_path / "plain", crops).train(until=3)
    (tmp_path / "fork").mkdir()
    plan = checkpoint.fork(tmp_path / "plain" / CHECKPOINT, tmp_path / "fork" / CHECKPOINT, 24.0)
    assert plan == small("color-learning", delta_e00=24.0, **settings)
    fork = Run(plan, tmp_path / "fork", crops)
    whole = Run(plan, tmp_path / "whole", crops)
    plain = Run(small("color-learning", **settings), tmp_path / "plain", crops)
    assert all(run.train() for run in (fork, whole, plain))
    states = [run.network.state_dict() for run in (fork, whole, plain)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert any((states[0][key] != states[2][key]).any() for key in states[0])
    with pytest.raises(ColordegError, match="has counted since step 3"):
        checkpoint.fork(tmp_path / "plain" / CHECKPOINT, tmp_path / "x" / CHECKPOINT, 1.0)


def test_at_first_chroma_learns_alone(small, crops, tmp_path):
    """Luma and what codes it stand still; then the transforms do; then all learn."""
    (tmp_path / "old").mkdir()
    trained(small(steps=1), tmp_path / "old", crops)
    plan = small("color-learning", start=f"../old/{TRAINED}", steps=5, chroma=3, entropy=1,
                 rate=1e-2)  # fmt: skip
    run = Run(plan, tmp_path / "new", crops)
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.train(until=3)
    after = run.network.state_dict()
    changed = {name for name, value in after.items() if (value != before[name]).any()}
    assert {"net.g_a.chroma.0.weight", "net.h_s.chroma.0.weight"} <= changed
    assert not any(".luma." in name for name in changed)
    assert torch.equal(after["y_gain"][:, :8], before["y_gain"][:, :8])
    assert not torch.equal(after["y_gain"][:, 8:], before["y_gain"][:, 8:])
    run.train(until=4)
    assert torch.equal(run.network.state_dict()["net.g_a.chroma.0.weight"],
                       after["net.g_a.chroma.0.weight"])  # fmt: skip
    run.train()
    assert not torch.equal(run.network.state_dict()["net.g_a.luma.0.weight"],
                           before["net.g_a.luma.0.weight"])  # fmt: skip


def test_alone_is_the_whole_network_where_the_others_are_perfect(small, crops):
    from pytest_colordeg.training.network import VariableRate

    network = VariableRate(small("color-learning")).eval()
    x = crops.batch(2, np.random.default_rng(1))
    with torch.no_grad():
        alone, whole = network.alone(x, [0, 1]), network(x, [0, 1])
    planes, other = to_planes(alone.x_hat, "yuv"), to_planes(whole.x_hat, "yuv")
    assert torch.allclose(planes[:, :1], to_planes(x, "yuv")[:, :1], atol=1e-6)
    assert torch.allclose(planes[:, 1:], other[:, 1:], atol=1e-5)
    assert bool((alone.bits < whole.bits).all())


def test_colours_lead_back_through_the_whole_network(small, crops):
    """Every branch learns from the colour term."""
    from pytest_colordeg.training.losses import loss_of
    from pytest_colordeg.training.network import VariableRate

    for family in ("color-learning", "color-learning-lab", "color-learning-rgb"):
        plan = small(family, delta_e00=24.0)
        network = VariableRate(plan)
        x = crops.batch(3, np.random.default_rng(2))
        loss_of(plan, x, network(x, [0, 1, 2]), [0, 1, 2]).total.backward()
        for name, value in network.net.named_parameters():
            assert value.grad is not None, name
            assert bool(value.grad.isfinite().all()), name
        for branch in plan.architecture.branches:
            assert float(network.net.g_a[branch.name][0].weight.grad.abs().max()) > 0
    grey = from_planes(torch.rand(1, 1, 4, 4) * torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1), "yuv")
    assert float((grey - grey[:, :1]).abs().max()) < 1e-6
