"""Rate, distortion and colour as one number to descend.

With D in 0..1 units of the pixel range and R in bits per pixel (MacPherson, Canham and
Brown, equation 1; CompressAI's convention)::

    L = lambda * 255^2 * MSE + R            for mse
    L = lambda * (1 - MS-SSIM) + R          for ms-ssim
    + weight * lambda * (1 - MS-SSIM)       where a structure term is asked for
    + weight * lambda * mean CIEDE2000      where a colour term is asked for

The last three together are the loss of "Color Learning for Image Compression" (ICIP 2023):
R + lambda1 * 255^2 * MSE + lambda2 * (1 - MS-SSIM) + lambda3 * mean CIEDE2000, where lambda2
and lambda3 of a rung are the weights times its lambda1.

A batch may hold several rungs. Losses of low rates are small numbers beside those of high
ones, so each image's is divided by the root of its rung's lambda over the middle one's: what
a rung trades between rate and distortion does not change, only how loud it speaks.
"""

# mypy: disable-error-code="no-any-return, no-untyped-call, unused-ignore"
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from pytest_colordeg.training.network import Output
from pytest_colordeg.training.plan import Plan

__all__ = ["Loss", "loss_of", "rate_of"]


class Loss(NamedTuple):
    """The number to descend, and the batch's means of what it is made of."""

    total: Tensor
    bpp: Tensor
    distortion: Tensor
    colour: Tensor


def loss_of(
    plan: Plan, x: Tensor, output: Output, rungs: Sequence[int], step: int | None = None
) -> Loss:
    """Compute the loss of a batch.

    Parameters
    ----------
    x
        The originals, (B, 3, H, W) in 0..1.
    rungs
        The place of each image's rung.
    step
        Of the training; ``None`` is its end.
    """
    multipliers = torch.tensor([plan.lambdas[rung] for rung in rungs], device=x.device)
    bpp = output.bits / (x.shape[2] * x.shape[3])
    distortion = _distortion(plan.metric, x, output.x_hat)
    colour = torch.zeros_like(bpp)
    if plan.structure:
        distortion = distortion + plan.structure * _distortion("ms-ssim", x, output.x_hat)
    if plan.delta_e00 and (step is None or step >= plan.colour_after):
        colour = _colour(x, output.x_hat)
    each = multipliers * (distortion + plan.delta_e00 * colour) + bpp
    parts = (bpp, distortion, colour)
    total = (_loudness(plan, rungs, x) * each).mean()
    return Loss(total, *(part.mean().detach() for part in parts))


def rate_of(plan: Plan, x: Tensor, bits: Tensor, rungs: Sequence[int]) -> Loss:
    """Compute the loss where only the rate can change; the distortion is not looked at."""
    bpp = bits / (x.shape[2] * x.shape[3])
    unseen = torch.zeros(())
    return Loss((_loudness(plan, rungs, x) * bpp).mean(), bpp.mean().detach(), unseen, unseen)


def _loudness(plan: Plan, rungs: Sequence[int], x: Tensor) -> Tensor:
    multipliers = torch.tensor([plan.lambdas[rung] for rung in rungs], device=x.device)
    return (plan.lambdas[plan.middle] / multipliers).sqrt()


def _distortion(metric: str, x: Tensor, x_hat: Tensor) -> Tensor:
    if metric == "mse":
        return 255.0**2 * ((x_hat - x) ** 2).flatten(1).mean(1)
    from pytorch_msssim import ms_ssim  # type: ignore[import-untyped, unused-ignore]

    similarity: Tensor = ms_ssim(x_hat, x, data_range=1.0, size_average=False)
    return 1.0 - similarity


def _colour(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean CIEDE2000 of each image; decoded values beyond 0..1 go on along the sRGB curve."""
    from pytest_colordeg.color.torch_backend import delta_e00_srgb

    return delta_e00_srgb(x_hat, x, dim=1).flatten(1).mean(1)
