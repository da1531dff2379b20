"""Fit what one network has learnt into a wider one, or into the luma branch of another.

The new network begins as the old one, as near as its shape allows:

- **wider** (``b2018-gdn-128`` from bmshj2018-factorized): the old channels come first and see
  nothing of the new ones, so that what they compute is the same;
- **luma** (the transforms of ``color-learning``'s from mbt2018-mean's): on a grey picture
  red, green and blue are the luma. The first layer adds up its weights of them, the last one
  takes BT.709's mean of what it gives; attention is nearly shut, residual blocks are nearly
  the identity. Luma needs fewer latents: those with the widest values are kept.

Rungs take the gains and the bottleneck of the old rung whose Lagrange multiplier is nearest.
"""

# torch's stubs leave modules untyped where compressai is absent.
# mypy: disable-error-code="no-any-return, no-untyped-call, unused-ignore"
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from pytest_colordeg.codecs.neural.backend import compressai
from pytest_colordeg.codecs.neural.planes import LUMA
from pytest_colordeg.errors import ColordegError

__all__ = ["luma", "nearest", "widened"]

_SHUT = -3.0  # what passes an attention block's gate: 0.05 of it
_FAINT = 0.1  # of a residual block's fresh weights
_GAINS = ("y_gain", "y_back", "z_gain", "z_back")
_LAST = "net.g_a.6.weight"

Tensors = Mapping[str, Tensor]


def nearest(own: Sequence[float], old: Sequence[float]) -> list[int]:
    """The place in `old` of the value nearest to each of `own`, as a ratio."""
    return [min(range(len(old)), key=lambda k: abs(math.log(old[k] / value))) for value in own]


@torch.no_grad()
def widened(network: Any, found: Tensors, rungs: Sequence[int]) -> int:
    """Begin as a narrower network of the same layers; gives the number of tensors taken."""
    own = network.state_dict()
    rows = _of_rungs(found, rungs)
    taken = 0
    for name, target in own.items():
        source = rows.get(name, found.get(name))
        if source is None or not target.is_floating_point() or source.ndim != target.ndim:
            continue
        if any(a > b for a, b in zip(source.shape, target.shape, strict=True)):
            continue
        block = tuple(slice(0, size) for size in source.shape)
        if name.startswith("net.g_") and target.ndim == 4:
            # Of what the old channels give, nothing may come from the new ones.
            module = network.get_submodule(name.rpartition(".")[0])
            outputs = 1 if isinstance(module, nn.ConvTranspose2d) else 0
            target.narrow(outputs, 0, source.shape[outputs]).zero_()
        target[block] = source
        taken += 1
    return taken


@torch.no_grad()
def luma(network: Any, found: Tensors, rungs: Sequence[int]) -> int:
    """Begin the first branch as a mean-scale hyperprior; gives the number of tensors taken.

    Raises
    ------
    ColordegError
        If `found` are no such network's tensors, or its transforms have other widths.
    """
    net = network.net
    (name, _), *_ = net.g_a.items()
    parts = {part: getattr(net, part)[name] for part in ("g_a", "g_s")}
    count = parts["g_a"][-2].out_channels
    if _LAST not in found or "y_gain" not in found or found[_LAST].shape[0] < count:
        raise ColordegError("a branch can begin only as mbt2018-mean of at least as many latents")
    wide = found[_LAST].flatten(1).norm(dim=1) * found["y_gain"][-1].exp()
    kept = wide.argsort(descending=True)[:count].sort().values
    taken = 0
    for part, module in parts.items():
        for place, former in _without_blocks(module):
            for key, target in module[place].state_dict().items():
                source = found.get(f"net.{part}.{former}.{key}")
                cut = None if source is None else _cut(f"{part}.{former}.{key}", source, kept)
                if cut is None or cut.shape != target.shape:
                    raise ColordegError(f"{part}.{former}.{key} does not fit the branch {name}")
                target.copy_(cut)
                taken += 1
    rows = _of_rungs(found, rungs)
    for gain in (network.y_gain, network.y_back):
        key = "y_gain" if gain is network.y_gain else "y_back"
        gain[:, :count] = rows[key][:, kept]
    return taken + 2


def _without_blocks(module: Any) -> list[tuple[int, int]]:
    """Places of the layers that the old network has too, and where they are in it."""
    layers = compressai().layers
    places: list[tuple[int, int]] = []
    for place, layer in enumerate(module):
        if isinstance(layer, layers.AttentionBlock):
            nn.init.constant_(layer.conv_b[-1].bias, _SHUT)
        elif isinstance(layer, layers.ResidualBlock):
            layer.conv2.weight.mul_(_FAINT)
            layer.conv2.bias.zero_()
        else:
            places.append((place, len(places)))
    return places


def _cut(key: str, source: Tensor, kept: Tensor) -> Tensor:
    """One tensor of the old transforms for grey pictures and fewer latents."""
    shares = torch.tensor(LUMA)
    if key == "g_a.0.weight":
        return source.sum(1, keepdim=True)
    if key == "g_s.6.weight":
        return (source * shares.view(1, 3, 1, 1)).sum(1, keepdim=True)
    if key == "g_s.6.bias":
        return (source * shares).sum().view(1)
    if key.startswith("g_a.6.") or key == "g_s.0.weight":
        return source[kept]
    return source


def _of_rungs(found: Tensors, rungs: Sequence[int]) -> dict[str, Tensor]:
    """Gains and bottlenecks, rung by rung."""
    rows = {name: found[name][list(rungs)] for name in _GAINS if name in found}
    for place, old in enumerate(rungs):
        start = f"bottlenecks.{old}."
        for name, value in found.items():
            if name.startswith(start) and value.is_floating_point():
                rows[f"bottlenecks.{place}.{name.removeprefix(start)}"] = value
    return rows
