"""A codec as handed to tests that drive it themselves: what they decode is counted."""

from __future__ import annotations

from typing import Any

from pytest_colordeg.codecs.protocol import Codec, Pixels

__all__ = ["Watched"]


class Watched:
    """Passes everything on to a codec; `decoded` counts the images that came back."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.decoded = 0

    def decode(self, data: bytes) -> Pixels:
        pixels = self._codec.decode(data)
        self.decoded += 1
        return pixels

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codec, name)
