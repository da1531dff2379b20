"""Calling what a user brought: whatever it raises becomes one plain line."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_colordeg.errors import ColordegError

__all__ = ["guarded"]


def guarded(step: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a codec's function.

    Raises
    ------
    ColordegError
        For whatever it raises, `SystemExit` too: the step, the error's type and first
        line, and the place in the user's own code.
    """
    try:
        return function(*arguments)
    except ColordegError as error:
        raise ColordegError(str(error)) from None
    except (Exception, SystemExit) as error:
        lines = str(error).strip().splitlines() or ["(no message)"]
        where = _place(error)
        raise ColordegError(
            f"{step} raised {type(error).__name__}: {lines[0][:300]}{where}"
        ) from error


def _place(error: BaseException) -> str:
    """Where in the user's own code an error came from: the innermost frame below this package."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    last = frames[-1] if frames else None
    return f" ({Path(last.filename).name}:{last.lineno})" if last else ""
