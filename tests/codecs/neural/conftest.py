"""Small networks whose symbols are not all zero, and their checkpoints."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES

N, M = 16, 24


def widths(family):
    """CompressAI's own cheng2020 has latents as wide as its transforms."""
    return (N, N) if family.name.startswith("cheng") else (N, M)


@pytest.fixture(scope="session")
def make_net():
    """Builds a CompressAI network with random weights that spread its latents out."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("compressai")
    from pytest_colordeg.codecs.neural.nets import build

    def make(name, seed=1):
        torch.manual_seed(seed)
        family = FAMILIES[name]
        net = build(family, *widths(family))
        with torch.no_grad():
            halving = [
                m
                for m in net.g_a.modules()
                if isinstance(m, torch.nn.Conv2d) and m.stride == (2, 2)
            ]
            halving[-1].weight.mul_(40)
            if hasattr(net, "h_s"):
                last = [m for m in net.h_s.modules() if isinstance(m, torch.nn.Conv2d)][-1]
                last.weight.mul_(30)
                last.bias.add_(1.0)
            if hasattr(net, "context_prediction"):
                net.context_prediction.weight.mul_(3)
                net.entropy_parameters[4].weight.mul_(3)
        net.update(force=True)
        return net.eval()

    return make


@pytest.fixture(scope="session")
def checkpoints(make_net, tmp_path_factory):
    """Family to a CompressAI state dictionary on disk."""
    import torch

    folder = tmp_path_factory.mktemp("checkpoints")
    paths = {}
    for name in FAMILIES:
        paths[name] = folder / f"{name}.pth.tar"
        torch.save(make_net(name).state_dict(), paths[name])
    return paths


@pytest.fixture(scope="session")
def crop():
    """64 x 96 pixels of smooth colour, noise and an edge."""
    rows, columns = np.mgrid[0:64, 0:96]
    smooth = np.stack([2.5 * columns, 4.0 * rows, 128 + 100 * np.sin(columns / 9)], axis=2)
    noise = np.random.default_rng(3).normal(0, 12, smooth.shape)
    pixels = np.clip(np.rint(smooth + noise), 0, 255).astype(np.uint8)
    pixels[20:40, 30:60] = (220, 30, 40)
    return pixels
