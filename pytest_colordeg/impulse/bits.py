"""Bits of every symbol that a codec's entropy coder writes, from the tables it writes them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.codecs.neural.tables import Tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Recorded", "code_lengths"]

_PRECISION = 16  # bits of a probability
_DIGIT = 4  # bits at a time of what lies beyond a table
_FULL = (1 << _DIGIT) - 1


def code_lengths(
    tables: Tables, symbols: Sequence[int], indexes: Sequence[int]
) -> NDArray[np.float64]:
    """Ideal code length of each symbol in bits, -log2 of its probability.

    A symbol beyond its table costs the table's last entry and then, four bits at a time,
    the number of digits and the digits of its distance, as CompressAI's coder writes them.

    Parameters
    ----------
    symbols, indexes
        What is coded, and the distribution of each.

    Returns
    -------
    NDArray
        As long as `symbols`. Their sum is the length of the string but for its last word.
    """
    values, places = np.asarray(symbols, np.int64), np.asarray(indexes, np.int64)
    last = np.array(tables.lengths)[places] - 2
    values = values - np.array(tables.offsets)[places]
    inside = (values >= 0) & (values < last)
    beyond = np.where(values < 0, -2 * values - 1, 2 * (values - last))
    padded = np.zeros((len(tables.rows), max(tables.lengths)), np.int64)
    for row, counts in zip(padded, tables.rows, strict=True):
        row[: len(counts)] = counts
    entry = np.where(inside, values, last)
    counts = padded[places, entry + 1] - padded[places, entry]
    bits = _PRECISION - np.log2(counts)
    digits = np.zeros_like(beyond)
    rest = np.where(inside, 0, beyond)
    while rest.any():
        digits += rest > 0
        rest >>= _DIGIT
    escaped = _DIGIT * (digits + digits // _FULL + 1)
    found: NDArray[np.float64] = np.where(inside, bits, bits + escaped)
    return found


@dataclass(frozen=True, eq=False)
class Recorded(Tables):
    """Tables that remember what was coded by them: the bits of each call's symbols."""

    calls: list[NDArray[np.float64]] = field(default_factory=list)

    def encode(self, symbols: Sequence[int], indexes: Sequence[int]) -> bytes:
        """Write symbols, each with the distribution of its index."""
        self.calls.append(code_lengths(self, symbols, indexes))
        return super().encode(symbols, indexes)
