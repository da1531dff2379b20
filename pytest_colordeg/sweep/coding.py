"""One image through a codec, and the codec held to its word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded, guarded_facts
from pytest_colordeg.images.check import check_pixels
from pytest_colordeg.images.model import Image
from pytest_colordeg.records import Scalar

__all__ = ["SIZE", "Coded", "code"]

#: Facts that belong to the image, not to the codec.
SIZE = ("width", "height")


@dataclass(frozen=True)
class Coded:
    """A codec's result for one image, checked: bytes, what they hold, decoded pixels.

    `payload_bytes` counts as rate: all bytes, or what the codec's ``payload(data)`` says.
    """

    data: bytes
    facts: Mapping[str, Scalar]
    decoded: Pixels
    payload_bytes: int


def code(codec: Codec, rung: int, image: Image) -> Coded:
    """Encode and decode one image and hold the codec to its word.

    Raises
    ------
    ColordegError
        When the codec raises, returns the wrong type, shape or dtype, or writes
        something else than it was asked for.
    """
    parameters = codec.ladder[rung]
    # A copy: a codec may scribble on its input, and must not change the original.
    data = guarded("encode", codec.encode, image.pixels.copy(), parameters)
    if not isinstance(data, bytes | bytearray | memoryview) or not len(data):
        what = "no bytes" if isinstance(data, bytes | bytearray | memoryview) else type(data)
        raise ColordegError(f"encode returned {what}; it must return the bytes of the file")
    data = bytes(data)
    facts = guarded_facts("inspect", codec.inspect, data)
    expected = guarded_facts("expected", codec.expected, parameters) | _size(image, facts)
    for name, wanted in expected.items():
        if facts.get(name) != wanted:
            raise ColordegError(
                f"the file holds {name} {facts.get(name, 'unknown')}, asked was {wanted}"
            )
    decoded = guarded("decode", codec.decode, data)
    try:
        check_pixels(decoded, image.pixels.shape)
    except ColordegError as error:
        raise ColordegError(f"what decode returned {error}") from None
    return Coded(data, facts, np.ascontiguousarray(decoded), _payload(codec, data))


def _size(image: Image, facts: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The size is checked wherever the codec can read it back."""
    height, width, _ = image.pixels.shape
    return {k: v for k, v in {"width": width, "height": height}.items() if k in facts}


def _payload(codec: Codec, data: bytes) -> int:
    """Bytes that count as rate: a container of our own around a codec's strings does not."""
    method = getattr(codec, "payload", None)
    if not callable(method):
        return len(data)
    size = guarded("payload", method, data)
    if not isinstance(size, int) or not 0 < size <= len(data):
        raise ColordegError(f"payload returned {size!r} for a file of {len(data)} bytes")
    return size
