"""What the hooks of a project bring: codecs and metrics, each with the file it came from."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded

__all__ = ["brought"]


def brought(config: pytest.Config, hook: str) -> Iterator[tuple[str, Any]]:
    """Call each implementation of a hook by itself, in pytest's order.

    Returns
    -------
    iterator of tuple
        Where it stands, for errors (``conftest.py: hook pytest_colordeg_codecs``), and
        what it returned.

    Raises
    ------
    ColordegError
        For one that raises, or returns nothing, as one that forgot its ``return`` does.
    """
    found = [
        implementation
        for implementation in getattr(config.hook, hook).get_hookimpls()
        if not (implementation.hookwrapper or getattr(implementation, "wrapper", False))
    ]
    for one in reversed(found):
        origin = f"{_file(one.function, config.rootpath) or one.plugin_name}: hook {hook}"
        others = [other.plugin for other in found if other is not one]
        caller = config.pluginmanager.subset_hook_caller(hook, others)
        results = guarded(origin, lambda call=caller: call(config=config))
        if not results:
            raise ColordegError(f"{origin} returned None; return a list, which may be empty")
        yield origin, results[0]


def _file(function: Any, root: Path) -> str | None:
    try:
        file = Path(inspect.getfile(function))
    except TypeError:
        return None
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
