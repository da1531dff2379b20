"""Between uint8 pixels and the padded float tensors of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["PADDINGS", "margins", "padded_size", "to_pixels", "to_tensor"]

#: ``zero`` is what CompressAI's own tools do; ``replicate`` repeats the border, which keeps
#: black from bleeding into it and costs fewer bits.
PADDINGS = ("zero", "replicate")


def padded_size(side: int, stride: int) -> int:
    """The next multiple of `stride`."""
    return -(-side // stride) * stride


def margins(height: int, width: int, stride: int) -> tuple[int, int, int, int]:
    """Padding left, right, top and bottom that centres the image in whole strides."""
    across, down = padded_size(width, stride) - width, padded_size(height, stride) - height
    return across // 2, across - across // 2, down // 2, down - down // 2


def to_tensor(pixels: Pixels, stride: int, padding: str, device: str = "cpu") -> Tensor:
    """Make the (1, 3, H', W') float32 tensor in 0..1, channels last in memory."""
    import torch
    from torch.nn.functional import pad

    plane = torch.from_numpy(np.array(pixels, order="C")).to(device)
    image = plane.permute(2, 0, 1)[None].float().div(255.0)
    around = margins(pixels.shape[0], pixels.shape[1], stride)
    if any(around):
        image = pad(image, around, "constant" if padding == "zero" else "replicate")
    return image.contiguous(memory_format=torch.channels_last)


def to_pixels(image: Tensor, height: int, width: int, stride: int) -> Pixels:
    """Crop what `to_tensor` padded, and round to uint8: the only rounding there is.

    Raises
    ------
    ColordegError
        If the network gave NaN or infinity.
    """
    left, _, top, _ = margins(height, width, stride)
    inner = image[0, :, top : top + height, left : left + width]
    if not bool(inner.isfinite().all()):
        raise ColordegError("the network's output is not finite; are its weights right?")
    codes = inner.clamp(0.0, 1.0).mul(255.0).round()
    pixels: Pixels = codes.permute(1, 2, 0).byte().cpu().contiguous().numpy()
    return pixels
