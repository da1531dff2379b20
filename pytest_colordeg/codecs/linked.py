"""Versions of libraries that imagecodecs links but does not tell of."""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pytest_colordeg.records import Scalar

__all__ = ["codecs_in_libavif"]

# avifCodecVersions() asks for a buffer of this many bytes.
_BUFFER = 256


@cache
def codecs_in_libavif() -> dict[str, Scalar]:
    """Versions of the AV1 encoders and decoders in the libavif of imagecodecs.

    Found in wheels for Linux, which carry their libraries beside the package;
    empty elsewhere, where nothing is claimed.
    """
    spec = find_spec("imagecodecs")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent.parent / "imagecodecs.libs"
    for path in sorted(folder.glob("libavif-*.so*")):
        try:
            library = ctypes.CDLL(str(path))
            buffer = ctypes.create_string_buffer(_BUFFER)
            library.avifCodecVersions(buffer)
        except (OSError, AttributeError):
            continue
        return _parse(buffer.value.decode("ascii", "replace"))
    return {}


def _parse(text: str) -> dict[str, Scalar]:
    """Read ``aom [enc/dec]:v3.13.1, dav1d [dec]:1.5.1``."""
    found: dict[str, Scalar] = {}
    for entry in text.split(", "):
        name, _, version = entry.partition(":")
        if version:
            found[name.split(" ")[0]] = version.removeprefix("v")
    return found
