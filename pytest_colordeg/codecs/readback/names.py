"""The words that facts are told in, the same for every format."""

from __future__ import annotations

__all__ = ["matrix_name", "subsampling_name"]

_SUBSAMPLING = {
    (1, 1): "4:4:4",
    (2, 1): "4:2:2",
    (2, 2): "4:2:0",
    (4, 1): "4:1:1",
    (1, 2): "4:4:0",
    (4, 2): "4:1:0",
}

# ITU-T H.273, matrix coefficients; 5 and 6 are the same numbers.
_MATRIX = {
    0: "identity",
    1: "BT.709",
    2: "unspecified",
    4: "FCC",
    5: "BT.601",
    6: "BT.601",
    7: "SMPTE 240M",
    8: "YCgCo",
    9: "BT.2020",
    10: "BT.2020 constant luminance",
    11: "SMPTE 2085",
    12: "chroma-derived",
    13: "chroma-derived constant luminance",
    14: "ICtCp",
    16: "YCgCo-Re",
    17: "YCgCo-Ro",
}


def subsampling_name(horizontal: int, vertical: int) -> str:
    """Name how much coarser chroma is than luma in each direction: ``4:2:0`` for 2 and 2."""
    return _SUBSAMPLING.get((horizontal, vertical), f"chroma {horizontal}x{vertical} coarser")


def matrix_name(code: int) -> str:
    """Name an H.273 matrix code."""
    return _MATRIX.get(code, f"H.273 code {code}")
