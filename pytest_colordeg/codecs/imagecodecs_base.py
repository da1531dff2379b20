"""What the codecs made from the imagecodecs package have in common."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from pytest_colordeg.codecs.built_in import DialCodec
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["ImagecodecsCodec", "as_int", "library", "library_version"]


def library() -> ModuleType:
    """The imagecodecs package, imported when a codec is first used."""
    try:
        import imagecodecs
    except ImportError as error:
        raise ColordegError(f"imagecodecs cannot be imported: {error}") from None
    module: ModuleType = imagecodecs
    return module


@cache
def library_version(function: str) -> dict[str, Scalar]:
    """Name and version of a linked library, from imagecodecs' ``*_version`` function.

    imagecodecs tells them as ``openjpeg 2.5.4`` or ``libjpeg_turbo 3.1.3/8.0``.
    """
    name, _, version = str(getattr(library(), function)()).partition(" ")
    return {name.replace("_", "-"): version.partition("/")[0]}


@cache
def _files(extension: str) -> tuple[Path, ...] | None:
    from pytest_colordeg.codecs.fingerprint import extension_files

    library()
    found = extension_files(import_module(f"imagecodecs.{extension}"), "imagecodecs")
    return None if found is None else tuple(found)


def as_int(value: Scalar) -> int:
    """A whole-number parameter as the int that the encoder wants."""
    if isinstance(value, str | bool) or value != int(value):
        raise ColordegError(f"{value!r} must be a whole number")
    return int(value)


class ImagecodecsCodec(DialCodec):
    """Base of the built-in classical codecs.

    A subclass adds ``encode``, ``decode``, ``inspect`` and ``expected``. Nothing
    is kept between calls, and every call uses one thread.
    """

    # The libraries let go of the interpreter's lock, and keep nothing between calls.
    concurrent = True

    # Name of the extension module in imagecodecs, and of its version function.
    extension = ""
    version_function = ""

    def provenance(self) -> Mapping[str, Scalar]:
        """Versions of imagecodecs and of the library that it links; one thread."""
        return {
            "imagecodecs": str(library().__version__),
            **library_version(self.version_function),
            "threads": 1,
        }

    def unavailable(self) -> str | None:
        """Why this codec cannot run here and how to get it, without importing anything big."""
        spec = find_spec("imagecodecs")
        if spec is None:
            return "imagecodecs is not installed; pip install imagecodecs"
        for folder in spec.submodule_search_locations or ():
            if any((Path(folder) / (self.extension + end)).is_file() for end in EXTENSION_SUFFIXES):
                return None
        return (
            f"this build of imagecodecs has no {self.extension.strip('_')}; "
            "pip install --only-binary=:all: imagecodecs brings one that has"
        )

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """Digests of the extension module and of every library that it links."""
        from pytest_colordeg.codecs.fingerprint import digests, own_class

        if not own_class(self):
            return None
        files = _files(self.extension)
        return None if files is None else digests(files)

    def call(self, function: str, *arguments: Any, **options: Any) -> Any:
        """Call a function of imagecodecs; what it raises becomes a `ColordegError`."""
        try:
            return getattr(library(), function)(*arguments, **options)
        except (RuntimeError, ValueError, TypeError, KeyError, MemoryError) as error:
            raise ColordegError(f"codec {self.id}: {function}: {error}") from error


def checked_image(image: Pixels) -> Pixels:
    """The image as the contiguous array that encoders read; refuses any other than RGB8."""
    import numpy as np

    from pytest_colordeg.images.check import check_pixels

    check_pixels(image)
    return np.ascontiguousarray(image)
