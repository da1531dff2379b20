"""A network of variable rate: gain vectors around the latents, one of each a rung.

After Cui et al., "Asymmetric Gained Deep Image Compression With Continuous Rate
Adaptation" (CVPR 2021): latents are multiplied by a rung's gains before quantisation and
by its inverse gains after, hyper-latents too. Every rung has a bottleneck of its own;
everything else is shared. With one rung it is CompressAI's network and nothing more.
"""

# torch's stubs leave modules untyped where compressai is absent.
# mypy: disable-error-code="misc, no-any-return, no-untyped-call, unused-ignore"
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from pytest_colordeg.codecs.neural.backend import compressai, quiet
from pytest_colordeg.codecs.neural.nets import build
from pytest_colordeg.training.plan import Plan

__all__ = ["Output", "VariableRate"]


class Output(NamedTuple):
    """Of a batch: decoded images, and bits of each image."""

    x_hat: Tensor
    bits: Tensor


class VariableRate(nn.Module):
    """The network under training.

    Parameters
    ----------
    plan
        Names family, widths and rungs.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.family, self.autocast = plan.architecture, plan.autocast
        self.net: Any = build(self.family, plan.n, plan.m)
        del self.net.entropy_bottleneck
        for module in self.net.modules():
            if type(module) is nn.Conv2d and module.kernel_size == (1, 1) != module.stride:
                module.__class__ = _Thinned
        self.hyper = self.family.strings > 1
        coded = int(self.net.N if self.hyper else self.net.M)
        rungs = len(plan.qualities)
        with quiet():
            make = compressai().entropy_models.EntropyBottleneck
            self.bottlenecks: Any = nn.ModuleList(make(coded) for _ in range(rungs))
        # A quantiser step falls with the root of lambda.
        middle = plan.lambdas[plan.middle]
        start = torch.tensor([0.5 * math.log(value / middle) for value in plan.lambdas])
        self.y_gain = nn.Parameter(start[:, None].repeat(1, int(self.net.M)))
        self.y_back = nn.Parameter(-self.y_gain.detach().clone())
        if self.hyper:
            self.z_gain = nn.Parameter(torch.zeros(rungs, coded))
            self.z_back = nn.Parameter(torch.zeros(rungs, coded))

    def forward(self, x: Tensor, rungs: Sequence[int]) -> Output:
        """Code a batch with additive noise for quantisation (rounding in evaluation).

        Parameters
        ----------
        x
            (B, 3, H, W) in 0..1.
        rungs
            The place of each image's rung; equal ones side by side.
        """
        place = torch.tensor(rungs, device=x.device)
        y_hat, bits = self._code(self._latents(x, place), place, rungs)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.autocast):
            x_hat = self.net.g_s(y_hat * _factors(self.y_back, place))
        return Output(x_hat.float(), bits)

    def alone(self, x: Tensor, rungs: Sequence[int]) -> Output:
        """Code with the last branch; the planes of the others are taken as they are.

        The bits are those of that branch.
        """
        place = torch.tensor(rungs, device=x.device)
        net, branch = self.net, self.family.branches[-1].name
        planes, (latents, inner) = net.g_a.planes(x), (net.h_a.sizes[-1], net.h_s.sizes[-1])
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.autocast):
            y = net.g_a[branch](planes[:, -net.g_a.sizes[-1] :])
        silent = y.new_zeros(len(y), net.M - latents, *y.shape[2:])
        y = torch.cat([silent, y], 1).float() * _factors(self.y_gain, place)
        y_hat, bits = self._code(y, place, rungs, (latents, inner))
        scaled = (y_hat * _factors(self.y_back, place))[:, -latents:]
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.autocast):
            made = net.g_s[branch](scaled).float()
        kept = planes[:, : planes.shape[1] - made.shape[1]]
        return Output(net.g_s.picture(torch.cat([kept, made], 1)), bits)

    def bits(self, x: Tensor, rungs: Sequence[int]) -> Tensor:
        """Bits of each image of a batch, where only what codes the latents may learn."""
        place = torch.tensor(rungs, device=x.device)
        with torch.no_grad():
            y = self._latents(x, place)
        return self._code(y, place, rungs)[1]

    def _latents(self, x: Tensor, place: Tensor) -> Tensor:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.autocast):
            y = self.net.g_a(x)
        return y.float() * _factors(self.y_gain, place)

    def _code(
        self,
        y: Tensor,
        place: Tensor,
        rungs: Sequence[int],
        last: tuple[int | None, int | None] = (None, None),
    ) -> tuple[Tensor, Tensor]:
        """Latents with noise and the bits: of all, or of the `last` latents and hyper-latents."""
        if not self.hyper:
            y_hat, likelihoods = self._bottleneck(y, rungs)
            return y_hat, _bits(likelihoods)
        net, means = self.net, self.family.name != "bmshj2018-hyperprior"
        with torch.autocast(y.device.type, torch.bfloat16, enabled=self.autocast):
            z = net.h_a(y if means else y.abs())
        z_hat, side = self._bottleneck(z.float() * _factors(self.z_gain, place), rungs)
        with torch.autocast(y.device.type, torch.bfloat16, enabled=self.autocast):
            params = net.h_s(z_hat * _factors(self.z_back, place)).float()
        conditional = net.gaussian_conditional
        centres = None
        if self.family.context:
            noisy = conditional.quantize(y, "noise" if self.training else "dequantize")
            with torch.autocast(y.device.type, torch.bfloat16, enabled=self.autocast):
                around = net.context_prediction(noisy)
                params = net.entropy_parameters(torch.cat((params, around), 1)).float()
        if means:
            params, centres = params.chunk(2, 1)
        y_hat, likelihoods = conditional(y, params, means=centres)
        return y_hat, _bits(likelihoods, last[0]) + _bits(side, last[1])

    def _bottleneck(self, latents: Tensor, rungs: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Each run of equal rungs through the bottleneck of its own."""
        values, likelihoods, start = [], [], 0
        while start < len(rungs):
            end = start + 1
            while end < len(rungs) and rungs[end] == rungs[start]:
                end += 1
            value, likelihood = self.bottlenecks[rungs[start]](latents[start:end])
            values.append(value)
            likelihoods.append(likelihood)
            start = end
        return torch.cat(values), torch.cat(likelihoods)

    def quantile_loss(self, place: int) -> Tensor:
        """The auxiliary loss: how far a bottleneck's quantiles are from their targets."""
        loss: Tensor = self.bottlenecks[place].loss()
        return loss

    def main_parameters(self) -> list[nn.Parameter]:
        """What the rate-distortion loss trains."""
        return [p for name, p in self.named_parameters() if not name.endswith("quantiles")]

    def quantiles(self) -> list[nn.Parameter]:
        """What the auxiliary loss trains."""
        return [p for name, p in self.named_parameters() if name.endswith("quantiles")]

    @torch.no_grad()
    def spread(self, middle: int) -> None:
        """Start all rungs from the trained middle one.

        Latents of another rung are wider by its gain, so a bottleneck of latents is
        stretched by as much: the first layer, and the quantiles.
        """
        source: Any = self.bottlenecks[middle]
        relative = (self.y_gain - self.y_gain[middle]).mean(1).exp()
        for place, prior in enumerate(self.bottlenecks):
            if place == middle:
                continue
            prior.load_state_dict(source.state_dict())
            if not self.hyper:
                wide = relative[place]
                first = nn.functional.softplus(source.matrices[0]) / wide
                prior.matrices[0].copy_(torch.log(torch.expm1(first)))
                prior.quantiles.mul_(wide)


class _Thinned(nn.Conv2d):
    """A 1x1 convolution with a stride: takes every other pixel first.

    The same numbers; torch 2.15's own gradient of it overruns its memory on CPUs, for
    16 channels in channels-last order.
    """

    def forward(self, x: Tensor) -> Tensor:
        down, across = self.stride
        return nn.functional.conv2d(x[:, :, ::down, ::across], self.weight, self.bias)


def _factors(logarithms: Tensor, place: Tensor) -> Tensor:
    return logarithms[place].exp()[:, :, None, None]


def _bits(likelihoods: Tensor, last: int | None = None) -> Tensor:
    counted = likelihoods if last is None else likelihoods[:, -last:]
    return -torch.log2(counted).flatten(1).sum(1)
