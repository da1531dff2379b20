"""The same work on one processor: what a codec that depends on threads does otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.records import Scalar

__all__ = ["Narrowed", "be_narrow", "narrow"]

_ONE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def narrow(codec: Codec) -> Codec:
    """Give a codec that runs on one processor.

    An isolated codec gets workers that never saw another; that holds for whatever reads the
    number of processors when it is loaded. A program is started on one. Another codec in
    this process may have its threads already, and then runs as before.
    """
    own = getattr(codec, "narrow", None)
    made: Codec = own() if callable(own) else Narrowed(codec)
    return made


def be_narrow() -> None:
    """Keep this process, and what it starts, on one processor from now on."""
    os.environ.update(_ONE)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


class Narrowed:
    """Passes on to a codec; encodes and decodes with one processor for this thread."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        with _narrowed():
            return self._codec.encode(image, parameters)

    def decode(self, data: bytes) -> Pixels:
        with _narrowed():
            return self._codec.decode(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codec, name)


@contextmanager
def _narrowed() -> Iterator[None]:
    kept = {name: os.environ.get(name) for name in _ONE}
    wide = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    try:
        be_narrow()
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if wide is not None:
            os.sched_setaffinity(0, wide)
