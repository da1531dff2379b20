"""sRGB (IEC 61966-2-1): from 8-bit codes to light relative to the white.

The matrix is derived from the primaries and the white's chromaticity instead of
being copied with four digits, so that its rows sum to the white exactly and a
grey has no colour left in it.
"""

# NumPy's stubs type arithmetic on arrays as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "PRIMARIES",
    "WHITE",
    "code_table",
    "linear",
    "relative_matrix",
    "relative_xyz",
    "xyz_matrix",
]

PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
"""CIE 1931 x, y of red, green and blue (IEC 61966-2-1, ITU-R BT.709)."""

WHITE = (0.3127, 0.3290)
"""CIE 1931 x, y of the white, D65."""


def _xyz(chromaticity: tuple[float, float]) -> tuple[float, float, float]:
    """Tristimulus values of unit luminance: ``X = x/y``, ``Y = 1``, ``Z = (1-x-y)/y``."""
    x, y = chromaticity
    return x / y, 1.0, (1.0 - x - y) / y


@cache
def xyz_matrix() -> NDArray[np.float64]:
    """Matrix from linear sRGB to XYZ, shape (3, 3), with Y of the white = 1.

    The primaries' columns are scaled so that they add up to the white
    (SMPTE RP 177). Read-only.
    """
    columns = np.array([_xyz(primary) for primary in PRIMARIES]).T
    amounts: NDArray[np.float64] = np.linalg.solve(columns, np.array(_xyz(WHITE)))
    matrix = np.ascontiguousarray(np.multiply(columns, amounts))
    matrix.flags.writeable = False
    return matrix


@cache
def relative_matrix() -> NDArray[np.float64]:
    """`xyz_matrix` with every row divided by its sum: linear sRGB to X/Xn, Y/Yn, Z/Zn."""
    matrix = xyz_matrix() / xyz_matrix().sum(axis=1, keepdims=True)
    matrix.flags.writeable = False
    return matrix


def linear(code: ArrayLike) -> NDArray[np.float64]:
    """Undo the sRGB transfer curve.

    Parameters
    ----------
    code
        Non-linear values, 0..1, any shape.

    Returns
    -------
    ndarray of float64
        Linear light, 0..1: ``V / 12.92`` up to 0.04045, else
        ``((V + 0.055) / 1.055) ** 2.4``.
    """
    value = np.asarray(code, dtype=np.float64)
    light: NDArray[np.float64] = np.where(
        value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4
    )
    return light


@cache
def code_table() -> NDArray[np.float64]:
    """Linear light of the 256 codes of 8-bit sRGB, shape (256,), read-only."""
    table = linear(np.arange(256) / 255.0)
    table.flags.writeable = False
    return table


def relative_xyz(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """X/Xn, Y/Yn, Z/Zn of linear sRGB, shape (..., 3) to (..., 3).

    Written as green plus weighted differences from it: as each row of
    `relative_matrix` sums to one this is the same product, and R = G = B comes
    out as three equal numbers whatever the rounding.
    """
    green = rgb[..., 1:2]
    weights = relative_matrix()
    return green + (rgb[..., 0:1] - green) * weights[:, 0] + (rgb[..., 2:3] - green) * weights[:, 2]
