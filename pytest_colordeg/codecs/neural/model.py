"""One operating point, loaded: pixels to strings, strings to latents, latents to pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.neural.backend import torch_state
from pytest_colordeg.codecs.neural.coders import Coded, Gains, coder_of
from pytest_colordeg.codecs.neural.pixels import padded_size, to_pixels, to_tensor
from pytest_colordeg.codecs.neural.weights.load import Weights
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Model"]

_LATENT_STRIDE = 16


class Model:
    """A network at one quality.

    The transforms run in channels-last memory on `device`; the entropy model on the CPU.

    Parameters
    ----------
    weights
        From `load`; shared between qualities of a variable-rate network.
    quality
        One of its points.
    device
        ``cpu`` or ``cuda``.
    """

    def __init__(self, weights: Weights, quality: int, device: str = "cpu") -> None:
        import torch

        if device == "cuda" and not torch.cuda.is_available():
            raise ColordegError("device cuda: torch sees no CUDA device here")
        point = weights.points[quality]
        self.family, self.device, self.sha256 = weights.family, device, weights.sha256
        self._net: Any = weights.net
        with torch_state():
            # A plain number stands in where there is nothing to multiply by.
            self._gain: Any = 1.0
            self._back: Any = 1.0
            gains = point.gains
            if gains is not None:
                self._gain = gains.y.view(1, -1, 1, 1).to(device)
                self._back = gains.y_back.double().view(1, -1, 1, 1)
            self._coder = coder_of(
                weights.family,
                self._net,
                point.bottleneck,
                weights.tables,
                gains or Gains(self._gain, self._back),
            )
            for part in ("g_a", "h_a", "g_s"):
                if hasattr(self._net, part):
                    getattr(self._net, part).to(device, memory_format=torch.channels_last)

    def encode(self, pixels: Pixels, padding: str) -> Coded:
        """Code an (H, W, 3) uint8 image; strings and decoded latents."""
        with torch_state():
            image = to_tensor(pixels, self.family.stride, padding, self.device)
            y = self._net.g_a(image) * self._gain
            if not bool(y.isfinite().all()):
                raise ColordegError("the latents are not finite; are the weights right?")
            return self._coder.encode(y)

    def latents(self, strings: Sequence[bytes], height: int, width: int) -> Tensor:
        """Decode the strings of an image of that size."""
        stride = self.family.stride
        rows, columns = (padded_size(side, stride) // _LATENT_STRIDE for side in (height, width))
        with torch_state():
            return self._coder.decode(strings, rows, columns)

    def picture(self, y_hat: Tensor, height: int, width: int) -> Pixels:
        """Turn decoded latents into the (H, W, 3) uint8 image."""
        with torch_state():
            return to_pixels(self.synthesis(y_hat), height, width, self.family.stride)

    def synthesis(self, y_hat: Tensor) -> Tensor:
        """The (B, 3, H, W) RGB of decoded latents before it is clipped and rounded."""
        import torch

        scaled = (y_hat * self._back).float().to(self.device)
        image: Tensor = self._net.g_s(scaled.contiguous(memory_format=torch.channels_last))
        return image

    @property
    def channels(self) -> tuple[int, ...]:
        """Numbers of latent channels, branch by branch."""
        if self.family.branches:
            return tuple(self._net.h_a.sizes)
        return (int(self._net.M),)
