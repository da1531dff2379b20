"""The entropy coder with its tables: integers to bytes and back, through CompressAI's rANS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.neural.backend import compressai
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Tables", "tables_of"]


@dataclass(frozen=True, eq=False)
class Tables:
    """Quantised cumulative distributions, one for each index.

    Attributes
    ----------
    rows
        16-bit cumulative counts, without the filling at their end.
    offsets
        The symbol that each row's first count stands for.
    """

    rows: tuple[list[int], ...]
    offsets: tuple[int, ...]

    @cached_property
    def lengths(self) -> list[int]:
        """Counts a row."""
        return [len(row) for row in self.rows]

    def encode(self, symbols: Sequence[int], indexes: Sequence[int]) -> bytes:
        """Write symbols, each with the distribution of its index."""
        coder = compressai().ans.RansEncoder()
        data: bytes = coder.encode_with_indexes(
            symbols, indexes, list(self.rows), self.lengths, list(self.offsets)
        )
        return data

    def decode(self, data: bytes, indexes: Sequence[int]) -> list[int]:
        """Read as many symbols as there are indexes."""
        return self.reader(data).read(indexes)

    def reader(self, data: bytes) -> Reader:
        """Read piece by piece, when indexes depend on what was read."""
        return Reader(self, data)


class Reader:
    """A position in a string of symbols."""

    def __init__(self, tables: Tables, data: bytes) -> None:
        if len(data) < 4 or len(data) % 4:
            raise ColordegError(f"a string of {len(data)} bytes is none of the entropy coder's")
        self._tables = tables
        self._decoder = compressai().ans.RansDecoder()
        self._decoder.set_stream(data)

    def read(self, indexes: Sequence[int]) -> list[int]:
        """The next symbols.

        The binding copies every row it is given at each call, so it gets only those
        in use.
        """
        rows, offsets = self._tables.rows, self._tables.offsets
        used = sorted(set(indexes))
        place = {index: position for position, index in enumerate(used)}
        symbols: list[int] = self._decoder.decode_stream(
            [place[index] for index in indexes],
            [rows[index] for index in used],
            [len(rows[index]) for index in used],
            [offsets[index] for index in used],
        )
        return symbols


def tables_of(module: Any, name: str) -> Tables:
    """The tables of a CompressAI entropy model.

    Raises
    ------
    ColordegError
        If they are not there or cannot be right.
    """
    return checked_tables(
        module._quantized_cdf, module._cdf_length.reshape(-1), module._offset.reshape(-1), name
    )


def checked_tables(cdf: Tensor, lengths: Tensor, offsets: Tensor, name: str) -> Tables:
    """Make tables from padded rows, refusing what would crash the coder."""
    if cdf.ndim != 2 or not cdf.shape[0] == lengths.numel() == offsets.numel() > 0:
        raise ColordegError(f"the entropy coder's tables of {name} are missing or malformed")
    sizes = lengths.tolist()
    if min(sizes) < 3 or max(sizes) > cdf.shape[1]:
        raise ColordegError(f"the entropy coder's tables of {name} have impossible lengths")
    rows = tuple(row[:size] for row, size in zip(cdf.tolist(), sizes, strict=True))
    for row in rows:
        if row[0] != 0 or row[-1] != 1 << 16 or any(a >= b for a, b in pairwise(row)):
            raise ColordegError(
                f"the entropy coder's tables of {name} are no cumulative distributions"
            )
    return Tables(rows, tuple(offsets.tolist()))
