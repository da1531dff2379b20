"""What every built-in classical codec is, whichever library does the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.protocol import Ladder
from pytest_colordeg.records import Scalar

__all__ = ["MATRIX", "PRIMARIES", "TRANSFER", "DialCodec", "tagged_srgb"]

# ITU-T H.273: BT.709 primaries, sRGB transfer, BT.601 matrix.
PRIMARIES, TRANSFER, MATRIX = 1, 13, 6


@dataclass(frozen=True)
class DialCodec:
    """A codec with one native dial, and the frozen rungs on it.

    Parameters
    ----------
    id
        See `pytest_colordeg.codecs.protocol.Codec`.
    dial
        The native dial and the fixed parameters.
    """

    id: str
    dial: Dial

    @property
    def ladder(self) -> Ladder:
        """The frozen rungs."""
        return self.dial.ladder(self.id)


def tagged_srgb(format: str, subsampling: Scalar) -> Mapping[str, Scalar]:
    """The facts of an 8-bit file of `format` that says it is sRGB, BT.601, full range."""
    return {
        "format": format,
        "bit_depth": 8,
        "subsampling": subsampling,
        "matrix": "BT.601",
        "full_range": True,
        "primaries": PRIMARIES,
        "transfer": TRANSFER,
    }
