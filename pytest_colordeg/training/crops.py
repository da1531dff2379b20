"""Training images: a folder, held in memory, cut into random crops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.folder import folder_corpus

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Crops", "generator"]


class Crops:
    """Random crops and mirror images from a folder of pictures.

    Parameters
    ----------
    folder
        Read by the rules of every corpus: colour profiles are heeded.
    side
        Of the square crops, in pixels.
    device
        Where pixels are kept and cut.

    Raises
    ------
    ColordegError
        If the folder has no image that is large enough, or one that cannot be read.
    """

    def __init__(self, folder: Path, side: int, device: str = "cpu") -> None:
        import torch

        if not folder.is_dir():
            raise ColordegError(f"{folder}: there is no such folder of training images")
        corpus = folder_corpus(folder)
        self.side, self.total = side, len(corpus.sources)
        self._images: list[Tensor] = []
        for source in corpus.sources:
            pixels = source.image.pixels
            if min(pixels.shape[:2]) >= side:
                planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
                self._images.append(torch.from_numpy(planes).to(device))
        if not self._images:
            raise ColordegError(f"{folder}: no image has both sides of at least {side} pixels")

    def __len__(self) -> int:
        """Number of images that are large enough."""
        return len(self._images)

    def batch(self, size: int, random: np.random.Generator) -> Tensor:
        """Cut (size, 3, side, side) float32 in 0..1, channels last in memory."""
        import torch

        cuts = []
        for _ in range(size):
            image = self._images[int(random.integers(len(self._images)))]
            top = int(random.integers(image.shape[1] - self.side + 1))
            left = int(random.integers(image.shape[2] - self.side + 1))
            cut = image[:, top : top + self.side, left : left + self.side]
            cuts.append(cut.flip(2) if random.random() < 0.5 else cut)
        return torch.stack(cuts).float().div(255.0).contiguous(memory_format=torch.channels_last)


def generator(seed: int, step: int) -> np.random.Generator:
    """The random numbers of one step: the same whenever and wherever it runs."""
    return np.random.default_rng([seed, step])
