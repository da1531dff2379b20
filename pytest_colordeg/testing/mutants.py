"""Codecs with a fault, around codecs without."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.records import Scalar
from pytest_colordeg.testing import faults

__all__ = ["Mutant", "Subsampled", "Tiled"]

_TILE = 16
_SHARE = 10  # one tile in so many
_LENGTH = struct.Struct(">I")


class Mutant:
    """A codec whose decoder's pixels go through a fault; all else is the right codec's."""

    def __init__(self, codec: Codec, fault: Callable[[Pixels], Pixels]) -> None:
        self.id = codec.id
        self._codec, self._fault = codec, fault

    @property
    def ladder(self) -> Any:
        return self._codec.ladder

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        return self._codec.encode(image, parameters)

    def decode(self, data: bytes) -> Pixels:
        return self._fault(self._codec.decode(data))

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return self._codec.inspect(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return self._codec.expected(parameters)

    def provenance(self) -> Mapping[str, Scalar]:
        return self._codec.provenance()

    def unavailable(self) -> str | None:
        tell = getattr(self._codec, "unavailable", None)
        return tell() if callable(tell) else None

    def payload(self, data: bytes) -> int:
        count = getattr(self._codec, "payload", None)
        return count(data) if callable(count) else len(data)


class Subsampled(Mutant):
    """Writes 4:2:0 where it was asked for 4:4:4."""

    @staticmethod
    def around(codec: Codec) -> Mutant | None:
        """By the codec's own parameter where it has one; in the pixels where nothing tells.

        A codec that is 4:2:0 already gives ``None``.
        """
        rung = next(iter(codec.ladder.values()))
        if rung.get("subsampling") == "4:4:4":
            return Subsampled(codec, lambda pixels: pixels)
        if codec.expected(rung).get("subsampling", "4:4:4") != "4:4:4":
            return None
        return Mutant(codec, faults.chroma_halved)

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        return self._codec.encode(image, {**parameters, "subsampling": "4:2:0"})


class Tiled(Mutant):
    """Decodes every tenth tile of 16x16 from the next lower rung's file.

    Both files travel in one; only the first counts as rate. The lowest rung has
    none below it and stays right.
    """

    @staticmethod
    def around(codec: Codec) -> Mutant | None:
        return Tiled(codec, lambda pixels: pixels) if len(codec.ladder) > 1 else None

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        rungs = sorted(self._codec.ladder)
        rung = next(r for r in rungs if dict(self._codec.ladder[r]) == dict(parameters))
        lower = rungs[max(rungs.index(rung) - 1, 0)]
        files = [self._codec.encode(image.copy(), p) for p in (parameters, self.ladder[lower])]
        return _LENGTH.pack(len(files[0])) + b"".join(files)

    def decode(self, data: bytes) -> Pixels:
        upper, lower = (self._codec.decode(part) for part in _both(data))
        height, width, _ = upper.shape
        rows, columns = (np.arange(side) // _TILE for side in (height, width))
        tile = rows[:, None] * (columns[-1] + 1) + columns
        replaced = (tile * 7 + 3) % _SHARE == 0
        return np.where(replaced[..., None], lower, upper)

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return self._codec.inspect(_both(data)[0])

    def payload(self, data: bytes) -> int:
        return super().payload(_both(data)[0])


def _both(data: bytes) -> tuple[bytes, bytes]:
    end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    return data[_LENGTH.size : end], data[end:]
