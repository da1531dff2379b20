"""The codecs that console commands see: built-in, installed, and defined in pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError

__all__ = ["project_registry"]


def project_registry(folder: Path) -> Registry:
    """The registry of the project that `folder` belongs to.

    Codecs from a conftest.py are not in it: those exist in a test run only.

    Raises
    ------
    ColordegError
        If pyproject.toml cannot be read, or defines a codec wrongly.
    """
    registry = Registry()
    registry.add_entry_points()
    for root in (folder, *folder.parents):
        file = root / "pyproject.toml"
        if file.is_file():
            registry.add_commands(_definitions(file), root)
            break
    return registry


def _definitions(file: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ColordegError(f"{file}: cannot be read: {error}") from None
    tables: Any = content
    for key in ("tool", "colordeg", "codecs"):
        tables = tables.get(key, {}) if isinstance(tables, Mapping) else {}
    # A list there selects codecs and defines none.
    return tables if isinstance(tables, Mapping) else {}
