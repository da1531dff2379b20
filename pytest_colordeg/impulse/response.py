"""Each latent channel's share of the bits, and what one latent of it draws.

1. The image is coded. A channel's bits are the sum of its symbols' code lengths, by the
   tables that the coder uses; hyper-latents belong to no channel and are the *side* bits.
2. A channel's amplitude is the decoded latent of greatest magnitude in the image, with its
   sign.
3. In a field of zeros of 9x9 latents the middle one of that channel takes it. The response is
   the decoded picture less that of zeros alone, cut to the 16x16 pixels of the latent.
"""

# torch's stubs leave modules untyped where compressai is absent.
# mypy: disable-error-code="misc, no-any-return, no-untyped-call, unused-ignore"
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_colordeg.codecs.neural.backend import torch_state
from pytest_colordeg.codecs.neural.codec import NeuralCodec
from pytest_colordeg.codecs.neural.model import Model
from pytest_colordeg.codecs.neural.weights import Weights, load
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.impulse.bits import Recorded

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["SIDE", "TILE", "Channel", "Impulses", "impulses"]

TILE = 16  # pixels of one latent
SIDE = 9  # latents of the field
_AT_ONCE = 8


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel.

    Attributes
    ----------
    index
        Its place among its branch's channels, from 0.
    branch
        The name of the branch, empty where there is one for all.
    bits
        What its symbols of the image cost.
    amplitude
        Of the impulse, in units of the quantiser.
    response
        (16, 16, 3) RGB, the change that it makes, pixel values in 0..1.
    """

    index: int
    branch: str
    bits: float
    amplitude: float
    response: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Impulses:
    """All channels of one operating point and image.

    Attributes
    ----------
    channels
        By falling bits.
    side_bits
        What the hyper-latents cost.
    pixels
        Of the image.
    """

    channels: tuple[Channel, ...]
    side_bits: float
    pixels: int

    @property
    def bits(self) -> float:
        """Of the whole image: all channels and the hyper-latents."""
        return sum(channel.bits for channel in self.channels) + self.side_bits

    @property
    def branches(self) -> tuple[str, ...]:
        """Names, those with most bits first."""
        total: dict[str, float] = {}
        for channel in self.channels:
            total[channel.branch] = total.get(channel.branch, 0.0) + channel.bits
        return tuple(sorted(total, key=lambda name: -total[name]))

    def of(self, branch: str) -> tuple[Channel, ...]:
        """A branch's channels, by falling bits."""
        return tuple(channel for channel in self.channels if channel.branch == branch)


def impulses(codec: NeuralCodec, quality: int, pixels: Pixels) -> Impulses:
    """Code an image and find every channel's bits and response.

    Parameters
    ----------
    codec
        A learned codec.
    quality
        One of its ladder's.
    pixels
        (H, W, 3) uint8.
    """
    source = codec.source
    weights = load(source.file(quality), source.family, source.metric, quality)
    recorded, latents, side = _recorded(weights, quality)
    model = Model(recorded, quality, codec.device)
    coded = model.encode(pixels, codec.padding)
    y_hat = coded.y_hat[0]
    cells = y_hat.shape[1] * y_hat.shape[2]
    named = [branch.name for branch in source.family.branches] or [""]
    names = [
        (name, place)
        for name, count in zip(named, model.channels, strict=True)
        for place in range(count)
    ]
    if source.family.context:  # coded position by position, all channels of it together
        bits = latents.calls[0].reshape(cells, -1).sum(0)
    else:
        bits = np.concatenate([call.reshape(-1, cells).sum(1) for call in latents.calls])
    channels = [
        Channel(place, name, float(share), amplitude, response)
        for (name, place), share, (amplitude, response) in zip(
            names, bits, _responses(model, y_hat), strict=True
        )
    ]
    channels.sort(key=lambda channel: -channel.bits)
    return Impulses(
        tuple(channels), float(sum(call.sum() for call in side)), pixels.shape[0] * pixels.shape[1]
    )


def _recorded(
    weights: Weights, quality: int
) -> tuple[Weights, Recorded, Sequence[NDArray[np.float64]]]:
    """The same weights, with tables that remember: of latents, and of hyper-latents."""
    point = weights.points[quality]
    prior = Recorded(point.bottleneck.tables.rows, point.bottleneck.tables.offsets)
    bottleneck = replace(point.bottleneck, tables=prior)
    weights = replace(weights, points={quality: replace(point, bottleneck=bottleneck)})
    if weights.tables is None:
        return weights, prior, ()
    latents = Recorded(weights.tables.rows, weights.tables.offsets)
    return replace(weights, tables=latents), latents, prior.calls


def _responses(model: Model, y_hat: Tensor) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Amplitude and response of each channel, in order."""
    import torch

    flat = y_hat.flatten(1)
    largest = flat.abs().argmax(1)
    amplitudes = flat.gather(1, largest[:, None])[:, 0]
    with torch_state():
        field = torch.zeros(1, len(flat), SIDE, SIDE, dtype=torch.float64)
        rest = _middle(model.synthesis(field))
        for first in range(0, len(flat), _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, len(flat)))
            batch = field.repeat(len(some), 1, 1, 1)
            for place, channel in enumerate(some):
                batch[place, channel, SIDE // 2, SIDE // 2] = amplitudes[channel]
            drawn: Any = _middle(model.synthesis(batch)) - rest
            for channel, response in zip(some, drawn, strict=True):
                yield float(amplitudes[channel]), response.permute(1, 2, 0).cpu().numpy()


def _middle(pictures: Tensor) -> Tensor:
    start = SIDE // 2 * TILE
    return pictures[:, :, start : start + TILE, start : start + TILE]
