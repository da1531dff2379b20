"""Which code does the counting: the fused kernel where numba is there, else NumPy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_colordeg.color.tally import Tally

__all__ = ["BACKENDS", "Backend", "backend", "default_backend"]

BACKENDS = ("numba", "numpy")
"""Names, fastest first."""


class Backend(Protocol):
    """Module that prepares originals and counts over pairs of rows of pixels."""

    def prepare(self, first: NDArray[np.uint8], threads: int = 1) -> Any: ...

    def tally(
        self,
        first: NDArray[np.uint8],
        second: NDArray[np.uint8],
        prepared: Any = None,
        threads: int = 1,
    ) -> Tally: ...


@cache
def default_backend() -> str:
    """``"numba"`` if numba can be imported and has a place for its cache, else ``"numpy"``."""
    try:
        from pytest_colordeg.color import fused
    except (ImportError, RuntimeError):
        return "numpy"
    return "numba" if fused else "numpy"


def backend(name: str | None = None) -> Backend:
    """The backend of that name, by default the fastest there is.

    Raises
    ------
    ColordegError
        If there is no backend of that name, or numba is asked for and missing.
    """
    name = name or default_backend()
    if name not in BACKENDS:
        raise ColordegError(f"unknown colour backend {name!r}: choose one of {', '.join(BACKENDS)}")
    if name == "numba":
        try:
            from pytest_colordeg.color import fused
        except ImportError as error:
            raise ColordegError(
                f"the numba backend cannot be used ({error}): pip install 'pytest-colordeg[fast]'"
            ) from None
        except RuntimeError as error:
            raise ColordegError(
                f"the numba backend cannot be used ({error}): set NUMBA_CACHE_DIR to a folder "
                "that can be written"
            ) from None
        return fused
    from pytest_colordeg.color import blocked

    return blocked
