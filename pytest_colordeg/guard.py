"""Calling what a user brought: whatever it raises or returns wrongly becomes one plain line."""

from __future__ import annotations

import math
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["checked_facts", "guarded", "guarded_facts"]

_LONGEST = 300


def guarded(step: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function of a codec, a metric or a hook.

    Raises
    ------
    ColordegError
        For whatever it raises: the step, the error's type and first line, and the place
        in the user's own code. `SystemExit` and pytest's own exceptions too, or a codec
        could end or skip the test that is to judge it; Ctrl-C passes.
    """
    try:
        return function(*arguments)
    except ColordegError as error:
        raise ColordegError(str(error)) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise ColordegError(
            f"{step} raised {type(error).__name__}: {_line(error)}{_place(error)}"
        ) from error


def guarded_facts(step: str, function: Callable[..., Any], *arguments: Any) -> dict[str, Scalar]:
    """Call what tells facts; see `checked_facts`."""
    return checked_facts(step, guarded(step, function, *arguments))


def checked_facts(step: str, found: object) -> dict[str, Scalar]:
    """Refuse what cannot stand in a record.

    NumPy's scalars become Python's.

    Raises
    ------
    ColordegError
        For anything but a mapping of names to text, finite numbers and booleans.
    """
    if not isinstance(found, Mapping):
        raise ColordegError(
            f"{step} returned {_shown(found)}; it must return a mapping of names to values"
        )
    return {_name(step, name): _fact(step, name, value) for name, value in found.items()}


def _name(step: str, name: object) -> str:
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ColordegError(f"{step} returned the name {_shown(name)}; names are printable text")
    return name


def _fact(step: str, name: object, value: Any) -> Scalar:
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()
    if not isinstance(value, str | int | float) or not _writable(value):
        raise ColordegError(
            f"{step} returned {name} = {_shown(value)}; values are text, finite numbers or booleans"
        )
    return value


def _writable(value: str | int | float) -> bool:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
        return True
    return math.isfinite(value)


def _line(error: BaseException) -> str:
    """The first line of what an error says, without what would steer a terminal."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        lines = []
    text = lines[0] if lines else "(no message)"
    return "".join(c if c.isprintable() else " " for c in text[:_LONGEST])


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return "".join(c if c.isprintable() else " " for c in text[:_LONGEST])


def _place(error: BaseException) -> str:
    """Where in the user's own code an error came from: the innermost frame of no library."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    if not frames:
        return ""
    paths = sysconfig.get_paths()
    libraries = [Path(paths[kind]) for kind in ("stdlib", "purelib", "platlib")]
    own = [f for f in frames if not any(Path(f.filename).is_relative_to(p) for p in libraries)]
    last = (own or frames)[-1]
    return f" ({Path(last.filename).name}:{last.lineno})"
