"""CompressAI's networks beside our models of the same weights, for the benchmarks.

`pair`: of official size, with random weights, pushed so that symbols are not all zero; the
entropy coder's and the context model's work is then that of real images. Rates mean nothing.
`trained`: the mini weights, in CompressAI's classes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from pytest_colordeg.codecs.neural.backend import torch_state
from pytest_colordeg.codecs.neural.families import Family
from pytest_colordeg.codecs.neural.model import Model
from pytest_colordeg.codecs.neural.nets import build
from pytest_colordeg.codecs.neural.sources import mini_file
from pytest_colordeg.codecs.neural.tables import Tables
from pytest_colordeg.codecs.neural.weights import load


def pair(family: Family, quality: int, folder: Path) -> tuple[Any, Model]:
    """CompressAI's network, and our model of the same weights."""
    torch.manual_seed(quality)
    net = build(family, *family.widths[quality - 1])
    with torch.no_grad():
        halving = [
            layer
            for layer in net.g_a.modules()
            if isinstance(layer, torch.nn.Conv2d) and layer.stride == (2, 2)
        ]
        halving[-1].weight.mul_(40)
        if hasattr(net, "h_s"):
            last = [m for m in net.h_s.modules() if isinstance(m, torch.nn.Conv2d)][-1]
            last.weight.mul_(30)
            last.bias.add_(1.0)
        if hasattr(net, "context_prediction"):
            net.context_prediction.weight.mul_(3)
    net.update(force=True)
    path = folder / f"{family.name}-{quality}.pth"
    torch.save(net.state_dict(), path)
    return net.eval(), Model(load(path, family, "mse", quality), quality)


class Scaled(torch.nn.Module):
    """A transform with factors a channel before and after it."""

    def __init__(self, part: Any, before: torch.Tensor | None, after: torch.Tensor | None) -> None:
        super().__init__()
        self.part, self.before, self.after = part, before, after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x if self.before is None else x * self.before.view(1, -1, 1, 1)
        x = self.part(x)
        return x if self.after is None else x * self.after.view(1, -1, 1, 1)


def trained(family: Family, quality: int) -> tuple[Any, Model]:
    """CompressAI's network with one rung of the mini weights, and our model of them."""
    path = mini_file(family, "mse")
    model = Model(load(path, family, "mse", quality), quality)
    weights = load(path, family, "mse", quality)
    net, point = weights.net, weights.points[quality]
    gains = point.gains
    assert gains is not None
    net.g_a, net.g_s = Scaled(net.g_a, None, gains.y), Scaled(net.g_s, gains.y_back, None)
    if weights.tables is not None:
        net.h_a, net.h_s = Scaled(net.h_a, None, gains.z), Scaled(net.h_s, gains.z_back, None)
        _set_tables(net.gaussian_conditional, weights.tables)
    prior = net.entropy_bottleneck
    _set_tables(prior, point.bottleneck.tables)
    prior.quantiles.data[:, 0, 1] = point.bottleneck.medians
    return net.eval(), model


def _set_tables(module: Any, tables: Tables) -> None:
    wide = max(tables.lengths)
    padded = [row + [0] * (wide - len(row)) for row in tables.rows]
    module._quantized_cdf = torch.tensor(padded, dtype=torch.int32)
    module._cdf_length = torch.tensor(tables.lengths, dtype=torch.int32)
    module._offset = torch.tensor(tables.offsets, dtype=torch.int32)


def tensor(pixels: np.ndarray[Any, Any], stride: int = 64) -> torch.Tensor:
    """The image as CompressAI's own tools hand it over."""
    height, width = pixels.shape[:2]
    image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    return torch.nn.functional.pad(image, (0, -width % stride, 0, -height % stride))


def theirs(net: Any, image: torch.Tensor) -> torch.Tensor:
    """CompressAI as it is: compress, then decompress."""
    with torch_state():
        coded = net.compress(image)
        picture: torch.Tensor = net.decompress(coded["strings"], coded["shape"])["x_hat"]
    return picture


def pictures(folder: Path, count: int) -> list[np.ndarray[Any, Any]]:
    """The first Kodak images."""
    import PIL.Image

    files = sorted(folder.glob("*.png"))[:count]
    if not files:
        raise SystemExit(f"{folder}: no PNG files")
    return [np.asarray(PIL.Image.open(file).convert("RGB")) for file in files]
