"""The network of ``color-learning``: luma and chroma, each coded by a branch of its own.

After Prativadibhayankaram, Richter, Sparenberg and Foessel, "Color Learning for Image
Compression" (ICIP 2023): two branches of residual blocks, attention and a mean-scale
hyperprior, which know nothing of each other, both at full resolution. No code or weights of
it are public. Ours, where the paper's abstract is silent:

- each branch is CompressAI's mean-scale hyperprior (5x5 convolutions and GDN), with an
  attention block after the second and the fourth halving and a residual block after the
  third, mirrored in the synthesis;
- chroma has half the channels of luma;
- the variants: CIELAB's lightness and opponent planes, and RGB in one branch of one and a
  half times the channels.
"""

# torch's stubs leave modules untyped where compressai is absent.
# mypy: disable-error-code="misc, no-any-return, no-untyped-call, unused-ignore"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from pytest_colordeg.codecs.neural.backend import compressai, quiet
from pytest_colordeg.codecs.neural.families import Family
from pytest_colordeg.codecs.neural.planes import from_planes, to_planes

__all__ = ["Branches", "color_learning"]


class Branches(nn.ModuleDict):
    """Modules that each have channels of their own of input and output.

    Parameters
    ----------
    parts
        The modules, by the names of the branches.
    sizes
        Channels of each one's input.
    pieces
        Runs of channels in each one's output; the first of all branches come first.
    """

    def __init__(self, parts: dict[str, nn.Module], sizes: Sequence[int], pieces: int = 1) -> None:
        super().__init__(parts)
        self.sizes, self.pieces = tuple(sizes), pieces

    def forward(self, x: Tensor) -> Tensor:
        made = [
            part(piece).chunk(self.pieces, 1)
            for part, piece in zip(self.values(), x.split(self.sizes, 1), strict=True)
        ]
        return torch.cat([piece for run in zip(*made, strict=True) for piece in run], 1)


class Analysis(Branches):
    """RGB to the latents of all branches."""

    def __init__(self, space: str, parts: dict[str, nn.Module], sizes: Sequence[int]) -> None:
        super().__init__(parts, sizes)
        self.space = space

    def planes(self, x: Tensor) -> Tensor:
        """What the branches see of RGB."""
        return to_planes(x, self.space)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(self.planes(x))


class Synthesis(Branches):
    """The latents of all branches to RGB."""

    def __init__(self, space: str, parts: dict[str, nn.Module], sizes: Sequence[int]) -> None:
        super().__init__(parts, sizes)
        self.space = space

    def picture(self, planes: Tensor) -> Tensor:
        """RGB of what the branches give."""
        return from_planes(planes.float(), self.space)

    def forward(self, x: Tensor) -> Tensor:
        return self.picture(super().forward(x))


def color_learning(family: Family, n: int, m: int) -> Any:
    """Make the network; its parts have the names of CompressAI's mean-scale hyperprior.

    Parameters
    ----------
    n, m
        Channels of luma's transforms and latents; the other branches' follow.
    """
    package = compressai()
    names = [branch.name for branch in family.branches]
    planes = [branch.planes for branch in family.branches]
    inner = [branch.width(n) for branch in family.branches]
    latents = [branch.width(m) for branch in family.branches]
    with quiet():
        whole = package.models.MeanScaleHyperprior(sum(inner), sum(latents))
        parts = [package.models.MeanScaleHyperprior(*w) for w in zip(inner, latents, strict=True)]
        for net, count, width in zip(parts, planes, inner, strict=True):
            net.g_a, net.g_s = _with_blocks(net, count, width)
    whole.g_a = Analysis(family.space, _named(names, parts, "g_a"), planes)
    whole.g_s = Synthesis(family.space, _named(names, parts, "g_s"), latents)
    whole.h_a = Branches(_named(names, parts, "h_a"), latents)
    whole.h_s = Branches(_named(names, parts, "h_s"), inner, pieces=2)
    return whole


def _named(names: Sequence[str], nets: Sequence[Any], part: str) -> dict[str, nn.Module]:
    return {name: getattr(net, part) for name, net in zip(names, nets, strict=True)}


def _with_blocks(net: Any, planes: int, n: int) -> tuple[nn.Module, nn.Module]:
    """A branch's analysis and synthesis: the net's own layers with blocks in between."""
    layers, utils = compressai().layers, compressai().models.utils
    m = net.g_a[6].out_channels
    down, up = list(net.g_a), list(net.g_s)
    down[0], up[-1] = utils.conv(planes, n), utils.deconv(n, planes)
    analysis = [
        *down[:4],
        layers.AttentionBlock(n),
        *down[4:6],
        layers.ResidualBlock(n, n),
        down[6],
        layers.AttentionBlock(m),
    ]
    synthesis = [
        layers.AttentionBlock(m),
        *up[:2],
        layers.ResidualBlock(n, n),
        *up[2:4],
        layers.AttentionBlock(n),
        *up[4:],
    ]
    return nn.Sequential(*analysis), nn.Sequential(*synthesis)
