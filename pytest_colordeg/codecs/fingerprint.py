"""What decides a codec's results: the condition for taking them from a cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from pytest_colordeg.codecs.digest import file_digest
from pytest_colordeg.codecs.elf import libraries
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.guard import checked_facts, guarded
from pytest_colordeg.records import Scalar

__all__ = ["Fingerprint", "digests", "extension_files", "fingerprint", "own_class", "package_state"]

Fingerprint: TypeAlias = Mapping[str, Scalar]


def fingerprint(codec: Codec, parameters: Mapping[str, Scalar]) -> Fingerprint | None:
    """What a codec says decides its results, beside the pixels and the parameters.

    Returns
    -------
    mapping or None
        ``None`` for a codec that does not tell: it is run again every time.
    """
    # Looked up on the class: what a wrapper passes on speaks for the codec inside, not for it.
    method = getattr(type(codec), "fingerprint", None)
    if method is None:
        return None
    found = guarded("fingerprint", method, codec, parameters)
    return None if found is None else checked_facts("fingerprint", found)


def digests(files: Iterable[Path]) -> dict[str, Scalar] | None:
    """Path to digest of files; ``None`` when one of them is missing."""
    found: dict[str, Scalar] = {str(file): file_digest(file) for file in files}
    return None if "missing" in found.values() else found


def own_class(codec: object) -> bool:
    """Whether a codec's class is of this package, whose sources stand in every key."""
    return type(codec).__module__.startswith("pytest_colordeg.")


def extension_files(module: Any, bundled: str) -> list[Path] | None:
    """The files of an imported extension module and of what it links.

    Where the process cannot tell what is loaded (not Linux): the extension and all
    files of the folder where its wheel keeps libraries, beside the package or in it.

    Parameters
    ----------
    module
        The extension module, imported.
    bundled
        The package, for that folder.
    """
    extension = Path(module.__file__)
    known = libraries(extension)
    if known is not None:
        return known
    folders = (extension.parent / ".dylibs", extension.parent.parent / f"{bundled}.libs")
    beside = [file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir())]
    return [extension, *beside] if beside else None


@cache
def package_state(package: str) -> str:
    """Sizes and times of the shared libraries of a package too big to be read in every run."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return "missing"
    folder = Path(spec.origin).parent
    files = sorted(path for end in ("*.so*", "*.dylib", "*.pyd", "*.dll")
                   for path in (*folder.glob(end), *folder.glob(f"lib/{end}")))  # fmt: skip
    states = [(file.name, *_state(file)) for file in files]
    return hashlib.sha256(repr(states).encode()).hexdigest()


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns
