"""Which code slides the windows: the fused kernels where numba is there, else NumPy."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.backend import default_backend

__all__ = ["Structure", "structure"]

Image = NDArray[np.uint8]


class Structure(Protocol):
    """Module that computes squared errors and SSIM of two (H, W, 3) uint8 images."""

    def squared_error(self, first: Image, second: Image) -> int: ...

    def uniform_ssim(self, first: Image, second: Image, threads: int = 1) -> tuple[float, ...]: ...

    def gaussian_scales(
        self, first: Image, second: Image, scales: int, threads: int = 1
    ) -> NDArray[np.float64]: ...


def structure() -> Structure:
    """The module for this installation; both give the same to 2e-6."""
    if default_backend() == "numba":
        from pytest_colordeg.metrics import structure_fused

        return structure_fused
    from pytest_colordeg.metrics import structure_numpy

    return structure_numpy
